"""SQL of answers. A response is inserted once and never changed; its reply is kept so that a replay says the same."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from server.kit.db import Tx
from server.kit.ids import uuid7
from server.protocols.tiers import Tier


class Stored(msgspec.Struct, frozen=True):
    """A response that arrived before: its body's hash and the reply it got."""

    body_hash: bytes
    reply: dict[str, Any]
    check_in_id: UUID | None
    answered_at: datetime
    tier: Tier


class Earlier(msgspec.Struct, frozen=True, kw_only=True):
    """An earlier response with its answers opened. `hours`: since the end of its session."""

    id: UUID
    session_id: UUID | None
    check_in_key: str | None
    questionnaire: str
    answers: dict[str, Any]
    answered_at: datetime
    hours: float | None
    clear: bool
    scores: dict[str, float]


FIND = """
select id, body_hash, reply_enc, check_in_id, answered_at, tier from responses where clinic_id = $1 and patient_id = $2 and response_id = $3
"""

EARLIER = """
select r.id, r.session_id, c.key as check_in_key, r.questionnaire, r.answers_enc, r.answered_at, r.hours_since_end, r.clear, r.scores
from responses r left join check_ins c on c.clinic_id = r.clinic_id and c.id = r.check_in_id
"""

LIST_EARLIER_FORMS = (
    EARLIER
    + """
where r.clinic_id = $1 and r.patient_id = $2 and r.questionnaire = $3 and r.response_id <> $4 and r.answered_at < $5 and r.answered_at > $6
order by r.answered_at desc limit 50
"""
)

LIST_OWN_SESSIONS = """
select o.id, o.answers_enc from (
    select distinct on (s.ended_at, s.id) s.ended_at, r.id, r.answers_enc
    from treatment_sessions s
    join check_ins c on c.clinic_id = s.clinic_id and c.session_id = s.id and c.key = $4
    join responses r on r.clinic_id = c.clinic_id and r.check_in_id = c.id
    where s.clinic_id = $1 and s.patient_id = $2 and s.cancelled_at is null and s.ended_at < $3 and r.answered_at < $5
    order by s.ended_at desc, s.id, r.answered_at desc) o
order by o.ended_at desc limit 12
"""

FIND_SIGNAL = """
select id, value_hash, reply_enc from signals where clinic_id = $1 and patient_id = $2 and response_id = $3 and item = $4 and value_hash = $5
"""

INSERT_SIGNAL = """
insert into signals (clinic_id, id, response_id, patient_id, session_id, check_in_id, item, value_hash, value_enc, reply_enc, tier,
                     safety, answered_at, received_at, follow_up_at, answered_by)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
"""

SETTLE_SIGNALS = """
update signals set follow_up_at = null where clinic_id = $1 and patient_id = $2 and response_id = $3 and follow_up_at is not null
"""

PUT_OFF_SIGNALS = """
update signals set follow_up_at = $4 where clinic_id = $1 and patient_id = $2 and response_id = $3 and follow_up_at is not null
"""

LIST_SIGNALS = "select id, item, value_enc from signals where clinic_id = $1 and patient_id = $2 and response_id = $3 order by received_at"

LIST_SIGNALS_DUE = """
select clinic_id, patient_id, response_id, session_id, check_in_id, bool_or(safety) as safety
from signals where follow_up_at <= $1 group by clinic_id, patient_id, response_id, session_id, check_in_id
order by min(follow_up_at) limit 200
"""


FIND_STANDING_ANSWER = """
select f.check_in_id, a.tier, a.triggered_at as received_at,
       (select min(e.at) from alert_events e where e.clinic_id = a.clinic_id and e.alert_id = a.id and e.at >= a.triggered_at
          and e.kind in ('acknowledged', 'reached', 'noted')) as opened_at
from alerts a join flags f on f.clinic_id = a.clinic_id and f.alert_id = a.id
where a.clinic_id = $1 and a.patient_id = $2 and a.state <> 'closed' and a.tier in ('urgent', 'emergency') and f.response_id is not null
order by a.tier, f.at desc limit 1
"""

FIND_PROGRESS = """
select r.check_in_id, r.tier, r.received_at,
       (select min(e.at) from flags f join alert_events e on e.clinic_id = f.clinic_id and e.alert_id = f.alert_id
        where f.clinic_id = $1 and f.response_id = $3 and e.at >= r.received_at
          and e.kind in ('acknowledged', 'reached', 'noted')) as opened_at
from (select 1 as place, check_in_id, tier, received_at from responses
      where clinic_id = $1 and patient_id = $2 and response_id = $3
      union all
      select 2, check_in_id, tier, received_at from signals where clinic_id = $1 and patient_id = $2 and response_id = $3) r
order by r.place, r.received_at desc limit 1
"""


class SilentSignal(msgspec.Struct, frozen=True):
    """An answer that travelled on tap and was not followed by the rest of its form."""

    clinic_id: UUID
    patient_id: UUID
    response_id: UUID
    session_id: UUID | None
    check_in_id: UUID
    safety: bool


async def find(tx: Tx, patient_id: UUID, response_id: UUID) -> Stored | None:
    """What a response with this id got, if it is here."""
    row = await tx.one(FIND, tx.clinic_id, patient_id, response_id)
    if row is None:
        return None
    reply = tx.cipher.open("responses.reply", row["id"], row["reply_enc"])
    return Stored(row["body_hash"], msgspec.json.decode(reply), row["check_in_id"], row["answered_at"], row["tier"])


