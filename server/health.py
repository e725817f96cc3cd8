"""What an operator asks: is it alive, does the engine turn, how much is waiting."""

from typing import Any

import msgspec
from litestar import MediaType, get
from litestar.handlers.base import BaseRouteHandler
from litestar.response import Response
from prometheus_client import CollectorRegistry, Gauge, generate_latest

from server.access.guards import operator_only, public
from server.kit.actor import Actor
from server.kit.db import Database

RED_S = 30
GET_AGE = "select extract(epoch from wall_now() - finished_at)::float8 as age_s, held from engine_cycle"
GET_WAITING = """
select messages_due, messages_lag_s, check_ins_due, check_ins_lag_s, alerts_due, alerts_lag_s from engine_cycle
"""
GET_PROVEN_AGE = "select extract(epoch from wall_now() - proven_at)::float8 as age_s from proven_page"
WAITING = {
    "messages": "messages that are due to be sent",
    "check_ins": "check-ins that are due to be opened, asked again or closed",
    "alerts": "alerts whose next step is due",
}


class Turning(msgspec.Struct, frozen=True):
    """`age_s`: seconds since any worker finished a cycle (machine time), None when none ever did. `held`: clinics
    whose messages wait for an admin after a restore."""

    age_s: float | None
    held: int

    @property
    def is_red(self) -> bool:
        return self.age_s is None or self.age_s > RED_S or self.held > 0


async def engine_state(db: Database) -> Turning:
    """How the engine turns, as the last finished cycle left it written."""
    async with db.begin(Actor("system", None)) as tx:
        row = await tx.one(GET_AGE)
    return Turning(None, 0) if row is None else Turning(float(row["age_s"]), row["held"])


@get("/health/live", guards=[public], include_in_schema=False)
async def live() -> dict[str, str]:
    return {"status": "alive"}


@get("/health/engine", guards=[public], include_in_schema=False)
async def engine(db: Database) -> Response[dict[str, Any]]:
    """Red also while messages are held: the engine turns, and nothing leaves."""
    state = await engine_state(db)
    age_s = None if state.age_s is None else round(state.age_s, 1)
    return Response({"age_s": age_s, "sending_held": state.held}, status_code=503 if state.is_red else 200)


@get("/metrics", guards=[operator_only], include_in_schema=False, media_type=MediaType.TEXT)
async def metrics(db: Database) -> str:
    registry = CollectorRegistry()
    state = await engine_state(db)
    async with db.begin(Actor("system", None)) as tx:
        waiting, proven = await tx.one(GET_WAITING), await tx.one(GET_PROVEN_AGE)

    def gauge(name: str, words: str, value: float | None) -> None:
        Gauge(f"afterglow_{name}", words, registry=registry).set(float("nan") if value is None else value)

    gauge("engine_age_seconds", "Seconds since a worker finished a cycle", state.age_s)
    gauge("sending_held_clinics", "Clinics whose messages wait for an admin", state.held)
    gauge("page_proven_age_seconds", "Seconds since the watcher saw a page arrive", proven["age_s"] if proven else None)
    for key, words in WAITING.items():
        due, lag = (waiting[f"{key}_due"], waiting[f"{key}_lag_s"]) if waiting else (None, None)
        gauge(f"{key}_due", f"How many {words}, as the worker counted them last", due)
        gauge(f"{key}_lag_seconds", f"How late the oldest is of the {words}", lag)
    return generate_latest(registry).decode()


HANDLERS: list[BaseRouteHandler] = [live, engine, metrics]
