"""A test page travels as a real one would; the colleague who has it in hand proves the channel."""

import asyncio
import re
from datetime import timedelta
from typing import Any

from tests.flow.story import OMAR, Story


async def ways(story: Story, name: str = "Omar") -> dict[str, dict[str, Any]]:
    items = (await story.staff("vera").get("/api/clinic/page-tests")).json()["items"]
    (one,) = (item for item in items if item["name"] == name)
    return {way["channel"]: way for way in one["ways"]}


async def send(story: Story, by: str = "nora", to: str = "omar") -> Any:
    answer = await story.staff(by).post(f"/api/staff/{story.world.ids.staff[to]}/test-page")
    await story.settle()
    return answer


def code_in(text: str) -> str:
    found = re.search(r"/team/test#code=([A-Z0-9]{8})", text)
    assert found is not None
    return found.group(1)


async def test_the_colleague_who_has_it_in_hand_verifies_its_channel(story: Story) -> None:
    assert (await ways(story))["sms"] == {"channel": "sms", "sent_at": None, "state": None, "verified_at": None}
    assert (await send(story)).status_code == 202
    text = await story.got(OMAR, "TEST PAGE")
    await story.got((await mail_of(story, "omar")), "TEST PAGE")
    sent = await ways(story)
    assert [(way["state"], way["verified_at"]) for way in sent.values()] == [("sent", None)] * 2
    answer = await story.staff("omar").post("/api/my-test-page", {"code": code_in(text.body)})
    assert (answer.status_code, answer.json()) == (200, {"channel": "sms"})
    proven = await ways(story)
    assert (proven["sms"]["verified_at"] is not None, proven["email"]["verified_at"]) == (True, None)
    await story.quiet()


async def test_nobody_else_proves_it_and_it_grows_old(story: Story) -> None:
    await send(story)
    code = code_in((await story.got(OMAR, "TEST PAGE")).body)
    await story.got((await mail_of(story, "omar")), "TEST PAGE")
    for who in ("nora", "zoe"):
        assert (await story.staff(who).post("/api/my-test-page", {"code": code})).status_code == 404
    assert (await story.staff("omar").post("/api/my-test-page", {"code": "AAAAAAAA"})).status_code == 404
    assert (await story.staff("omar").post("/api/my-test-page", {"code": "short"})).status_code == 422
    await story.set_time(await story.now() + timedelta(hours=25))
    assert (await story.staff("omar").post("/api/my-test-page", {"code": code})).status_code == 404


async def test_a_new_number_is_not_verified(story: Story) -> None:
    await send(story)
    code = code_in((await story.got(OMAR, "TEST PAGE")).body)
    await story.got((await mail_of(story, "omar")), "TEST PAGE")
    await story.staff("omar").post("/api/my-test-page", {"code": code})
    omar = story.world.ids.staff["omar"]
    await story.staff("lena").call("PATCH", f"/api/staff/{omar}", {"phone": "+34600000077"})
    assert (await ways(story))["sms"]["verified_at"] is None


async def test_a_new_e_mail_is_not_verified_and_gets_the_next_page(story: Story) -> None:
    await send(story)
    await story.got(OMAR, "TEST PAGE")
    code = code_in((await story.got((await mail_of(story, "omar")), "TEST PAGE")).body)
    await story.staff("omar").post("/api/my-test-page", {"code": code})
    assert (await ways(story))["email"]["verified_at"] is not None
    omar = story.world.ids.staff["omar"]
    await story.staff("lena").call("PATCH", f"/api/staff/{omar}", {"email": "omar.haddad@example.org"})
    assert (await ways(story))["email"]["verified_at"] is None
    await story.set_time(await story.now() + timedelta(minutes=3))
    await send(story)
    await story.got(OMAR, "TEST PAGE")
    await story.got("omar.haddad@example.org", "TEST PAGE")
    await story.quiet()


async def test_a_double_tap_sends_one_page(story: Story) -> None:
    path = f"/api/staff/{story.world.ids.staff['omar']}/test-page"
    taps = await asyncio.gather(*(story.staff("nora").post(path) for _ in range(4)))
    assert sorted(answer.status_code for answer in taps) == [202, 409, 409, 409]
    await story.settle()
    await story.got(OMAR, "TEST PAGE")
    await story.got((await mail_of(story, "omar")), "TEST PAGE")
    await story.quiet()


async def test_not_twice_in_two_minutes_not_by_viewers_not_to_strangers(story: Story) -> None:
    assert (await send(story)).status_code == 202
    await story.got(OMAR, "TEST PAGE")
    await story.got((await mail_of(story, "omar")), "TEST PAGE")
    assert (await send(story)).status_code == 409
    assert (await send(story, by="vera")).status_code == 403
    assert (await send(story, by="zoe")).status_code == 404
    assert (await send(story, to="vera")).status_code == 404
    await story.quiet()


async def mail_of(story: Story, who: str) -> str:
    items = (await story.staff("lena").get("/api/staff")).json()["items"]
    return next(str(one["email"]) for one in items if one["id"] == str(story.world.ids.staff[who]))
