"""Bad input: each a problem+json that names the field, echoes nothing of what was sent, and leaves nothing stored."""

import logging
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import msgspec
import pytest
import structlog.testing

from tests.api.instance import Browser
from tests.flow.story import CALM, Story, form, stamp

CANARY = "quetzalcanary"
STORED = (
    "treatment_sessions", "check_ins", "responses", "signals", "flags", "alerts", "alert_events", "notifications",
)  # fmt: skip
COUNT = "select " + ", ".join(f"(select count(*) from {table}) as {table}" for table in STORED)
NUMBERS = ["1e400", "-1e400", "NaN", "Infinity", "9" * 400, "-" + "9" * 400, "1" + "0" * 30]


class Target(msgspec.Struct, frozen=True):
    """A call that takes a body, with one that it accepts."""

    browser: Browser
    method: str
    path: str
    good: dict[str, Any]
    required: tuple[str, ...]

    async def send(self, content: bytes, kind: str = "application/json") -> httpx.Response:
        headers = {"X-Afterglow": "1", "Content-Type": kind}
        return await self.browser.http.request(self.method, self.path, content=content, headers=headers)

    async def send_json(self, body: Any) -> httpx.Response:
        return await self.send(msgspec.json.encode(body))


TARGETS = ("session", "session change", "cancel", "response", "signal", "report", "acknowledge", "follow-up", "close")


@pytest.fixture
async def targets(story: Story) -> AsyncIterator[dict[str, Target]]:
    """All nine; afterwards nothing of what was refused is stored anywhere."""
    now = await story.now()
    recorded = await story.record_session()
    check_in, session = recorded["check_ins"][0]["id"], f"/api/sessions/{recorded['id']}"
    report = await story.phone.report({"a_pain": "bad"})
    assert report.status_code == 201
    alert = f"/api/alerts/{(await story.alert())['id']}"
    nora, phone, at = story.staff("nora"), story.phone.browser, stamp(now)
    new = {
        "drug": "ketamine", "route": "iv", "dose_mg": 40, "indication": "depression", "started_at": at, "ended_at": at,
        "setting": "clinic", "other_indications": [], "discharged_at": at, "risk": ["sedative"], "staying_with": "x",
        "note": "x",
    }  # fmt: skip
    answered = form(now, CALM) | {"answered_by": "patient"}
    edit = {key: new[key] for key in ("dose_mg", "started_at", "ended_at", "note", "risk")}
    tap = {"response_id": str(uuid4()), "item": "a_pain", "value": "mild", "at": at, "sent_at": at}
    found = [
        Target(nora, "POST", f"/api/patients/{story.ana}/sessions", new,
               ("drug", "route", "dose_mg", "indication", "started_at", "ended_at")),
        Target(nora, "PATCH", session, edit, ()),
        Target(nora, "POST", session + "/cancel", {"reason": "by mistake"}, ("reason",)),
        Target(phone, "PUT", f"/api/my/check-ins/{check_in}/response", answered,
               ("response_id", "answers", "started_at", "completed_at", "sent_at")),
        Target(phone, "POST", f"/api/my/check-ins/{check_in}/signals", tap,
               ("response_id", "item", "value", "at", "sent_at")),
        Target(phone, "POST", "/api/my/reports", form(now, CALM) | {"text": "x", "call_me": False},
               ("response_id", "answers", "started_at", "completed_at", "sent_at")),
        Target(nora, "POST", alert + "/acknowledge", {"version": 1}, ("version",)),
        Target(nora, "POST", alert + "/follow-up", {
            "version": 1, "note": "x", "reached": True, "review_at": stamp(now + timedelta(hours=1))}, ("version",)),
        Target(nora, "POST", alert + "/close", {
            "version": 1, "outcome": "reassured_expected", "harm": "none", "useful": "needed", "note": "x"},
            ("version", "outcome")),
    ]  # fmt: skip
    before = await story.rows(COUNT)
    yield dict(zip(TARGETS, found, strict=True))
    assert await story.rows(COUNT) == before
    await story.settle()
    await story.got("+34600000002", "SAME-DAY")


