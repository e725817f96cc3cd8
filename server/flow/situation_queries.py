"""The statement that loads what an answer is judged against, and the one that stores it.

One each, because a round trip to the database costs an answer more than all that is done in it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import msgspec

from server.access.model import Hours, hours_of
from server.checkins.queries import CheckIn
from server.kit import audit, errors
from server.kit.db import Tx
from server.kit.ids import uuid7
from server.patients.model import Language
from server.responses.model import Answers
from server.responses.queries import open_answers
from server.sessions.model import Session

Kind = TypeVar("Kind", CheckIn, Session)


def _columns(table: str, kind: type[msgspec.Struct], **written: str) -> str:
    """A Struct's fields as columns with the table's name before them."""
    return ", ".join(f"{written.get(name, f'{table}.{name}')} as {table}_{name}" for name in kind.__struct_fields__)


LOAD = f"""
select app_now() as now, wall_now() as wall, p.language, p.time_zone,
       k.time_zone as clinic_zone, k.hours, k.phone as clinic_phone,
       p.companion_phone_enc is not null and p.companion_name_enc is not null and p.companion_may_text
         and not p.companion_blocked as companion,
       exists (select 1 from staff w where w.clinic_id = $1 and w.disabled_at is null
               and (w.phone_enc is not null or w.email_enc is not null)) as reachable,
       exists (select 1 from sending_holds h where h.clinic_id = $1) as held,
       exists (select 1 from responses r
               where r.clinic_id = $1 and r.patient_id = $2 and r.response_id = $4) as replayed,
       exists (select 1 from flags f
               where f.clinic_id = $1 and f.patient_id = $2 and f.response_id = $4) as flagged,
       exists (select 1 from alerts a where a.clinic_id = $1 and a.patient_id = $2 and a.state <> 'closed'
               and a.session_id is not distinct from session.id) as alerted,
       earlier.ids, earlier.of_session, earlier.keys, earlier.sealed, earlier.times, earlier.clear,
       {_columns("check_in", CheckIn)},
       {_columns("session", Session, dose_mg="session.dose_mg::float8")}
from patients p
join clinics k on k.clinic_id = p.clinic_id
left join check_ins check_in on check_in.clinic_id = p.clinic_id and check_in.id = $3 and check_in.patient_id = p.id
left join lateral (
    select s.* from treatment_sessions s
    where s.clinic_id = p.clinic_id and s.patient_id = p.id
      and case when $3 is null then s.cancelled_at is null and s.ended_at <= app_now()
               else s.id = check_in.session_id end
    order by s.ended_at desc limit 1
) session on true
left join lateral (
    select s.id from treatment_sessions s
    where s.clinic_id = p.clinic_id and s.patient_id = p.id and s.cancelled_at is null
      and s.ended_at < session.ended_at and s.id <> session.id
    order by s.ended_at desc limit 1
) before on $4::uuid is not null
left join lateral (
    select array_agg(e.id) as ids, array_agg(e.session_id = session.id) as of_session, array_agg(e.key) as keys,
           array_agg(e.answers_enc) as sealed, array_agg(e.answered_at) as times, array_agg(e.clear) as clear
    from (select r.id, r.session_id, c.key, r.answers_enc, r.answered_at, r.clear
          from responses r left join check_ins c on c.clinic_id = r.clinic_id and c.id = r.check_in_id
          where r.clinic_id = $1 and r.session_id in (session.id, before.id) and r.response_id <> $4
          order by r.answered_at desc limit 100) e
) earlier on $4::uuid is not null
where p.clinic_id = $1 and p.id = $2
"""

ENDING = """
over as (
    update check_ins set state = 'cancelled', reason = 'not_needed', next_action_at = null
    where $2::boolean and clinic_id = $1 and session_id = $4 and stands_in_for = $5 and state in ('planned', 'open')
    returning id),
ended as (
    update check_ins set state = 'answered', next_action_at = null, answered_at = $7
    where $2::boolean and clinic_id = $1 and session_id = $4 and (id = $3 or key = $6::text)
      and state in ('planned', 'open', 'missed')
    returning id),
unasked as (
    update notifications set state = 'cancelled', next_attempt_at = null, lease_token = null, lease_until = null
    where $2::boolean and clinic_id = $1 and kind = 'prompt' and state = 'queued'
      and check_in_id in (select $3 union select id from over union select id from ended))
"""

END = f"with {ENDING} select exists (select 1 from ended where id = $3) as ended"

STORE = f"""
with {ENDING},
followed as (
    update signals set follow_up_at = null
    where clinic_id = $1 and patient_id = $9 and response_id = $8 and follow_up_at is not null),
answered as (
    insert into responses (clinic_id, id, response_id, patient_id, session_id, check_in_id, questionnaire, body_hash,
        answers_enc, reply_enc, answered_by, via, started_at, completed_at, answered_at, received_at, hours_since_end,
        late, unexpected, tier, clear, scores)
    values ($1, $10, $8, $9, $4, $3, $11, $12, $13, $14, $15, $16, $17, $18, $7, $19, $20, $21, $22, $23, $24, $25))
insert into audit_log (clinic_id, id, at, actor_kind, actor_id, action, object_kind, object_id, patient_id,
    request_id, detail)
