"""Protocols that a clinic shapes: drafts, their operations, two signatures, versions that stay as they are."""

from typing import Any

import pytest

from tests.api.instance import Browser
from tests.flow.story import Story

DRAFTS = "/api/protocols/drafts"
QUESTION = {
    "op": "add_item", "questionnaire": "day@1", "type": "choice", "after": "d_mood",
    "text": {"en": "Did you eat well?", "es": "¿Comió bien?"},
    "options": [{"en": "Yes", "es": "Sí"}, {"en": "No", "es": "No"}],
}  # fmt: skip


class Editor:
    """Somebody with one draft in front of them."""

    def __init__(self, browser: Browser, shown: dict[str, Any]) -> None:
        self.browser, self.shown = browser, shown

    @property
    def path(self) -> str:
        return f"{DRAFTS}/{self.shown['draft']['id']}"

    @property
    def revision(self) -> int:
        return int(self.shown["draft"]["revision"])

    @property
    def document(self) -> dict[str, Any]:
        return dict(self.shown["shown"]["document"])

    def step(self, key: str) -> dict[str, Any]:
        return next(step for step in self.document["check_ins"] if step["key"] == key)

    def rule(self, key: str) -> dict[str, Any]:
        return next(rule for rule in self.document["rules"] if rule["id"] == key)

    async def edit(self, *operations: dict[str, Any], status: int = 200) -> Any:
        body = {"revision": self.revision, "operations": list(operations)}
        answer = await self.browser.call("PATCH", self.path, body)
        assert answer.status_code == status, answer.text
        if status == 200:
            self.shown = answer.json()
        return answer.json()

    async def post(self, verb: str, status: int = 200, **body: Any) -> Any:
        answer = await self.browser.post(f"{self.path}/{verb}", {"revision": self.revision} | body)
        assert answer.status_code == status, answer.text
        if status == 200 and "draft" in answer.json():
            self.shown = answer.json()
        return answer.json()

    async def as_seen_by(self, browser: Browser) -> "Editor":
        return Editor(browser, (await browser.get(self.path)).json())


async def begin(browser: Browser, key: str = "clinic", **more: Any) -> Editor:
    """A draft of the newest version."""
    answer = await browser.post(DRAFTS, {"key": key} | more)
    assert answer.status_code == 201, answer.text
    return Editor(browser, answer.json())


async def test_a_draft_is_changed_signed_twice_and_used(story: Story) -> None:
    """A new session uses the new version while the old one keeps its own."""
    lena, omar = story.staff("lena"), story.staff("omar")
    old = await story.record_session(ended_minutes_ago=300)
    editor = await begin(lena)
    assert editor.shown["findings"] == []
    later = editor.step("h24") | {"offset_minutes": 1800}
    worse = editor.rule("sick.many") | {"tier": "emergency", "tier_by_hours": []}
    await editor.edit({"op": "set_step", "step": later}, {"op": "set_rule", "rule": worse}, QUESTION)
    changes = [c["text"] for c in (await lena.get(editor.path + "/diff")).json()["items"]]
    assert "The next day: asked 24 h after the end → asked 30 h after the end" in changes
    assert "New question in “How are you today?”: “Did you eat well?”" in changes
    assert any("cannot keep water down" in text and text.endswith("→ emergency") for text in changes)
    await editor.post("submit")
    assert editor.shown["yours"] is True
    refused = await editor.post("publish", status=403)
    assert "second person" in refused["title"]
    second = await editor.as_seen_by(omar)
    assert second.shown["draft"]["submitted_by"]["name"] == "Lena"
    published = await second.post("publish")
    assert (published["key"], published["version"], published["signed_by"]["name"]) == ("clinic", 2, "Omar")
    versions = (await lena.get("/api/protocols/clinic/versions")).json()["items"]
    assert [(v["version"], (v["submitted_by"] or {}).get("name"), v["signed_by"]["name"]) for v in versions] == [
        (2, "Lena", "Omar"),
        (1, None, "Lena"),
    ]
    assert (await lena.get(editor.path)).status_code == 404
    new = await story.record_session()
    shown = [(await lena.get(f"/api/sessions/{one['id']}")).json() for one in (old, new)]
    assert [session["protocol"]["version"] for session in shown] == [1, 2]
    between = (await lena.get("/api/protocols/clinic/diff?from=1&to=2")).json()["items"]
    assert [c["text"] for c in between] == changes


