"""The route table, walked with ids that exist: who is served, who is refused, and what a stranger sees."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute

from server.access import guards
from server.app import HANDLERS
from tests.api.calls import APART, Call, patient_calls, something_happens, staff_calls
from tests.api.instance import Browser
from tests.flow.story import Story

OF_PATIENTS = (guards.phone_only, guards.answering, guards.claiming)
TOUCHED = ("audit_log", "staff_sign_ins", "devices")
TABLES = "select relname::text as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace"
CONTENT = "select coalesce(md5(string_agg(t::text, ',' order by t::text)), '') as sum from {} t"
IDS = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")


def routes() -> Iterator[tuple[str, str, HTTPRouteHandler]]:
    """(method, path, handler) of all we serve."""
    for route in Litestar(list(HANDLERS), openapi_config=None).routes:
        assert isinstance(route, HTTPRoute)
        for handler in route.route_handlers:
            if handler.http_methods != {"OPTIONS"}:
                yield next(iter(handler.http_methods)), route.path, handler


def guard_of(handler: HTTPRouteHandler) -> Any:
    (guard,) = handler.guards or ()
    return guard


async def send(browser: Browser, call: Call) -> httpx.Response:
    return await browser.call(call.method, call.path, call.body)


async def test_the_tables_of_calls_leave_no_route_out(story: Story) -> None:
    there = await something_happens(story)
    called = {(c.method, c.route) for c in await staff_calls(story, there) + await patient_calls(story, there)}
    guarded = {
        (method, path)
        for method, path, handler in routes()
        if isinstance(guard_of(handler), guards.StaffOnly) or guard_of(handler) in OF_PATIENTS
    }
    assert called | APART.keys() == guarded


async def test_a_wrong_role_is_refused_and_a_right_one_is_served(story: Story) -> None:
    there = await something_happens(story)
    roles = {(method, path): guard_of(handler) for method, path, handler in routes()}
    people = {"viewer": "vera", "nurse": "nora", "clinician": "omar", "admin": "lena"}
    for call in await staff_calls(story, there):
        allowed = roles[call.method, call.route].roles
        for role in people.keys() - set(allowed):
            refused = await send(story.staff(people[role]), call)
            assert refused.status_code == 403, (role, call)
        served = await send(story.staff(people[allowed[-1]] if allowed[-1] != "viewer" else "vera"), call)
        assert served.is_success, (call, served.text)
    await story.settle()
    for _ in list(story.messages.unexpected()):
        message = story.messages.unexpected()[0]
        await story.got(message.to)


async def test_a_phone_is_served_what_is_its_own(story: Story) -> None:
    there = await something_happens(story)
    for call in await patient_calls(story, there):
        served = await send(story.phone.browser, call)
        assert served.is_success, (call, served.text)


async def test_what_is_foreign_looks_exactly_like_what_is_not_there(story: Story) -> None:
    there = await something_happens(story)
    tried = 0
    for call in await staff_calls(story, there):
        if not IDS.search(call.path):
            continue
        tried += 1
        unknown = Call(call.method, call.route, IDS.sub(str(uuid4()), call.path), call.body)
        by_stranger = await send(story.staff("zoe"), call)
        not_there = await send(story.staff("lena"), unknown)
        assert (by_stranger.status_code, not_there.status_code) == (404, 404), call
        assert by_stranger.content == not_there.content
        names = {name for name in by_stranger.headers if name != "date"}
        assert names == {name for name in not_there.headers if name != "date"}
    assert tried >= 12


async def test_reading_changes_nothing_but_the_audit_log(story: Story) -> None:
    there = await something_happens(story)
    tables = [row["name"] for row in await story.rows(TABLES)]

    async def content() -> dict[str, str]:
        return {table: (await story.rows(CONTENT.format(table)))[0]["sum"] for table in tables if table not in TOUCHED}

    before = await content()
    for call in await staff_calls(story, there):
        if call.method == "GET":
            assert (await send(story.staff("lena"), call)).is_success, call
    for call in await patient_calls(story, there):
        if call.method == "GET":
            assert (await send(story.phone.browser, call)).is_success, call
    assert await content() == before
