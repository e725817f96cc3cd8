"""SQL of test pages: where pages to colleagues have been proven to arrive."""

import base64
from datetime import datetime
from uuid import UUID

import msgspec

from server.kit.db import Tx
from server.kit.ids import uuid7
from server.notifications.model import Channel


class PageTest(msgspec.Struct, frozen=True, kw_only=True):
    """The latest test page to a colleague on a channel, and the latest that arrived there, at the address that the
    channel has now. `state` is the message's."""

    staff_id: UUID
    channel: Channel
    sent_at: datetime
    state: str
    arrived_at: datetime | None


class Address(msgspec.Struct, frozen=True):
    """Where a colleague is reached on a channel."""

    staff_id: UUID
    channel: Channel
    address: str


INSERT_TEST = """
insert into page_tests (clinic_id, id, staff_id, channel, address_hash, sent_by, sent_at)
values ($1, $2, $3, $4, $5, $6, $7)
"""

HAS_RECENT = "select from page_tests where clinic_id = $1 and staff_id = $2 and sent_at > $3 limit 1"

LIST_TESTS = """
select distinct on (t.staff_id, t.channel) t.staff_id, t.channel, t.sent_at, coalesce(n.state, 'cancelled') as state,
    max(t.arrived_at) over (partition by t.staff_id, t.channel) as arrived_at
from page_tests t
join unnest($2::uuid[], $3::text[], $4::bytea[]) as a (staff_id, channel, address_hash)
  on a.staff_id = t.staff_id and a.channel = t.channel and a.address_hash = t.address_hash
left join notifications n on n.clinic_id = t.clinic_id and n.dedupe_key = 'test_page:' || t.id
where t.clinic_id = $1
order by t.staff_id, t.channel, t.sent_at desc
"""

LIST_WAITING = "select id from page_tests where clinic_id = $1 and staff_id = $2 and sent_at > $3"

MARK_ARRIVED = """
update page_tests set arrived_at = coalesce(arrived_at, $3) where clinic_id = $1 and id = $2 returning channel
"""


async def insert_test(tx: Tx, to: Address, sent_by: UUID) -> UUID:
    """A test page that is about to be sent."""
    test_id = uuid7()
    await tx.run(
        INSERT_TEST, tx.clinic_id, test_id, to.staff_id, to.channel, _hash_of(tx, to), sent_by, tx.now
    )  # fmt: skip
    return test_id


async def has_recent(tx: Tx, staff_id: UUID, since: datetime) -> bool:
    """Whether a test page was sent to this colleague after `since`."""
    return await tx.one(HAS_RECENT, tx.clinic_id, staff_id, since) is not None


async def list_tests(tx: Tx, addresses: list[Address]) -> list[PageTest]:
    """What tests have shown of the addresses as they are now; nothing for one that was never tested."""
    rows = await tx.all(
        LIST_TESTS, tx.clinic_id, [a.staff_id for a in addresses], [a.channel for a in addresses],
        [_hash_of(tx, a) for a in addresses],
    )  # fmt: skip
    return [PageTest(**dict(row)) for row in rows]


async def list_waiting(tx: Tx, staff_id: UUID, since: datetime) -> list[UUID]:
    """Test pages sent to this colleague after `since`."""
    return [row["id"] for row in await tx.all(LIST_WAITING, tx.clinic_id, staff_id, since)]


async def mark_arrived(tx: Tx, test_id: UUID) -> Channel:
    """The colleague has it in front of them; said again it stays as it was."""
    row = await tx.one(MARK_ARRIVED, tx.clinic_id, test_id, tx.now)
    assert row is not None
    channel: Channel = row["channel"]
    return channel


def code_of(tx: Tx, test_id: UUID) -> str:
    """What only the test page itself carries: eight capital letters and digits that follow from its id and the clinic's
    key."""
    secret = tx.cipher.fingerprint(b"test page" + test_id.bytes)
    return base64.b32encode(secret)[:8].decode()


def _hash_of(tx: Tx, to: Address) -> bytes:
    return tx.cipher.lookup(f"{to.channel} {to.address}")
