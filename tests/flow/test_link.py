"""Answering by the link of a message, on any phone: one check-in, and a birth year."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx

from server.flow.links import LinkWalk
from server.worker import housekeeping
from tests.api.instance import Browser
from tests.flow.story import ANAS_PHONE, CALM, NORA, OMAR, Story, form, stamp


async def link_opened(story: Story) -> tuple[Browser, dict[str, Any]]:
    """The prompt's link, opened on a phone that nobody knows."""
    await story.record_session()
    await story.forward(hours=3)
    prompt = await story.got(ANAS_PHONE, "Time to check in")
    stranger = story.instance.browser()
    opened = await stranger.post("/api/my/link", {"token": token_of(prompt.link)})
    assert opened.status_code == 200, opened.text
    return stranger, opened.json()


def token_of(link: str | None) -> str:
    assert link is not None
    return link.partition("#token=")[2]


async def submit(story: Story, stranger: Browser, check_in: dict[str, Any], **body: Any) -> httpx.Response:
    """With the submit token that the link gave."""
    sent = form(await story.now(), CALM) | body
    bearer = {"Authorization": f"Bearer {check_in['submit_token']}"}
    return await stranger.http.put(f"/api/my/check-ins/{check_in['id']}/response", json=sent, headers=bearer)


async def test_the_link_opens_one_check_in_and_the_birth_year_sends_it(story: Story) -> None:
    stranger, opened = await link_opened(story)
    assert (opened["needs_birth_year"], opened["key"]) == (True, "h1")
    answer = await submit(story, stranger, opened, birth_year=1984)
    assert answer.status_code == 201, answer.text
    assert (await story.check_ins())["h1"] == "answered"


async def test_the_link_opens_nothing_else(story: Story) -> None:
    stranger, opened = await link_opened(story)
    check_in = opened
    assert "Ana" not in str(opened)
    assert "1984" not in str(opened)
    bearer = {"Authorization": f"Bearer {check_in['submit_token']}"}
    for path in ("/api/my", "/api/my/check-ins", f"/api/my/check-ins/{check_in['id']}", "/api/my/report-form"):
        assert (await stranger.http.get(path, headers=bearer)).status_code == 401
        assert (await stranger.get(path)).status_code == 401
    seen = await story.timeline("check_in")
    other = next(item["id"] for item in seen if item["key"] == "h24")
    sent = form(await story.now(), CALM) | {"birth_year": 1984}
    foreign = await stranger.http.put(f"/api/my/check-ins/{other}/response", json=sent, headers=bearer)
    assert foreign.status_code == 404


async def test_a_wrong_birth_year_keeps_the_answer_and_is_asked_again_five_times(story: Story) -> None:
    """ "Submitting is never locked out": what is wrong is the year, not the answer."""
    stranger, opened = await link_opened(story)
    for year in (1985, 1983, 1990, 2001, 1950):
        wrong = await submit(story, stranger, opened, birth_year=year)
        assert (wrong.status_code, wrong.json()["birth_year_fits"]) == (201, False)
        assert "too_many_tries" not in wrong.json()
        assert str(year) not in wrong.text
    blocked = await submit(story, stranger, opened, birth_year=1984)
    assert blocked.status_code == 201, blocked.text
    assert (blocked.json()["birth_year_fits"], blocked.json()["too_many_tries"]) == (False, True)
    assert {response["clear"] for response in await story.timeline("response")} == {False}
    assert (await story.check_ins())["h1"] == "open"
    bound = await story.phone.answer(await story.phone.open(), CALM)
    assert bound.status_code == 201, "the bound phone is never locked out"
    assert "birth_year_fits" not in bound.json()


async def test_the_right_year_after_a_wrong_one_ends_the_check_in(story: Story) -> None:
    """The same answer under the same id: it is here already, only now from somebody known."""
    stranger, opened = await link_opened(story)
    sent = form(await story.now(), CALM)
    wrong = await submit(story, stranger, opened, **sent, birth_year=1985)
    assert (wrong.status_code, (await story.check_ins())["h1"]) == (201, "open")
    right = await submit(story, stranger, opened, **sent, birth_year=1984)
    assert (right.status_code, right.json()["birth_year_fits"]) == (200, True)
    assert right.json()["advice"] == wrong.json()["advice"]
    assert (await story.check_ins())["h1"] == "answered"
    assert len(await story.timeline("response")) == 1
    again = await submit(story, stranger, opened, **sent, birth_year=1984)
    assert again.status_code == 200
    verified = await story.rows("select 1 from audit_log where action = 'response.verified'")
    assert len(verified) == 1
    await story.forward(hours=1)
    await story.quiet()


async def test_the_right_year_does_not_make_a_fragment_whole(story: Story) -> None:
    stranger, opened = await link_opened(story)
    sent = form(await story.now(), {"a_who": "patient"})
    for year in (1985, 1984):
        assert (await submit(story, stranger, opened, **sent, birth_year=year)).status_code in (200, 201)
    assert (await story.check_ins())["h1"] == "open"


async def test_danger_under_a_wrong_year_pages_all_the_same(story: Story) -> None:
    stranger, opened = await link_opened(story)
    sent = await submit(story, stranger, opened, answers=CALM | {"a_danger": "chest_pain"}, birth_year=1985)
    assert (sent.status_code, sent.json()["alert"]) == (201, {"state": "paged"})
    await story.settle()
    await story.got(OMAR, "EMERGENCY")
    await story.got(NORA, "EMERGENCY")