def refused(answer: httpx.Response, *statuses: int) -> dict[str, Any]:
    """The problem document; nothing of the canary is in it."""
    assert answer.status_code in (statuses or (422,)), (answer.status_code, answer.text)
    assert answer.headers["content-type"] == "application/problem+json"
    assert CANARY not in answer.text.lower()
    body: dict[str, Any] = answer.json()
    assert body["status"] == answer.status_code
    assert body["title"]
    return body


def fields(answer: httpx.Response) -> list[str]:
    return [error["field"] for error in refused(answer)["errors"]]


@pytest.fixture
def no_canary_in_logs(caplog: pytest.LogCaptureFixture) -> Any:
    """Whatever was sent, no log line repeats it."""
    caplog.set_level(logging.DEBUG)
    for noisy in ("asyncio", "hypothesis"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    with structlog.testing.capture_logs() as logs:
        yield
    own = [record.getMessage() for record in caplog.records if not record.name.startswith(("httpx", "httpcore"))]
    assert CANARY not in str(logs).lower()
    assert CANARY not in " ".join(own).lower()


pytestmark = pytest.mark.usefixtures("no_canary_in_logs")


async def test_a_field_that_nobody_knows(targets: dict[str, Target]) -> None:
    for target in targets.values():
        answer = await target.send_json(target.good | {"surplus": CANARY})
        assert fields(answer) == ["surplus"], target
        answer = await target.send_json(target.good | {f"{CANARY} was here": 1})
        assert refused(answer)["errors"], target


async def test_a_required_field_that_is_missing(targets: dict[str, Target]) -> None:
    for target in targets.values():
        for name in target.required:
            answer = await target.send_json({key: value for key, value in target.good.items() if key != name})
            assert fields(answer) == [name], (target.path, name)


WRONG: list[Any] = [{"surplus": CANARY}, [{f"{CANARY} was here": 1}], 12.5, -1, True, None, CANARY, ""]


async def test_a_field_of_another_type(targets: dict[str, Target]) -> None:
    for target in targets.values():
        for name in target.good:
            for wrong in WRONG:
                if not good_enough(target, name, wrong):
                    found = fields(await target.send_json(target.good | {name: wrong}))
                    assert all(field.startswith(name) for field in found), (target.path, name, wrong, found)


def good_enough(target: Target, name: str, wrong: Any) -> bool:
    """Some of these are good values of some fields."""
    match wrong:
        case None:
            return name not in target.required and name not in ("risk", "other_indications", "reached", "call_me")
        case True:
            return name in ("reached", "call_me")
        case str():
            return name in ("note", "text", "staying_with") or (name == "reason" and wrong != "")
        case _:
            return name == "dose_mg" and wrong == 12.5


async def test_text_with_characters_that_cannot_be_stored(targets: dict[str, Target]) -> None:
    texts = {"session": "note", "session change": "note", "cancel": "reason", "report": "text", "follow-up": "note",
             "close": "note", "signal": "value"}  # fmt: skip
    for name, field in texts.items():
        for escape in ("\\u0000", "\\u001b", "\x00"):
            body = msgspec.json.encode(targets[name].good | {field: "MARK"}).replace(
                b"MARK", f"{CANARY}{escape}".encode()
            )
            answer = await targets[name].send(body)
            assert answer.status_code in (400, 422), answer.text
            refused(answer, 400, 422)
        for broken in (b"\\ud800", b"\\udfff\\ud800", b"\xff", b"\xed\xa0\x80", b"\\u12"):
            body = msgspec.json.encode(targets[name].good | {field: "MARK"}).replace(b"MARK", CANARY.encode() + broken)
            refused(await targets[name].send(body), 400)


async def test_numbers_without_end(targets: dict[str, Target]) -> None:
    numeric = {"session": "dose_mg", "session change": "dose_mg", "acknowledge": "version", "follow-up": "version",
               "close": "version", "signal": "value", "response": "response_id"}  # fmt: skip
    for name, field in numeric.items():
        for number in NUMBERS:
            body = msgspec.json.encode(targets[name].good | {field: "MARK"}).replace(b'"MARK"', number.encode())
            refused(await targets[name].send(body), 400, 409, 422)


async def test_answers_that_are_numbers_without_end(story: Story) -> None:
    """A scale of the next day, told with 400 digits."""
    recorded = await story.record_session()
    h24 = recorded["check_ins"][2]["id"]
    for number in [*NUMBERS, "11", "-1", "5.5", '"5"', "true", "[5]", "{}"]:
        body = msgspec.json.encode(form(await story.now(), {"d_mood": "MARK"})).replace(b'"MARK"', number.encode())
        answer = await story.phone.browser.http.put(
            f"/api/my/check-ins/{h24}/response", content=body,
            headers={"X-Afterglow": "1", "Content-Type": "application/json"},
        )  # fmt: skip
        refused(answer, 400, 422)
    assert await story.timeline("response") == []


async def test_a_body_that_is_no_json(targets: dict[str, Target]) -> None:
    for target in targets.values():
        refused(await target.send(b""), 400, 422)
        for content in (b"{", CANARY.encode(), b"\xff\xfe", b'{"a": }', b"{" * 20_000, b"[" * 60_000):
            refused(await target.send(content), 400)
        for content in (b"[]", b"null", b"1", b'"' + CANARY.encode() + b'"'):
            refused(await target.send(content), 422)


async def test_a_body_of_another_kind(targets: dict[str, Target]) -> None:
    """A form could come from any page, so it is refused like one."""
    for target in targets.values():
        for kind in ("application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x", "text/csv"):
            refused(await target.send(msgspec.json.encode(target.good), kind), 403)


async def test_a_megabyte(targets: dict[str, Target]) -> None:
    for target in targets.values():
        refused(await target.send_json(target.good | {"note": CANARY * 80_000}), 413)


async def test_a_text_that_is_too_long(targets: dict[str, Target]) -> None:
    for name, field in (("session", "note"), ("report", "text"), ("follow-up", "note"), ("close", "note"),
                        ("session change", "note"), ("cancel", "reason")):  # fmt: skip
        assert fields(await targets[name].send_json(targets[name].good | {field: CANARY * 400})) == [field]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"started_at": 60, "ended_at": 60}, "started_at"),
        ({"ended_at": 60}, "ended_at"),
        ({"started_at": 0, "ended_at": -10}, "ended_at"),
        ({"started_at": -3000, "ended_at": 0}, "ended_at"),
        ({"started_at": -600_000, "ended_at": -600_000}, "started_at"),
        ({"started_at": -60, "ended_at": -30, "discharged_at": -40}, "discharged_at"),
        ({"started_at": -60, "ended_at": -30, "discharged_at": 40}, "discharged_at"),
    ],
)
async def test_a_session_at_a_time_that_cannot_be(
    story: Story, targets: dict[str, Target], changed: dict[str, int], field: str
) -> None:
    now = await story.now()
    at = {name: stamp(now + timedelta(minutes=minutes)) for name, minutes in changed.items()}
    target = targets["session"]
    good = {name: value for name, value in target.good.items() if name != "discharged_at"}
    answer = await target.send_json(good | at)
    assert field in fields(answer)


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("drug", ["water", "KETAMINE", ""]),
        ("route", ["rectal", "IV"]),
        ("setting", ["moon"]),
        ("indication", [CANARY]),
        ("other_indications", [[CANARY], ["depression"] * 9, "depression"]),
        ("dose_mg", [0, 0.001, -1, 2001, "40"]),
        ("risk", [[CANARY + "!"], ["sedative"] * 31, {"sedative": True}]),
        ("started_at", ["2026-03-02", "2026-03-02T09:00:00", "yesterday", 1772442000, "2026-13-01T00:00:00Z"]),
        ("started_at", ["0000-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"]),
    ],
)  # fmt: skip
async def test_a_session_with_a_value_that_is_not_known(
    targets: dict[str, Target], field: str, values: list[Any]
) -> None:
    for value in values:
        answer = await targets["session"].send_json(targets["session"].good | {field: value})
        assert any(found.startswith(field) for found in fields(answer)), value


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"a_surplus": CANARY}, "answers.a_surplus"),
        ({f"{CANARY} was here": "x"}, "answers"),
        ({"a_sick": CANARY}, "answers.a_sick"),
        ({"a_sick": 3}, "answers.a_sick"),
        ({"a_sick": ["many"]}, "answers.a_sick"),
        ({"a_rest": "yes"}, "answers.a_rest"),
        ({}, "answers"),
    ],
)
async def test_answers_that_the_form_does_not_have(
    targets: dict[str, Target], answers: dict[str, Any], field: str
) -> None:
    answer = await targets["response"].send_json(targets["response"].good | {"answers": answers})
    assert fields(answer) == [field]


