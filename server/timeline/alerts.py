"""An alert as the team sees it (safety, section 3): act in ten seconds."""

from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

import msgspec

from server.access import queries as access
from server.alerts.calendar import Calendar
from server.alerts.model import State
from server.alerts.rules import UNREACHED, deadline, reach_by
from server.kit import errors
from server.kit.db import Tx
from server.patients import queries as patients
from server.patients.model import Companion, Patient
from server.protocols.model import Escalation
from server.protocols.tiers import Tier
from server.sessions import queries as sessions
from server.timeline.recent import SHOWN, EarlierAnswers, list_given, recent
from server.visits import queries as visits
from server.visits import step_queries
from server.visits.standing import find, standing

EVENTS_SHOWN = 20
"""An alert that nobody acknowledges gets an event every ten minutes: lists and streams carry the latest only."""
ALL_EVENTS = 500
PRESSURES_SHOWN = 4
ONE_NIGHT = timedelta(hours=24)


class FlagShown(msgspec.Struct, frozen=True):
    """A rule that fired, its sentence with inputs, and when."""

    rule: str
    tier: Tier
    explanation: str
    at: datetime


class PersonShown(msgspec.Struct, frozen=True):
    id: UUID
    name: str


class PatientShown(msgspec.Struct, frozen=True, kw_only=True):
    """Whom to call. `address` on urgent and emergency only (H3). `messages_stopped_at`: somebody said that this number
    is not the patient's, and nothing goes there."""

    name: str
    age: int
    birth_year: int
    phone: str
    companion: Companion | None
    companion_blocked: bool
    address: str | None
    language: str
    messages_stopped_at: datetime | None


class Pressure(msgspec.Struct, frozen=True):
    """A blood pressure in mmHg."""

    at: datetime
    systolic: int
    diastolic: int


class SessionBrief(msgspec.Struct, frozen=True, kw_only=True):
    """The episode's session. `risk`: reasons that set the risk flag, and notes for who calls. From the record of the
    visit: `pressures`, the latest last, the last `spo2`, and on urgent and emergency the address of that night."""

    id: UUID
    drug: str
    route: str
    setting: str
    dose_mg: float
    number: int
    ended_at: datetime
    risk: list[str]
    staying_with: str | None
    pressures: list[Pressure]
    spo2: int | None
    address_tonight: str | None


class EventShown(msgspec.Struct, frozen=True):
    """One line of the alert's story."""

    kind: str
    at: datetime
    by: str | None
    text: str | None
    detail: dict[str, Any]


class MessagesShown(msgspec.Struct, frozen=True):
    """Prompts of the flagged check-ins: how many went out, surely arrived, were opened."""

    sent: int
    delivered: int
    opened: int


