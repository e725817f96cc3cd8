"""A version is tried on the answers that are there: the one that judged them changes nothing, another says what."""

import json
from typing import Any

import httpx
import msgspec
import pytest

from server.access.setup import clinic_transaction
from server.protocols.builtin import load_builtin
from server.protocols.model import ProtocolVersion
from server.protocols.queries import insert_version
from tests.api.instance import KEY
from tests.api.test_drafts import begin
from tests.flow.story import CALM, Story, form

LAB = "/api/protocols/clinic/{}/lab"
DAY_WELL = {
    "d_danger": "none", "d_mood": 6, "d_left": ["nothing"], "d_sleep": "well", "d_feel": "none", "d_unlike": "no",
    "d_since": "none", "s_open": "no", "d_call": "no",
}  # fmt: skip


def events(answer: httpx.Response) -> list[tuple[str, Any]]:
    """(event, data) of a stream that has ended."""
    found = []
    for block in answer.text.replace("\r\n", "\n").split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
        if "event" in lines:
            found.append((lines["event"], json.loads(lines["data"])))
    return found


async def report_of(story: Story, who: str, version: int, **body: Any) -> dict[str, Any]:
    """The last event of the stream."""
    answer = await story.staff(who).post(LAB.format(version), body)
    assert answer.status_code == 200, answer.text
    told = events(answer)
    assert [name for name, _ in told[:-1]] == ["progress"] * (len(told) - 1)
    name, report = told[-1]
    assert name == "report"
    found: dict[str, Any] = report
    return found


async def answer(story: Story, key: str, answers: dict[str, Any]) -> None:
    """Ana answers the open check-in of this kind of her last session."""
    listed = (await story.phone.browser.get("/api/my/check-ins")).json()["items"]
    (check_in,) = [c for c in listed if c["key"] == key and c["state"] == "open"]
    path = f"/api/my/check-ins/{check_in['id']}/response"
    sent = await story.phone.browser.call("PUT", path, form(await story.now(), answers))
    assert sent.status_code == 201, sent.text


async def look_away(story: Story) -> None:
    """Messages are not what this story is about."""
    await story.settle()
    for message in list(story.messages.unexpected()):
        await story.got(message.to)


async def look_after(story: Story) -> None:
    """Nora has called, and closes what is open: else everybody would be paged for days."""
    for alert in await story.alerts():
        alert = await story.done("nora", alert, "acknowledge")
        alert = await story.done("nora", alert, "follow-up", reached=True)
        await story.done("nora", alert, "close", outcome="reassured_expected", useful="worth_knowing")
    await look_away(story)


async def some_days(story: Story) -> None:
    """Unwell after the first session, worse than then after the second; days without an answer; a report, a call."""
    await story.record_session()
    await story.forward(hours=3)
    await answer(story, "h1", CALM | {"a_steady": "fell", "a_sick": "once_or_twice"})
    await look_after(story)
    await story.forward(hours=3)
    await answer(story, "h6", CALM | {"a_steady": "help_to_walk"})
    await look_after(story)
    await story.forward(hours=18)
    await answer(story, "h24", DAY_WELL | {"d_left": ["headache"], "d_howbad": "slows"})
    await look_after(story)
    await story.forward(days=3)
    await look_after(story)
    await story.record_session()
    await story.forward(hours=3)
    await answer(story, "h1", CALM | {"a_sick": "many", "a_pain": "bad"})
    await look_after(story)
    await story.forward(hours=4)
    await look_after(story)
    await story.forward(hours=40)
    report = await story.phone.report({"a_pain": "too_bad"}, text="it hurts", call_me=True)
    assert report.status_code == 201, report.text
    await look_after(story)


