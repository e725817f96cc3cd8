"""Prompts and messages are handled many at once, and one of them that cannot be handled is nobody else's trouble."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import asyncpg
import msgspec
import pytest

from server.alerts.queries import lock_free, lock_patient
from server.flow.checkins import checkins_due
from server.flow.notifications import deliver, notifications_due
from server.kit.actor import Actor
from server.kit.db import Database
from server.notifications import queries as outbox
from server.notifications.channels import Providers
from server.notifications.channels.base import Sender
from server.notifications.model import Message, Outcome
from server.worker import cycle
from tests.flow.story import ANAS_PHONE, CALM, Story, enrol, stamp
from tests.flow.world import settings

OTHERS = ("+34600111301", "+34600111302", "+34600111303")
IDS = "select id from notifications where kind = 'page' order by id"
STATES = """
select n.id, n.state, n.crashes, n.lease_token is not null as leased,
       (select count(*) from attempts a where a.notification_id = n.id) as attempts
from notifications n where n.kind = 'page' order by n.id
"""
COPIES = """
insert into notifications (clinic_id, id, kind, template, priority, to_kind, patient_id, staff_id, alert_id, dedupe_key,
                           channels, state, next_attempt_at, created_at, expires_at)
select clinic_id, gen_random_uuid(), kind, template, priority, to_kind, patient_id, staff_id, alert_id, dedupe_key || i,
       channels, state, next_attempt_at, created_at, expires_at
from notifications, generate_series(1, 4) i where kind = 'page'
"""


class Provider(Sender):
    """A provider of the test's own: keeps what it is given, answers as it is told, and waits while `open` is clear."""

    def __init__(self) -> None:
        self.taken: list[Message] = []
        self.refs: dict[UUID, str] = {}
        self.open = asyncio.Event()
        self.open.set()

    async def send(self, message: Message) -> Outcome:
        self.taken.append(message)
        await self.open.wait()
        return Outcome("accepted", provider_ref=self.refs.get(message.id, "ref"))

    async def close(self) -> None:
        return


async def five_pages(story: Story) -> list[UUID]:
    """An urgent alert whose page, and four copies of it, are still in the outbox."""
    await story.record_session()
    answer = await story.phone.answer(await story.prompted(), CALM, a_sick="many")
    assert answer.status_code == 201, answer.text
    await story.instance.owner.execute(COPIES)
    return [row["id"] for row in await story.rows(IDS)]


async def send_by(story: Story, provider: Provider) -> None:
    ways = Providers({"sms": provider, "email": provider})
    while await notifications_due(story.engine.db, ways, story.engine.origin, "pages"):
        pass


async def states(story: Story) -> dict[UUID, dict[str, Any]]:
    return {row.pop("id"): row for row in await story.rows(STATES)}


SENT = {"state": "sent", "crashes": 0, "leased": False, "attempts": 1}


@pytest.mark.parametrize(
    "poison",
    [
        "update notifications set template = 'unheard_of' where id = $1",
        # What it says is wrong, so that nothing can be loaded together with it.
        "update notifications set params = '{\"device\": 7}', channels = '{push}' where id = $1",
    ],
    ids=["wording", "loading"],
)
async def test_a_message_that_cannot_be_composed_leaves_its_neighbours_sent(story: Story, poison: str) -> None:
    story.expected_errors.add("delivery_failed")
    bad, *good = await five_pages(story)
    await story.instance.owner.execute(poison, bad)
    if "push" in poison:
        await story.instance.owner.execute("update notifications set patient_id = $2 where id = $1", bad, story.ana)
    provider = Provider()
    await send_by(story, provider)
    after = await states(story)
    assert {row: after[row] for row in good} == dict.fromkeys(good, SENT)
    assert after[bad] == {"state": "queued", "crashes": 0, "leased": True, "attempts": 0}
    assert {message.id for message in provider.taken} == set(good)


