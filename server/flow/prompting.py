"""Check-ins are asked, as many at once as are due: read together, decided one by one, written together."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

import msgspec
import structlog

from server.checkins import queries
from server.checkins.actions import actions, companion_at, next_action, sooner, woken_at
from server.checkins.model import Action, LastCheckIn
from server.checkins.queries import CheckIn, Progress
from server.checkins.rules import should_ask
from server.flow.companion import ask_instead, prompt_companion
from server.flow.incidents import tell_incident
from server.flow.planned import asked_by, planned_from, quiet_hours
from server.flow.push import SAFETY
from server.kit import audit
from server.kit.crypto import fingerprint
from server.kit.db import Tx
from server.kit.tokens import link_token
from server.notifications import batch_queries, push_queries
from server.notifications.batch_queries import Prompt
from server.notifications.messages import Template
from server.notifications.rules import ways_to
from server.patients import pause_queries as patient_pauses
from server.patients import queries as patients
from server.patients.model import PatientContact, Pause
from server.patients.rules import pause_over
from server.protocols.model import CheckInStep, ProtocolVersion

log = structlog.get_logger()

ROUTINE = SAFETY + 1
INSTANT = timedelta(microseconds=1)
Turn = Literal["paused", "spared", "silent", "open"]
CLEAR = LastCheckIn("answered", clear=True)


class Due(msgspec.Struct, frozen=True):
    """A check-in with something to do. `turn`: its patient is paused (`pause`), it need not be asked, its window is
    over, or it goes on."""

    check_in: CheckIn
    version: ProtocolVersion
    step: CheckInStep
    turn: Turn
    pause: Pause | None = None


class Asked(msgspec.Struct, frozen=True):
    """What is said to whom about a check-in: its action, and how many are behind it then."""

    due: Due
    action: Action
    done: int


async def still_due(tx: Tx, check_in_ids: Sequence[UUID]) -> list[Due]:
    """Those of them that nobody has handled meanwhile. The patients' locks are the caller's.

    No telephone number is read: silence is judged whatever is wrong with one.
    """
    check_ins = await queries.list_still_due(tx, check_in_ids)
    if not check_ins:
        return []
    of = await asked_by(tx, check_ins)
    steps = {c.id: of[c.id].step(c.key) for c in check_ins}
    resting = await _resting(tx, check_ins)
    unasked = [c for c in check_ins if c.actions_done == 0 and c.due_at <= tx.now]
    perhaps = [c for c in unasked if not should_ask(steps[c.id], CLEAR)]
    last = await queries.list_last_before(tx, perhaps) if perhaps else {}
    spared = {c.id for c in perhaps if not should_ask(steps[c.id], last.get(c.id))}
    # Nobody is waiting for a form that staff can fill in: its silence means nothing.
    spared |= {c.id for c in check_ins if c.visit_id is not None}
    return [
        Due(c, of[c.id], steps[c.id], "paused", resting[c.id])
        if c.id in resting
        else Due(
            c, of[c.id], steps[c.id], "spared" if c.id in spared else "silent" if c.closes_at <= tx.now else "open"
        )
        for c in check_ins
    ]


async def _resting(tx: Tx, check_ins: Sequence[CheckIn]) -> dict[UUID, Pause]:
    """Those whose patient is paused now, or was until their window closed: nobody asked, and silence means nothing."""
    pauses = await patient_pauses.list_of_many(tx, {c.patient_id for c in check_ins})
    found = {c.id: pause_over(pauses.get(c.patient_id, ()), min(tx.now, c.closes_at - INSTANT)) for c in check_ins}
    return {check_in_id: pause for check_in_id, pause in found.items() if pause is not None}


async def rest(tx: Tx, batch: Sequence[Due]) -> None:
    """Looked at again when the pause is over; stored as paused, with its reason, once its window is over or nothing is
    going to end the pause."""
    moved, ended = [], []
    for due in batch:
        check_in, pause = due.check_in, due.pause
        assert pause is not None
        if pause.until is None or check_in.closes_at <= tx.now:
            moved.append(Progress(check_in.id, "paused", check_in.actions_done, None, pause.reason))
            ended.append(due)
        else:
            moved.append(_later(check_in, min(pause.until, check_in.closes_at)))
    await queries.set_progress(tx, moved)
    if ended:
        await audit.record_many(tx, "check_in.paused", "check_in", [_audited(due) for due in ended])


async def spare(tx: Tx, batch: Sequence[Due]) -> None:
    """The one before was clear: these need not be asked."""
    await queries.set_progress(tx, [Progress(due.check_in.id, "cancelled", 1, None, "not_needed") for due in batch])
    await audit.record_many(tx, "check_in.not_needed", "check_in", [_audited(due) for due in batch])


async def go_on(tx: Tx, batch: Sequence[Due], instance_key: bytes) -> None:
    """Inside the window: prompt or remind if that is due, turn to the companion, and say when to look again."""
    contacts = await patients.list_contacts(tx, {due.check_in.patient_id for due in batch})
    moved: list[Progress] = []
    asked: list[Asked] = []
    for due in batch:
        check_in, step, planned = due.check_in, due.step, planned_from(due.check_in)
        patient = contacts[check_in.patient_id]
        turn = companion_at(step, planned)
        if turn is not None and turn <= tx.now:
            await ask_instead(tx, due.version, check_in)
            turn = None
        ordered = actions(step, planned, patient.time_zone, quiet_hours(patient))
        coming = next_action(ordered, check_in.actions_done, tx.now)
        if coming.action is not None and (wakes := woken_at(step, patient.time_zone, quiet_hours(patient), tx.now)):
            moved.append(_later(check_in, min(wakes, check_in.closes_at)))
            continue
        state = check_in.state if coming.action is None else "open"
        moved.append(Progress(check_in.id, state, coming.done, sooner(coming.next_at, turn), check_in.reason))
        if coming.action is not None:
            asked.append(Asked(due, coming.action, coming.done))
    await _ask(tx, asked, contacts, instance_key)
    await queries.set_progress(tx, moved)


def _later(check_in: CheckIn, at: datetime) -> Progress:
    return Progress(check_in.id, check_in.state, check_in.actions_done, at, check_in.reason)


async def _ask(tx: Tx, asked: Sequence[Asked], contacts: dict[UUID, PatientContact], instance_key: bytes) -> None:
    for kind in {one.action.kind for one in asked}:
        of_kind = [_audited(one.due) for one in asked if one.action.kind == kind]
        await audit.record_many(tx, f"check_in.{kind}", "check_in", of_kind)
    to_patients = []
    for one in asked:
        if one.due.check_in.asked_of == "companion":
            await prompt_companion(tx, one.due.check_in, _key(one), instance_key)
        else:
            to_patients.append(one)
    if to_patients:
        await _prompt_patients(tx, to_patients, contacts, instance_key)


async def _prompt_patients(
    tx: Tx, asked: Sequence[Asked], contacts: dict[UUID, PatientContact], instance_key: bytes
) -> None:
    """Put prompts in the outbox and make their links work. Whom nothing reaches is told to the team."""
    subscribed = await push_queries.list_subscribed(tx, {one.due.check_in.patient_id for one in asked})
    prompts = []
    for one in asked:
        patient = contacts[one.due.check_in.patient_id]
        prompt = _prompt(one, patient, patient.id in subscribed)
        if prompt.channels:
            prompts.append(prompt)
            continue
        log.error("patient_unreachable", clinic=str(tx.clinic_id), patient=str(patient.id))
        if not patient.stopped:
            await tell_incident(tx, "prompts_undelivered")
    links = [(fingerprint(link_token(instance_key, p.check_in_id).encode()), p.check_in_id) for p in prompts]
    if prompts:
        await batch_queries.add_credentials(tx, "link", links)
        await batch_queries.enqueue_prompts(tx, prompts)


def _prompt(one: Asked, patient: PatientContact, subscribed: bool) -> Prompt:
    check_in, sms_only = one.due.check_in, one.action.channel == "sms"
    push = subscribed and not sms_only and not patient.stopped
    return Prompt(
        template=_template(check_in, one.action), priority=SAFETY if one.due.step.passes_quiet_hours else ROUTINE,
        check_in_id=check_in.id, dedupe_key=_key(one),
        channels=ways_to(patient.phone, None if sms_only and patient.phone else patient.email, push=push),
    )  # fmt: skip


def _template(check_in: CheckIn, action: Action) -> Template:
    if action.kind == "prompt":
        return "second_look" if check_in.reason == "recheck" else "check_in"
    return "check_in_reminder" if action.channel == "sms" else "check_in_nudge"


def _key(one: Asked) -> str:
    return f"prompt:{one.due.check_in.id}:{one.done}"


def _audited(due: Due) -> tuple[UUID, UUID]:
    return due.check_in.id, due.check_in.patient_id
