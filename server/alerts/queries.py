"""SQL of alerts. Every change happens under the patient's lock (`lock_patient`), so that two answers, a tick and a
nurse never decide on the same alert at once."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

import msgspec

from server.alerts.model import FlagSource, Standing
from server.alerts.outcomes import seen_to
from server.kit.db import Tx, patient_lock
from server.kit.ids import uuid7
from server.protocols.model import Escalation, EscalationPlan, Tier
from server.responses.model import FlagHit

LOCK_PATIENT = f"select pg_advisory_xact_lock({patient_lock('$1::text', '$2::text')})"

# In one order for all who lock several; the inner select is not merged with the outer, so rows are locked as sorted.
# Who is locked by somebody else is left out rather than keep the others waiting.
LOCK_FREE = f"""
select p.id from unnest($2::uuid[]) as p (id)
where pg_try_advisory_xact_lock({patient_lock("$1::text", "p.id::text")})
"""

STANDING = """
select a.id, a.patient_id, a.session_id, a.state, a.tier, a.version, a.plan, a.step, a.triggered_at, a.next_action_at, a.reached_at, a.exhausted,
       a.topics, a.acknowledged_by, a.acknowledged_at,
       array(select distinct f.response_id from flags f
             where f.clinic_id = a.clinic_id and f.alert_id = a.id and f.response_id is not null) as responses,
       not exists (select 1 from flags f where f.clinic_id = a.clinic_id and f.alert_id = a.id and f.topic <> 'missed'
                   and f.tier <> 'routine') as missed_only
from alerts a
"""

GET_STANDING = STANDING + " where a.clinic_id = $1 and a.id = $2 and a.state <> 'closed'"

FIND_STANDING = STANDING + (
    " where a.clinic_id = $1 and a.patient_id = $2 and a.session_id is not distinct from $3 and a.state <> 'closed'"
)

FIND_PATIENT = "select patient_id from alerts where clinic_id = $1 and id = $2"

INSERT_ALERT = """
insert into alerts (clinic_id, id, reference, patient_id, session_id, tier, state, version, plan, step, topics, opened_at, triggered_at, next_action_at)
values ($1, $2, $3, $4, $5, $6, 'open', 1, $7, 0, $8, $9, $9, $9)
on conflict (clinic_id, reference) do nothing
returning id
"""

INSERT_FLAG = """
insert into flags (clinic_id, id, patient_id, session_id, check_in_id, response_id, alert_id, rule, tier, topic, explanation_enc, inputs_enc, at,
                   holds)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
"""

APPEND = """
update alerts set version = version + 1, topics = $3, plan = $4 where clinic_id = $1 and id = $2
"""

RESTART = """
update alerts set state = 'open', tier = $3, plan = $4, topics = $5, version = version + 1, step = 0, exhausted = false,
    tier_since = case when tier = $3 then tier_since else $6 end,
    triggered_at = $6, next_action_at = $6, acknowledged_by = null, acknowledged_at = null, review_at = null, reached_at = null
where clinic_id = $1 and id = $2
"""

STEP = """
update alerts set step = $3, next_action_at = $4, exhausted = $5 where clinic_id = $1 and id = $2 and state <> 'closed'
"""

CLAIM_DUE = """
select clinic_id, id, patient_id from alerts where next_action_at <= $1 and state <> 'closed' order by next_action_at limit 200
"""

PUT_OFF = """
update alerts set next_action_at = $3 where clinic_id = $1 and id = $2 and state <> 'closed'
"""

ACKNOWLEDGE = """
update alerts set state = 'acknowledged', version = version + 1, acknowledged_by = $3, acknowledged_at = $4, next_action_at = $5
where clinic_id = $1 and id = $2
"""

FOLLOW_UP = """
update alerts set state = 'in_follow_up', version = version + 1, reached_at = coalesce($3, reached_at), review_at = $4,
    next_action_at = $7, acknowledged_by = coalesce(acknowledged_by, $5), acknowledged_at = coalesce(acknowledged_at, $6)
