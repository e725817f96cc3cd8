"""The audit log: one row in the same transaction as the read or write it tells of; ids and field names, never values."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec

from server.kit.db import Actor, Database, Tx
from server.kit.ids import uuid7, uuid7s

INSERT_ROW = """
insert into audit_log (clinic_id, id, at, actor_kind, actor_id, action, object_kind, object_id, patient_id, request_id, detail)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
"""

INSERT_ROWS = """
insert into audit_log (clinic_id, id, at, actor_kind, actor_id, action, object_kind, object_id, patient_id, request_id, detail)
select $1, u.id, $2, $3, $4, $5, $6, u.object_id, u.patient_id, $7, '{}'
from unnest($8::uuid[], $9::uuid[], $10::uuid[]) as u (id, object_id, patient_id)
"""

LIST_UNSEALED_CLINICS = "select distinct clinic_id from audit_log where seal_seq is null limit 100"

LOCK_CHAIN = "select pg_advisory_xact_lock(hashtextextended('audit' || $1::text, 0))"

GET_HEAD = "select seal_seq, seal_hash from audit_log where clinic_id = $1 and seal_seq is not null order by seal_seq desc limit 1"

LIST_UNSEALED = """
select id, at, actor_kind, actor_id, action, object_kind, object_id, patient_id, request_id, detail, seal_seq, seal_hash
from audit_log where clinic_id = $1 and seal_seq is null order by at, id limit 500
"""

SEAL = """
update audit_log a set seal_seq = s.seq, seal_hash = s.hash
from unnest($2::uuid[], $3::bigint[], $4::bytea[]) as s (id, seq, hash)
where a.clinic_id = $1 and a.id = s.id and a.seal_seq is null
"""

LIST_SEALED = """
select id, at, actor_kind, actor_id, action, object_kind, object_id, patient_id, request_id, detail, seal_seq, seal_hash
from audit_log where clinic_id = $1 and seal_seq > $2 order by seal_seq limit 1000
"""


async def record(
    tx: Tx,
    action: str,
    object_kind: str,
    object_id: UUID | None = None,
    *,
    patient_id: UUID | None = None,
    detail: dict[str, Any] | None = None,
) -> None:
    """Write one audit row for the transaction's actor."""
    row = columns(tx.actor, tx.wall, action, object_kind, object_id, patient_id=patient_id, detail=detail)
    await tx.run(INSERT_ROW, tx.clinic_id, *row)


def columns(
    actor: Actor,
    wall: datetime,
    action: str,
    object_kind: str,
    object_id: UUID | None = None,
    *,
    patient_id: UUID | None = None,
    detail: dict[str, Any] | None = None,
) -> tuple[Any, ...]:
    """The row as `INSERT_ROW` takes it after the clinic, for a statement that writes it beside what it tells of."""
    return (
        uuid7(), wall, actor.kind, actor.id, action, object_kind, object_id, patient_id, actor.request_id,
        detail or {},
    )  # fmt: skip


async def record_many(tx: Tx, action: str, object_kind: str, objects: Sequence[tuple[UUID, UUID]]) -> None:
    """One audit row for each (object, patient), all of the same action."""
    actor = tx.actor
    await tx.run(
        INSERT_ROWS, tx.clinic_id, tx.wall, actor.kind, actor.id, action, object_kind, actor.request_id,
        uuid7s(len(objects)), [object_id for object_id, _ in objects], [patient for _, patient in objects],
    )  # fmt: skip


async def seal_pending(db: Database) -> int:
    """Seal waiting rows of every clinic into its chain; safe in any number of workers. Returns rows sealed."""
    async with db.begin(Actor("engine", None)) as tx:
        clinics = [r["clinic_id"] for r in await tx.all(LIST_UNSEALED_CLINICS)]
    return sum([await _seal_clinic(db, clinic) for clinic in clinics])


async def _seal_clinic(db: Database, clinic_id: UUID) -> int:
    async with db.begin(Actor("engine", clinic_id)) as tx:
        await tx.one(LOCK_CHAIN, str(clinic_id))
        head = await tx.one(GET_HEAD, clinic_id)
        sequence, previous = (head["seal_seq"], head["seal_hash"]) if head else (0, b"")
        rows = await tx.all(LIST_UNSEALED, clinic_id)
        sealed: list[tuple[UUID, int, bytes]] = []
        for row in rows:
            sequence += 1
            previous = chain_hash(previous, sequence, row)
            sealed.append((row["id"], sequence, previous))
        await tx.run(
            SEAL,
            clinic_id,
            [s[0] for s in sealed],
            [s[1] for s in sealed],
            [s[2] for s in sealed],
        )
        return len(sealed)


def chain_hash(previous: bytes, sequence: int, row: Any) -> bytes:
    """The seal of one row: SHA-256 over the seal before it, its number and every column."""
    columns = [row[name] for name in ("id", "at", "actor_kind", "actor_id", "action", "object_kind", "object_id",
                                      "patient_id", "request_id")]  # fmt: skip
    detail = msgspec.json.encode(row["detail"], order="deterministic")
    return sha256(previous + msgspec.json.encode([sequence, *columns]) + detail).digest()


def first_broken(previous: bytes, rows: Sequence[Any], expected: int) -> tuple[int | None, bytes]:
    """The number of the first row that does not fit the chain (None when all fit), and the last good seal."""
    for offset, row in enumerate(rows):
        sequence = expected + offset
        if row["seal_seq"] != sequence or chain_hash(previous, sequence, row) != row["seal_hash"]:
            return sequence, previous
        previous = row["seal_hash"]
    return None, previous


async def verify(conn: Any, clinic_id: UUID) -> tuple[int, int | None]:
    """Walk a clinic's whole chain as owner: (rows that fit, number of the first that does not or None)."""
    checked, previous = 0, b""
    while rows := await conn.fetch(LIST_SEALED, clinic_id, checked):
        broken, previous = first_broken(previous, rows, checked + 1)
        if broken is not None:
            return broken - 1, broken
        checked += len(rows)
    return checked, None