@pytest.mark.parametrize("who", ["nora", "vera"])
async def test_only_admins_and_clinicians_change_what_is_asked(story: Story, who: str) -> None:
    editor = await begin(story.staff("lena"))
    other = await editor.as_seen_by(story.staff(who))
    assert (await other.browser.post(DRAFTS, {"key": "home"})).status_code == 403
    await other.edit(QUESTION, status=403)
    for verb in ("submit", "reopen", "publish"):
        await other.post(verb, status=403)
    assert (await other.browser.call("DELETE", f"{other.path}?revision=1")).status_code == 403
    assert (await other.browser.get(editor.path + "/diff")).json() == {"items": []}


async def test_a_draft_is_its_clinics_alone(story: Story) -> None:
    editor = await begin(story.staff("lena"))
    zoe = await story.instance.as_staff("zoe")
    assert (await zoe.get(DRAFTS)).json() == {"items": []}
    stranger = Editor(zoe, editor.shown)
    await stranger.edit(QUESTION, status=404)
    await stranger.post("submit", status=404)
    await stranger.post("publish", status=404)
    for path in (editor.path, editor.path + "/diff"):
        assert (await zoe.get(path)).status_code == 404
    assert (await begin(zoe)).shown["draft"]["revision"] == 1


async def test_who_saw_an_older_draft_overwrites_nothing(story: Story) -> None:
    """409 with the draft as it is now; two who begin are led to the same draft."""
    lena, omar = story.staff("lena"), story.staff("omar")
    mine = await begin(lena)
    theirs = await mine.as_seen_by(omar)
    taken = await omar.post(DRAFTS, {"key": "clinic"})
    assert (taken.status_code, taken.json()["draft_id"]) == (409, mine.shown["draft"]["id"])
    await mine.edit(QUESTION)
    stale = await theirs.edit({"op": "remove_step", "key": "h72"}, status=409)
    assert stale["current"]["draft"]["revision"] == mine.revision
    assert any(step["key"] == "h72" for step in (await theirs.as_seen_by(omar)).document["check_ins"])
    for verb in ("submit", "publish", "reopen"):
        await theirs.post(verb, status=409)
    assert (await omar.call("DELETE", f"{theirs.path}?revision=1")).status_code == 409


async def test_an_edit_after_signing_asks_for_a_new_signature(story: Story) -> None:
    lena, omar = story.staff("lena"), story.staff("omar")
    editor = await begin(lena)
    await editor.post("publish", status=409)
    await editor.post("submit")
    second = await editor.as_seen_by(omar)
    await second.edit(QUESTION)
    assert second.shown["draft"]["submitted_by"] is None
    await second.post("publish", status=409)
    await second.post("submit")
    published = await (await second.as_seen_by(lena)).post("publish")
    assert published["signed_by"]["name"] == "Lena"


async def test_what_cannot_work_is_not_submitted(story: Story) -> None:
    """422 with each fault at its part; nothing is tried on a made-up patient either."""
    editor = await begin(story.staff("lena"))
    await editor.edit({"op": "remove_item", "questionnaire": "acute@1", "item": "a_sick"})
    refused = await editor.post("submit", status=422)
    found = {(one["part"], one["key"]) for one in refused["findings"]}
    assert ("rule", "sick.many") in found
    await editor.edit({"op": "remove_item", "questionnaire": "acute@1", "item": "a_sick"}, status=422)
    made_up = {
        "drug": "ketamine", "route": "iv", "setting": "clinic", "indication": "depression",
        "ended_at": (await story.now()).isoformat(), "time_zone": "Europe/Madrid",
    }  # fmt: skip
    preview = await editor.browser.post(editor.path + "/preview", made_up)
    assert (preview.status_code, preview.json()["findings"]) == (422, refused["findings"])


@pytest.mark.parametrize(("deep", "status"), [(7, 200), (8, 422), (500, 422)])
async def test_conditions_inside_one_another_have_an_end(story: Story, deep: int, status: int) -> None:
    """500 of them were taken, and could not be shown any more."""
    editor = await begin(story.staff("lena"))
    condition: dict[str, Any] = {"is": "answer", "item": "d_mood", "lte": 3}
    for _ in range(deep):
        condition = {"is": "not", "of": condition}
    told = await editor.edit({"op": "set_rule", "rule": editor.rule("mood.zero") | {"when": condition}}, status=status)
    if status == 422:
        assert told["errors"][0]["field"] == "operations[0].rule.when"


