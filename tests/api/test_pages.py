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


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
async def test_who_has_a_page_gets_it_again_only_when_it_changes(story: Story, encoding: str) -> None:
    http, accepts = story.instance.browser().http, {"Accept-Encoding": encoding}
    first = await http.get("/", headers=accepts)
    tag = first.headers["etag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = await http.get("/", headers=accepts | {"If-None-Match": known})
        assert (again.status_code, again.content) == (304, b"")
        for name in ("etag", "cache-control", "content-security-policy", "vary"):
            assert again.headers[name] == first.headers[name], name
    assert (await http.get("/", headers=accepts | {"If-None-Match": '"other"'})).status_code == 200


async def test_each_form_of_a_page_has_a_tag_of_its_own(story: Story) -> None:
    http = story.instance.browser().http
    tags = {(await http.get("/", headers={"Accept-Encoding": e})).headers["etag"] for e in ("identity", "gzip")}
    assert len(tags) == 2


@pytest.mark.parametrize(
    ("accepts", "small"),
    [
        ("gzip;q=0", False), ("gzip; q=0.000, br", False), ("*;q=0", False), ("br", False), ("", False),
        ("*, gzip;q=0", False), ("gzip;q=0.5", True), ("GZIP", True), ("br, *", True), ("*;q=0, gzip", True),
    ],
)  # fmt: skip
async def test_nobody_gets_gzip_who_refuses_it(story: Story, accepts: str, small: bool) -> None:
    answer = await story.instance.browser().http.get("/", headers={"Accept-Encoding": accepts})
    assert (answer.headers.get("content-encoding") == "gzip") == small
