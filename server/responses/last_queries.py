"""SQL of when a form was last answered."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from server.kit.db import Tx

LIST_LAST = """
select patient_id, questionnaire, max(answered_at) as at from responses
where clinic_id = $1 and patient_id = any($2::uuid[]) and questionnaire = any($3::text[]) and answered_by = 'patient'
group by patient_id, questionnaire
"""


async def list_last(
    tx: Tx, patient_ids: Collection[UUID], questionnaires: Collection[str]
) -> dict[UUID, dict[str, datetime]]:
    """By patient and form; who never answered one is not there."""
    found: dict[UUID, dict[str, datetime]] = defaultdict(dict)
    for row in await tx.all(LIST_LAST, tx.clinic_id, list(patient_ids), list(questionnaires)):
        found[row["patient_id"]][row["questionnaire"]] = row["at"]
    return found
