"""Logs: one JSON object a line, ids only."""

import logging
import sys

import structlog


def set_up_logs(level: int = logging.INFO) -> None:
    """JSON lines on standard error. Libraries speak from warnings on: their lines may hold addresses."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    form = "%(levelname)s %(name)s %(message)s"
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format=form, force=True)
    for noisy in ("httpx", "httpcore", "apscheduler", "mail.log", "asyncio", "asyncpg"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
