"""The edge: strict JSON in, problem+json out, the headers every answer carries."""

import re
from collections.abc import Mapping, MutableMapping, Sequence
from typing import Any

import asyncpg
import msgspec
import structlog
from litestar import MediaType, Request, Response
from litestar.enums import ScopeType
from litestar.exceptions import HTTPException, ValidationException
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from server.kit import errors
from server.kit.db import AWAY
from server.kit.errors import FieldError, Problem
from server.kit.plain_words import plain

log = structlog.get_logger()

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    "font-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'; object-src 'none'"
)
HEADERS = {
    b"content-security-policy": CONTENT_SECURITY_POLICY.encode(),
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"permissions-policy": b"camera=(), microphone=(), geolocation=(), payment=()",
}
# A lone NUL cannot be stored by PostgreSQL; other control characters have no place in a name or a note.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
UNKNOWN = re.compile(r"contains unknown field `([A-Za-z_][A-Za-z0-9_]{0,39})`")
MISSING = re.compile(r"missing required field `([A-Za-z0-9_]+)`")
PATH = re.compile(r" - at `\$([^`]*)`$")


class StrictRequest(Request[Any, Any, Any]):
    """Decodes JSON strictly: bad syntax and unpaired surrogates are 400, control characters and wrong types 422.

    The conversion to the handler's type happens here because the framework's own takes "true" for true and "4" for 4.
    """

    async def json(self) -> Any:
        body = await self.body()
        if not body:
            raise Problem(400, "The request has no body. Send JSON.")
        value = decode_strictly(body)
        wanted = self.scope["route_handler"].parsed_data_field
        return value if wanted is None else convert_strictly(value, wanted.annotation)


def decode_strictly(body: bytes) -> Any:
    """JSON as plain values: 400 for bad syntax and unpaired surrogates, 422 for control characters."""
    try:
        value = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Problem(400, "The request is not readable JSON.") from error
    if b"\\u00" in body or CONTROL.search(body.decode("utf-8", "replace")):
        refuse_control_characters(value, "")
    return value


def convert_strictly(value: Any, wanted: Any) -> Any:
    """The decoded JSON as the handler's type; 422 with the field that does not fit."""
    try:
        return msgspec.convert(value, wanted)
    except msgspec.ValidationError as error:
        problem = field_error({"message": str(error)})
        raise errors.invalid((problem.field, problem.message)) from error


