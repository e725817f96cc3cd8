"""From the commit of a flag to the event on the team's screen."""

import asyncio
from typing import Any
from uuid import uuid4

import httpx
import msgspec

from server.kit.clock import monotonic
from tests.api.instance import PASSWORD
from tests.bench.ground import Ground, Target, web_process
from tests.bench.measure import Line
from tests.bench.submissions import body
from tests.rules.answering import WELL

EACH_S = 1 / 50


async def bench_screen(on: Ground, targets: list[Target]) -> list[Line]:
    """Flagged answers, 50 a second; how long after its reply each alert stands on a nurse's open screen."""
    now = await on.owner.fetchval("select app_now()")
    async with web_process(on) as web, httpx.AsyncClient(base_url=f"http://127.0.0.1:{web.port}", timeout=60) as client:
        mine = {"X-Afterglow": "1"}
        await client.post("/api/sign-in", json={"email": "nora@example.org", "password": PASSWORD}, headers=mine)
        cookies = {"cookie": "; ".join(f"{c.name}={c.value}" for c in client.cookies.jar)}
        seen: dict[str, float] = {}
        ready = asyncio.Event()
        watching = asyncio.create_task(watch(client, cookies, seen, ready))
        await ready.wait()
        answered: dict[str, float] = {}

        async def submit(target: Target) -> None:
            bad = body(now) | {"response_id": str(uuid4()), "answers": WELL["acute@1"] | {"a_sick": "many"}}
            sent = await client.put(
                f"/api/my/check-ins/{target.check_in_id}/response", content=msgspec.json.encode(bad),
                headers={"authorization": f"Bearer {target.token}", "content-type": "application/json"},
            )  # fmt: skip
            sent.raise_for_status()
            answered[str(target.patient_id)] = monotonic()

        waiting = []
        for target in targets:
            waiting.append(asyncio.create_task(submit(target)))
            await asyncio.sleep(EACH_S)
        await asyncio.gather(*waiting)
        while answered.keys() - seen.keys():
            await asyncio.sleep(0.05)
        watching.cancel()
    late = sorted(max(0.0, seen[patient] - at) for patient, at in answered.items())
    p50, p99 = (1000 * late[int(len(late) * part)] for part in (0.5, 0.99))
    told = f"p50 {p50:.0f} ms, p99 {p99:.0f} ms"
    return [Line("commit of a flag to the event on the screen, 50/s", told, "", "", "1 s", "100 ms")]


async def watch(
    client: httpx.AsyncClient, cookies: dict[str, str], seen: dict[str, float], ready: asyncio.Event
) -> None:
    """When each patient's alert came first."""
    headers = {"accept": "text/event-stream", **cookies}
    async with client.stream("GET", "/api/alerts/stream", headers=headers, timeout=None) as stream:
        stream.raise_for_status()
        async for text in stream.aiter_lines():
            if text.startswith("event: ready"):
                ready.set()
            elif text.startswith("data:") and "patient_id" in text:
                alert: dict[str, Any] = msgspec.json.decode(text.partition(":")[2])
                seen.setdefault(alert["patient_id"], monotonic())
