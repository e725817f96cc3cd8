"""A check-in is due, silent, over: prompt, remind, judge the silence."""

from uuid import UUID

from server.alerts import queries as alerts
from server.alerts.model import FlagSource
from server.checkins import queries
from server.checkins.actions import actions, companion_at, next_action, sooner
from server.checkins.model import Action
from server.checkins.queries import CheckIn
from server.checkins.rules import should_ask
from server.flow.alerts import raise_from_flags
from server.flow.companion import ask_instead, prompt_companion
from server.flow.notifications import prompt_patient
from server.flow.planned import planned_from, quiet_hours
from server.flow.sessions import facts_of, hours_since
from server.flow.ticking import each_due
from server.kit import audit
from server.kit.actor import Actor
from server.kit.db import Database, Tx
from server.notifications import queries as outbox
from server.notifications.messages import Template
from server.patients import queries as patients
from server.protocols import queries as protocols
from server.protocols.model import CheckInStep, ProtocolVersion
from server.protocols.rules import offset_hours
from server.responses.model import Facts
from server.responses.rules import judge_missed
from server.sessions import queries as sessions
from server.sessions.model import Session


async def checkins_due(db: Database) -> int:
    """Handle every check-in whose next action is due; one that fails is put off and harms no other."""
    async with db.begin(Actor("engine", None)) as tx:
        due = await queries.list_due(tx, tx.now)

    async def work(tx: Tx, check_in_id: UUID, patient_id: UUID) -> None:
        await alerts.lock_patient(tx, patient_id)
        await check_in_due(tx, check_in_id, db.instance_key)

    async def put_off(tx: Tx, check_in_id: UUID, _: UUID) -> None:
        await queries.put_off(tx, check_in_id)

    return await each_due(db, "check_in", due, work, put_off)


async def check_in_due(tx: Tx, check_in_id: UUID, instance_key: bytes) -> None:
    """Whatever is due on one check-in now; a repeat finds nothing to do. The patient's lock is the caller's."""
    check_in = await queries.find(tx, check_in_id)
    if check_in is None or check_in.next_action_at is None or check_in.next_action_at > tx.now:
        return
    session = await sessions.find(tx, check_in.session_id)
    assert session is not None
    version = await protocols.get_version(tx, session.protocol_key, session.protocol_version)
    step = version.step(check_in.key)
    unasked = check_in.actions_done == 0 and check_in.due_at <= tx.now
    if unasked and not should_ask(step, await queries.last_before(tx, check_in)):
        await queries.set_progress(tx, check_in.id, "cancelled", 1, None, "not_needed")
        await audit.record(tx, "check_in.not_needed", "check_in", check_in.id, patient_id=check_in.patient_id)
    elif check_in.closes_at <= tx.now:
        # Before the contact is read: silence is judged whatever is wrong with a telephone number.
        await _missed(tx, check_in, session, version)
    else:
        await _go_on(tx, check_in, version, instance_key)


async def _go_on(tx: Tx, check_in: CheckIn, version: ProtocolVersion, instance_key: bytes) -> None:
    """Inside the window: prompt or remind if that is due, turn to the companion, and say when to look again."""
    step = version.step(check_in.key)
    patient = await patients.get_contact(tx, check_in.patient_id)
    planned = planned_from(check_in)
    ordered = actions(step, planned, patient.time_zone, quiet_hours(patient))
    turn = companion_at(step, planned)
    if turn is not None and turn <= tx.now:
        await ask_instead(tx, version, check_in)
        turn = None
    coming = next_action(ordered, check_in.actions_done, tx.now)
    next_at = sooner(coming.next_at, turn)
    if coming.action is None:
        await queries.set_progress(tx, check_in.id, check_in.state, coming.done, next_at, check_in.reason)
    else:
        await _ask(tx, check_in, step, coming.action, coming.done, instance_key)
        await queries.set_progress(tx, check_in.id, "open", coming.done, next_at, check_in.reason)


async def _ask(tx: Tx, check_in: CheckIn, step: CheckInStep, action: Action, done: int, instance_key: bytes) -> None:
    key = f"prompt:{check_in.id}:{done}"
    await audit.record(tx, f"check_in.{action.kind}", "check_in", check_in.id, patient_id=check_in.patient_id)
    if check_in.asked_of == "companion":
        await prompt_companion(tx, check_in, key, instance_key)
        return
    templates: dict[bool, Template] = {True: "check_in_reminder", False: "check_in_nudge"}
    asking: Template = "second_look" if check_in.reason == "recheck" else "check_in"
    template = asking if action.kind == "prompt" else templates[action.channel == "sms"]
    await prompt_patient(
        tx, template=template, patient_id=check_in.patient_id, check_in_id=check_in.id, expires_at=check_in.closes_at,
        key=key, sms_only=action.channel == "sms", instance_key=instance_key,
        safety=step.passes_quiet_hours,
    )  # fmt: skip


async def _missed(tx: Tx, check_in: CheckIn, session: Session, version: ProtocolVersion) -> None:
    """The window closed without an answer: missed, judged by the missed policy, alerted."""
    await queries.set_progress(tx, check_in.id, "missed", check_in.actions_done, None, check_in.reason)
    await outbox.cancel_for_check_ins(tx, [check_in.id])
    last = await queries.last_before(tx, check_in)
    repeats = version.step(check_in.key).repeat is not None
    facts = Facts(
        questionnaire=check_in.questionnaire, hours=hours_since(session, tx.now),
        offset_hours=offset_hours(version, check_in.key), session=facts_of(session), risk=tuple(session.risk_reasons),
        missed=check_in.key, missed_in_a_row=await queries.missed_in_a_row(tx, check_in, repeats=repeats),
        last_clear=None if last is None else last.clear,
    )  # fmt: skip
    judgement = judge_missed(version, facts)
    source = FlagSource(
        patient_id=check_in.patient_id, session_id=session.id, check_in_id=check_in.id, response_id=None, at=tx.now
    )
    await raise_from_flags(tx, judgement.flags, source, version.escalation, judgement.worsens)
    await audit.record(tx, "check_in.missed", "check_in", check_in.id, patient_id=check_in.patient_id)
