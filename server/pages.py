"""The built PWA: two pages for their paths, hashed assets for ever, icons for a day, everything else fresh; all of it
small on the way."""

from pathlib import Path
from typing import Any

from litestar import HttpMethod, MediaType, route
from litestar.handlers.base import BaseRouteHandler
from litestar.response import Response

from server.access.guards import public
from server.kit import errors
from server.kit.files import Anything, served

PATIENT_PATHS = ["/", "/e", "/c", "/help", "/report"]
TEAM_PATHS = ["/team", "/team/{rest:path}"]
READ = [HttpMethod.GET, HttpMethod.HEAD]
IMMUTABLE = "public, max-age=31536000, immutable"
FOR_A_DAY = "public, max-age=86400"
PICTURES = (".svg", ".png", ".ico")
TYPES = {
    ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".png": "image/png", ".ico": "image/x-icon",
    ".woff2": "font/woff2", ".webmanifest": "application/manifest+json", ".json": "application/json",
    ".txt": "text/plain",
}  # fmt: skip


def built() -> Path:
    """The folder with the built PWA: beside the package in a checkout, inside it when installed."""
    inside = Path(__file__).parent / "pwa"
    return inside if inside.is_dir() else Path(__file__).parent.parent / "pwa" / "dist"


def page(name: str, request: Anything) -> Response[Any]:
    """One HTML entry; plain words when the front end was not built."""
    path = built() / name
    if not path.is_file():
        return Response("The pages are not built yet. Run: make setup\n", status_code=503, media_type=MediaType.TEXT)
    return served(path, "text/html", "no-cache", request)


@route(PATIENT_PATHS, http_method=READ, guards=[public], include_in_schema=False, sync_to_thread=False)
def patient_page(request: Anything) -> Response[Any]:
    return page("index.html", request)


@route(TEAM_PATHS, http_method=READ, guards=[public], include_in_schema=False, sync_to_thread=False)
def team_page(request: Anything) -> Response[Any]:
    return page("team.html", request)


@route("/assets/{name:str}", http_method=READ, guards=[public], include_in_schema=False, sync_to_thread=False)
def asset(name: str, request: Anything) -> Response[Any]:
    return file(f"assets/{name}", IMMUTABLE, request)


@route("/{name:str}", http_method=READ, guards=[public], include_in_schema=False, sync_to_thread=False)
def root_file(name: str, request: Anything) -> Response[Any]:
    """Worker, manifest and icons, which a browser asks for twice; pages have their own paths."""
    if name.endswith(".html"):
        raise errors.not_found()
    return file(name, FOR_A_DAY if name.endswith(PICTURES) else "no-cache", request)


def file(name: str, cache: str, request: Anything) -> Response[Any]:
    """A built file; 404 for anything outside the folder."""
    folder = built().resolve()
    try:
        path = (folder / name).resolve()
        found = path.is_relative_to(folder) and path.is_file() and path.suffix in TYPES
    except (ValueError, OSError) as error:
        # A null byte, half a surrogate, a name longer than the file system takes.
        raise errors.not_found() from error
    if not found:
        raise errors.not_found()
    return served(path, TYPES[path.suffix], cache, request)


HANDLERS: list[BaseRouteHandler] = [patient_page, team_page, asset, root_file]
