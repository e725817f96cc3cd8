"""Refusals: each knows its HTTP status and says what to do next; none echoes what was sent."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec


class FieldError(msgspec.Struct, frozen=True):
    """One wrong field: its path, and what is wrong in words that hold no value."""

    field: str
    message: str


class Problem(Exception):
    """An RFC 9457 problem. `kind` names it for programs; `extra` is added beside the standard members."""

    def __init__(
        self,
        status: int,
        title: str,
        *,
        kind: str = "about:blank",
        detail: str | None = None,
        errors: Sequence[FieldError] = (),
        extra: Mapping[str, Any] | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(title)
        self.status = status
        self.title = title
        self.kind = kind
        self.detail = detail
        self.errors = tuple(errors)
        self.extra = dict(extra or {})
        self.retry_after = retry_after

    def body(self) -> dict[str, Any]:
        """The problem+json document."""
        body: dict[str, Any] = {
            "type": self.kind,
            "title": self.title,
            "status": self.status,
        }
        if self.detail:
            body["detail"] = self.detail
        if self.errors:
            body["errors"] = [{"field": e.field, "message": e.message} for e in self.errors]
        return body | self.extra


def not_found() -> Problem:
    """Foreign and unknown look the same."""
    return Problem(404, "There is nothing here, or it is not yours to see.")


def signed_out() -> Problem:
    return Problem(401, "You are signed out. Sign in and try again.")


def forbidden(
    title: str = "Your role does not allow this. Ask an admin of your clinic.",
) -> Problem:
    return Problem(403, title)


def conflict(title: str, **extra: Any) -> Problem:
    return Problem(409, title, extra=extra)


def invalid(*errors: tuple[str, str]) -> Problem:
    """Fields that cannot be accepted: (path, message) pairs."""
    return Problem(
        422,
        "Some fields need a change.",
        errors=tuple(FieldError(field, message) for field, message in errors),
    )


def too_many(seconds: int) -> Problem:
    return Problem(
        429,
        f"Too many tries. Wait {max(1, seconds // 60)} minutes and try again.",
        retry_after=seconds,
    )


def not_done_yet() -> Problem:
    return Problem(503, "The same is being worked on at this moment. Try again.", retry_after=5)


def database_away() -> Problem:
    return Problem(
        503,
        "Afterglow cannot reach its records right now. Try again in a minute.",
        retry_after=5,
    )
