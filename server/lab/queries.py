"""SQL of the rule lab: answers and silences of some patients as they were judged, the newest weeks of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from server.kit.db import Tx
from server.lab.model import Useful
from server.protocols.tiers import Tier

LIST_PATIENTS = """
select distinct s.patient_id from treatment_sessions s
where s.clinic_id = $1 and s.protocol_key = $2 and s.cancelled_at is null and s.ended_at > $3 order by s.patient_id
"""

LIST_ANSWERS = """
select r.id, r.response_id, r.patient_id, r.session_id, r.questionnaire, r.answers_enc, r.answered_by, r.answered_at, r.tier,
       c.key, c.due_at, c.asked_of
from responses r left join check_ins c on c.clinic_id = r.clinic_id and c.id = r.check_in_id
join treatment_sessions s on s.clinic_id = r.clinic_id and s.id = r.session_id
where r.clinic_id = $1 and r.patient_id = any($2::uuid[]) and s.protocol_key = $3 and r.answered_at > $4
"""

LIST_SILENCES = """
select c.id, c.patient_id, c.session_id, c.questionnaire, c.key, c.due_at, c.asked_of, coalesce(silence.at, c.closes_at) as at
from check_ins c
join treatment_sessions s on s.clinic_id = c.clinic_id and s.id = c.session_id
left join lateral (select min(f.at) as at from flags f where f.clinic_id = c.clinic_id and f.check_in_id = c.id
                   and f.response_id is null) silence on true
where c.clinic_id = $1 and c.patient_id = any($2::uuid[]) and s.protocol_key = $3 and c.due_at > $4
  and (c.state = 'missed' or silence.at is not null)
"""

LIST_FLAGS = """
select f.id, f.patient_id, f.response_id, f.check_in_id, f.rule, f.tier, f.explanation_enc from flags f
where f.clinic_id = $1 and f.patient_id = any($2::uuid[]) and f.at > $3 and f.tier <> 'routine'
"""

LIST_SESSIONS = """
select s.id, s.drug, s.route, s.setting, s.started_at, s.ended_at, s.discharged_at, s.risk_reasons, s.baseline_mood
from treatment_sessions s where s.clinic_id = $1 and s.patient_id = any($2::uuid[]) and s.protocol_key = $3
"""

LIST_USEFUL = """
select f.rule, a.useful, count(distinct a.id) as count from alerts a
join flags f on f.clinic_id = a.clinic_id and f.alert_id = a.id
where a.clinic_id = $1 and a.state = 'closed' and a.useful is not null and a.closed_at > $2 and f.tier <> 'routine'
group by f.rule, a.useful
"""


class Flagged(msgspec.Struct, frozen=True):
    """A rule that called somebody then, with its sentence."""

    rule: str
    tier: Tier
    sentence: str


async def list_patients(tx: Tx, key: str, since: datetime) -> list[UUID]:
    """Who had a session of this protocol since then."""
    return [row["patient_id"] for row in await tx.all(LIST_PATIENTS, tx.clinic_id, key, since)]


async def list_answers(tx: Tx, patient_ids: Sequence[UUID], key: str, since: datetime) -> list[Any]:
    """Sealed, with their check-ins."""
    return await tx.all(LIST_ANSWERS, tx.clinic_id, patient_ids, key, since)


async def list_silences(tx: Tx, patient_ids: Sequence[UUID], key: str, since: datetime) -> list[Any]:
    """Check-ins that closed unanswered, whatever came later."""
    return await tx.all(LIST_SILENCES, tx.clinic_id, patient_ids, key, since)


async def list_sessions(tx: Tx, patient_ids: Sequence[UUID], key: str) -> list[Any]:
    return await tx.all(LIST_SESSIONS, tx.clinic_id, patient_ids, key)


async def list_flags(tx: Tx, patient_ids: Sequence[UUID], since: datetime) -> dict[tuple[UUID, UUID], list[Flagged]]:
    """By patient and the phone's id of the response, or the check-in of a silence."""
    found: dict[tuple[UUID, UUID], list[Flagged]] = {}
    for row in await tx.all(LIST_FLAGS, tx.clinic_id, patient_ids, since):
        words = tx.cipher.open("flags.explanation", row["id"], row["explanation_enc"])
        about = row["response_id"] or row["check_in_id"]
        found.setdefault((row["patient_id"], about), []).append(Flagged(row["rule"], row["tier"], words))
    return found


async def list_useful(tx: Tx, since: datetime) -> dict[str, Useful]:
    """By rule, of alerts closed since then: how useful colleagues found them."""
    counts: dict[str, dict[str, int]] = {}
    for row in await tx.all(LIST_USEFUL, tx.clinic_id, since):
        counts.setdefault(row["rule"], {})[row["useful"]] = row["count"]
    return {rule: Useful(**of_rule) for rule, of_rule in counts.items()}
