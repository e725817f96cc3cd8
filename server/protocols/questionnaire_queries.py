"""SQL of the clinic's own questionnaires. A version is published as it is stored and never changes."""

from typing import Any
from uuid import UUID

import msgspec

from server.kit.db import Tx
from server.protocols.questionnaires import Notes, Questionnaire, Stored

LOCK_LIBRARY = "select pg_advisory_xact_lock(hashtextextended('questionnaires' || $1::text, 0))"

LIST_NEWEST = """
select distinct on (key) id, document, notes, published_at, imported_by from questionnaires
where clinic_id = $1 order by key, version desc
"""

GET_ONE = """
select id, document, notes, published_at, imported_by from questionnaires
where clinic_id = $1 and key = $2 and version = $3
"""

INSERT_ONE = """
insert into questionnaires (clinic_id, id, key, version, document, fhir, notes, imported_by, published_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""


async def lock_library(tx: Tx) -> None:
    """Two files of the same name come in one after the other."""
    await tx.one(LOCK_LIBRARY, str(tx.clinic_id))


async def list_newest(tx: Tx) -> list[Stored]:
    """The newest version of each questionnaire of the clinic."""
    return [_stored(row) for row in await tx.all(LIST_NEWEST, tx.clinic_id)]


async def get_one(tx: Tx, key: str, version: int) -> Stored | None:
    """A version, however old."""
    row = await tx.one(GET_ONE, tx.clinic_id, key, version)
    return None if row is None else _stored(row)


async def insert_one(tx: Tx, id: UUID, document: Questionnaire, fhir: Any, notes: Notes, by: UUID | None) -> None:
    """Publish."""
    built = msgspec.to_builtins(document)
    await tx.run(
        INSERT_ONE, tx.clinic_id, id, document.key, document.version, built, fhir, list(notes), by, tx.now
    )  # fmt: skip


def _stored(row: Any) -> Stored:
    notes = tuple((place, message) for place, message in row["notes"])
    document = msgspec.convert(row["document"], Questionnaire)
    return Stored(row["id"], document, notes, row["published_at"], row["imported_by"])
