"""A visit is kept while it happens: step by step, from arrival to discharge."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx

from tests.flow.home import LUIS_AND_ADDRESS, change_ana
from tests.flow.story import ANAS_PHONE, CALM, NEXT_DAY, Story, stamp
from tests.flow.test_rota import SATURDAY_NIGHT

CALM_VITALS = {
    "systolic": 124, "diastolic": 78, "heart_rate": 70, "spo2": 98, "breaths": 14, "breathing": "calm",
}  # fmt: skip
PRE_FORM = {
    "fasting": True, "safety": "no", "pregnancy": "no", "mood": 4, "escort": "Luis, her brother",
    "address_tonight": "Calle Sol 3, Madrid",
}  # fmt: skip


class Visit:
    """Nora keeps the record of Ana's visit."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.id = str(uuid4())

    async def open(self, **changed: Any) -> httpx.Response:
        body = {
            "id": self.id, "drug": "esketamine", "route": "intranasal", "dose_mg": 56,
            "indication": "treatment_resistant_depression",
        }  # fmt: skip
        return await self.story.staff("nora").post(f"/api/patients/{self.story.ana}/visits", body | changed)

    async def send(
        self, kind: str, who: str = "nora", *, step_id: UUID | None = None, ago: float = 0, **more: Any
    ) -> httpx.Response:
        at = await self.story.now() - timedelta(minutes=ago)
        body = {"kind": kind, "at": stamp(at)} | more
        return await self.story.staff(who).call("PUT", f"/api/visits/{self.id}/steps/{step_id or uuid4()}", body)

    async def step(self, kind: str, who: str = "nora", **more: Any) -> dict[str, Any]:
        """The visit after a step that was taken."""
        answer = await self.send(kind, who, **more)
        assert answer.status_code == 201, answer.text
        shown: dict[str, Any] = answer.json()
        return shown

    async def until_start(self, **form: Any) -> dict[str, Any]:
        """Everything that is needed before the dose."""
        opened = await self.open()
        assert opened.status_code == 201, opened.text
        await self.step("arrival")
        await self.step("pre_form", pre_form=PRE_FORM | form)
        await self.step("vitals_before", vitals=CALM_VITALS)
        await self.step("suitability", suitability={"cleared": True})
        await self.step("explained")
        return await self.step("consent")

    async def until_end(self, **form: Any) -> dict[str, Any]:
        await self.until_start(**form)
        await self.step("start", start={"lot": "L123"})
        await self.story.forward(minutes=10)
        return await self.step("end")

    async def leave(self, **left: Any) -> dict[str, Any]:
        return await self.step("discharge", discharge={"alone_tonight": False, "staying_with": "her brother"} | left)

    async def get(self) -> dict[str, Any]:
        shown: dict[str, Any] = (await self.story.staff("nora").get(f"/api/visits/{self.id}")).json()
        return shown

    async def session(self) -> dict[str, Any]:
        visit = await self.get()
        session: dict[str, Any] = (await self.story.staff("nora").get(f"/api/sessions/{visit['session_id']}")).json()
        return session


def ids(reasons: list[dict[str, Any]]) -> set[str]:
    return {reason["id"] for reason in reasons}


def due(session: dict[str, Any], key: str) -> datetime:
    (found,) = [c["due_at"] for c in session["check_ins"] if c["key"] == key]
    return datetime.fromisoformat(found)


def at(shown: dict[str, Any], kind: str) -> datetime:
    """When the step that stands was taken."""
    (found,) = [s["at"] for s in shown["steps"] if s["kind"] == kind and s["stands"]]
    return datetime.fromisoformat(found)


def step_of(shown: dict[str, Any], kind: str) -> str:
    (found,) = [s["id"] for s in shown["steps"] if s["kind"] == kind and s["stands"]]
    return str(found)


async def test_the_end_of_the_dose_plans_once_and_the_discharge_moves_the_first_check(story: Story) -> None:
    visit = Visit(story)
    ready = await visit.until_start()
    assert ready["holds"] == []
    assert [c["key"] for c in await story.timeline("check_in")] == ["before"]
    await visit.step("start", start={"lot": "L123"})
    await story.forward(minutes=10)
    the_end = uuid4()
    ended = at(await visit.step("end", step_id=the_end), "end")
    session = await visit.session()
    assert due(session, "h1") == ended + timedelta(hours=3)
    again = await story.staff("nora").call(
        "PUT", f"/api/visits/{visit.id}/steps/{the_end}", {"kind": "end", "at": stamp(ended)}
    )
    assert again.status_code == 200, again.text
    assert len(await story.rows("select id from treatment_sessions")) == 1
    await story.forward(hours=2)
    left = at(await visit.leave(), "discharge")
    session = await visit.session()
    assert (due(session, "h1"), session["staying_with"]) == (left + timedelta(hours=1), "her brother")
    assert (await visit.get())["closed_at"] is not None
    keys = [c["key"] for c in session["check_ins"]]
    assert len(keys) == len(set(keys))
    await story.forward(hours=1)
    await story.got(ANAS_PHONE, "Time to check in")