where clinic_id = $1 and id = $2
"""

CLOSE = """
update alerts set state = 'closed', version = version + 1, next_action_at = null, closed_at = $3, closed_by = $4, outcome = $5,
    harm = $6, useful = $7
where clinic_id = $1 and id = $2
"""

LIST_HELD = "select id, patient_id from alerts where clinic_id = $1 and acknowledged_by = $2 and state in ('acknowledged', 'in_follow_up') order by patient_id"

INSERT_EVENT = """
insert into alert_events (clinic_id, id, alert_id, kind, at, staff_id, detail, note_enc) values ($1, $2, $3, $4, $5, $6, $7, $8)
"""


# A companion who stood in for the patient is not waited for once the patient has answered.
COUNT_SILENT = """
select count(*) as silent from flags f join check_ins c on c.clinic_id = f.clinic_id and c.id = f.check_in_id
where f.clinic_id = $1 and f.alert_id = $2 and c.state = 'missed'
  and not exists (select 1 from check_ins p where p.clinic_id = c.clinic_id and p.session_id = c.session_id
                  and p.key = c.stands_in_for and p.state = 'answered')
"""

LIST_ENDS = """
select distinct a.id, a.state, a.reached_at is not null as reached, a.outcome
from flags f join alerts a on a.clinic_id = f.clinic_id and a.id = f.alert_id where f.clinic_id = $1 and f.response_id = $2
"""

LIST_PAGES = """
select id, reference, tier, state, coalesce(tier_since, opened_at) as tier_since, triggered_at, plan, next_action_at from alerts
where clinic_id = $1 and id = any($2::uuid[]) and state in ('open', 'acknowledged')
"""

COUNT_WAITING = "select count(*) as waiting from alerts where clinic_id = $1 and tier = $2 and state = 'open'"


IS_LOOKED_AFTER = """
select 1 as found from flags f join alerts a on a.clinic_id = f.clinic_id and a.id = f.alert_id
where f.clinic_id = $1 and f.patient_id = $2 and f.response_id = $3 and a.state <> 'closed' limit 1
"""

LIST_RULES_OF = "select rule, tier from flags where clinic_id = $1 and patient_id = $2 and response_id = $3"

LIST_RULES_BEFORE = """
select distinct rule from flags
where clinic_id = $1 and session_id = $2 and response_id is not null and response_id <> $3 and at < $4 and tier <> 'routine'
"""


async def lock_patient(tx: Tx, patient_id: UUID) -> None:
    """Serialise all judging and alerting of one patient until this transaction ends."""
    await tx.one(LOCK_PATIENT, str(tx.clinic_id), str(patient_id))


async def lock_free(tx: Tx, patient_ids: Collection[UUID]) -> set[UUID]:
    """The same for those of these patients whom nobody else has locked; they are returned."""
    return {row["id"] for row in await tx.all(LOCK_FREE, str(tx.clinic_id), list(patient_ids))}


async def find_standing(tx: Tx, patient_id: UUID, session_id: UUID | None) -> Standing | None:
    """The episode's alert that is not closed."""
    row = await tx.one(FIND_STANDING, tx.clinic_id, patient_id, session_id)
    return None if row is None else standing(row)


async def get_standing(tx: Tx, alert_id: UUID) -> tuple[Standing, UUID, UUID | None] | None:
    """(alert, patient, session) of an alert that is not closed."""
    row = await tx.one(GET_STANDING, tx.clinic_id, alert_id)
    return None if row is None else (standing(row), row["patient_id"], row["session_id"])


async def find_patient(tx: Tx, alert_id: UUID) -> UUID | None:
    """Whom an alert is about, closed or not."""
    row = await tx.one(FIND_PATIENT, tx.clinic_id, alert_id)
    return None if row is None else row["patient_id"]