async def test_an_outcome_that_cannot_be_stored_leaves_its_neighbours_recorded(story: Story) -> None:
    """PostgreSQL takes no NUL in a text."""
    story.expected_errors.add("delivery_failed")
    bad, *good = await five_pages(story)
    provider = Provider()
    provider.refs[bad] = "SM\0"
    await send_by(story, provider)
    after = await states(story)
    assert {row: after[row] for row in good} == dict.fromkeys(good, SENT)
    assert (after[bad]["state"], after[bad]["leased"]) == ("queued", True)
    assert len(provider.taken) == 5


async def test_killed_between_send_and_record_it_sends_each_again_under_the_same_key(story: Story) -> None:
    pages = await five_pages(story)
    dying = Provider()
    dying.open.clear()
    worker = asyncio.create_task(send_by(story, dying))
    while len(dying.taken) < len(pages):
        await asyncio.sleep(0.01)
    worker.cancel()
    with pytest.raises(asyncio.CancelledError):
        await worker
    assert {row["attempts"] for row in (await states(story)).values()} == {0}
    await story.wait(31)
    next_one = Provider()
    await send_by(story, next_one)
    assert sorted(message.id for message in next_one.taken) == sorted(message.id for message in dying.taken) == pages
    # A provider without keys is asked for an earlier copy.
    assert all(message.tried_since for message in next_one.taken)
    assert await states(story) == dict.fromkeys(pages, SENT | {"crashes": 1})


async def test_a_message_that_somebody_holds_is_recorded_when_they_let_go(story: Story) -> None:
    """Its neighbours do not wait, so that nobody can wait for them in turn."""
    held, *others = await five_pages(story)
    provider = Provider()
    provider.open.clear()
    sending = asyncio.create_task(send_by(story, provider))
    while len(provider.taken) < 5:
        await asyncio.sleep(0.01)
    holder = await asyncpg.connect(story.instance.urls.owner_url)
    async with holder.transaction():
        await holder.execute("select from notifications where id = $1 for update", held)
        provider.open.set()
        while (await states(story))[others[0]]["state"] != "sent":
            await asyncio.sleep(0.01)
        assert {row: (await states(story))[row] for row in others} == dict.fromkeys(others, SENT)
    await holder.close()
    await sending
    assert (await states(story))[held] == SENT


async def test_what_was_cancelled_while_it_was_sent_stays_cancelled(story: Story) -> None:
    """The lease's token is gone: the batch records the others, of this one only that it was tried."""
    gone, *others = await five_pages(story)
    provider = Provider()
    provider.open.clear()
    sending = asyncio.create_task(send_by(story, provider))
    while len(provider.taken) < 5:
        await asyncio.sleep(0.01)
    await story.instance.owner.execute(
        "update notifications set state = 'cancelled', next_attempt_at = null, lease_token = null where id = $1", gone
    )
    provider.open.set()
    await sending
    after = await states(story)
    assert after[gone] == {"state": "cancelled", "crashes": 0, "leased": False, "attempts": 1}
    assert {row: after[row] for row in others} == dict.fromkeys(others, SENT)


async def others_with_sessions(story: Story) -> list[UUID]:
    """Three more patients of Nora's, all with a session that ended together with Ana's."""
    people = [await enrol(story.staff("lena"), phone=phone) for phone in OTHERS]
    ended = await story.now()
    body = {
        "drug": "ketamine", "route": "iv", "dose_mg": 40, "indication": "depression",
        "started_at": stamp(ended - timedelta(minutes=40)), "ended_at": stamp(ended),
    }  # fmt: skip
    for patient in people:
        answer = await story.staff("nora").post(f"/api/patients/{patient}/sessions", body)
        assert answer.status_code == 201, answer.text
    return people


async def test_a_check_in_that_cannot_be_asked_leaves_its_neighbours_asked(story: Story) -> None:
    story.expected_errors.add("check_in_failed")
    await story.record_session()
    bad, *_ = await others_with_sessions(story)
    await story.instance.owner.execute(
        "update check_ins set key = 'unheard_of' where patient_id = $1 and key = 'h1'", bad
    )
    await story.forward(hours=3)
    for phone in (ANAS_PHONE, *OTHERS[1:]):
        await story.got(phone, "Time to check in")
    (left,) = await story.rows("select state, next_action_at from check_ins where key = 'unheard_of'")
    assert left["state"] == "planned"
    assert timedelta() < left["next_action_at"] - await story.now() <= timedelta(minutes=1)


