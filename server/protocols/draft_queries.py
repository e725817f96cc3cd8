"""SQL of protocol drafts. Each change names the revision that whoever makes it has seen."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec

from server.kit import errors
from server.kit.db import Tx
from server.protocols.draft_model import Draft
from server.protocols.model import ProtocolVersion
from server.protocols.queries import Signer, signer
from server.protocols.questionnaires import words_in


class DraftListed(msgspec.Struct, frozen=True, kw_only=True):
    """A draft, who changed it last, and who signed it as its author and waits for a second person."""

    id: UUID
    key: str
    base_version: int
    title: str
    revision: int
    edited_at: datetime
    edited_by: Signer | None
    submitted_at: datetime | None
    submitted_by: Signer | None


INSERT = """
insert into protocol_drafts (clinic_id, id, key, base_version, copied_from, document, created_at, created_by,
                             edited_at, edited_by)
values ($1, $2, $3, $4, $5, $6, $7, $8, $7, $8) on conflict (clinic_id, key) do nothing
"""

GET = """
select id, key, base_version, copied_from, document, revision, created_by, edited_at, edited_by, submitted_at,
       submitted_by, accepted
from protocol_drafts where clinic_id = $1 and id = $2
"""

GET_FOR_CHANGE = GET + " for update"

FIND_OF_KEY = "select id from protocol_drafts where clinic_id = $1 and key = $2"

LIST = """
select d.id, d.key, d.base_version, d.document -> 'title' as title, d.revision, d.edited_at, d.edited_by,
       e.name_enc as editor_enc, d.submitted_at, d.submitted_by, a.name_enc as author_enc
from protocol_drafts d join staff e on e.clinic_id = d.clinic_id and e.id = d.edited_by
left join staff a on a.clinic_id = d.clinic_id and a.id = d.submitted_by
where d.clinic_id = $1 order by d.key
"""

CHANGE = """
update protocol_drafts set document = $3, revision = revision + 1, edited_at = $4, edited_by = $5, submitted_at = null,
       submitted_by = null, accepted = '{}'
where clinic_id = $1 and id = $2
"""

SUBMIT = """
update protocol_drafts set revision = revision + 1, submitted_at = $3, submitted_by = $4, accepted = $5
where clinic_id = $1 and id = $2
"""

REOPEN = """
update protocol_drafts set revision = revision + 1, submitted_at = null, submitted_by = null, accepted = '{}'
where clinic_id = $1 and id = $2
"""

DELETE = "delete from protocol_drafts where clinic_id = $1 and id = $2"


async def insert(tx: Tx, draft_id: UUID, document: ProtocolVersion, base: ProtocolVersion, staff_id: UUID) -> bool:
    """Begin a draft of the version in use, or of a copy of it; False when the protocol has one already."""
    copied = document.key != base.key
    document_out = msgspec.to_builtins(document)
    return await tx.run(
        INSERT, tx.clinic_id, draft_id, document.key, 0 if copied else base.version, base.key if copied else None,
        document_out, tx.now, staff_id,
    ) == 1  # fmt: skip


async def find_of_key(tx: Tx, key: str) -> UUID | None:
    row = await tx.one(FIND_OF_KEY, tx.clinic_id, key)
    found: UUID | None = None if row is None else row["id"]
    return found


async def get(tx: Tx, draft_id: UUID) -> Draft:
    return _draft(await tx.one(GET, tx.clinic_id, draft_id))


async def get_for_change(tx: Tx, draft_id: UUID) -> Draft:
    """The same, and nobody else changes it until the transaction ends."""
    return _draft(await tx.one(GET_FOR_CHANGE, tx.clinic_id, draft_id))


def _draft(row: asyncpg.Record | None) -> Draft:
    if row is None:
        raise errors.not_found()
    return msgspec.convert(dict(row), Draft)


async def list_drafts(tx: Tx, language: str) -> list[DraftListed]:
    """Every draft of the clinic; the title in the reader's language."""
    return [
        DraftListed(
            id=r["id"], key=r["key"], base_version=r["base_version"], revision=r["revision"],
            title=words_in(r["title"], language), edited_at=r["edited_at"],
            edited_by=signer(tx, r["edited_by"], r["editor_enc"]), submitted_at=r["submitted_at"],
            submitted_by=signer(tx, r["submitted_by"], r["author_enc"]),
        )
        for r in await tx.all(LIST, tx.clinic_id)
    ]  # fmt: skip


async def change(tx: Tx, draft_id: UUID, document: ProtocolVersion, staff_id: UUID) -> None:
    """Store what an edit made of it; whoever signed it before signs again."""
    await tx.run(CHANGE, tx.clinic_id, draft_id, msgspec.to_builtins(document), tx.now, staff_id)


async def submit(tx: Tx, draft_id: UUID, staff_id: UUID, accepted: Sequence[str]) -> None:
    await tx.run(SUBMIT, tx.clinic_id, draft_id, tx.now, staff_id, list(accepted))


async def reopen(tx: Tx, draft_id: UUID) -> None:
    await tx.run(REOPEN, tx.clinic_id, draft_id)


async def delete(tx: Tx, draft_id: UUID) -> None:
    await tx.run(DELETE, tx.clinic_id, draft_id)
