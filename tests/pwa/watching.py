"""Whatever a page complains about fails the test: console errors, refused content, broken scripts."""

import msgspec
from playwright.async_api import BrowserContext, ConsoleMessage, WebError


class Watch(msgspec.Struct):
    """The complaints of one browser window. `expected`: parts of complaints that a test brings about itself."""

    complaints: list[str]
    expected: list[str]

    def unexpected(self) -> list[str]:
        return [text for text in self.complaints if not any(part in text for part in self.expected)]


def watch(context: BrowserContext) -> Watch:
    """From now on. Asking who is signed in is answered 401 to somebody who is not; private windows take no push."""
    signed_out = "/api/me: Failed to load resource: the server responded with a status of 401"
    seen = Watch([], [signed_out, "does not support the Push API in incognito mode"])

    def on_console(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            path = "/" + message.location["url"].partition("//")[2].partition("/")[2]
            seen.complaints.append(f"{path}: {message.text}")

    def on_error(error: WebError) -> None:
        seen.complaints.append(str(error.error))

    context.on("console", on_console)
    context.on("weberror", on_error)
    return seen
