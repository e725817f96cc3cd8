"""Every route has exactly one guard, and every guard holds: anonymous, wrong role, wrong cookie, foreign page."""

import re
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute

from server.access import guards
from server.access.guards import StaffOnly
from server.access.model import EVERYBODY
from server.demo import routes as demo
from server.kit.ids import uuid7
from tests.api.instance import Browser, Instance

OURS = (
    guards.phone_only,
    guards.answering,
    guards.claiming,
    guards.public,
    guards.provider_signed,
    guards.demo_only,
    guards.operator_only,
)
OF_PATIENTS = (guards.phone_only, guards.answering, guards.claiming)
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}
WRITTEN_BY_LITESTAR = "/schema"


class Operation(msgspec.Struct, frozen=True):
    """One method on one path, with its guard."""

    method: str
    path: str
    guard: Any

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def operations(app: Litestar) -> Iterator[Operation]:
    """The route table, with ids that nobody has in the paths."""
    for route in app.routes:
        if not isinstance(route, HTTPRoute) or route.path.startswith(WRITTEN_BY_LITESTAR):
            continue
        for method, (handler, _) in route.route_handler_map.items():
            if method != "OPTIONS":
                yield Operation(method, filled(route.path), one_guard(handler, route.path))


def filled(path: str) -> str:
    path = re.sub(r"\{\w+:uuid\}", lambda _: str(uuid7()), path)
    return re.sub(r"\{\w+:int\}", "1", re.sub(r"\{\w+:(str|path)\}", "none", path))


def one_guard(handler: HTTPRouteHandler, path: str) -> Any:
    found = [g.func if hasattr(g, "func") else g for g in handler.guards or ()]
    assert len(found) == 1, f"{path} has {len(found)} guards"
    assert isinstance(found[0], StaffOnly) or found[0] in OURS, f"{path} has a guard that is not ours"
    return found[0]


async def status(browser: Browser, operation: Operation) -> int:
    body: dict[str, Any] | None = {} if operation.method in UNSAFE else None
    return (await browser.call(operation.method, operation.path, body)).status_code


async def test_every_route_has_exactly_one_guard(instance: Instance) -> None:
    assert len(list(operations(instance.app))) > 40
    for handler in demo.HANDLERS:
        assert [*(handler.guards or [])] == [guards.demo_only]


async def test_nobody_signed_out_gets_past_a_guard(instance: Instance) -> None:
    browser = instance.browser()
    for operation in operations(instance.app):
        if isinstance(operation.guard, StaffOnly) or operation.guard in (
            guards.phone_only,
            guards.answering,
            guards.claiming,
        ):
            assert await status(browser, operation) == 401, operation


async def test_roles_are_kept(instance: Instance) -> None:
    people = {"admin": "lena", "clinician": "omar", "nurse": "nora", "viewer": "vera"}
    for role in EVERYBODY:
        browser = await instance.as_staff(people[role])
        for operation in operations(instance.app):
            if not isinstance(operation.guard, StaffOnly) or operation.path in ("/api/sign-in", "/api/alerts/stream"):
                continue
            found = await status(browser, operation)
            if role in operation.guard.roles:
                assert found not in (401, 403, 500), f"{role}: {operation} is {found}"
            else:
                assert found == 403, f"{role}: {operation} is {found}"


async def test_staff_cookies_open_no_route_of_a_phone(instance: Instance) -> None:
    browser = await instance.as_staff("lena")
    for operation in operations(instance.app):
        if operation.guard in OF_PATIENTS:
            assert await status(browser, operation) == 401, operation


async def test_another_site_gets_past_no_unsafe_route(instance: Instance) -> None:
    browser = await instance.as_staff("lena")
    for operation in operations(instance.app):
        if operation.method in UNSAFE and operation.guard is not guards.provider_signed:
            sent = await browser.http.request(operation.method, operation.path, json={})
            assert sent.status_code == 403, operation


async def test_metrics_are_for_this_machine(instance: Instance) -> None:
    assert (await instance.browser().get("/metrics")).status_code == 200
    assert (await instance.browser("203.0.113.7").get("/metrics")).status_code == 404
    proxied = await instance.browser().call("GET", "/metrics", x_forwarded_for="203.0.113.7")
    assert proxied.status_code == 404


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "localhost:81", ""])
async def test_under_another_name_nothing_is_served(instance: Instance, host: str) -> None:
    answer = await instance.browser().call("GET", "/api/me", host=host)
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    assert "AFTERGLOW_URL" in answer.json()["title"]


async def test_pages_answer_a_look_without_a_body(instance: Instance) -> None:
    page = await instance.browser().http.head("/team")
    assert (page.status_code, page.content) == (200, b"")