class AlertShown(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The contract's alert, and beside it what the screen needs. `silent`: who of patient and companion was asked and
    has not answered what the alert is about. `unreached`: it rose because nobody reached the patient. `tier_since`:
    when it became as severe as it is. `paged_again`: whom a spent plan goes on calling."""

    id: UUID
    reference: str
    patient_id: UUID
    patient_name: str
    tier: Tier
    state: State
    version: int
    opened_at: datetime
    tier_since: datetime
    next_action_at: datetime | None
    flags: list[FlagShown]
    patient: PatientShown
    step: int
    exhausted: bool
    paged_again: Literal["everybody", "lead"]
    missed: bool
    unreached: bool
    silent: list[str]
    ack_by: datetime | None
    now: datetime
    events: list[EventShown]
    earlier_events: int
    messages: MessagesShown
    recent_answers: list[EarlierAnswers]
    told_patient: list[str]
    session: SessionBrief | None = None
    acknowledged_by: PersonShown | None = None
    acknowledged_at: datetime | None = None
    answered_at: datetime | None = None
    answered_by: str | None = None
    reached_at: datetime | None = None
    reached_due_at: datetime | None = None
    review_at: datetime | None = None
    outcome: str | None = None
    harm: str | None = None
    useful: str | None = None
    closed_at: datetime | None = None


ALERT = """
select id, reference, patient_id, session_id, tier, state, version, plan, topics, step, exhausted, opened_at,
       coalesce(tier_since, opened_at) as tier_since, triggered_at, next_action_at, acknowledged_by, acknowledged_at, reached_at, review_at, closed_at, outcome, harm, useful
from alerts
"""

GET = ALERT + " where clinic_id = $1 and id = $2"

LIST_NOT_CLOSED = ALERT + (
    " where clinic_id = $1 and state <> 'closed' order by array_position(array['emergency', 'urgent', 'same_day'], tier),"
    " coalesce(tier_since, opened_at) limit 500"
)

LIST_OF_STATE = ALERT + (
    " where clinic_id = $1 and state = $2 order by array_position(array['emergency', 'urgent', 'same_day'], tier),"
    " opened_at desc limit 500"
)

LIST_FLAGS = """
select id, rule, tier, topic, explanation_enc, inputs_enc, at, response_id from flags
where clinic_id = $1 and alert_id = $2 order by at, id
"""

LIST_EVENTS = """
select id, kind, at, staff_id, detail, note_enc, count(*) over () as total from alert_events
where clinic_id = $1 and alert_id = $2 order by at desc, id desc limit $3
"""

COUNT_MESSAGES = """
select count(*) filter (where n.state in ('sent', 'delivered')) as sent, count(*) filter (where n.state = 'delivered') as delivered,
       count(*) filter (where n.opened_at is not null) as opened
from notifications n
where n.clinic_id = $1 and n.kind = 'prompt'
  and n.check_in_id in (select f.check_in_id from flags f where f.clinic_id = $1 and f.alert_id = $2)
"""


LIST_SILENT = """
select distinct c.asked_of from flags f join check_ins c on c.clinic_id = f.clinic_id and c.id = f.check_in_id
where f.clinic_id = $1 and f.alert_id = $2 and c.state = 'missed' order by c.asked_of desc
"""


async def get_alert(tx: Tx, alert_id: UUID, language: str, events: int = EVENTS_SHOWN) -> AlertShown:
    """One alert with its latest `events`, answers in the reader's language; 404 when foreign or unknown."""
    row = await tx.one(GET, tx.clinic_id, alert_id)
    if row is None:
        raise errors.not_found()
    return await _shown(tx, row, language, events)


async def list_alerts(
    tx: Tx, state: State | None, language: str, limit: int = 500, after: UUID | None = None
) -> tuple[list[AlertShown], UUID | None]:
    """Alerts of one state, or all that are not closed, most severe first; and where the next page starts."""
    if state is None:
        rows = await tx.all(LIST_NOT_CLOSED, tx.clinic_id)
    else:
        rows = await tx.all(LIST_OF_STATE, tx.clinic_id, state)
    ids = [row["id"] for row in rows]
    start = ids.index(after) + 1 if after in ids else 0
    page = rows[start : start + limit]
    more = page[-1]["id"] if start + limit < len(rows) else None
    return [await _shown(tx, row, language, EVENTS_SHOWN) for row in page], more


async def _shown(tx: Tx, row: Any, language: str, events: int) -> AlertShown:
    patient = await patients.get_patient(tx, row["patient_id"])
    flag_rows = await tx.all(LIST_FLAGS, tx.clinic_id, row["id"])
    answers = await list_given(tx, row["patient_id"], row["session_id"])
    flagged = next((a for a in answers if any(f["response_id"] == a.response_id for f in flag_rows)), None)
    clinic = await access.get_clinic(tx)
    plan = msgspec.convert(row["plan"], Escalation).plan(row["tier"])
    calendar = Calendar(clinic.time_zone, clinic.hours)
    ack_by = deadline(plan, row["triggered_at"], calendar)
    acknowledged = row["state"] == "acknowledged"
    messages = await tx.one(COUNT_MESSAGES, tx.clinic_id, row["id"])
    assert messages is not None
    silent = await tx.all(LIST_SILENT, tx.clinic_id, row["id"])
    latest, earlier = await _events(tx, row["id"], events)
    return AlertShown(
        id=row["id"], reference=row["reference"], patient_id=row["patient_id"], patient_name=patient.name,
        tier=row["tier"], state=row["state"], version=row["version"], opened_at=row["opened_at"],
        tier_since=row["tier_since"],
        next_action_at=row["next_action_at"], flags=[_flag(tx, f) for f in flag_rows],
        patient=_patient(patient, row["tier"]), session=await _session(tx, row["session_id"], row["tier"]), step=row["step"],
        exhausted=row["exhausted"], paged_again="lead" if plan.hours == "working" else "everybody",
        missed=bool(flag_rows) and all(f["topic"] == "missed" for f in flag_rows),
        unreached=UNREACHED in row["topics"] and row["reached_at"] is None,
        silent=[r["asked_of"] for r in silent], ack_by=ack_by if row["state"] == "open" else None, now=tx.now,
        events=latest, earlier_events=earlier, messages=MessagesShown(messages["sent"], messages["delivered"], messages["opened"]),
        recent_answers=await recent(tx, row["patient_id"], row["session_id"], answers[:SHOWN], language),
        told_patient=flagged.told if flagged else [], acknowledged_by=await _person(tx, row["acknowledged_by"]),
        acknowledged_at=row["acknowledged_at"], answered_at=flagged.answered_at if flagged else None,
        answered_by=flagged.answered_by if flagged else None, reached_at=row["reached_at"],
        reached_due_at=reach_by(plan, row["triggered_at"], row["acknowledged_at"], calendar) if acknowledged else None, review_at=row["review_at"],
        outcome=row["outcome"], harm=row["harm"], useful=row["useful"], closed_at=row["closed_at"],
    )  # fmt: skip


def _flag(tx: Tx, row: Any) -> FlagShown:
    return FlagShown(
        row["rule"], row["tier"], tx.cipher.open("flags.explanation", row["id"], row["explanation_enc"]), row["at"]
    )


def _patient(patient: Patient, tier: str) -> PatientShown:
    return PatientShown(
        name=patient.name, age=patient.age, birth_year=patient.date_of_birth.year, phone=patient.phone,
        companion=patient.companion, companion_blocked=patient.companion_blocked, address=patient.address if tier in ("urgent", "emergency") else None,
        language=patient.language, messages_stopped_at=patient.messages_stopped_at,
    )  # fmt: skip


async def _session(tx: Tx, session_id: UUID | None, tier: str) -> SessionBrief | None:
    session = None if session_id is None else await sessions.find(tx, session_id)
    if session is None:
        return None
    text = await sessions.get_text(tx, session.id)
    visit = await visits.find_of_session(tx, session.id)
    steps = standing(await step_queries.list_steps(tx, visit.id)) if visit is not None else []
    measured = [(step.at, step.details.vitals) for step in steps if step.details.vitals is not None]
    form = find(steps, "pre_form")
    tonight = form.details.pre_form.address_tonight if form is not None and form.details.pre_form is not None else None
    near = tier in ("urgent", "emergency") and tx.now < session.ended_at + ONE_NIGHT
    return SessionBrief(
        id=session.id, drug=session.drug, route=session.route, setting=session.setting, dose_mg=session.dose_mg,
        number=session.number, ended_at=session.ended_at, risk=session.risk_reasons, staying_with=text.staying_with,
        pressures=[Pressure(at, v.systolic, v.diastolic) for at, v in measured if v.systolic and v.diastolic][-PRESSURES_SHOWN:],
        spo2=next((v.spo2 for _, v in reversed(measured) if v.spo2 is not None), None),
        address_tonight=tonight if near else None,
    )  # fmt: skip


async def _person(tx: Tx, staff_id: UUID | None) -> PersonShown | None:
    return None if staff_id is None else PersonShown(staff_id, await access.get_staff_name(tx, staff_id))


async def _events(tx: Tx, alert_id: UUID, limit: int) -> tuple[list[EventShown], int]:
    """(the latest ones, oldest first; how many came before them)."""
    rows = await tx.all(LIST_EVENTS, tx.clinic_id, alert_id, limit)
    earlier = rows[0]["total"] - len(rows) if rows else 0
    rows.reverse()
    people = {s for r in rows for s in [r["staff_id"], *map(UUID, r["detail"].get("staff", []))] if s is not None}
    names = {person: await access.get_staff_name(tx, person) for person in people}
    shown = [
        EventShown(
            kind=r["kind"],
            at=r["at"],
            by=names.get(r["staff_id"]),
            text=tx.cipher.open_if("alert_events.note", r["id"], r["note_enc"]),
            detail={**r["detail"], "staff": [names[UUID(s)] for s in r["detail"].get("staff", [])]},
        )
        for r in rows
    ]
    return shown, earlier