values ($1, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35)
"""


class Person(msgspec.Struct, frozen=True):
    """The patient as far as judging and advice go. `companion`: there is one whom we may ask."""

    id: UUID
    language: Language
    time_zone: str
    companion: bool


class Before(msgspec.Struct, frozen=True):
    """An earlier answer of this session (`of_session`) or of the one before it, still sealed."""

    id: UUID
    of_session: bool
    check_in_key: str | None
    sealed: bytes
    answered_at: datetime
    clear: bool

    def answers(self, tx: Tx) -> dict[str, Any]:
        return open_answers(tx, self.id, self.sealed)[0]


class Loaded(msgspec.Struct, frozen=True, kw_only=True):
    """What there is. `reachable`: a colleague has a number or address; `held`: nothing is sent for this clinic.

    `replayed`: a response of this id is here already; `flagged`: flags of it are; `alerted`: the episode has an alert
    that is not closed. `before`: newest first.
    """

    person: Person
    clinic_zone: str
    clinic_hours: Hours
    clinic_phone: str | None
    reachable: bool
    held: bool
    check_in: CheckIn | None
    session: Session | None
    before: tuple[Before, ...]
    replayed: bool
    flagged: bool
    alerted: bool


class Storable(msgspec.Struct, frozen=True, kw_only=True):
    """A response to store. `body_hash` as `wire.body_hash`; `hours`: since T0."""

    response_id: UUID
    patient_id: UUID
    session_id: UUID | None
    check_in: CheckIn | None
    questionnaire: str
    body_hash: bytes
    answers: Answers
    text: str | None
    reply: Mapping[str, Any]
    answered_by: str
    via: str
    started_at: datetime
    completed_at: datetime
    answered_at: datetime
    hours: float | None
    late: bool
    unexpected: bool
    tier: str
    clear: bool
    scores: Mapping[str, float]


async def load(tx: Tx, patient_id: UUID, check_in_id: UUID | None, response_id: UUID | None) -> Loaded:
    """Everything in one statement; 404 for a check-in that is not this patient's. Without a check-in: the latest
    session. Earlier answers come only with a response that is to be judged against them."""
    row = await tx.one(LOAD, tx.clinic_id, patient_id, check_in_id, response_id)
    if row is None:
        raise errors.not_found()
    return read(row, patient_id, check_in_id)


def read(row: Any, patient_id: UUID, check_in_id: UUID | None) -> Loaded:
    """The row of `LOAD` for this patient and check-in."""
    if check_in_id is not None and row["check_in_id"] is None:
        raise errors.not_found()
    of_rows = (row["ids"], row["of_session"], row["keys"], row["sealed"], row["times"], row["clear"])
    return Loaded(
        person=Person(patient_id, row["language"], row["time_zone"], row["companion"]),
        clinic_zone=row["clinic_zone"], clinic_hours=hours_of(row["hours"]), clinic_phone=row["clinic_phone"],
        reachable=row["reachable"], held=row["held"], check_in=_part(row, "check_in", CheckIn),
        session=_part(row, "session", Session),
        before=tuple(Before(*each) for each in zip(*of_rows, strict=True)) if row["ids"] else (),
        replayed=row["replayed"], flagged=row["flagged"], alerted=row["alerted"],
    )  # fmt: skip


def _part(row: Any, table: str, kind: type[Kind]) -> Kind | None:
    if row[f"{table}_id"] is None:
        return None
    return msgspec.convert({name: row[f"{table}_{name}"] for name in kind.__struct_fields__}, kind)


async def store(tx: Tx, response: Storable, *, ends: bool, action: str) -> None:
    """The response, answers and reply sealed; taps of the same form settled; `ends`: the check-in and those that it
    stands in for or that stand in for it are over, their unsent prompts too; the audit row."""
    row_id, of, check_in = uuid7(), tx.cipher.seal, response.check_in
    document = {"answers": response.answers} | ({} if response.text is None else {"text": response.text})
    about = ("patient", response.patient_id) if check_in is None else ("check_in", check_in.id)
    await tx.run(
        STORE, tx.clinic_id, *_ending(response.session_id, check_in, response.answered_at, ends=ends),
        response.response_id, response.patient_id, row_id, response.questionnaire, response.body_hash,
        of("responses.answers", row_id, msgspec.json.encode(document).decode()),
        of("responses.reply", row_id, msgspec.json.encode(response.reply).decode()), response.answered_by, response.via,
        response.started_at, response.completed_at, tx.now, response.hours, response.late, response.unexpected,
        response.tier, response.clear, response.scores,
        *audit.columns(tx, action, *about, patient_id=response.patient_id),
    )  # fmt: skip


async def end(tx: Tx, check_in: CheckIn, at: datetime) -> bool:
    """The check-in is answered, and with it the patient's that it stands in for; what stands in for it is not needed
    any more. Nothing more is asked or reminded of. False when it was over already."""
    row = await tx.one(END, tx.clinic_id, *_ending(check_in.session_id, check_in, at, ends=True))
    return row is not None and bool(row["ended"])


def _ending(session_id: UUID | None, check_in: CheckIn | None, at: datetime, *, ends: bool) -> tuple[Any, ...]:
    if check_in is None:
        return (False, None, session_id, None, None, at)
    return (ends, check_in.id, session_id, check_in.key, check_in.stands_in_for, at)