def standing(row: Any) -> Standing:
    """A row of `STANDING` as the value the rules take."""
    escalation = msgspec.convert(row["plan"], Escalation)
    return Standing(
        id=row["id"], state=row["state"], tier=row["tier"], version=row["version"],
        plan=escalation.plan(row["tier"]), escalation=escalation, exhausted=row["exhausted"], step=row["step"], triggered_at=row["triggered_at"],
        next_action_at=row["next_action_at"], reached_at=row["reached_at"], topics=tuple(row["topics"]),
        responses=tuple(row["responses"]), missed_only=row["missed_only"], held_by=row["acknowledged_by"], acknowledged_at=row["acknowledged_at"],
    )  # fmt: skip


async def insert_alert(
    tx: Tx,
    reference: str,
    patient_id: UUID,
    session_id: UUID | None,
    tier: Tier,
    plan: Escalation,
    topics: list[str],
) -> UUID | None:
    """Open an alert due at once; None when the reference is taken (take another)."""
    row = await tx.one(
        INSERT_ALERT, tx.clinic_id, uuid7(), reference, patient_id, session_id, tier, msgspec.to_builtins(plan), topics, tx.now
    )  # fmt: skip
    return None if row is None else row["id"]


async def insert_flags(tx: Tx, hits: Sequence[FlagHit], source: FlagSource, alert_id: UUID | None) -> None:
    """Store flags with sealed explanations and inputs, under the alert they raised if they raised one."""
    for hit in hits:
        flag_id = uuid7()
        explanation = tx.cipher.seal("flags.explanation", flag_id, hit.explanation)
        inputs = tx.cipher.seal("flags.inputs", flag_id, msgspec.json.encode(hit.inputs).decode())
        await tx.run(
            INSERT_FLAG, tx.clinic_id, flag_id, source.patient_id, source.session_id, source.check_in_id,
            source.response_id, alert_id, hit.rule, hit.tier, hit.topic, explanation, inputs, source.at, hit.hold,
        )  # fmt: skip


async def append(tx: Tx, alert_id: UUID, topics: list[str], plan: Escalation) -> None:
    """New flags on an alert that goes on climbing."""
    await tx.run(APPEND, tx.clinic_id, alert_id, topics, msgspec.to_builtins(plan))


async def restart(tx: Tx, alert_id: UUID, tier: Tier, plan: Escalation, topics: list[str]) -> None:
    """Back to open and step 0, due at once."""
    await tx.run(RESTART, tx.clinic_id, alert_id, tier, msgspec.to_builtins(plan), topics, tx.now)


async def set_step(tx: Tx, alert_id: UUID, step: int, next_at: datetime, exhausted: bool) -> None:
    """Move along the plan. The version stays: only a state change or a new flag is news to a screen."""
    await tx.run(STEP, tx.clinic_id, alert_id, step, next_at, exhausted)


async def list_due(tx: Tx, now: datetime) -> list[tuple[UUID, UUID, UUID]]:
    """(clinic, alert, patient) with a deadline behind them, across clinics; each is handled under its patient's lock."""
    return [(r["clinic_id"], r["id"], r["patient_id"]) for r in await tx.all(CLAIM_DUE, now)]


async def put_off(tx: Tx, alert_id: UUID) -> None:
    """Look again in a minute, so that an alert that cannot be handled does not hold up the others."""
    await tx.run(PUT_OFF, tx.clinic_id, alert_id, tx.now + timedelta(minutes=1))


async def acknowledge(tx: Tx, alert_id: UUID, staff_id: UUID, reached_due: datetime) -> None:
    await tx.run(ACKNOWLEDGE, tx.clinic_id, alert_id, staff_id, tx.now, reached_due)


async def follow_up(
    tx: Tx, alert_id: UUID, staff_id: UUID, reached_at: datetime | None, review_at: datetime, look_at: datetime
) -> None:
    """Looked at again at `look_at`, by `review_at` at the latest."""
    await tx.run(FOLLOW_UP, tx.clinic_id, alert_id, reached_at, review_at, staff_id, tx.now, look_at)


