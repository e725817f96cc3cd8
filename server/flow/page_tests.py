"""A page to a colleague that is only a test: it proves where real ones would arrive."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from server.access import queries as access
from server.access.model import Staff, StaffContact
from server.flow.on_call import list_pageable as list_pageable
from server.kit import audit, errors
from server.kit.db import Tx
from server.notifications import page_test_queries as queries
from server.notifications import queries as outbox
from server.notifications.model import Channel
from server.notifications.page_test_queries import Address, PageTest
from server.notifications.rules import ways_to

GOOD_FOR = timedelta(hours=24)
NOT_AGAIN_FOR = timedelta(minutes=2)
ENDS_AFTER = timedelta(minutes=15)
URGENT = 1
ONE_BY_ONE = "A test page was sent a moment ago. Wait two minutes."


async def test_page_sent(tx: Tx, staff: Staff, to: UUID) -> None:
    """One on each of the colleague's channels, as fast as a real one. 404 for who cannot be paged at all."""
    contact = {c.id: c for c in await list_pageable(tx)}.get(to)
    if contact is None:
        raise errors.not_found()
    # Two presses at once take turns: the second sees the test of the first.
    _, disabled_at = await access.lock_staff(tx, to)
    if disabled_at is not None or await queries.has_recent(tx, to, tx.now - NOT_AGAIN_FOR):
        raise errors.conflict(ONE_BY_ONE)
    for address in addresses_of([contact]):
        test_id = await queries.insert_test(tx, address, staff.id)
        await outbox.enqueue(
            tx, kind="notice", template="test_page", priority=URGENT, channels=(address.channel,), staff_id=to,
            params={"code": queries.code_of(tx, test_id)}, dedupe_key=f"test_page:{test_id}",
            expires_at=tx.now + ENDS_AFTER,
        )  # fmt: skip
    await audit.record(tx, "test_page_sent", "staff", to)


async def test_page_arrived(tx: Tx, staff: Staff, code: str) -> Channel:
    """The colleague it was sent to has it in front of them: its channel is verified. 404 for an unknown or old code."""
    waiting = await queries.list_waiting(tx, staff.id, tx.now - GOOD_FOR)
    test_id = next((one for one in waiting if queries.code_of(tx, one) == code), None)
    if test_id is None:
        raise errors.not_found()
    channel = await queries.mark_arrived(tx, test_id)
    await audit.record(tx, "test_page_arrived", "staff", staff.id, detail={"channel": channel})
    return channel


async def list_page_tests(tx: Tx, contacts: Sequence[StaffContact]) -> list[PageTest]:
    """What is known of the addresses that these colleagues have now."""
    return await queries.list_tests(tx, addresses_of(contacts))


def addresses_of(contacts: Sequence[StaffContact]) -> list[Address]:
    return [
        Address(contact.id, channel, address)
        for contact in contacts
        for channel in ways_to(contact.phone, contact.email)
        if (address := contact.phone if channel == "sms" else contact.email)
    ]
