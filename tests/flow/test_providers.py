"""Providers in trouble: the others go on, pages find another way, and nobody is hammered."""

import asyncio
from typing import Any
from uuid import uuid4

import msgspec

from server.kit.clock import monotonic
from server.notifications.breaker import OPENS_AFTER
from server.notifications.channels import Providers
from server.notifications.channels.base import Sender
from server.notifications.channels.gates import AT_ONCE
from server.notifications.model import HELD, Message, Outcome, PushTarget
from server.worker import SEND_LANES, Engine, send_all, send_pages
from tests.flow.story import ANAS_PHONE, CALM, NORA, OMAR, Story
from tests.flow.test_delivery import OMARS_MAIL, urgent

CHECK_INS = """
insert into check_ins
select (jsonb_populate_record(c, jsonb_build_object('id', gen_random_uuid(), 'key', 'copy' || i,
                                                   'next_action_at', c.closes_at + interval '1 day'))).*
from check_ins c, generate_series(1, $1) i where c.state = 'open'
"""
PROMPTS = """
insert into notifications (clinic_id, id, kind, template, priority, to_kind, patient_id, check_in_id, dedupe_key,
                           channels, state, next_attempt_at, created_at, expires_at)
select clinic_id, gen_random_uuid(), 'prompt', 'check_in', 3, 'patient', patient_id, id, 'prompt' || key, '{sms}',
       'queued', wall_now(), app_now(), app_now() + interval '1 hour'
from check_ins where key like 'copy%'
"""

PUT_BACK = """
select count(*) as prompts, count(distinct xmin::text) as writers, count(attempted_at) as tried,
       count(*) filter (where attempts = 1) as tried_once
from notifications where last_error = $1
"""


class Deaf(Sender):
    """Takes what it is given and answers after 25 seconds, or never in the time that is left."""

    def __init__(self) -> None:
        self.taken: list[Message] = []

    async def send(self, message: Message) -> Outcome:
        self.taken.append(message)
        try:
            async with asyncio.timeout(10):
                await asyncio.sleep(25)
        except TimeoutError:
            return Outcome("temporary", error_code="timeout")
        return Outcome("accepted")

    async def close(self) -> None:
        return


class Quick(Sender):
    """Takes everything at once; when, by seconds since `began`."""

    def __init__(self) -> None:
        self.taken: list[tuple[float, Message]] = []
        self.began = monotonic()

    async def send(self, message: Message) -> Outcome:
        self.taken.append((monotonic() - self.began, message))
        return Outcome("accepted")

    async def close(self) -> None:
        return


async def with_open_prompts(story: Story, many: int) -> str:
    """So many prompts in the outbox, of check-ins that are open; another one that is open."""
    await story.record_session()
    check_in: str = (await story.prompted())["id"]
    await story.instance.owner.execute(CHECK_INS, many)
    await story.instance.owner.execute(PROMPTS)
    return check_in


async def test_five_hundred_slow_prompts_delay_no_page(story: Story) -> None:
    """A provider answers after 25 seconds: pages are with another one within ten."""
    check_in = await with_open_prompts(story, 500)
    deaf, mail = Deaf(), Quick()
    engine = Engine(story.engine.db, Providers({"sms": deaf, "email": mail}), story.engine.origin)
    bulk = asyncio.create_task(send_all(engine))
    async with asyncio.timeout(10):
        while len(deaf.taken) < AT_ONCE:
            await asyncio.sleep(0.01)
    began = mail.began = monotonic()
    answer = await story.phone.answer(await story.phone.open(check_in), CALM, a_danger="chest_pain")
    assert answer.status_code == 201, answer.text
    while len(mail.taken) < 2 and monotonic() < began + 10:
        await send_pages(engine)
    assert all(message.body.startswith("EMERGENCY") and at < 10 for at, message in mail.taken)
    assert len(mail.taken) == 2
    assert {message.to for message in deaf.taken[AT_ONCE:]} == {OMAR, NORA}
    bulk.cancel()
    await asyncio.gather(bulk, return_exceptions=True)


async def in_trouble(story: Story) -> tuple[int, dict[str, Any]]:
    """The text provider fails until nothing is sent to it any more; how many it refused, and a check-in to answer."""
    check_in = await with_open_prompts(story, 20)
    story.sms.faults.fail(503, times=1000)
    await story.settle()
    refused = 1000 - len(story.sms.faults)
    assert OPENS_AFTER <= refused <= AT_ONCE
    await story.quiet()
    assert 1000 - len(story.sms.faults) == refused
    return refused, await story.phone.open(check_in)