async def test_times_of_an_answer_need_a_zone(targets: dict[str, Target]) -> None:
    for name, field in (
        ("response", "completed_at"),
        ("signal", "at"),
        ("report", "sent_at"),
        ("follow-up", "review_at"),
    ):
        answer = await targets[name].send_json(targets[name].good | {field: "2026-03-02T10:00:00"})
        assert fields(answer) == [field]


async def test_times_far_away_are_taken_for_a_wrong_clock(story: Story) -> None:
    """The phone's clock may stand anywhere: the answer counts, at a time between opening and arrival."""
    recorded = await story.record_session()
    for n, year in enumerate((1, 1970, 2099, 9999)):
        at = f"{year:04}-01-01T00:00:00Z"
        body = form(await story.now(), CALM) | {"started_at": at, "completed_at": at, "sent_at": at}
        path = f"/api/my/check-ins/{recorded['check_ins'][n]['id']}/response"
        body["answers"] = body["answers"] if n < 2 else {"d_mood": 5}
        answer = await story.phone.browser.call("PUT", path, body)
        assert answer.status_code == 201, answer.text
        skewed = body | {
            "response_id": str(uuid4()),
            "started_at": "0001-01-01T00:00:00+14:00",
            "completed_at": "9999-12-31T23:59:59-14:00",
            "sent_at": "0001-01-01T00:00:00+14:00",
        }
        answer = await story.phone.browser.call("PUT", path, skewed)
        assert answer.status_code == 201, answer.text


