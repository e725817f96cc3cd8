"""SQL of what indicators are made of, over some weeks. Answers are opened for the symptoms, moods and restrictions."""

import asyncio
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from asyncpg import Record

from server.access.queries import get_clinic
from server.alerts.calendar import Calendar
from server.alerts.outcomes import HELP_IS_THERE
from server.kit.db import Tx
from server.patients.help import stale_help
from server.protocols.model import kind_of
from server.responses.queries import open_answers
from server.timeline.indicators.model import (
    AlertFact,
    AnswerFact,
    CheckInFact,
    Facts,
    Group,
    HarmFact,
    SessionFact,
)

LONGEST_COURSE = timedelta(days=200)
NIGHT_FROM, NIGHT_UNTIL = 22, 7

GROUP = "s.route, s.setting, s.number, 'age_65' = any(s.risk_reasons) as older, p.language"

LIST_ALERTS = f"""
select a.patient_id, a.tier, a.topics, a.opened_at, a.reached_at, a.closed_at, a.outcome, a.useful, {GROUP},
       (select min(e.at) from alert_events e where e.clinic_id = a.clinic_id and e.alert_id = a.id
        and e.kind = 'acknowledged') as taken_at,
       array(select distinct f.rule from flags f where f.clinic_id = a.clinic_id and f.alert_id = a.id) as rules
from alerts a join patients p on p.clinic_id = a.clinic_id and p.id = a.patient_id
left join treatment_sessions s on s.clinic_id = a.clinic_id and s.id = a.session_id
where a.clinic_id = $1 and a.opened_at > $2 and a.opened_at <= $3
"""

LIST_CHECK_INS = f"""
select c.session_id, c.key, c.due_at, c.state, {GROUP}, r.answered_by, r.started_at, r.completed_at
from treatment_sessions s join patients p on p.clinic_id = s.clinic_id and p.id = s.patient_id
join check_ins c on c.clinic_id = s.clinic_id and c.session_id = s.id
left join lateral (
    select answered_by, started_at, completed_at from responses r
    where r.clinic_id = c.clinic_id and r.check_in_id = c.id order by r.received_at limit 1) r on true
where s.clinic_id = $1 and s.ended_at > $4 and s.cancelled_at is null and c.due_at > $2 and c.due_at <= $3
  and c.state in ('answered', 'missed')
"""

LIST_SESSIONS = f"""
select s.id, s.ended_at, v.signed_by is not null as signed, {GROUP},
       exists (select 1 from alerts a where a.clinic_id = s.clinic_id and a.session_id = s.id
               and (a.reached_at is not null or a.outcome = any($4))) as confirmed
from treatment_sessions s join patients p on p.clinic_id = s.clinic_id and p.id = s.patient_id
join protocol_versions v on v.clinic_id = s.clinic_id and v.key = s.protocol_key and v.version = s.protocol_version
where s.clinic_id = $1 and s.ended_at > $2 and s.ended_at <= $3 and s.cancelled_at is null
"""

LIST_ANSWERS = f"""
select r.id, r.session_id, r.answered_at, r.hours_since_end, r.answers_enc, {GROUP}
from treatment_sessions s join patients p on p.clinic_id = s.clinic_id and p.id = s.patient_id
join responses r on r.clinic_id = s.clinic_id and r.session_id = s.id
where s.clinic_id = $1 and s.ended_at > $4 and s.cancelled_at is null and r.answered_at > $2 and r.answered_at <= $3
  and r.hours_since_end is not null
"""

LIST_PAGES = """
select created_at from notifications
where clinic_id = $1 and kind = 'page' and created_at > $2 and created_at <= $3 and to_kind = 'staff'
"""

LIST_HARMS = """
select happened_on, reviewed_at is not null as reviewed from missed_harms
where clinic_id = $1 and happened_on > $2 and happened_on <= $3
"""


async def load_facts(tx: Tx, since: datetime) -> Facts:
    """Everything from `since` until now."""
    clinic = await get_clinic(tx)
    calendar = Calendar(clinic.time_zone, clinic.hours)
    span = (tx.clinic_id, since, tx.now)
    early = since - LONGEST_COURSE
    zone = ZoneInfo(clinic.time_zone)
    pages = [r["created_at"] for r in await tx.all(LIST_PAGES, *span)]
    return Facts(
        alerts=tuple(_alert(r, calendar) for r in await tx.all(LIST_ALERTS, *span)),
        check_ins=tuple(_check_in(r) for r in await tx.all(LIST_CHECK_INS, *span, early)),
        sessions=tuple(_session(r, calendar) for r in await tx.all(LIST_SESSIONS, *span, list(HELP_IS_THERE))),
        # Tens of thousands to open: meanwhile the process goes on with what others send.
        answers=await asyncio.to_thread(_answers, tx, await tx.all(LIST_ANSWERS, *span, early)),
        harms=tuple(
            HarmFact(happened_on=r["happened_on"], reviewed=r["reviewed"])
            for r in await tx.all(LIST_HARMS, tx.clinic_id, since.date(), tx.now.date())
        ),
        night_pages=tuple(at for at in pages if not NIGHT_UNTIL <= at.astimezone(zone).hour < NIGHT_FROM),
        numbers_old=len(stale_help(tx.now.date())),
    )


def _group(row: Record) -> Group:
    return Group(
        route=row["route"], setting=row["setting"], number=row["number"], older=bool(row["older"]),
        language=row["language"],
    )  # fmt: skip


def _alert(row: Record, calendar: Calendar) -> AlertFact:
    topics, rules = row["topics"], tuple(row["rules"])
    return AlertFact(
        patient_id=row["patient_id"], group=_group(row), tier=row["tier"], safety="safety" in topics,
        missed=bool(topics) and set(topics) == {"missed"}, opened_at=row["opened_at"],
        covered=calendar.is_open(row["opened_at"]), taken_at=row["taken_at"], reached_at=row["reached_at"],
        closed_at=row["closed_at"], outcome=row["outcome"], useful=row["useful"], rules=rules,
    )  # fmt: skip


def _check_in(row: Record) -> CheckInFact:
    answered = row["completed_at"] is not None
    return CheckInFact(
        session_id=row["session_id"], group=_group(row), kind=kind_of(row["key"]), due_at=row["due_at"],
        state=row["state"], answered_by=row["answered_by"],
        seconds=(row["completed_at"] - row["started_at"]).total_seconds() if answered else None,
    )  # fmt: skip


def _session(row: Record, calendar: Calendar) -> SessionFact:
    session_id: UUID = row["id"]
    moments = (row["ended_at"] + timedelta(hours=hours) for hours in (1, 6))
    return SessionFact(
        id=session_id, group=_group(row), ended_at=row["ended_at"], signed=row["signed"], confirmed=row["confirmed"],
        covered=all(calendar.is_open(at) for at in moments),
    )  # fmt: skip


def _answers(tx: Tx, rows: Iterable[Record]) -> tuple[AnswerFact, ...]:
    return tuple(_answer(tx, row) for row in rows)


def _answer(tx: Tx, row: Record) -> AnswerFact:
    answers, _ = open_answers(tx, row["id"], row["answers_enc"])
    return AnswerFact(
        session_id=row["session_id"], group=_group(row), at=row["answered_at"], hours=row["hours_since_end"],
        answers=answers,
    )  # fmt: skip
