"""What an operator asks: is it alive, does the engine turn, how much is waiting."""

from typing import Any

from litestar import MediaType, get
from litestar.handlers.base import BaseRouteHandler
from litestar.response import Response
from prometheus_client import CollectorRegistry, Gauge, generate_latest

from server.access.guards import operator_only, public
from server.kit.actor import Actor
from server.kit.db import Database

RED_S = 30
GET_AGE = "select extract(epoch from wall_now() - finished_at)::float8 as age_s from engine_cycle"


async def engine_age(db: Database) -> float | None:
    """Seconds since any worker finished a cycle (machine time); None when none ever did."""
    async with db.begin(Actor("system", None)) as tx:
        row = await tx.one(GET_AGE)
    return None if row is None else float(row["age_s"])


@get("/health/live", guards=[public], include_in_schema=False)
async def live() -> dict[str, str]:
    return {"status": "alive"}


@get("/health/engine", guards=[public], include_in_schema=False)
async def engine(db: Database) -> Response[dict[str, Any]]:
    age = await engine_age(db)
    red = age is None or age > RED_S
    return Response({"age_s": None if age is None else round(age, 1)}, status_code=503 if red else 200)


@get("/metrics", guards=[operator_only], include_in_schema=False, media_type=MediaType.TEXT)
async def metrics(db: Database) -> str:
    registry = CollectorRegistry()
    age = await engine_age(db)
    gauge = Gauge("afterglow_engine_age_seconds", "Seconds since a worker finished a cycle", registry=registry)
    gauge.set(float("nan") if age is None else age)
    return generate_latest(registry).decode()


HANDLERS: list[BaseRouteHandler] = [live, engine, metrics]
