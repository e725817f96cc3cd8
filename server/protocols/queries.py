"""SQL of protocol versions: published documents never change, so a decoded one is kept for the life of the process."""

from datetime import datetime
from uuid import UUID

import msgspec

from server.kit.db import Tx
from server.protocols.model import ProtocolVersion
from server.protocols.questionnaires import words_in


class Published(msgspec.Struct, frozen=True):
    """A version and who signed it off for real use (None: nobody yet)."""

    document: ProtocolVersion
    signed_by: UUID | None
    signed_at: datetime | None


class Signer(msgspec.Struct, frozen=True):
    id: UUID
    name: str


class ProtocolListed(msgspec.Struct, frozen=True):
    """A version in use; `needs_sign_off`: real sessions are refused until a clinician signs. `replaces`: this one is
    not in use yet; the version that is stays so until a clinician signs this one."""

    key: str
    version: int
    title: str
    signed_by: Signer | None
    signed_at: datetime | None
    needs_sign_off: bool
    replaces: int | None


HIGHEST = 2**31 - 1
"""As far as the column goes."""

GET_VERSION = "select document from protocol_versions where clinic_id = $1 and key = $2 and version = $3"

# What nobody has signed takes the place of nothing that somebody has.
LIST_IN_USE = """
select distinct on (key) document, signed_by, signed_at from protocol_versions
where clinic_id = $1 order by key, (signed_by is not null) desc, version desc
"""

LIST_SHOWN = """
with placed as (
    select key, version, document -> 'title' as title, signed_by, signed_at,
           first_value(version) over (partition by key order by (signed_by is not null) desc, version desc) as in_use,
           max(version) over (partition by key) as newest
    from protocol_versions where clinic_id = $1)
select v.*, s.name_enc, c.demo
from placed v join clinics c on c.clinic_id = $1
left join staff s on s.clinic_id = $1 and s.id = v.signed_by
where v.version in (v.in_use, v.newest) order by v.key, v.version
"""

LIST_DOCUMENTS = "select document from protocol_versions where clinic_id = $1 and key = $2 order by version"

INSERT_VERSION = """
insert into protocol_versions (clinic_id, key, version, document, published_at) values ($1, $2, $3, $4, $5)
on conflict (clinic_id, key, version) do nothing
"""

SIGN_OFF = """
update protocol_versions set signed_by = $4, signed_at = $5
where clinic_id = $1 and key = $2 and version = $3 and signed_by is null
"""

LIST_VERSIONS = """
select v.version, v.published_at, v.signed_by, v.signed_at, s.name_enc, v.submitted_by, v.submitted_at, a.name_enc as author_enc
from protocol_versions v left join staff s on s.clinic_id = v.clinic_id and s.id = v.signed_by
left join staff a on a.clinic_id = v.clinic_id and a.id = v.submitted_by
where v.clinic_id = $1 and v.key = $2 order by v.version desc
"""

INSERT_SIGNED = """
insert into protocol_versions (clinic_id, key, version, document, published_at, signed_by, signed_at, submitted_by, submitted_at)
values ($1, $2, $3, $4, $5, $6, $5, $7, $8)
on conflict (clinic_id, key, version) do nothing
"""


class VersionListed(msgspec.Struct, frozen=True):
    """A published version: who wrote it and signed as its author, and who signed it off. One that came with Afterglow
    has no author."""

    version: int
    published_at: datetime
    submitted_by: Signer | None
    submitted_at: datetime | None
    signed_by: Signer | None
    signed_at: datetime | None


async def get_version(tx: Tx, key: str, version: int) -> ProtocolVersion:
    """A version that a session or an alert is pinned to; LookupError when the clinic has none of that number."""
    place = (ProtocolVersion, tx.clinic_id, key, version)
    known: ProtocolVersion | None = tx.unchanging.get(place)
    if known is None:
        if not 0 < version <= HIGHEST:
            raise LookupError("no such protocol version")
        row = await tx.one(GET_VERSION, tx.clinic_id, key, version)
        if row is None:
            raise LookupError("no such protocol version")
        known = tx.unchanging[place] = msgspec.convert(row["document"], ProtocolVersion)
    return known


async def list_in_use(tx: Tx) -> list[Published]:
    """Of each protocol of the clinic the newest signed version; where nobody has signed any, the newest."""
    return [
        Published(msgspec.convert(r["document"], ProtocolVersion), r["signed_by"], r["signed_at"])
        for r in await tx.all(LIST_IN_USE, tx.clinic_id)
    ]


async def list_documents(tx: Tx, key: str) -> list[ProtocolVersion]:
    """Every version of one protocol, oldest first."""
    return [msgspec.convert(r["document"], ProtocolVersion) for r in await tx.all(LIST_DOCUMENTS, tx.clinic_id, key)]


async def list_shown(tx: Tx, language: str) -> list[ProtocolListed]:
    """The versions in use and newer ones that wait for a signature, with the names of those who signed; the title in
    the reader's language."""
    return [
        ProtocolListed(
            row["key"],
            row["version"],
            words_in(row["title"], language),
            signer(tx, row["signed_by"], row["name_enc"]),
            row["signed_at"],
            row["version"] == row["in_use"] and row["signed_by"] is None and not row["demo"],
            None if row["version"] == row["in_use"] else row["in_use"],
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


async def list_versions(tx: Tx, key: str) -> list[VersionListed]:
    """Every published version of one protocol, the newest first; empty when there is none."""
    rows = await tx.all(LIST_VERSIONS, tx.clinic_id, key)
    return [
        VersionListed(
            r["version"], r["published_at"], signer(tx, r["submitted_by"], r["author_enc"]), r["submitted_at"],
            signer(tx, r["signed_by"], r["name_enc"]), r["signed_at"],
        )
        for r in rows
    ]  # fmt: skip


def signer(tx: Tx, staff_id: UUID | None, name: bytes | None) -> Signer | None:
    """A colleague by name; None for nobody."""
    if staff_id is None or name is None:
        return None
    return Signer(staff_id, tx.cipher.open("staff.name", staff_id, name))


async def insert_signed(
    tx: Tx, document: ProtocolVersion, signed_by: UUID, submitted_by: UUID, submitted_at: datetime
) -> bool:
    """Publish with both signatures; False when there is a version of this number."""
    return await tx.run(
        INSERT_SIGNED, tx.clinic_id, document.key, document.version, msgspec.to_builtins(document), tx.now, signed_by,
        submitted_by, submitted_at,
    ) == 1  # fmt: skip