async def test_a_version_is_tried_on_the_answers_that_are_there(story: Story) -> None:
    """The version that judged them changes nothing; a milder one says which alerts would be gone, also those that
    silence raised because the answer before was not clear."""
    await some_days(story)
    same = await report_of(story, "omar", 1, over="stored", days=28)
    assert (same["new"], same["gone"], same["higher"], same["lower"], same["cases"]) == (0, 0, 0, 0, [])
    assert same["before"] == same["after"]
    assert same["answered"] == 5
    assert same["silent"] >= 2
    assert same["before"]["alerts"] >= 4
    fell = next(rule for rule in same["rules"] if rule["rule"] == "steady.fell")
    assert (fell["before"], fell["after"]) == (1, 1)
    assert fell["useful"] == {"needed": 0, "worth_knowing": 1, "not_needed": 0}
    assert fell["words"]
    assert "{" not in fell["words"]

    await publish(story, milder(load_builtin()[0]))
    report = await report_of(story, "lena", 2, over="stored", days=28)
    assert (report["new"], report["higher"], report["lower"]) == (0, 0, 0)
    assert report["gone"] == len(report["cases"]) == 2
    for case in report["cases"]:
        assert (case["change"], case["before"], case["after"]) == ("gone", "same_day", "routine")
        assert (case["patient_id"], case["patient_name"]) == (str(story.ana), "Ana Ruiz")
        assert case["was"]
        assert case["now"] == []
    assert {case["missed"] for case in report["cases"]} == {True, False}
    assert report["before"] == same["before"]

    assert (await story.staff("nora").post(LAB.format(1), {})).status_code == 403
    for number in (9, 0, 10**12):
        assert (await story.staff("lena").post(LAB.format(number), {})).status_code == 404
    assert (await story.staff("lena").post(LAB.format(1), {"days": 0})).status_code == 422
    copy = await begin(story.staff("lena"), title={"en": "Our own", "es": "Propio"})
    answer = await story.staff("lena").post(f"{copy.path}/lab", {})
    assert answer.status_code == 200, answer.text
    tried = events(answer)
    assert tried[-1] == ("report", same), "a copy is tried on the answers to what it was copied from"

    elsewhere = events(await story.staff("zoe").post(LAB.format(1), {"over": "stored"}))
    assert all(data["answered"] == 0 for name, data in elsewhere if name == "report")
    await look_away(story)


async def test_made_up_patients_need_nobody_s_answers(story: Story) -> None:
    report = await report_of(story, "lena", 1, over="simulated", days=14, patients=4, seed=3)
    assert (report["over"], report["patients"]) == ("simulated", 4)
    assert report["answered"] > 20
    assert report["before"] == report["after"]


@pytest.mark.parametrize("only", [{"routes": ["sc"]}, {"drugs": ["esketamine"], "routes": ["iv"]}])
async def test_a_protocol_for_nobody_made_up_is_not_searched_for_for_ever(story: Story, only: dict[str, Any]) -> None:
    draft = await begin(story.staff("lena"))
    await draft.edit({"op": "set_scope", "settings": ["clinic"]} | only)
    answer = await story.staff("lena").post(f"{draft.path}/lab", {"over": "simulated", "patients": 1})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "over"


async def test_made_up_patients_try_what_is_for_one_indication_and_drug(story: Story) -> None:
    """Whatever they are treated for: what they answer does not depend on it."""
    draft = await begin(story.staff("lena"), title={"en": "Nose", "es": "Nariz"})
    scope = {"op": "set_scope", "settings": ["clinic"], "routes": ["intranasal"], "drugs": ["esketamine"]}
    await draft.edit(scope | {"indications": ["ocd"]})
    answer = await story.staff("lena").post(f"{draft.path}/lab", {"over": "simulated", "patients": 2, "days": 7})
    name, report = events(answer)[-1]
    assert (name, report["patients"]) == ("report", 2)


def milder(version: ProtocolVersion) -> ProtocolVersion:
    """The next version: a slow day after treatment calls nobody."""
    rules = tuple(rule for rule in version.rules if rule.id != "left.slows")
    return msgspec.structs.replace(version, version=2, rules=rules)


async def publish(story: Story, version: ProtocolVersion) -> None:
    async with clinic_transaction(story.instance.owner, KEY, story.world.ids.harbor) as tx:
        await insert_version(tx, version)
