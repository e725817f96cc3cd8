"""The form before a session, on the patient's own phone: offered with the visit, and what it says stands in the visit
as theirs until somebody of the team has confirmed or corrected it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from server.checkins import visit_queries as forms
from server.checkins.queries import CheckIn
from server.checkins.rules import form_before
from server.flow.situation_queries import end
from server.kit import audit
from server.kit.db import Tx
from server.kit.ids import uuid7
from server.protocols.model import ProtocolVersion
from server.visits import queries, step_queries
from server.visits.before import pre_form_of, with_safety_of
from server.visits.model import NewStep
from server.visits.standing import find, standing


async def offer_form(tx: Tx, patient_id: UUID, visit_id: UUID, version: ProtocolVersion) -> None:
    """From now on it is on the phone's first screen; nobody is sent a message. The patient's lock is the caller's."""
    if (planned := form_before(version, tx.now)) is not None:
        await forms.insert(tx, patient_id, visit_id, (version.key, version.version), planned)


async def form_before_given(
    tx: Tx, check_in: CheckIn, answers: Mapping[str, Any], at: datetime, *, whole: bool, ends: bool
) -> None:
    """What the patient answered, judged and stored by now. Once whole it stands in the visit until the dose has begun,
    and takes the place of what they said before. Of what somebody of the team wrote only a worrying safety answer
    changes anything: that alone. The patient's lock is the caller's."""
    if ends:
        await end(tx, check_in, at)
    visit = None if check_in.visit_id is None else await queries.find(tx, check_in.visit_id)
    if not whole or visit is None or visit.closed_at is not None:
        return
    here = standing(await step_queries.list_steps(tx, visit.id))
    known = find(here, "pre_form")
    by_team = known.details.pre_form if known is not None and known.recorded_by is not None else None
    form = pre_form_of(answers) if by_team is None else with_safety_of(answers, by_team)
    if form is None or find(here, "start") is not None:
        return
    step_id, corrects = uuid7(), None if known is None else known.id
    new = NewStep(kind="pre_form", at=at, pre_form=form, corrects=corrects)
    await step_queries.insert_step(tx, visit, step_id, new, new.details)
    action = "visit.step_recorded" if corrects is None else "visit.step_corrected"
    await audit.record(
        tx, action, "visit_step", step_id, patient_id=visit.patient_id, detail={"step": new.kind}
    )  # fmt: skip
