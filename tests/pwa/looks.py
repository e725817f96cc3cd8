"""What can be measured of a screen: axe's rules, sideways scrolling, the size of what is to be hit."""

import importlib.util
from pathlib import Path
from typing import Any

from playwright.async_api import Page

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
GRAVE = ("serious", "critical")
FINGER_PX, ANSWER_PX = 48, 56
NARROWEST_PX = 320

SMALL = """([finger, answer]) => [...document.querySelectorAll("button, a[href], input, select, textarea, summary")]
    .filter(one => one.checkVisibility({visibilityProperty: true}) && !one.closest(".hidden-visually, .skip"))
    .filter(one => !(one.matches("a") && one.closest("p, li, dd, dt")))
    .map(one => one.closest("label") ?? one)
    .map(one => [one, one.getBoundingClientRect()])
    .filter(([one, box]) => box.height + 0.5 < (one.matches(".option") ? answer : finger) || box.width < finger)
    .map(([one, box]) => `${one.innerText || one.outerHTML.slice(0, 60)}: ${box.width} x ${box.height}`)"""
SIDEWAYS = """() => {
    const page = document.scrollingElement;
    const wide = one => one.scrollWidth > one.clientWidth + 1;
    return [page, ...document.querySelectorAll("dialog[open]")].filter(wide).length > 0
        ? [...document.querySelectorAll("body *")]
            .filter(one => one.getBoundingClientRect().right > page.clientWidth + 1)
            .map(one => one.outerHTML.slice(0, 120))
        : [];
}"""


PAINTED = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


def axe_source() -> str:
    """axe-core, carried by a Python package."""
    spec = importlib.util.find_spec("axe_playwright_python")
    assert spec is not None
    assert spec.origin is not None
    return (Path(spec.origin).parent / "axe.min.js").read_text()


AXE = axe_source()


async def violations(page: Page, run: dict[str, Any]) -> list[str]:
    """`rule: what it says, where`. The page's policy lets no script in, so axe is evaluated."""
    if not await page.evaluate("() => 'axe' in window"):
        await page.evaluate(AXE)
    found = await page.evaluate(
        "async run => (await axe.run(document, {...run, resultTypes: ['violations']})).violations", run
    )
    return [_in_words(one) for one in found if one["impact"] in GRAVE]


def _in_words(violation: dict[str, Any]) -> str:
    where = "; ".join(
        f"{node['target'][0]} {node['any'][0]['message'] if node['any'] else ''}" for node in violation["nodes"]
    )
    return f"{violation['id']}: {violation['help']}: {where}"


async def wrong_with(page: Page, *, enhanced: bool = False) -> list[str]:
    """In light and in dark; empty when nothing is. `enhanced`: text stands out by 7 to 1."""
    # The enhanced rule leaves out what the plain one finds.
    contrast = ["color-contrast", "color-contrast-enhanced"] if enhanced else ["color-contrast"]
    everything = {"runOnly": {"type": "tag", "values": RULES}, "rules": {one: {"enabled": True} for one in contrast}}
    wrong = await violations(page, everything) + [f"sideways: {one}" for one in await page.evaluate(SIDEWAYS)]
    await page.emulate_media(color_scheme="dark")
    await page.evaluate(PAINTED)
    wrong += [f"dark: {one}" for one in await violations(page, {"runOnly": {"type": "rule", "values": contrast}})]
    await page.emulate_media(color_scheme="light")
    return wrong


async def too_small(page: Page) -> list[str]:
    """What a shaking finger would miss; links in running text aside."""
    small: list[str] = await page.evaluate(SMALL, [FINGER_PX, ANSWER_PX])
    return small


async def sideways_when_narrow(page: Page) -> list[str]:
    """What does not fit on the narrowest phones."""
    before = page.viewport_size
    assert before is not None
    await page.set_viewport_size({"width": NARROWEST_PX, "height": before["height"]})
    found: list[str] = await page.evaluate(SIDEWAYS)
    await page.set_viewport_size(before)
    return found


async def sideways_with_big_text(page: Page) -> list[str]:
    """What does not fit when the reader's text is twice as large."""
    await page.evaluate("() => { document.documentElement.style.fontSize = '200%'; }")
    found: list[str] = await page.evaluate(SIDEWAYS)
    await page.evaluate("() => { document.documentElement.style.fontSize = ''; }")
    return found