async def list_earlier_forms(
    tx: Tx, patient_id: UUID, questionnaire: str, response_id: UUID, before: datetime, since: datetime
) -> list[Earlier]:
    """The patient's other answers to this form between two instants, of whatever session, newest first."""
    found = await tx.all(LIST_EARLIER_FORMS, tx.clinic_id, patient_id, questionnaire, response_id, before, since)
    return [_earlier(tx, r) for r in found]


async def list_own_sessions(
    tx: Tx, patient_id: UUID, key: str, ended_before: datetime, before: datetime
) -> list[dict[str, Any]]:
    """The latest answers to the check-in of this key of each of the patient's earlier sessions, newest session first."""
    found = await tx.all(LIST_OWN_SESSIONS, tx.clinic_id, patient_id, ended_before, key, before)
    return [open_answers(tx, r["id"], r["answers_enc"])[0] for r in found]


def _earlier(tx: Tx, row: Any) -> Earlier:
    return Earlier(
        id=row["id"], session_id=row["session_id"], check_in_key=row["check_in_key"], questionnaire=row["questionnaire"],
        answers=open_answers(tx, row["id"], row["answers_enc"])[0], answered_at=row["answered_at"],
        hours=row["hours_since_end"], clear=row["clear"], scores=row["scores"],
    )  # fmt: skip


def open_answers(tx: Tx, row_id: UUID, sealed: bytes) -> tuple[dict[str, Any], str | None]:
    """(answers by item, free text) of a stored response."""
    document = msgspec.json.decode(tx.cipher.open("responses.answers", row_id, sealed))
    return document["answers"], document.get("text")


async def find_signal(
    tx: Tx, patient_id: UUID, response_id: UUID, item: str, value_hash: bytes
) -> dict[str, Any] | None:
    """The reply that this same tap got before."""
    row = await tx.one(FIND_SIGNAL, tx.clinic_id, patient_id, response_id, item, value_hash)
    if row is None:
        return None
    reply: dict[str, Any] = msgspec.json.decode(tx.cipher.open("signals.reply", row["id"], row["reply_enc"]))
    return reply


async def insert_signal(
    tx: Tx,
    *,
    response_id: UUID,
    patient_id: UUID,
    session_id: UUID | None,
    check_in_id: UUID,
    item: str,
    value: Any,
    value_hash: bytes,
    reply: dict[str, Any],
    tier: str,
    safety: bool,
    answered_at: datetime,
    answered_by: str,
    follow_up_at: datetime | None,
) -> None:
    row_id = uuid7()
    sealed = tx.cipher.seal("signals.value", row_id, msgspec.json.encode(value).decode())
    sealed_reply = tx.cipher.seal("signals.reply", row_id, msgspec.json.encode(reply).decode())
    await tx.run(
        INSERT_SIGNAL, tx.clinic_id, row_id, response_id, patient_id, session_id, check_in_id, item, value_hash, sealed,
        sealed_reply, tier, safety, answered_at, tx.now, follow_up_at, answered_by,
    )  # fmt: skip


async def list_signals(tx: Tx, patient_id: UUID, response_id: UUID) -> dict[str, Any]:
    """What travelled on tap of one form so far, by item; the latest tap counts."""
    rows = await tx.all(LIST_SIGNALS, tx.clinic_id, patient_id, response_id)
    return {r["item"]: msgspec.json.decode(tx.cipher.open("signals.value", r["id"], r["value_enc"])) for r in rows}


async def settle_signals(tx: Tx, patient_id: UUID, response_id: UUID) -> int:
    """The rest of the form came, or its absence was judged."""
    return await tx.run(SETTLE_SIGNALS, tx.clinic_id, patient_id, response_id)


async def put_off_signals(tx: Tx, patient_id: UUID, response_id: UUID) -> None:
    """Look again in a minute, so that a form that cannot be judged does not hold up the others."""
    await tx.run(PUT_OFF_SIGNALS, tx.clinic_id, patient_id, response_id, tx.now + timedelta(minutes=1))


async def list_signals_due(tx: Tx, now: datetime) -> list[SilentSignal]:
    """Forms that were not finished in time, across clinics."""
    return [msgspec.convert(dict(r), SilentSignal) for r in await tx.all(LIST_SIGNALS_DUE, now)]


class Progress(msgspec.Struct, frozen=True):
    """What became of a response: `opened_at` when a colleague acknowledged its alert or looked after it."""

    check_in_id: UUID | None
    tier: Tier
    received_at: datetime
    opened_at: datetime | None


async def find_standing_answer(tx: Tx, patient_id: UUID) -> Progress | None:
    """The newest answer that an urgent or emergency alert stands on."""
    row = await tx.one(FIND_STANDING_ANSWER, tx.clinic_id, patient_id)
    return None if row is None else msgspec.convert(dict(row), Progress)


async def find_progress(tx: Tx, patient_id: UUID, response_id: UUID) -> Progress | None:
    """By the phone's own id: the response, or a tap that went ahead of it."""
    row = await tx.one(FIND_PROGRESS, tx.clinic_id, patient_id, response_id)
    return None if row is None else msgspec.convert(dict(row), Progress)
