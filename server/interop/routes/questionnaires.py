"""The clinic's questionnaires over HTTP: what there is, what a file becomes, and any of them as FHIR again."""

import asyncio
from functools import partial
from typing import Annotated, Any, Literal

import msgspec
from litestar import Request, Response, get, post
from litestar.handlers.base import BaseRouteHandler
from litestar.params import Parameter, QueryParameter

from server.access.guards import staff_only
from server.access.model import EVERYBODY, Staff
from server.flow import questionnaires as flow
from server.interop.fhir_clauses import TooBranched
from server.interop.fhir_model import NotJson, NotTaken
from server.interop.fhir_read import LARGEST, NO_INSTRUMENT, read_questionnaire
from server.interop.fhir_write import as_fhir
from server.interop.questionnaire_wire import QuestionnaireListed, QuestionnaireShown, listed, shown
from server.kit import errors
from server.kit.db import Database
from server.kit.errors import Problem
from server.protocols.instruments import instruments

FHIR = "application/fhir+json"
NOT_IN_FHIR = "When a question of this form is asked cannot be said in FHIR."
Form = Literal["fhir"]
Id = Annotated[str, Parameter(max_length=60)]
WhichInstrument = Annotated[str | None, QueryParameter(name="instrument", max_length=20)]


class QuestionnaireList(msgspec.Struct, frozen=True):
    items: list[QuestionnaireListed]


class InstrumentListed(msgspec.Struct, frozen=True):
    """An instrument that a file can be taken as, by its key."""

    key: str
    name: str


class InstrumentList(msgspec.Struct, frozen=True):
    items: list[InstrumentListed]


class QuestionnaireTaken(msgspec.Struct, frozen=True):
    """`new`: False when the newest version says the same, which then stays the newest."""

    new: bool
    questionnaire: QuestionnaireShown


@get("/api/questionnaires", guards=[staff_only(*EVERYBODY)])
async def list_questionnaires(staff: Staff, db: Database) -> QuestionnaireList:
    """The newest version of each: those of the clinic's protocols, and those that it brought."""
    async with db.begin(staff.actor) as tx:
        found = await flow.list_questionnaires(tx)
    return QuestionnaireList([listed(form, stored, staff.language) for form, stored in found])


@get("/api/questionnaires/instruments", guards=[staff_only(*EVERYBODY)])
async def list_instruments(staff: Staff) -> InstrumentList:
    """The instruments with known scores and cut-offs. Their wording comes from the clinic's file."""
    return InstrumentList([InstrumentListed(known.key, known.name) for known in instruments().values()])


@get("/api/questionnaires/{questionnaire_id:str}", guards=[staff_only(*EVERYBODY)])
async def get_questionnaire(
    questionnaire_id: Id, staff: Staff, db: Database, form: Annotated[Form | None, QueryParameter(name="format")] = None
) -> QuestionnaireShown | Response[bytes]:
    """One by its id, such as `phq9@1`. `format=fhir`: the same questions as a FHIR R4 Questionnaire; 409 when their
    conditions cannot be said in one."""
    async with db.begin(staff.actor) as tx:
        found = await flow.find_questionnaire(tx, questionnaire_id)
    if found is None:
        raise errors.not_found()
    if form == "fhir":
        try:
            return Response(msgspec.json.encode(as_fhir(found[0])), media_type=FHIR)
        except TooBranched as error:
            raise errors.conflict(NOT_IN_FHIR) from error
    return shown(*found, staff.language)


@post(
    "/api/questionnaires/import", guards=[staff_only("clinician", "admin")], request_max_body_size=LARGEST + 1024,
    media_types=("application/json", FHIR),
)  # fmt: skip
async def import_questionnaire(
    request: Request[Any, Any, Any], staff: Staff, db: Database, instrument: WhichInstrument = None
) -> Response[QuestionnaireTaken]:
    """A FHIR R4 Questionnaire as application/fhir+json, published as the next version of its name; 200 when its newest
    version says the same. 422 names what cannot be taken by FHIR path and linkId; then nothing is stored.
    `instrument`: what it is, where its LOINC code does not say: a key of `/api/questionnaires/instruments`, or `none`.
    """
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != FHIR:
        raise Problem(415, f"Send the file as {FHIR}.")
    if instrument is not None and instrument not in (*instruments(), NO_INSTRUMENT):
        raise errors.invalid(("instrument", "Is not one that is known here."))
    content = await request.body()
    async with db.begin(staff.actor) as tx:
        language = await flow.language_of_files(tx)
    try:
        read = await asyncio.to_thread(partial(read_questionnaire, content, language=language, instrument=instrument))
    except NotJson as error:
        raise Problem(400, str(error)) from error
    except NotTaken as error:
        raise errors.invalid(*error.wrong) from error
    async with db.begin(staff.actor) as tx:
        taken = await flow.questionnaire_imported(tx, read, msgspec.json.decode(content))
    stored = taken.stored
    return Response(
        QuestionnaireTaken(taken.new, shown(stored.document, stored, staff.language)),
        status_code=201 if taken.new else 200,
    )


HANDLERS: list[BaseRouteHandler] = [list_questionnaires, list_instruments, get_questionnaire, import_questionnaire]