async def test_an_id_that_is_none(story: Story) -> None:
    nora, phone = story.staff("nora"), story.phone.browser
    for wrong in ("1", CANARY, "%00", "..%2f..", "00000000-0000-0000-0000-00000000000g"):
        for browser, method, path in (
            (nora, "GET", f"/api/patients/{wrong}"), (nora, "GET", f"/api/sessions/{wrong}"),
            (nora, "GET", f"/api/alerts/{wrong}"),
            (nora, "GET", f"/api/patients/{wrong}/timeline"), (nora, "POST", f"/api/alerts/{wrong}/acknowledge"),
            (phone, "GET", f"/api/my/check-ins/{wrong}"), (phone, "GET", f"/api/my/status/{wrong}"),
        ):  # fmt: skip
            answer = await browser.call(method, path, {"version": 1} if method == "POST" else None)
            refused(answer, 404, 405)


async def test_a_dose_that_would_be_rounded_to_nothing_is_no_change_either(targets: dict[str, Target]) -> None:
    answer = await targets["session change"].send_json({"dose_mg": 0.001})
    assert fields(answer) == ["dose_mg"]


async def test_a_file_name_that_none_can_have(story: Story) -> None:
    browser = story.instance.browser()
    for wrong in ("/assets/%00.js", "/%00.js", "/assets/%0a.js", "/assets/" + "a" * 300 + ".js"):
        assert (await browser.get(wrong)).status_code == 404, wrong


async def test_a_query_that_is_wrong(story: Story) -> None:
    nora = story.staff("nora")
    for path in (
        f"/api/alerts?state={CANARY}",
        "/api/patients?limit=0",
        "/api/patients?limit=501",
        f"/api/patients?limit={CANARY}",
    ):
        refused(await nora.get(path), 400, 422)