async def test_what_is_open_is_one_visit_and_what_is_sent_twice_is_one_step(story: Story) -> None:
    visit = Visit(story)
    assert (await visit.open()).status_code == 201
    assert (await visit.open()).status_code == 200
    other = await Visit(story).open()
    assert (other.status_code, other.json()["visit_id"]) == (409, visit.id)
    step = uuid4()
    first = await visit.send("vitals_before", step_id=step, vitals=CALM_VITALS)
    (sent,) = first.json()["steps"]
    path = f"/api/visits/{visit.id}/steps/{step}"
    same = {"kind": "vitals_before", "at": sent["at"], "vitals": CALM_VITALS}
    assert (await story.staff("omar").call("PUT", path, same)).status_code == 200
    changed = await story.staff("omar").call("PUT", path, same | {"vitals": CALM_VITALS | {"heart_rate": 71}})
    assert changed.status_code == 409
    assert len((await visit.get())["steps"]) == 1
    twice = await visit.send("arrival"), await visit.send("arrival")
    assert [answer.status_code for answer in twice] == [201, 409]


async def test_a_correction_keeps_the_earlier_value_and_moves_the_plan(story: Story) -> None:
    visit = Visit(story)
    shown = await visit.until_end()
    wrong = step_of(shown, "end")
    before = await visit.session()
    shown = await visit.step("end", corrects=wrong, ago=5)
    assert due(await visit.session(), "h24") == at(shown, "end") + timedelta(hours=24) < due(before, "h24")
    kept = [s for s in shown["steps"] if s["kind"] == "end"]
    assert sorted(s["stands"] for s in kept) == [False, True]
    again = await visit.send("end", corrects=wrong, ago=4)
    assert again.status_code == 409
    struck = await visit.send("start", corrects=step_of(shown, "start"), struck=True)
    assert struck.status_code == 409
    early = await visit.send("start", corrects=step_of(shown, "start"), ago=0, start={})
    assert (early.status_code, early.json()["errors"][0]["field"]) == (422, "at")
    actions = [r["action"] for r in await story.rows("select action from audit_log where object_kind = 'visit_step'")]
    assert actions.count("visit.step_corrected") == 1


async def test_a_start_is_held_with_reasons_and_a_clinician_may_override(story: Story) -> None:
    visit = Visit(story)
    await visit.open()
    nothing = await visit.send("start", start={})
    assert nothing.status_code == 409
    assert ids(nothing.json()["reasons"]) == {
        "form_missing", "vitals_missing", "suitability_missing", "explained_missing", "consent_missing",
    }  # fmt: skip
    await visit.step("pre_form", pre_form=PRE_FORM | {"pregnancy": "maybe", "new_medicines": "lithium"})
    await visit.step("vitals_before", vitals=CALM_VITALS | {"systolic": 141})
    await visit.step("suitability", suitability={"cleared": True})
    await visit.step("explained")
    shown = await visit.step("consent")
    assert ids(shown["holds"]) == {"pregnancy", "new_medicines", "bp_high"}
    (pressure,) = [h["text"] for h in shown["holds"] if h["id"] == "bp_high"]
    assert "141/78 is above 140/90" in pressure
    nurse = await visit.send("start", start={"override": "it is always like this"})
    assert nurse.status_code == 409
    assert [c["key"] for c in await story.timeline("check_in")] == ["before"]
    started = await visit.step("start", "omar", start={"override": "test negative, seen by me"})
    assert started["holds"] == []
    (start,) = [step for step in started["steps"] if step["kind"] == "start"]
    assert start["overridden"] == ["new_medicines", "pregnancy", "bp_high"]
    assert len(await story.rows("select 1 from audit_log where action = 'visit.hold_overridden'")) == 1


async def test_a_high_pressure_is_measured_again_after_ten_minutes(story: Story) -> None:
    visit = Visit(story)
    await visit.until_start()
    await visit.step("vitals_before", vitals=CALM_VITALS | {"diastolic": 95})
    assert ids((await visit.get())["holds"]) == {"bp_high"}
    await story.forward(minutes=5)
    shown = await visit.step("vitals_before", vitals=CALM_VITALS)
    assert ids(shown["holds"]) == {"repeat_early"}
    await story.forward(minutes=6)
    shown = await visit.step("vitals_before", vitals=CALM_VITALS)
    assert shown["holds"] == []


