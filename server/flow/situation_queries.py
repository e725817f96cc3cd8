"""The statement that loads what answers are judged against, and the one that stores them: one each, for one answer or
many, because a round trip to the database costs an answer more than all that is done in it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import msgspec

from server.access.model import Hours, hours_of
from server.access.rules import PHONE_IDLE, PHONE_SEEN_EVERY
from server.checkins import visit_queries as visit_forms
from server.checkins.queries import CheckIn
from server.kit import audit, errors
from server.kit.actor import Actor
from server.kit.db import Tx
from server.kit.ids import uuid7
from server.patients.model import Language
from server.patients.queries import COMPANION
from server.responses.model import Answers
from server.responses.queries import open_answers
from server.sessions.model import Session

Kind = TypeVar("Kind", CheckIn, Session)


def _columns(table: str, kind: type[msgspec.Struct], **written: str) -> str:
    """A Struct's fields as columns with the table's name before them."""
    return ", ".join(f"{written.get(name, f'{table}.{name}')} as {table}_{name}" for name in kind.__struct_fields__)


# Where something may exist it is fetched: an `exists` of several rows at once may be planned as a table of all there is
# in the clinic, made for each batch.
LOAD = f"""
select asked.place, app_now() as now, wall_now() as wall,
       strpos(current_setting('app.locked', true), p.id::text) > 0 as locked,
       p.id as patient_id, p.language, p.time_zone,
       k.time_zone as clinic_zone, k.hours, k.phone as clinic_phone,
       {COMPANION} as companion,
       exists (select 1 from staff w where w.clinic_id = $1 and w.disabled_at is null
               and (w.phone_enc is not null or w.email_enc is not null)) as reachable,
       exists (select 1 from sending_holds h where h.clinic_id = $1) as held,
       (select r.id from responses r where r.clinic_id = $1 and r.patient_id = p.id
          and r.response_id = asked.response_id limit 1) is not null as replayed,
       (select f.id from flags f where f.clinic_id = $1 and f.patient_id = p.id
          and f.response_id = asked.response_id limit 1) is not null as flagged,
       (select a.id from alerts a where a.clinic_id = $1 and a.patient_id = p.id and a.state <> 'closed'
          and a.session_id is not distinct from session.id limit 1) is not null as alerted,
       asked.device_id is null
         or (select d.id from devices d where d.clinic_id = $1 and d.id = asked.device_id and d.patient_id = p.id
               and d.revoked_at is null and d.last_seen_at > wall_now() - $6::interval limit 1) is not null as bound,
       earlier.ids, earlier.of_session, earlier.keys, earlier.sealed, earlier.times, earlier.clear,
       {_columns("check_in", CheckIn)},
       {_columns("session", Session, dose_mg="session.dose_mg::float8")}
from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[]) with ordinality
    as asked (patient_id, check_in_id, response_id, device_id, place)
join patients p on p.clinic_id = $1 and p.id = asked.patient_id
join clinics k on k.clinic_id = $1
left join check_ins check_in
  on check_in.clinic_id = $1 and check_in.id = asked.check_in_id and check_in.patient_id = p.id