async def close(
    tx: Tx, alert_id: UUID, staff_id: UUID | None, outcome: str, harm: str | None, useful: str | None
) -> None:
    await tx.run(CLOSE, tx.clinic_id, alert_id, tx.now, staff_id, outcome, harm, useful)


async def list_held(tx: Tx, staff_id: UUID) -> list[tuple[UUID, UUID]]:
    """(alert, patient) that this colleague holds."""
    return [(r["id"], r["patient_id"]) for r in await tx.all(LIST_HELD, tx.clinic_id, staff_id)]


async def insert_event(
    tx: Tx,
    alert_id: UUID,
    kind: str,
    *,
    staff_id: UUID | None = None,
    detail: dict[str, Any] | None = None,
    note: str | None = None,
) -> None:
    """One line of the alert's story; a note is sealed."""
    event_id = uuid7()
    sealed = tx.cipher.seal_if("alert_events.note", event_id, note)
    await tx.run(INSERT_EVENT, tx.clinic_id, event_id, alert_id, kind, tx.now, staff_id, detail or {}, sealed)


class PageFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What a page about an alert may say that is open, or whose patient nobody has reached yet."""

    reference: str
    state: Literal["open", "acknowledged"]
    tier: Literal["same_day", "urgent", "emergency"]
    tier_since: datetime
    triggered_at: datetime
    plan: EscalationPlan
    next_action_at: datetime


async def was_seen_to(tx: Tx, response_id: UUID) -> bool:
    """Whether somebody has seen to everything that this answer raised; False when it raised nothing."""
    rows = await tx.all(LIST_ENDS, tx.clinic_id, response_id)
    return bool(rows) and all(seen_to(r["state"], r["outcome"], reached=r["reached"]) for r in rows)


async def list_pages(tx: Tx, alert_ids: Collection[UUID]) -> dict[UUID, PageFacts]:
    """Facts of those alerts that may need paging; one that is followed up or closed is left out."""
    return {
        row["id"]: PageFacts(
            reference=row["reference"], state=row["state"], tier=row["tier"], tier_since=row["tier_since"], triggered_at=row["triggered_at"],
            plan=msgspec.convert(row["plan"], Escalation).plan(row["tier"]), next_action_at=row["next_action_at"],
        )
        for row in await tx.all(LIST_PAGES, tx.clinic_id, list(alert_ids))
    }  # fmt: skip


async def count_waiting(tx: Tx, tier: Tier) -> int:
    """Open alerts of a tier in the clinic."""
    row = await tx.one(COUNT_WAITING, tx.clinic_id, tier)
    return 0 if row is None else int(row["waiting"])


async def list_rules_of(tx: Tx, patient_id: UUID, response_id: UUID) -> set[tuple[str, Tier]]:
    """(rule, tier) of the flags that this form has set already, by a tap that went ahead of it."""
    return {(r["rule"], r["tier"]) for r in await tx.all(LIST_RULES_OF, tx.clinic_id, patient_id, response_id)}


async def list_rules_before(tx: Tx, session_id: UUID, response_id: UUID, before: datetime) -> frozenset[str]:
    """Rules that flagged other answers of this session, given before this instant, above routine."""
    rows = await tx.all(LIST_RULES_BEFORE, tx.clinic_id, session_id, response_id, before)
    return frozenset(r["rule"] for r in rows)


async def all_answered(tx: Tx, alert_id: UUID) -> bool:
    """Whether every check-in that the alert's flags are about has an answer by now."""
    row = await tx.one(COUNT_SILENT, tx.clinic_id, alert_id)
    return row is not None and row["silent"] == 0


async def is_looked_after(tx: Tx, patient_id: UUID, response_id: UUID) -> bool:
    """Whether an alert that this form has raised is not closed yet."""
    return await tx.one(IS_LOOKED_AFTER, tx.clinic_id, patient_id, response_id) is not None
