"""What the scenarios lean on can fail: each invariant is broken once, by hand, and must be named."""

from collections.abc import AsyncIterator

import msgspec
import pytest

from server.kit.ids import uuid7
from tests.chaos import invariants
from tests.chaos.client import CALLS_SOMEBODY
from tests.chaos.place import CANARY, Place, place

pytestmark = pytest.mark.slow

# The same alert once more, as closed by nobody.
ANOTHER_ALERT = """
insert into alerts select (jsonb_populate_record(a, jsonb_build_object(
    'id', $1::uuid, 'reference', 'ZZ99', 'state', 'closed', 'closed_at', opened_at, 'next_action_at', null))).*
from alerts a limit 1
"""
OVERDUE = "update alerts set next_action_at = next_action_at - interval '1 day'"
IN_TIME = "update alerts set next_action_at = next_action_at + interval '1 day'"


@pytest.fixture(scope="module")
async def paged() -> AsyncIterator[Place]:
    """One alert that was paged; its worker is stopped, so that nothing mends what is broken here."""
    async with place(1, workers=1) as here:
        (target,) = await here.patients(1)
        await here.phones.answer(target, CALLS_SOMEBODY)
        await here.settled()
        await here.workers[0].end()
        yield here


async def test_a_copy_is_excused_by_a_crash_of_its_sender_or_a_late_answer_and_by_nothing_else(paged: Place) -> None:
    ledger = paged.providers.ledger
    await invariants.hold(paged, health=False)
    ledger.append(ledger[0])
    await _broken(paged, "I3")
    await paged.sql("update notifications set crashes = 1")
    # Nobody died in this place: a lease that ran out all the same is a fault of ours.
    await _broken(paged, "I3")
    paged.workers[0].kills = 1
    await invariants.hold(paged, health=False)
    ledger.append(ledger[0])
    await _broken(paged, "I3")
    ledger[-1] = msgspec.structs.replace(ledger[0], answered_s=11)
    await invariants.hold(paged, health=False)
    del ledger[-2:]
    paged.workers[0].kills = 0
    await paged.sql("update notifications set crashes = 0")


async def test_a_second_alert_of_an_episode_needs_somebody_who_closed_the_first(paged: Place) -> None:
    added = uuid7()
    await paged.sql(ANOTHER_ALERT, added)
    await _broken(paged, "I3: an episode")
    await paged.sql("delete from alerts where id = $1", added)


async def test_an_answer_that_is_not_stored_is_missed(paged: Place) -> None:
    told = paged.phones.ledger
    told.append(msgspec.structs.replace(told[0], response_id=uuid7()))
    await _broken(paged, "I1")
    told.pop()


async def test_an_alert_that_stands_still_is_seen(paged: Place) -> None:
    await paged.sql(OVERDUE)
    await _broken(paged, "I2")
    await paged.sql(IN_TIME)


async def test_a_name_in_a_log_is_seen(paged: Place) -> None:
    log = paged.folder / "leak.log"
    log.write_text(CANARY)
    await _broken(paged, "I7")
    log.unlink()


async def _broken(here: Place, name: str) -> None:
    with pytest.raises(AssertionError, match=name):
        await invariants.hold(here, health=False)