async def test_an_emergency_made_less_urgent_needs_a_yes_of_both(story: Story) -> None:
    lena, omar = story.staff("lena"), story.staff("omar")
    editor = await begin(lena)
    lower = editor.rule("danger.chest_pain") | {"tier": "urgent"}
    await editor.edit({"op": "set_rule", "rule": lower}, {"op": "switch_rule", "id": "danger.breathing", "on": False})
    keys = ["danger.chest_pain", "danger.breathing"]
    assert [one["key"] for one in editor.shown["findings"] if one["level"] == "yes"] == keys
    refused = await editor.post("submit", status=422, accepted=keys[:1])
    assert [one["key"] for one in refused["findings"]] == keys[1:]
    await editor.post("submit", accepted=keys)
    second = await editor.as_seen_by(omar)
    assert second.shown["accepted"] == keys
    await second.post("publish", status=422)
    await second.post("publish", accepted=keys)
    rows = await story.rows("select detail from audit_log where action = 'protocol.published'")
    assert rows[0]["detail"] == {"key": "clinic", "version": 2, "accepted": keys}


async def test_a_protocol_of_their_own_is_used_for_what_it_is_for(story: Story) -> None:
    lena, omar = story.staff("lena"), story.staff("omar")
    editor = await begin(lena, title={"en": "Pain course", "es": "Dolor"})
    only = editor.step("h72") | {"only_for": {"phases": ["maintenance"]}}
    scope = {"op": "set_scope", "routes": ["iv"], "settings": ["clinic"], "indications": ["chronic_pain"]}
    await editor.edit(scope, {"op": "set_step", "step": only})
    await editor.post("submit")
    await (await editor.as_seen_by(omar)).post("publish")
    first = await story.record_session(ended_minutes_ago=400, indication="chronic_pain")
    shown = (await lena.get(f"/api/sessions/{first['id']}")).json()
    assert (shown["protocol"], shown["phase"]) == ({"key": "pain_course", "version": 1}, "induction")
    assert "h72" not in {c["key"] for c in first["check_ins"]}
    later = await story.record_session(indication="chronic_pain", phase="maintenance")
    assert "h72" in {c["key"] for c in later["check_ins"]}
    other = await story.record_session(ended_minutes_ago=800)
    assert (await lena.get(f"/api/sessions/{other['id']}")).json()["protocol"] == {"key": "clinic", "version": 1}


async def test_restrictions_usual_courses_and_the_pause_are_shaped_too(story: Story) -> None:
    """The next session's phone shows the clinic's own restriction; what is less careful needs a yes of both."""
    lena, omar = story.staff("lena"), story.staff("omar")
    editor = await begin(lena)
    driving = next(one for one in editor.document["restrictions"] if one["id"] == "driving")
    sick = next(one for one in editor.document["usual"] if one["item"] == "a_sick" and one["routes"] == ["iv"])
    stove = {"id": "new", "text": {"en": "Do not cook", "es": "No cocine"}, "hours": 30, "source": ""}
    wrong = await editor.edit({"op": "set_restriction", "restriction": driving | {"hours": "many"}}, status=422)
    assert wrong["errors"][0]["field"] == "operations[0].restriction.hours"
    refused = await editor.edit({"op": "remove_usual", "key": "a_sick nowhere"}, status=422)
    assert refused["errors"][0]["field"] == "operations[0].key"
    await editor.edit(
        {"op": "set_restriction", "restriction": driving | {"hours": 12}},
        {"op": "add_restriction", "restriction": stove},
        {"op": "set_usual", "key": "a_sick iv", "usual": sick | {"bands": [{"below": None, "worst": "no"}]}},
        {"op": "set_midway", "minutes": 5},
    )  # fmt: skip
    changes = [one["part"] for one in (await lena.get(editor.path + "/diff")).json()["items"]]
    assert changes == ["restriction", "restriction", "usual", "missed"]
    assert editor.shown["shown"]["midway"].startswith("The rest of a form may take 5 min")
    await editor.post("submit", status=422)
    await editor.post("submit", accepted=["driving"])
    await (await editor.as_seen_by(omar)).post("publish", accepted=["driving"])
    await story.record_session(ended_minutes_ago=60)
    listed = (await story.phone.browser.get("/api/my/check-ins")).json()["restrictions"]
    assert (listed[0]["id"], listed[0]["text"]) == ("own1", "Do not cook")
    rows = await story.rows("select detail from audit_log where action = 'protocol_draft.changed'")
    assert rows[0]["detail"]["operations"] == [
        "set_restriction driving", "add_restriction new", "set_usual a_sick iv", "set_midway"
    ]  # fmt: skip
