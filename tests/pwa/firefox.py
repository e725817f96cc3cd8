"""Firefox, driven by its own Marionette protocol: lengths and JSON over TCP, without a driver of any vendor.

Its `chrome` context can take the network away from the whole browser, workers included.
"""

import asyncio
import json
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

PROGRAM = shutil.which("firefox-esr") or shutil.which("firefox")
FLAGS = ["--headless", "--no-remote", "--marionette", "--remote-allow-system-access"]
START_S, SCRIPT_MS = 60, 20_000
SETTINGS = """
user_pref("app.update.enabled", false);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("toolkit.telemetry.enabled", false);
user_pref("browser.startup.page", 0);
user_pref("network.disable-localhost-when-offline", true);
user_pref("ui.prefersReducedMotion", 1);
user_pref("intl.accept_languages", "en-US");
user_pref("marionette.port", %d);
"""


class Firefox:
    """One browser window."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._number = 0

    async def _receive(self) -> Any:
        length = int((await self._reader.readuntil(b":"))[:-1])
        return json.loads(await self._reader.readexactly(length))

    async def command(self, name: str, **parameters: Any) -> Any:
        """What the browser answers; RuntimeError with its words when it refuses."""
        self._number += 1
        text = json.dumps([0, self._number, name, parameters]).encode()
        self._writer.write(f"{len(text)}:".encode() + text)
        _, _, error, result = await self._receive()
        if error:
            raise RuntimeError(f"{name}: {error['message']}")
        return result.get("value") if isinstance(result, dict) else result

    async def open(self, url: str) -> None:
        await self.command("WebDriver:Navigate", url=url)

    async def run(self, script: str, *args: Any) -> Any:
        """The value of a function's body on the page; a promise is waited for."""
        wrapped = (
            "const [done, ...given] = [arguments[arguments.length - 1], ...[...arguments].slice(0, -1)];"
            f"(async (...args) => {{ {script} }})(...given).then(value => done(value), e => done('failed: ' + e));"
        )
        return await self.command(
            "WebDriver:ExecuteAsyncScript", script=wrapped, args=list(args), scriptTimeout=SCRIPT_MS
        )

    async def is_there(self, words: str) -> bool:
        """Whether a heading, button or text on the page begins with these words."""
        return bool(
            await self.run(
                "return document.body.innerText.split('\\n').some(t => t.trim().startsWith(args[0]));", words
            )
        )

    async def sees(self, words: str) -> None:
        for _ in range(200):
            if await self.is_there(words):
                return
            await asyncio.sleep(0.1)
        raise TimeoutError(f"{words}: not on {await self.run('return document.body.innerText;')}")

    async def press(self, css: str, words: str = "") -> None:
        """A real click on the first element that fits, when it is there."""
        find = (
            "return [...document.querySelectorAll(args[0])].findIndex(one => one.innerText.trim().startsWith(args[1]));"
        )
        for _ in range(200):
            at = await self.run(find, css, words)
            if at >= 0 and await self._clicked(css, at):
                return
            await asyncio.sleep(0.1)
        raise TimeoutError(f"{css} {words}")

    async def _clicked(self, css: str, at: int) -> bool:
        """False while the screen is still changing."""
        found = await self.command("WebDriver:FindElements", using="css selector", value=css)
        try:
            await self.command("WebDriver:ElementClick", id=next(iter(found[at].values())))
        except (RuntimeError, IndexError):
            return False
        return True

    async def set_offline(self, offline: bool) -> None:
        await self.command("Marionette:SetContext", value="chrome")
        await self.command("WebDriver:ExecuteScript", script="Services.io.offline = arguments[0];", args=[offline])
        await self.command("Marionette:SetContext", value="content")


@asynccontextmanager
async def firefox(folder: Path) -> AsyncIterator[Firefox]:
    """A browser with a new profile below `folder`."""
    assert PROGRAM is not None
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    profile = folder / "profile"
    profile.mkdir()
    (profile / "user.js").write_text(SETTINGS % port)
    quiet = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(
        PROGRAM, *FLAGS, "--profile", str(profile), stdout=quiet, stderr=quiet
    )
    writer = None
    try:
        reader, writer = await _connected(port)
        browser = Firefox(reader, writer)
        await browser._receive()
        await browser.command("WebDriver:NewSession", capabilities={"alwaysMatch": {}})
        yield browser
    finally:
        if writer is not None:
            writer.close()
        process.kill()
        await process.wait()


async def _connected(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    for _ in range(START_S * 5):
        try:
            return await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.2)
    raise TimeoutError("Firefox does not listen.")
