"""Browsers on a running demo: phones, team screens, and a picture of each when a test fails."""

from collections.abc import AsyncIterator, Awaitable, Callable, Generator
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import msgspec
import pytest
from playwright.async_api import Browser, BrowserContext, async_playwright, expect

from server.kit.embedded import EmbeddedPostgres
from tests.pwa.demo import ROOT, Demo
from tests.pwa.phone import Phone
from tests.pwa.staff import LEFT_LONG_ENOUGH_AGO, Colleague, Patient
from tests.pwa.team import Team
from tests.pwa.watching import Watch, watch

CHROMIUM = [Path("/usr/bin") / name for name in ("chromium", "chromium-browser", "google-chrome")]
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
PHONE = {
    "viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True, "timezone_id": "America/New_York",
}  # fmt: skip
DESK = {"viewport": {"width": 1280, "height": 900}, "timezone_id": "America/New_York"}
PATIENCE_MS = 15_000
# A machine that does much else is slow, not wrong. What must be quick says so itself.
expect.set_options(timeout=PATIENCE_MS)

reports = pytest.StashKey[pytest.TestReport]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call":
        item.stash[reports] = report
    return report


@pytest.fixture(scope="session")
async def demo(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Demo]:
    """One for all browser tests: each brings patients of its own."""
    assert (ROOT / "pwa/dist/index.html").is_file(), "The web apps are not built: run make setup."
    async with Demo(tmp_path_factory.mktemp("demo")) as running:
        yield running


def chromium_path() -> Path:
    """The system's own browser."""
    found = next((path for path in CHROMIUM if path.exists()), None)
    assert found, "Chromium is missing: run .ci/programs."
    return found


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        yield browser
        await browser.close()


@pytest.fixture(scope="session")
async def nora(demo: Demo) -> Colleague:
    """The nurse, over the API."""
    return await Colleague.sign_in(demo, "nora")


@pytest.fixture(scope="session")
async def lena(demo: Demo) -> Colleague:
    """The admin, over the API."""
    return await Colleague.sign_in(demo, "lena")


class Desktop:
    """Opens browser windows that share nothing, and looks after them."""

    def __init__(self, chromium: Browser, url: str) -> None:
        self._chromium = chromium
        self._url = url
        self.opened: list[tuple[BrowserContext, Watch]] = []

    async def window(self, **settings: Any) -> tuple[BrowserContext, Watch]:
        """A browser of its own with what it complains about."""
        context = await self._chromium.new_context(
            **{"base_url": self._url, "locale": "en-US", "reduced_motion": "reduce", **settings}
        )
        context.set_default_timeout(PATIENCE_MS)
        self.opened.append((context, watch(context)))
        return self.opened[-1]

    async def phone(self, **settings: Any) -> Phone:
        context, _ = await self.window(**{**PHONE, **settings})
        return Phone(await context.new_page())

    async def team(self, who: str | None = None, **settings: Any) -> Team:
        """Signed in as somebody, or at the sign-in screen."""
        context, _ = await self.window(**{**DESK, **settings})
        team = Team(await context.new_page())
        if who:
            await team.sign_in(who)
        return team

    def expects(self, *complaints: str) -> None:
        """The test itself brings these about."""
        for _, seen in self.opened:
            seen.expected.extend(complaints)


@pytest.fixture
async def desktop(
    demo: Demo, chromium: Browser, request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[Desktop]:
    desktop = Desktop(chromium, demo.url)
    yield desktop
    report = request.node.stash.get(reports, None)
    if report is not None and report.failed:
        report.sections.append(("pictures", "\n".join(await _pictures(desktop, tmp_path))))
    complaints = [text for _, seen in desktop.opened for text in seen.unexpected()]
    for context, _ in desktop.opened:
        await context.close()
    await _speak_english(demo)
    assert complaints == []


async def _speak_english(demo: Demo) -> None:
    """A colleague's language is kept; the next test begins as the demo does."""
    conn = await asyncpg.connect(EmbeddedPostgres(demo.data).owner_url)
    await conn.execute("update staff set language = 'en' where language <> 'en'")
    await conn.close()


async def _pictures(desktop: Desktop, folder: Path) -> list[str]:
    taken: list[str] = []
    for context, _ in desktop.opened:
        for page in context.pages:
            path = folder / f"{len(taken)}.png"
            await page.screenshot(path=path)
            taken.append(f"{page.url.partition('#')[0]}: {path}")
    return taken


NewPatient = Callable[..., Awaitable[Patient]]


@pytest.fixture(scope="session")
def numbers() -> Callable[[], str]:
    """Phone numbers that nobody else has."""
    given = iter(range(15555551000, 15555559999))
    return lambda: f"+{next(given)}"


@pytest.fixture
async def new_patient(nora: Colleague, numbers: Callable[[], str]) -> NewPatient:
    """Enrols somebody with a phone number of their own."""

    async def enrol(name: str, **more: Any) -> Patient:
        return await nora.enrol(name, numbers(), **more)

    return enrol


class Asked(msgspec.Struct, frozen=True):
    """A patient whose check-in is open, with their phone on its start screen."""

    patient: Patient
    phone: Phone
    check_in: dict[str, Any]


Ask = Callable[..., Awaitable[Asked]]


@pytest.fixture
async def ask(nora: Colleague, desktop: Desktop, new_patient: NewPatient) -> Ask:
    """Somebody is asked right now: an hour after leaving, or as long after as told."""

    async def asked(
        name: str, *, ago: timedelta = LEFT_LONG_ENOUGH_AGO, window: dict[str, Any] | None = None, **more: Any
    ) -> Asked:
        patient = await new_patient(name, **more)
        check_in = await nora.opened(await nora.record_session(patient, ago=ago))
        phone = await desktop.phone(**(window or {}))
        await phone.bind((await nora.invite(patient))["link"])
        return Asked(patient, phone, check_in)

    return asked
