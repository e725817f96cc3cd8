"""The web process: routes put together, one pool, one alert feed, headers on everything."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from types import FrameType
from typing import Any
from urllib.parse import urlsplit

import structlog
import uvicorn
from litestar import Litestar
from litestar.datastructures import State
from litestar.di import Provide
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.types import ControllerRouterHandler

from server import health, pages
from server.access import guards
from server.access import routes as access
from server.alerts import routes as alerts
from server.alerts.feed import AlertFeed
from server.checkins import routes as checkins
from server.flow.together import Together
from server.interop import routes as interop
from server.kit import crypto
from server.kit.db import Database
from server.kit.http import EXCEPTION_HANDLERS, KnownHosts, StrictRequest, add_headers
from server.kit.log import set_up_logs
from server.kit.loop import collect_less, fast_loop
from server.lab import routes as lab
from server.notifications import routes as notifications
from server.patients import routes as patients
from server.protocols import routes as protocols
from server.responses import routes as responses
from server.sessions import routes as sessions
from server.settings import Settings
from server.timeline import routes as timeline
from server.timeline.indicators import routes as indicators
from server.visits import routes as visits

log = structlog.get_logger()

LARGEST_BODY = 64 * 1024
HANDLERS: Sequence[ControllerRouterHandler] = (
    *access.HANDLERS,
    *patients.HANDLERS,
    *protocols.HANDLERS,
    *sessions.HANDLERS,
    *visits.HANDLERS,
    *interop.HANDLERS,
    *checkins.HANDLERS,
    *responses.HANDLERS,
    *alerts.HANDLERS,
    *timeline.HANDLERS,
    *indicators.HANDLERS,
    *lab.HANDLERS,
    *notifications.HANDLERS,
    *health.HANDLERS,
    *pages.HANDLERS,
)


def create_app(settings: Settings, db: Database, extra: Sequence[ControllerRouterHandler] = ()) -> Litestar:
    """The application on an open pool. `extra` are the demo's routes; nothing else adds any."""
    feed = AlertFeed(listen_url(settings), listen_role(settings), db)

    @asynccontextmanager
    async def life(_: Litestar) -> AsyncIterator[None]:
        async with feed.running():
            yield

    def give_db() -> Database:
        return db

    def give_settings() -> Settings:
        return settings

    def give_feed() -> AlertFeed:
        return feed

    return Litestar(
        [*HANDLERS, *extra],
        state=State({"settings": settings, "db": db, "feed": feed, "together": Together(db)}),
        dependencies={
            **guards.DEPENDENCIES,
            "db": Provide(give_db, sync_to_thread=False),
            "settings": Provide(give_settings, sync_to_thread=False),
            "feed": Provide(give_feed, sync_to_thread=False),
        },
        request_class=StrictRequest,
        exception_handlers=EXCEPTION_HANDLERS,
        before_send=[add_headers(settings.url.startswith("https://"))],
        middleware=[KnownHosts(allowed_hosts(settings))],
        request_max_body_size=LARGEST_BODY,
        lifespan=[life],
        openapi_config=OpenAPIConfig(
            title="Afterglow", version="1", path="/schema", render_plugins=[JsonRenderPlugin()]
        ),
        logging_config=None,
        debug=False,
    )


def allowed_hosts(settings: Settings) -> list[str]:
    """The public host and this machine itself, as the Host header names them: with their port."""
    public, here = urlsplit(settings.url), ["localhost", "127.0.0.1", "[::1]"]
    named = [public.netloc, public.hostname or "localhost", *here, *(f"{host}:{settings.port}" for host in here)]
    return list(dict.fromkeys(named))


def listen_url(settings: Settings) -> str | None:
    """Where LISTEN works: not through a pooler, unless a direct DSN is given; None means polling."""
    if settings.database_listen_url:
        return settings.database_listen_url
    return None if settings.database_pooled else settings.database_url


def listen_role(settings: Settings) -> str | None:
    """With separate DSNs each has its role; with one for all the role is taken at connect."""
    return None if settings.database_engine_url else "afterglow_web"


class Server(uvicorn.Server):
    """Ends the live streams as soon as it is told to stop, so that they do not hold it up."""

    def __init__(self, config: uvicorn.Config, feed: AlertFeed) -> None:
        super().__init__(config)
        self._feed = feed

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._feed.end_streams()
        super().handle_exit(sig, frame)


async def serve(settings: Settings) -> None:
    """Open the pool, serve until told to stop."""
    db = await Database.open(
        settings.database_url or "",
        listen_role(settings),
        crypto.load_key(settings.key_file),
        pooled=settings.database_pooled,
    )
    extra: Sequence[ControllerRouterHandler] = ()
    if settings.demo:
        from server.demo import routes as demo

        extra = demo.HANDLERS
    app = create_app(settings, db, extra)
    served: Any = app
    if settings.demo:
        from server.demo.enrolled_phones import EnrolledPhones

        served = EnrolledPhones(app, settings, db)
    config = uvicorn.Config(
        served,
        host=settings.host,
        port=settings.port,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=5,
        server_header=False,
        proxy_headers=False,
        h11_max_incomplete_event_size=64 * 1024,
    )
    collect_less()
    try:
        await Server(config, app.state["feed"]).serve()
    finally:
        await db.close()


def main(settings: Settings) -> None:
    """`python -m server web`."""
    set_up_logs()
    with asyncio.Runner(loop_factory=fast_loop) as runner:
        runner.run(serve(settings))
