"""SQL of protocol versions: published documents never change, so a decoded one is kept for the life of the process."""

from datetime import datetime
from uuid import UUID

import msgspec

from server.kit.db import Tx
from server.protocols.model import ProtocolVersion


class Published(msgspec.Struct, frozen=True):
    """A version and who signed it off for real use (None: nobody yet)."""

    document: ProtocolVersion
    signed_by: UUID | None
    signed_at: datetime | None


class Signer(msgspec.Struct, frozen=True):
    id: UUID
    name: str


class ProtocolListed(msgspec.Struct, frozen=True):
    """A version in use; `needs_sign_off`: real sessions are refused until a clinician signs."""

    key: str
    version: int
    title: str
    signed_by: Signer | None
    signed_at: datetime | None
    needs_sign_off: bool


GET_VERSION = "select document from protocol_versions where clinic_id = $1 and key = $2 and version = $3"

LIST_LATEST = """
select distinct on (key) document, signed_by, signed_at from protocol_versions where clinic_id = $1 order by key, version desc
"""

LIST_SHOWN = """
select distinct on (v.key) v.key, v.version, v.document -> 'title' as title, v.signed_by, v.signed_at, s.name_enc, c.demo
from protocol_versions v join clinics c on c.clinic_id = v.clinic_id
left join staff s on s.clinic_id = v.clinic_id and s.id = v.signed_by
where v.clinic_id = $1 order by v.key, v.version desc
"""

INSERT_VERSION = """
insert into protocol_versions (clinic_id, key, version, document, published_at) values ($1, $2, $3, $4, $5)
on conflict (clinic_id, key, version) do nothing
"""

SIGN_OFF = """
update protocol_versions set signed_by = $4, signed_at = $5
where clinic_id = $1 and key = $2 and version = $3 and signed_by is null
"""

_decoded: dict[tuple[UUID, str, int], ProtocolVersion] = {}


async def get_version(tx: Tx, key: str, version: int) -> ProtocolVersion:
    """A version that a session or an alert is pinned to; LookupError when the clinic has none of that number."""
    known = _decoded.get((tx.clinic_id, key, version))
    if known is None:
        row = await tx.one(GET_VERSION, tx.clinic_id, key, version)
        if row is None:
            raise LookupError("no such protocol version")
        known = _decoded[tx.clinic_id, key, version] = msgspec.convert(row["document"], ProtocolVersion)
    return known


async def list_latest(tx: Tx) -> list[Published]:
    """The newest version of each protocol of the clinic."""
    return [
        Published(msgspec.convert(r["document"], ProtocolVersion), r["signed_by"], r["signed_at"])
        for r in await tx.all(LIST_LATEST, tx.clinic_id)
    ]


async def list_shown(tx: Tx, language: str) -> list[ProtocolListed]:
    """The newest versions with the names of those who signed them; the title in the reader's language."""
    return [
        ProtocolListed(
            row["key"],
            row["version"],
            row["title"].get(language) or row["title"]["en"],
            Signer(row["signed_by"], tx.cipher.open("staff.name", row["signed_by"], row["name_enc"]))
            if row["signed_by"]
            else None,
            row["signed_at"],
            row["signed_by"] is None and not row["demo"],
        )
        for row in await tx.all(LIST_SHOWN, tx.clinic_id)
    ]


async def insert_version(tx: Tx, document: ProtocolVersion) -> None:
    """Publish; an existing version stays as it is."""
    await tx.run(
        INSERT_VERSION, tx.clinic_id, document.key, document.version, msgspec.to_builtins(document), tx.now
    )  # fmt: skip


async def sign_off(tx: Tx, key: str, version: int, staff_id: UUID) -> bool:
    """Name who stands for this version; False when it is signed already or unknown."""
    return await tx.run(SIGN_OFF, tx.clinic_id, key, version, staff_id, tx.now) == 1