def refuse_control_characters(value: Any, path: str) -> None:
    """422 naming the first field whose text holds a control character."""
    if isinstance(value, str):
        if CONTROL.search(value):
            raise errors.invalid((path or "body", "Contains a character that is not allowed."))
    elif isinstance(value, dict):
        for key, item in value.items():
            if CONTROL.search(key):
                raise errors.invalid((path or "body", "Contains a field name that is not allowed."))
            refuse_control_characters(item, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            refuse_control_characters(item, f"{path}[{index}]")


def problem_response(problem: Problem) -> Response[bytes]:
    """The problem as an HTTP answer."""
    headers = {"cache-control": "no-store"}
    if problem.retry_after is not None:
        headers["retry-after"] = str(problem.retry_after)
    return Response(
        msgspec.json.encode(problem.body()),
        status_code=problem.status,
        media_type="application/problem+json",
        headers=headers,
    )


def on_problem(_: Request[Any, Any, Any], problem: Problem) -> Response[bytes]:
    return problem_response(problem)


def on_invalid(request: Request[Any, Any, Any], error: ValidationException) -> Response[bytes]:
    """Litestar's decoding errors: the field and a message that holds types and limits, never the value sent."""
    details = error.extra if isinstance(error.extra, list) else []
    found = [field_error(d) for d in details if isinstance(d, Mapping)] or [FieldError("body", "Not acceptable.")]
    found = [FieldError(_sent_as(request, e.field), e.message) for e in found]
    return problem_response(Problem(422, "Some fields need a change.", errors=found))


def _sent_as(request: Request[Any, Any, Any], field: str) -> str:
    """A parameter by the name that it has in the address, which need not be the handler's own."""
    known = request.route_handler.parsed_fn_signature.parameters.get(field)
    name = None if known is None else getattr(known.kwarg_definition, "name", None)
    return name or field


def field_error(detail: Mapping[str, Any]) -> FieldError:
    """One msgspec complaint as a field error."""
    message = str(detail.get("message", ""))
    field = str(detail.get("key", "")).removeprefix("data.").removeprefix("data")
    if at := PATH.search(message):
        field = field or at.group(1).strip(".")
        message = message[: at.start()]
    if missing := MISSING.search(message):
        return FieldError(f"{field}.{missing.group(1)}".strip("."), "Is missing.")
    if unknown := UNKNOWN.search(message):
        return FieldError(f"{field}.{unknown.group(1)}".strip("."), "Is not a known field.")
    if "unknown field" in message:
        return FieldError(field or "body", "Has a field that is not known.")
    return FieldError(field or "body", plain(message))


def on_http(_: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    """The framework's own refusals in our words."""
    titles = {404: errors.not_found().title, 405: "This address does not take that kind of call.",
              413: "This is too large.", 415: "Send JSON."}  # fmt: skip
    status = error.status_code
    return problem_response(Problem(status, titles.get(status, "The request cannot be understood.")))


def on_away(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """The database is away: come back in a moment. People get a page, programs a problem."""
    log.warning("database_away", error=type(error).__name__)
    if "text/html" in request.headers.get("accept", ""):
        return Response(AWAY_PAGE, status_code=503, media_type=MediaType.HTML, headers={"retry-after": "5"})
    return problem_response(errors.database_away())


def on_error(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Anything else is ours to mend: logged by type and place, never by text (it may hold row values)."""
    log.error("unhandled", error=type(error).__name__, at=_place(error), method=request.method)
    return problem_response(Problem(500, "Something went wrong on our side. Try again; if it stays, call your clinic."))


def _place(error: BaseException) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "" if trace is None else f"{trace.tb_frame.f_code.co_qualname}:{trace.tb_lineno}"


EXCEPTION_HANDLERS: MutableMapping[Any, Any] = {
    Problem: on_problem,
    ValidationException: on_invalid,
    HTTPException: on_http,
    **dict.fromkeys((*AWAY, asyncpg.QueryCanceledError, asyncpg.LockNotAvailableError), on_away),
    Exception: on_error,
}


class KnownHosts(ASGIMiddleware):
    """Only requests for a name of ours: a page elsewhere must not reach us under its own name."""

    scopes = (ScopeType.HTTP,)

    def __init__(self, hosts: Sequence[str]) -> None:
        self._hosts = frozenset(host.encode() for host in hosts)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """400 with what to do about it."""
        if dict(scope["headers"]).get(b"host", b"").lower() not in self._hosts:
            raise Problem(400, "Afterglow is not served under this address. An admin can set it with AFTERGLOW_URL.")
        await next_app(scope, receive, send)


def add_headers(https: bool) -> Any:
    """A before-send hook that puts the security headers on every answer, errors included."""
    extra = {**HEADERS, **({b"strict-transport-security": b"max-age=31536000; includeSubDomains"} if https else {})}

    async def before_send(message: Message, scope: Scope) -> None:
        if message["type"] != "http.response.start" or scope["type"] != ScopeType.HTTP:
            return
        present = {name.lower() for name, _ in message["headers"]}
        added = [(name, value) for name, value in extra.items() if name not in present]
        if b"cache-control" not in present:
            added.append((b"cache-control", b"no-store"))
        message["headers"] = [*message["headers"], *added]

    return before_send


AWAY_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>One moment</title><h1>One moment</h1>
<p>We cannot reach our records right now. Please try again in a minute.</p>
<p>If you feel unwell, do not wait: call your clinic or your local emergency number.</p></html>
"""
