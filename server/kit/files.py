"""Files over HTTP, compressed on the way."""

import gzip
from functools import lru_cache
from pathlib import Path
from typing import Any

from litestar import Request
from litestar.response import File, Response

PRESSED = frozenset({".html", ".js", ".css", ".svg", ".webmanifest", ".json", ".txt"})
Anything = Request[Any, Any, Any]


@lru_cache(maxsize=200)
def pressed(path: Path, _changed: int) -> bytes:
    """The file after gzip; made once for each version of it."""
    return gzip.compress(path.read_bytes(), 9, mtime=0)


def served(path: Path, media_type: str, cache: str, request: Anything) -> Response[Any]:
    """The file, compressed for whoever takes that: the budgets of the web apps count so."""
    if path.suffix not in PRESSED or "gzip" not in request.headers.get("accept-encoding", ""):
        headers = {"cache-control": cache, "vary": "accept-encoding"}
        return File(path, media_type=media_type, content_disposition_type="inline", headers=headers)
    headers = {"cache-control": cache, "vary": "accept-encoding", "content-encoding": "gzip"}
    return Response(pressed(path, path.stat().st_mtime_ns), media_type=media_type, headers=headers)
