"""Every operation of the API description, called with what its schema allows and what it does not: never a 500."""

import asyncio
import contextlib
import json
from typing import Any

import hypothesis
import pytest
import schemathesis
from schemathesis import GenerationMode
from schemathesis.core.result import Ok

from tests.api.calls import Happened, something_happens
from tests.api.served import Served, served
from tests.flow.story import Story

pytestmark = pytest.mark.slow

SETTINGS = hypothesis.settings(
    max_examples=12, deadline=None, derandomize=True, database=None, phases=[hypothesis.Phase.generate],
    suppress_health_check=list(hypothesis.HealthCheck),
)  # fmt: skip
LEFT_OUT = ("/api/alerts/stream", "/demo")
"""A stream never ends; the demo's routes are not here."""
ENDS_THE_SIGN_IN = {("DELETE", "/api/sign-in"), ("DELETE", "/api/my/device")}


async def test_no_input_makes_the_server_fail(story: Story) -> None:
    """Nothing is sent until all are made, which takes minutes: the engine says so."""
    story.expected_errors.add("pages_late")
    there = await something_happens(story)
    async with served(story) as web:
        description = (await web.get("/schema/openapi.json", "nora")).json()
        caller = Caller(web, ids(story, there))
        await asyncio.to_thread(caller.everything, description)
    assert caller.failed == []
    assert caller.tried > 400
    await story.settle()
    for message in list(story.messages.unexpected()):
        await story.got(message.to)


def ids(story: Story, there: Happened) -> dict[str, str]:
    """Path parameters that lead somewhere."""
    return {
        "patient_id": there.patient, "session_id": there.session, "alert_id": there.alert["id"],
        "check_in_id": there.check_in, "response_id": there.response, "staff_id": str(story.world.ids.staff["vera"]),
    }  # fmt: skip


class Caller:
    """Calls, and notes what went wrong."""

    def __init__(self, web: Served, real: dict[str, str]) -> None:
        self.web = web
        self.real = real
        self.tried = 0
        self.failed: list[str] = []

    def everything(self, description: dict[str, Any]) -> None:
        """Each operation with values that fit its schema and with values that do not."""
        for found in schemathesis.openapi.from_dict(description).get_all_operations():
            assert isinstance(found, Ok), found
            operation = found.ok()
            if not operation.path.startswith(LEFT_OUT):
                for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
                    self.generate(operation, mode)

    def generate(self, operation: Any, mode: GenerationMode) -> None:
        run = hypothesis.given(case=operation.as_strategy(generation_mode=mode))(self.one)
        with contextlib.suppress(hypothesis.errors.Unsatisfiable):
            SETTINGS(run)()

    def one(self, case: Any) -> None:
        """One call; a refusal is a problem document."""
        self.tried += 1
        case.path_parameters = {
            name: self.real.get(name, value) for name, value in (case.path_parameters or {}).items()
        }
        answer = case.call(base_url=self.web.url, headers={**(case.headers or {}), **self.headers(case)})
        if answer.status_code >= 500:
            self.failed.append(f"{case.method} {case.path}: {answer.status_code} {case.body!r} {case.query!r}")
        elif answer.status_code >= 400 and json.loads(answer.content)["status"] != answer.status_code:
            self.failed.append(f"{case.method} {case.path}: not a problem document")

    def headers(self, case: Any) -> dict[str, str]:
        if (case.method.upper(), case.path) in ENDS_THE_SIGN_IN:
            return {"X-Afterglow": "1", "Host": "localhost"}
        return self.web.headers("ana" if case.path.startswith("/api/my") else "lena")