left join lateral (
    select s.* from treatment_sessions s
    where s.clinic_id = $1 and s.patient_id = p.id
      and case when asked.check_in_id is null then s.cancelled_at is null and s.ended_at <= app_now()
               else s.id = check_in.session_id end
    order by s.ended_at desc limit 1
) session on true
left join lateral (
    select s.id from treatment_sessions s
    where s.clinic_id = $1 and s.patient_id = p.id and s.cancelled_at is null
      and s.ended_at < session.ended_at and s.id <> session.id
    order by s.ended_at desc limit 1
) before on asked.response_id is not null
left join lateral (
    select array_agg(e.id) as ids, array_agg(e.session_id = session.id) as of_session, array_agg(e.key) as keys,
           array_agg(e.answers_enc) as sealed, array_agg(e.answered_at) as times, array_agg(e.clear) as clear
    from (select r.id, r.session_id, c.key, r.answers_enc, r.answered_at, r.clear
          from responses r left join check_ins c on c.clinic_id = r.clinic_id and c.id = r.check_in_id
          where r.clinic_id = $1 and r.session_id in (session.id, before.id) and r.response_id <> asked.response_id
          order by r.answered_at desc limit 100) e
) earlier on asked.response_id is not null
"""

GIVEN = """
given as materialized (
    select * from unnest($2::boolean[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::timestamptz[])
        as g (ends, check_in_id, session_id, key, stands_in_for, answered_at)),
over as (
    update check_ins c set state = 'cancelled', reason = 'not_needed', next_action_at = null
    from given g
    where g.ends and c.clinic_id = $1 and c.session_id = g.session_id and c.stands_in_for = g.key
      and c.state in ('planned', 'open')
    returning c.id),
ended as (
    update check_ins c set state = 'answered', next_action_at = null, answered_at = g.answered_at
    from given g
    where g.ends and c.clinic_id = $1 and c.session_id = g.session_id
      and (c.id = g.check_in_id or c.key = g.stands_in_for) and c.state in ('planned', 'open', 'missed')
    returning c.id),
unasked as (
    update notifications n set state = 'cancelled', next_attempt_at = null, lease_token = null, lease_until = null
    where n.clinic_id = $1 and n.kind = 'prompt' and n.state = 'queued'
      and n.check_in_id in (select g.check_in_id from given g where g.ends
                            union all select id from over union all select id from ended))
"""

END = f"with {GIVEN} select exists (select 1 from ended where id = any($3)) as ended"

STORE = f"""
with {GIVEN},
used as (
    update devices d set last_seen_at = $26::timestamptz
    where d.clinic_id = $1 and d.id = any($37::uuid[]) and d.last_seen_at < $26::timestamptz - $38::interval),
arrived as materialized (
    select * from unnest($8::uuid[], $9::uuid[], $10::uuid[], $4::uuid[], $3::uuid[], $11::text[], $12::bytea[],
            $13::bytea[], $14::bytea[], $15::text[], $16::text[], $17::timestamptz[], $18::timestamptz[],
            $7::timestamptz[], $19::float8[], $20::boolean[], $21::boolean[], $22::text[], $23::boolean[], $24::jsonb[])
        as r (id, response_id, patient_id, session_id, check_in_id, questionnaire, body_hash,
            answers_enc, reply_enc, answered_by, via, started_at, completed_at,
            answered_at, hours, late, unexpected, tier, clear, scores)),
followed as (
    update signals s set follow_up_at = null
    from arrived r
    where s.clinic_id = $1 and s.patient_id = r.patient_id and s.response_id = r.response_id
      and s.follow_up_at is not null),
answered as (
    insert into responses (clinic_id, id, response_id, patient_id, session_id, check_in_id, questionnaire, body_hash,
        answers_enc, reply_enc, answered_by, via, started_at, completed_at, answered_at, received_at, hours_since_end,
        late, unexpected, tier, clear, scores)
    select $1, r.id, r.response_id, r.patient_id, r.session_id, r.check_in_id, r.questionnaire, r.body_hash,
        r.answers_enc, r.reply_enc, r.answered_by, r.via, r.started_at, r.completed_at, r.answered_at, $25, r.hours,
        r.late, r.unexpected, r.tier, r.clear, r.scores
    from arrived r)
insert into audit_log (clinic_id, id, at, actor_kind, actor_id, action, object_kind, object_id, patient_id,
    request_id, detail)
select $1, a.id, a.at, a.actor_kind, a.actor_id, a.action, a.object_kind, a.object_id, a.patient_id,
    a.request_id, a.detail
from unnest($27::uuid[], $28::timestamptz[], $29::text[], $30::uuid[], $31::text[], $32::text[], $33::uuid[],
        $34::uuid[], $35::uuid[], $36::jsonb[])
    as a (id, at, actor_kind, actor_id, action, object_kind, object_id, patient_id, request_id, detail)
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


class LoadFor(msgspec.Struct, frozen=True):
    """Whose situation to load. `device_id`: a phone that must still be bound to the patient."""

    patient_id: UUID
    check_in_id: UUID | None
    response_id: UUID | None
    device_id: UUID | None = None


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
    """A response to store. `body_hash` as `wire.body_hash`; `hours`: since T0; `ends`: its check-in is over, and those
    that it stands in for or that stand in for it, their unsent prompts too. `device_id`: the phone whose token it
    came with; `action`: what the audit row says."""

    actor: Actor
    device_id: UUID | None
    action: str
    ends: bool
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


def arguments(asked: Sequence[LoadFor]) -> tuple[Any, ...]:
    """What `LOAD` takes after the clinic."""
    names = ("patient_id", "check_in_id", "response_id", "device_id")
    return (*([getattr(one, name) for one in asked] for name in names), PHONE_IDLE)


async def load(tx: Tx, patient_id: UUID, check_in_id: UUID | None, response_id: UUID | None) -> Loaded:
    """Everything in one statement; 404 for a check-in that is not this patient's. Without a check-in: the latest
    session. Earlier answers come only with a response that is to be judged against them."""
    asked = LoadFor(patient_id, check_in_id, response_id)
    row = await tx.one(LOAD, tx.clinic_id, *arguments([asked]))
    if row is None:
        raise errors.not_found()
    return read(row, check_in_id)


def read(row: Any, check_in_id: UUID | None) -> Loaded:
    """A row of `LOAD` that was asked for with this check-in."""
    if check_in_id is not None and row["check_in_id"] is None:
        raise errors.not_found()
    of_rows = (row["ids"], row["of_session"], row["keys"], row["sealed"], row["times"], row["clear"])
    return Loaded(
        person=Person(row["patient_id"], row["language"], row["time_zone"], row["companion"]),
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


async def store(tx: Tx, responses: Sequence[Storable]) -> None:
    """Responses of different patients, answers and replies sealed, with what follows from `ends`; taps of the same
    form settled; an audit row for each."""
    endings = zip(*(_ending(r.session_id, r.check_in, r.answered_at, ends=r.ends) for r in responses), strict=True)
    rows = zip(*(_row(tx, response) for response in responses), strict=True)
    devices = [response.device_id for response in responses if response.device_id is not None]
    audits = zip(*(_audit(tx, response) for response in responses), strict=True)
    await tx.run(STORE, tx.clinic_id, *endings, *rows, tx.now, tx.wall, *audits, devices, PHONE_SEEN_EVERY)


def _row(tx: Tx, response: Storable) -> tuple[Any, ...]:
    row_id, seal = uuid7(), tx.cipher.seal
    document = {"answers": response.answers} | ({} if response.text is None else {"text": response.text})
    return (
        row_id, response.response_id, response.patient_id, response.questionnaire, response.body_hash,
        seal("responses.answers", row_id, msgspec.json.encode(document).decode()),
        seal("responses.reply", row_id, msgspec.json.encode(response.reply).decode()), response.answered_by,
        response.via, response.started_at, response.completed_at, response.hours, response.late, response.unexpected,
        response.tier, response.clear, response.scores,
    )  # fmt: skip


def _audit(tx: Tx, response: Storable) -> tuple[Any, ...]:
    check_in, patient_id = response.check_in, response.patient_id
    about = ("patient", patient_id) if check_in is None else ("check_in", check_in.id)
    return audit.columns(response.actor, tx.wall, response.action, *about, patient_id=patient_id)


async def end(tx: Tx, check_in: CheckIn, at: datetime) -> bool:
    """The check-in is answered, and with it the patient's that it stands in for; what stands in for it is not needed
    any more. Nothing more is asked or reminded of. False when it was over already."""
    if check_in.visit_id is not None:
        return await visit_forms.answered(tx, check_in.id, at)
    ending = _ending(check_in.session_id, check_in, at, ends=True)
    row = await tx.one(END, tx.clinic_id, *([value] for value in ending))
    return row is not None and bool(row["ended"])


def _ending(session_id: UUID | None, check_in: CheckIn | None, at: datetime, *, ends: bool) -> tuple[Any, ...]:
    if check_in is None:
        return (False, None, session_id, None, None, at)
    return (ends, check_in.id, session_id, check_in.key, check_in.stands_in_for, at)
