"""The web apps over the wire: compressed for whoever takes that, the same for everybody."""

import pytest

from tests.flow.story import Story


@pytest.mark.parametrize("path", ["/", "/team", "/sw.js", "/icon.svg", "/manifest.webmanifest"])
async def test_a_page_is_smaller_on_the_way_and_the_same_at_its_end(story: Story, path: str) -> None:
    http = story.instance.browser().http
    plain = await http.get(path, headers={"Accept-Encoding": "identity"})
    small = await http.get(path, headers={"Accept-Encoding": "gzip, br"})
    assert (plain.status_code, small.status_code) == (200, 200)
    assert "content-encoding" not in plain.headers
    assert small.headers["content-encoding"] == "gzip"
    assert plain.content == small.content
    assert int(small.headers["content-length"]) < len(plain.content)
    for name in ("content-type", "cache-control", "content-security-policy", "vary"):
        assert plain.headers.get(name) == small.headers.get(name), name
    assert "accept-encoding" in plain.headers["vary"].lower()
    assert (await http.head(path)).status_code == 200