async def test_prompts_wait_while_a_provider_is_in_trouble(story: Story) -> None:
    """Nobody hammers it: a message tries now and then, and when that arrives the others follow."""
    refused, _ = await in_trouble(story)
    for _ in range(4):
        await story.wait(16)
        await story.settle()
    assert 1000 - len(story.sms.faults) <= refused + 4
    story.sms.faults.clear()
    for _ in range(3):
        await story.wait(40)
        await story.settle()
    for _ in range(20):
        await story.got(ANAS_PHONE, "Time to check in")
    (states,) = await story.rows("select distinct state from notifications")
    assert states == {"state": "sent"}


async def test_prompts_that_wait_are_put_back_together(story: Story) -> None:
    """Ten minutes of trouble cost a transaction a look, not one a prompt."""
    await in_trouble(story)
    await story.instance.owner.execute("update notifications set next_attempt_at = wall_now() where state = 'queued'")
    await send_all(story.engine)
    (held,) = await story.rows(PUT_BACK, HELD)
    assert (held["prompts"], held["tried"]) == (20, held["tried_once"])
    assert held["writers"] <= SEND_LANES
    assert held["tried"] >= OPENS_AFTER
    story.sms.faults.clear()


async def test_a_page_takes_the_next_channel_while_a_provider_is_in_trouble(story: Story) -> None:
    """Ten minutes of 503: the page is out by mail at once, and by text as soon as that works again."""
    refused, check_in = await in_trouble(story)
    answer = await story.phone.answer(check_in, CALM, a_sick="many")
    assert answer.status_code == 201, answer.text
    await story.settle()
    await story.got(OMARS_MAIL, "URGENT", channel="email")
    assert 1000 - len(story.sms.faults) == refused
    for _ in range(20):
        await story.wait(30)
        await story.settle()
    (page,) = await story.rows("select state from notifications where kind = 'page' and 'sms' = any(channels)")
    assert page == {"state": "queued"}
    story.sms.faults.clear()
    await story.wait(31)
    await story.settle()
    await story.got(OMAR, "URGENT", channel="sms")
    story.messages.forget()


async def test_a_page_without_another_way_tries_a_provider_in_trouble(story: Story) -> None:
    refused, check_in = await in_trouble(story)
    answer = await story.phone.answer(check_in, CALM, a_sick="many")
    assert answer.status_code == 201, answer.text
    await story.instance.owner.execute("update notifications set channels = '{sms}' where kind = 'page'")
    await story.settle()
    assert 1000 - len(story.sms.faults) == refused + 1
    story.sms.faults.clear()
    await story.wait(3)
    await story.settle()
    await story.got(OMAR, "URGENT", channel="sms")
    story.messages.forget()


async def test_a_provider_that_asks_for_thirty_seconds_gets_them(story: Story) -> None:
    await with_open_prompts(story, 1)
    story.sms.faults.fail(429, retry_after_s=30)
    await story.settle()
    await story.wait(28)
    await story.quiet()
    await story.wait(2)
    await story.settle()
    await story.got(ANAS_PHONE, "Time to check in")


async def test_a_page_does_not_wait_for_a_provider_that_asks_for_time(story: Story) -> None:
    await urgent(story)
    story.sms.faults.fail(429, retry_after_s=30)
    await story.settle()
    await story.got(OMARS_MAIL, "URGENT", channel="email")
    await story.wait(28)
    await story.quiet()
    await story.wait(2)
    await story.settle()
    await story.got(OMAR, "URGENT", channel="sms")


async def test_one_push_service_in_trouble_is_not_another(story: Story) -> None:
    """The gate is a provider's, not a channel's."""
    target = PushTarget(
        subscription_id=uuid4(), endpoint="https://one.example/a", p256dh="", auth="", private_key=b"", topic="",
        signed_at=await story.now(),
    )  # fmt: skip
    text = Message(id=uuid4(), channel="push", to="", body="", language="en", at=await story.now(), push=target)
    other = msgspec.structs.replace(text, push=msgspec.structs.replace(target, endpoint="https://two.example/a"))
    assert story.engine.senders.gate(text) is story.engine.senders.gate(text)
    assert story.engine.senders.gate(text) is not story.engine.senders.gate(other)