async def test_a_batch_prompts_each_once_and_tells_of_each_in_the_audit_log(story: Story) -> None:
    """Two workers take the same batch at the same time."""
    await story.record_session()
    await others_with_sessions(story)
    await story.set_time(await story.now() + timedelta(hours=3))
    other = await another_worker(story)
    try:
        await asyncio.gather(checkins_due(story.engine.db), checkins_due(other), cycle(story.engine))
    finally:
        await other.close()
    prompts = await story.rows("select patient_id, check_in_id from notifications where kind = 'prompt'")
    audited = await story.rows("select object_id from audit_log where action = 'check_in.prompt'")
    assert len(prompts) == len({row["check_in_id"] for row in prompts}) == 4
    assert sorted(row["object_id"] for row in audited) == sorted(row["check_in_id"] for row in prompts)
    await story.settle()
    for phone in (ANAS_PHONE, *OTHERS):
        await story.got(phone, "Time to check in")


async def another_worker(story: Story) -> Database:
    return await Database.open(story.instance.urls.engine_url, None, story.engine.db.instance_key)


async def test_those_whose_sender_died_go_by_themselves(story: Story) -> None:
    """Together with the fresh ones, but not in their transaction."""
    first, *fresh = await five_pages(story)
    async with story.engine.db.begin(Actor("engine", None)) as tx:
        claimed = await outbox.claim(tx, uuid4(), 200, "pages")
    died = next(message for message in claimed if message.id == first)
    # Its check-in is unheard of: nothing can be loaded together with it.
    broken = msgspec.structs.replace(died, crashes=1, channels=["push"], params={"device": 7}, patient_id=story.ana)
    provider = Provider()
    story.expected_errors.add("delivery_failed")
    ways = Providers({"sms": provider, "email": provider})
    rest = [message for message in claimed if message.id != first]
    await deliver(story.engine.db, ways, settings().url, [broken, *rest])
    assert {message.id for message in provider.taken} == set(fresh)


async def test_a_patient_whom_somebody_has_locked_holds_up_no_other(story: Story) -> None:
    await story.record_session()
    people = [story.ana, *await others_with_sessions(story)]
    await story.set_time(await story.now() + timedelta(hours=3))
    async with story.instance.db.begin(Actor("patient", story.world.ids.harbor)) as tx:
        await lock_patient(tx, people[0])
        tick = asyncio.create_task(checkins_due(story.engine.db))
        await until_others_are_queued(story)
        for patient in people[1:]:
            async with story.instance.db.begin(Actor("patient", story.world.ids.harbor)) as other:
                assert await lock_free(other, {patient}) == {patient}
        assert not tick.done()
    await tick
    await story.settle()
    for phone in (ANAS_PHONE, *OTHERS):
        await story.got(phone, "Time to check in")


async def until_others_are_queued(story: Story) -> None:
    """All patients but the one who is locked have their prompt in the outbox."""
    for _ in range(200):
        if len(await story.rows("select 1 from notifications where kind = 'prompt'")) == len(OTHERS):
            return
        await asyncio.sleep(0.01)
    raise AssertionError("nobody was prompted")


async def test_a_routine_prompt_that_could_not_leave_in_time_waits_for_the_morning(story: Story) -> None:
    """The worker was away when the weekly form was due; it comes back at three in the night."""
    await story.earlier_sessions()
    (week,) = await story.rows("select id, due_at from check_ins where key like 'week_%' and state = 'planned' limit 1")
    due = week["due_at"].astimezone(ZoneInfo("Europe/Madrid"))
    await story.set_time((due + timedelta(days=1)).replace(hour=3, minute=0))
    await checkins_due(story.engine.db)
    assert await story.rows("select 1 from notifications where check_in_id = $1", week["id"]) == []
    (waiting,) = await story.rows("select next_action_at from check_ins where id = $1", week["id"])
    assert waiting["next_action_at"].astimezone(ZoneInfo("Europe/Madrid")).hour == 8