async def test_without_the_birth_year_an_answer_is_kept_but_settles_nothing(story: Story) -> None:
    stranger, opened = await link_opened(story)
    sent = await submit(story, stranger, opened)
    assert sent.status_code == 201, sent.text
    assert "Nothing you told us needs a call" not in sent.text
    (response,) = await story.timeline("response")
    assert (response["clear"], (await story.check_ins())["h1"]) == (False, "open")
    worse = await submit(story, stranger, opened, answers=CALM | {"a_danger": "chest_pain"})
    assert worse.status_code == 201
    await story.settle()
    await story.got(OMAR, "EMERGENCY")
    await story.got(NORA, "EMERGENCY")
    assert (await story.check_ins())["h1"] == "answered"


async def test_anyone_may_raise_but_a_link_clears_nothing(story: Story) -> None:
    """Decision 24."""
    stranger, opened = await link_opened(story)
    now = stamp(await story.now())
    bearer = {"Authorization": f"Bearer {opened['submit_token']}"}
    await story.forward(hours=1, minutes=1)
    for words in ("Your check-in is still open", "We have not heard from you yet"):
        await story.got(ANAS_PHONE, words)
    await story.got(OMAR, "URGENT")
    clear = await submit(story, stranger, opened, birth_year=1984)
    assert clear.status_code == 201, clear.text
    assert (await story.alert())["tier"] == "urgent"
    tap = {"response_id": str(uuid4()), "item": "a_danger", "value": "chest_pain", "at": now, "sent_at": now}
    path = f"/api/my/check-ins/{opened['id']}/signals"
    tapped = await stranger.http.post(path, json=tap, headers=bearer)
    assert tapped.status_code == 202, tapped.text
    await story.settle()
    await story.got(OMAR, "EMERGENCY")
    await story.got(NORA, "EMERGENCY")


async def test_a_link_that_opens_nothing_any_more_is_forgotten(story: Story) -> None:
    """Not a moment sooner, and page by page: what led nowhere goes as well."""
    _, opened = await link_opened(story)
    links = "select subject_id::text from credential_lookup where kind = 'link'"
    harbor, owner = story.world.ids.harbor, story.instance.owner
    await owner.execute(
        "insert into credential_lookup (clinic_id, kind, hash, subject_id)"
        " select $1, 'link', sha256(n::text::bytea), gen_random_uuid() from generate_series(1, 1200) n", harbor,
    )  # fmt: skip
    closes = datetime.fromisoformat(opened["closes_at"])

    async def walked() -> int:
        walk = LinkWalk()
        return sum([await walk.step(story.engine.db) for _ in range(8)])

    await story.set_time(closes + timedelta(days=14) - timedelta(seconds=1))
    assert await walked() == 1200
    assert await story.rows(links) == [{"subject_id": opened["id"]}]
    await story.set_time(closes + timedelta(days=14))
    assert await walked() == 1
    assert await story.rows(links) == []


async def test_after_a_walk_the_links_rest_for_an_hour(story: Story) -> None:
    await link_opened(story)
    await housekeeping(story.engine)
    for _ in range(4):
        await story.engine.links.step(story.engine.db)
    await story.set_time(await story.now() + timedelta(days=30))
    assert await story.engine.links.step(story.engine.db) == 0
    assert await story.rows("select from credential_lookup where kind = 'link'") != []


async def test_unknown_and_old_links_look_the_same(story: Story) -> None:
    stranger, opened = await link_opened(story)
    assert (await submit(story, stranger, opened, birth_year=1984)).status_code == 201
    (known,) = await story.rows("select subject_id from credential_lookup where kind = 'link'")
    assert str(known["subject_id"]) == opened["id"]
    unknown = await stranger.post("/api/my/link", {"token": "A" * 32})
    await story.set_time((await story.now()).replace(day=20))
    link = next(message.link for message in story.sms.inbox.latest() if message.link and "/c#" in message.link)
    old = await stranger.post("/api/my/link", {"token": token_of(link)})
    assert (old.status_code, old.content) == (404, unknown.content)
    expired = await submit(story, stranger, opened, birth_year=1984)
    assert expired.status_code == 401


async def test_a_revoked_phone_and_its_tokens_are_out_at_once(story: Story) -> None:
    await story.record_session()
    check_in = await story.prompted()
    nora = story.staff("nora")
    (device,) = (await nora.get(f"/api/patients/{story.ana}/devices")).json()["items"]
    revoked = await nora.call("DELETE", f"/api/patients/{story.ana}/devices/{device['id']}")
    assert revoked.status_code == 204
    assert (await story.phone.browser.get("/api/my/check-ins")).status_code == 401
    assert (await submit(story, story.instance.browser(), check_in)).status_code == 401


async def test_a_receipt_says_that_the_prompt_was_seen(story: Story) -> None:
    await story.record_session()
    await story.forward(hours=3)
    prompt = await story.got(ANAS_PHONE, "Time to check in")
    worker = story.instance.browser()
    wrong = await worker.http.post("/api/receipts", json={"token": "x" * 32, "event": "opened"})
    assert wrong.status_code == 404
    for _ in range(2):
        receipt = {"token": token_of(prompt.link), "event": "opened"}
        assert (await worker.http.post("/api/receipts", json=receipt)).status_code == 204
    (message,) = await story.timeline("message")
    assert message["opened_at"] is not None
