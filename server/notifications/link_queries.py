"""SQL of the links that messages about check-ins carry: forgotten once they open nothing any more."""

from datetime import datetime
from uuid import UUID

import msgspec

from server.kit.db import Tx

PAGE = 500


class Looked(msgspec.Struct, frozen=True):
    """A page of a clinic's links, in the order of their check-ins: the last of it, None for an empty page; whether the
    page was full; how many were forgotten."""

    last: UUID | None
    full: bool
    forgotten: int


FORGET_PAST = """
with looked as (
    select subject_id from credential_lookup where clinic_id = $1 and kind = 'link' and subject_id > $2
    order by subject_id limit $3
), forgotten as (
    delete from credential_lookup l using looked k
    where l.clinic_id = $1 and l.kind = 'link' and l.subject_id = k.subject_id
      and not exists (select from check_ins c where c.clinic_id = $1 and c.id = k.subject_id and c.closes_at > $4)
    returning l.subject_id
)
select (select subject_id from looked order by subject_id desc limit 1) as last,
       (select count(*) from looked) as looked, (select count(*) from forgotten) as forgotten
"""


async def forget_past_links(tx: Tx, after: UUID, closed_by: datetime) -> Looked:
    """One page of the clinic's links from `after` on: those of check-ins that closed by then are deleted."""
    row = await tx.one(FORGET_PAST, tx.clinic_id, after, PAGE, closed_by)
    assert row is not None
    return Looked(row["last"], row["looked"] == PAGE, row["forgotten"])
