"""The clinic's questionnaires: those of its protocols, and those that it brings."""

import re
from typing import Any

import msgspec

from server.access import queries as access
from server.interop.fhir_model import Read
from server.kit import audit
from server.kit.db import Tx
from server.kit.ids import uuid7
from server.patients import queries as patients
from server.protocols import queries as protocols
from server.protocols import questionnaire_queries as library
from server.protocols.model import Questionnaire
from server.protocols.questionnaires import Stored

ID = re.compile(r"([a-z][a-z0-9_]{0,39})@([0-9]{1,6})")
UNTRANSLATED = (
    ("en", "Some words are not in English, which {} of your patients read."),
    ("es", "Some words are not in Spanish, which {} of your patients read."),
)


class Taken(msgspec.Struct, frozen=True):
    """What became of a file. `new`: False when its newest version says the same."""

    stored: Stored
    new: bool


async def language_of_files(tx: Tx) -> str:
    """The language of a file that names none: the clinic's own."""
    return (await access.get_clinic(tx)).language


async def questionnaire_imported(tx: Tx, read: Read, fhir: Any) -> Taken:
    """Publish what was read, as the next version of its name; nothing when the newest one says the same."""
    await library.lock_library(tx)
    newest = {stored.document.key: stored for stored in await library.list_newest(tx)}.get(read.questionnaire.key)
    version = 1 if newest is None else newest.document.version + 1
    document = _numbered(read.questionnaire, version)
    if newest is not None and _numbered(document, newest.document.version) == newest.document:
        return Taken(newest, False)
    notes = (*read.notes, *await _untranslated(tx, document))
    by = tx.actor.id
    stored = Stored(uuid7(), document, notes, tx.now, by)
    await library.insert_one(tx, stored.id, document, fhir, notes, by)
    detail = {"key": document.key, "version": document.version}
    await audit.record(tx, "questionnaire_imported", "questionnaire", stored.id, detail=detail)
    return Taken(stored, True)


def _numbered(document: Questionnaire, version: int) -> Questionnaire:
    return msgspec.structs.replace(document, id=f"{document.key}@{version}", version=version)


async def _untranslated(tx: Tx, document: Questionnaire) -> list[tuple[str, str]]:
    """Which of the clinic's patients see the file's language instead of their own."""
    texts = [document.title, *(item.text for item in document.items)]
    texts += [option.text for item in document.items for option in item.options]
    readers = await patients.count_readers(tx)
    return [
        ("language", message.format(readers[language]))
        for language, message in UNTRANSLATED
        if language in readers and any(language not in text for text in texts)
    ]


async def list_questionnaires(tx: Tx) -> list[tuple[Questionnaire, Stored | None]]:
    """The newest of each: those of the clinic's protocols, and its own."""
    own = await library.list_newest(tx)
    brought = {stored.document.key for stored in own}
    built_in = {
        form.id: form
        for published in await protocols.list_in_use(tx)
        for form in published.document.questionnaires
        if form.key not in brought
    }
    return [*((form, None) for form in built_in.values()), *((stored.document, stored) for stored in own)]


async def find_questionnaire(tx: Tx, questionnaire_id: str) -> tuple[Questionnaire, Stored | None] | None:
    """One by its id, such as `phq9@1`; of the clinic's own any version, of the protocols' the newest."""
    named = ID.fullmatch(questionnaire_id)
    if named is None:
        return None
    if (stored := await library.get_one(tx, named[1], int(named[2]))) is not None:
        return stored.document, stored
    listed = await list_questionnaires(tx)
    return next((found for found in listed if found[0].id == questionnaire_id), None)
