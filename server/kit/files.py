"""Files over HTTP: compressed on the way, and not sent again to whoever has them."""

import gzip
import re
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from litestar import Request
from litestar.datastructures import ETag
from litestar.response import File, Response

PRESSED = frozenset({".html", ".js", ".css", ".svg", ".webmanifest", ".json", ".txt"})
NEVER = re.compile(r"q=0(\.0*)?")
Anything = Request[Any, Any, Any]


@lru_cache(maxsize=200)
def pressed(path: Path, _changed: int) -> bytes:
    """The file after gzip; made once for each version of it."""
    return gzip.compress(path.read_bytes(), 9, mtime=0)


@lru_cache(maxsize=200)
def digest(path: Path, _changed: int) -> str:
    """The same on every host for the same content."""
    return sha256(path.read_bytes()).hexdigest()[:32]


def served(path: Path, media_type: str, cache: str, request: Anything) -> Response[Any]:
    """The file, compressed for whoever takes that: the budgets of the web apps count so. 304 for who has it."""
    changed = path.stat().st_mtime_ns
    small = path.suffix in PRESSED and takes_gzip(request.headers.get("accept-encoding", ""))
    tag = ETag(value=digest(path, changed) + ("-gzip" if small else ""))
    headers = {"cache-control": cache, "vary": "accept-encoding"}
    if has(request.headers.get("if-none-match", ""), tag):
        return Response(None, status_code=304, headers={**headers, "etag": tag.to_header()})
    if not small:
        return File(path, media_type=media_type, content_disposition_type="inline", headers=headers, etag=tag)
    headers |= {"content-encoding": "gzip", "etag": tag.to_header()}
    return Response(pressed(path, changed), media_type=media_type, headers=headers)


def takes_gzip(accept_encoding: str) -> bool:
    """RFC 9110, 12.5.3: what is not named is as `*`, and a weight of 0 means no."""
    weights = {}
    for part in accept_encoding.lower().split(","):
        name, _, weight = part.replace(" ", "").partition(";")
        weights[name] = weight
    weight = weights.get("gzip", weights.get("*", "q=0"))
    return NEVER.fullmatch(weight) is None


def has(if_none_match: str, tag: ETag) -> bool:
    """RFC 9110, 13.1.2: any of the listed ones, weak or strong."""
    listed = (one.strip().removeprefix("W/") for one in if_none_match.split(","))
    return any(one in ("*", tag.to_header()) for one in listed)
