"""Hands on a keyboard only."""

from playwright.async_api import Page

FOCUSED = """() => {
    const one = document.activeElement;
    const label = one.labels?.[0]?.innerText ?? one.getAttribute("aria-label") ?? one.innerText ?? "";
    const seen = getComputedStyle(one);
    return [label.trim(), seen.outlineStyle !== "none" && parseFloat(seen.outlineWidth) >= 2];
}"""
FAR = 120


async def tab_to(page: Page, words: str) -> None:
    """Tab until what these words stand on has the focus, seen by its outline; never more often than a person would."""
    for _ in range(FAR):
        await page.keyboard.press("Tab")
        label, outlined = await page.evaluate(FOCUSED)
        if label.startswith(words):
            assert outlined, f"{words} has the focus and does not show it"
            return
    raise AssertionError(f"{words} is not reached by Tab; the focus is on {label}")


async def press(page: Page, words: str, key: str = "Enter") -> None:
    """Go there and press it."""
    await tab_to(page, words)
    await page.keyboard.press(key)