async def test_the_risk_flag_says_why_and_the_next_session_knows_how_this_one_went(story: Story) -> None:
    await story.earlier_sessions()
    visit = Visit(story)
    shown = await visit.until_end()
    assert ids(shown["risk"]) == {"dose_raised"}
    await visit.step("vitals_during", vitals={"systolic": 170, "diastolic": 90})
    assert "bp_high" in ids((await visit.get())["risk"])
    shown = await visit.step("vitals_leaving", vitals={"systolic": 150, "diastolic": 90, "spo2": 97})
    assert "bp_high" not in ids(shown["risk"])
    shown = await visit.step("vitals_leaving", vitals={"systolic": 150, "diastolic": 101, "spo2": 97})
    await visit.step("effect", effect={"experience": "euphoria", "feeling": "pleasant"})
    await visit.step("effect", effect={"side_effect": "nausea", "severity": "severe", "with_medicine": True})
    await visit.step("medicine", medicine={"name": "Ondansetron", "dose": 4, "unit": "mg", "given_by": "iv"})
    shown = await visit.leave(alone_tonight=True, staying_with=None, risk=["sleep_apnoea"])
    assert {"bp_high", "alone_tonight", "sleep_apnoea"} <= ids(shown["risk"])
    assert shown["risk_flag"]
    assert {"bp_high", "alone_tonight", "sleep_apnoea"} <= set((await visit.session())["risk_reasons"])
    words = {reason["id"]: reason["text"] for reason in shown["risk"]}
    assert words["bp_high"] == "blood pressure 160/100 or more at leaving"
    await story.forward(hours=1)
    await story.got(ANAS_PHONE, "Time to check in")
    await story.phone.answer(await story.phone.open(), CALM)
    following = Visit(story)
    assert "badly_tolerated" in ids((await following.open()).json()["risk"])
    await following.step("stopped", note="only looked")
    later = await story.record_session()
    found = await story.staff("nora").get(f"/api/sessions/{later['id']}")
    assert "badly_tolerated" in found.json()["risk_reasons"]
    await story.staff("nora").post(f"/api/sessions/{later['id']}/cancel", {"reason": "story"})


async def test_the_mood_before_the_dose_is_what_later_moods_are_held_against(story: Story) -> None:
    visit = Visit(story)
    await visit.until_end(mood=9)
    await visit.leave()
    session = await visit.session()
    next_day = next(one for one in session["check_ins"] if one["key"] == "h24")
    await story.phone.send(next_day["id"], NEXT_DAY | {"d_mood": 5})
    alert = await story.alert()
    assert (alert["tier"], [flag["rule"] for flag in alert["flags"]]) == ("same_day", ["mood.down_4"])
    assert "9" in alert["flags"][0]["explanation"]


async def test_an_alert_after_a_visit_knows_its_pressures_and_the_address_of_the_night(story: Story) -> None:
    """H3 and H15: who has to send help reads where to, and how the blood pressure went."""
    visit = Visit(story)
    await visit.until_end()
    await visit.step("vitals_leaving", vitals=CALM_VITALS | {"systolic": 165, "spo2": 96})
    await visit.leave()
    await story.forward(hours=1)
    await story.got(ANAS_PHONE, "Time to check in")
    await story.phone.answer(await story.phone.open(), CALM, a_sick="many")
    await story.settle()
    await story.got("+34600000002", "URGENT")
    session = (await story.alert())["session"]
    assert [(p["systolic"], p["diastolic"]) for p in session["pressures"]] == [(124, 78), (165, 78)]
    assert (session["spo2"], session["address_tonight"]) == (96, "Calle Sol 3, Madrid")


async def test_a_visit_that_ends_without_treatment_plans_nothing(story: Story) -> None:
    visit = Visit(story)
    await visit.open()
    await visit.step("arrival")
    shown = await visit.step("stopped", note="fever today")
    assert (shown["closed_at"] is not None, shown["session_id"]) == (True, None)
    assert (await visit.send("start", start={})).status_code == 409
    await story.forward(hours=30)
    await story.quiet()
    assert (await Visit(story).open()).status_code == 201


async def test_a_dose_at_home_is_a_session_from_its_start(story: Story) -> None:
    visit = Visit(story)
    opened = await visit.open(drug="ketamine", route="sublingual", setting="home")
    assert opened.status_code == 201, opened.text
    await visit.step("pre_form", pre_form=PRE_FORM)
    await visit.step("vitals_before", vitals=CALM_VITALS | {"heart_rate": 104})
    shown = await visit.step("suitability", suitability={"cleared": True})
    assert ids(shown["holds"]) == {"heart_fast"}
    await story.forward(minutes=11)
    await visit.step("vitals_before", vitals=CALM_VITALS)
    lacking = await visit.send("start", start={})
    assert lacking.status_code == 409
    assert "companion" in lacking.json()["missing"]
    assert (await visit.get())["session_id"] is None
    await change_ana(story, **LUIS_AND_ADDRESS)
    began = at(await visit.step("start", start={}), "start")
    session = await visit.session()
    assert (session["setting"], due(session, "c30")) == ("home", began + timedelta(minutes=30))
    assert (await visit.get())["closed_at"] is not None
    await story.staff("nora").post(f"/api/sessions/{session['id']}/cancel", {"reason": "not taken"})


async def test_before_the_start_the_record_says_when_nobody_is_on_duty(story: Story) -> None:
    await story.set_time(SATURDAY_NIGHT)
    visit = Visit(story)
    shown = (await visit.open()).json()
    assert any("falls outside your hours" in warning for warning in shown["warnings"])
