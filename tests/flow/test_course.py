"""The weeks and months after sessions: one clock per course (decision 8), what changes, what silence means."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.flow.story import ANAS_PHONE, CALM, NEXT_DAY, OMAR, Story
from tests.rules.answering import WELL

WELL_EVER = CALM | NEXT_DAY | WELL["mood@1"] | WELL["week@1"] | WELL["month@1"]
LOW_8 = {"w_low": "5_7", "w_joy": "none", "w_do": "3_4"}
PAGED_ON_THE_SAME_DAY = ("h1", "h6")


async def lives_on(story: Story, until: datetime, *stop_at: str, **answers: Any) -> list[tuple[str, datetime]]:
    """Ana answers each prompt at once, well but for `answers`; (check-in, when) in order. Stops before `stop_at`."""
    prompted: list[tuple[str, datetime]] = []
    while coming := [c for c in await story.phone.listed() if c["state"] == "planned"]:
        due = datetime.fromisoformat(coming[0]["due_at"])
        if due >= until or coming[0]["key"] in stop_at:
            break
        await story.forward(seconds=(due - await story.now()).total_seconds() + 1)
        for asked in [c for c in await story.phone.listed() if c["state"] == "open"]:
            await story.got(ANAS_PHONE, "Time to check in")
            answered = await story.phone.answer(await story.phone.open(asked["id"]), WELL_EVER, **answers)
            assert answered.status_code == 201, answered.text
            prompted.append((asked["key"], due))
    if not stop_at:
        await story.forward(seconds=max((until - await story.now()).total_seconds(), 1))
    return prompted


async def to(story: Story, key: str) -> dict[str, Any]:
    """Live on until this check-in is prompted; its form."""
    await lives_on(story, await story.now() + timedelta(days=200), key)
    (due,) = [c["due_at"] for c in await story.phone.listed() if c["key"] == key]
    await story.forward(seconds=(datetime.fromisoformat(due) - await story.now()).total_seconds() + 1)
    await story.got(ANAS_PHONE, "Time to check in")
    return await story.phone.open()


def local_day(at: datetime) -> int:
    """The day in March 2026 on Ana's calendar."""
    return (at.astimezone(ZoneInfo("Europe/Madrid")).date() - datetime(2026, 2, 28).date()).days  # noqa: DTZ001


async def test_an_induction_of_two_sessions_a_week_has_one_weekly_prompt(story: Story) -> None:
    """Sessions on Monday and Thursday mornings; the week's form waits for a day without another prompt."""
    start = await story.now()
    prompted: list[tuple[str, datetime]] = []
    for nth, day in enumerate((0, 3, 7, 10)):
        prompted += await lives_on(story, start + timedelta(days=day, minutes=-30 * nth))
        await story.record_session()
    prompted += await lives_on(story, start + timedelta(days=16))
    weeks = [(key, local_day(at)) for key, at in prompted if key.startswith("week")]
    assert weeks == [("week_1", 2 + 9), ("week_2", 2 + 14)]
    routine = [local_day(at) for key, at in prompted if key not in PAGED_ON_THE_SAME_DAY]
    assert len(routine) == len(set(routine)), "at most one routine prompt a day"
    assert await story.alerts() == []


async def test_a_session_every_day_loses_no_week(story: Story) -> None:
    """Each day has the question of the day after: the week is asked on the last day of its window all the same."""
    start = await story.now()
    for day in range(12):
        await story.set_time(start + timedelta(days=day, hours=-1))
        await story.record_session()
    weeks = [item for item in await story.timeline("check_in") if item["key"].startswith("week")]
    assert {item["state"] for item in weeks} <= {"planned", "open"}
    assert [local_day(datetime.fromisoformat(item["due_at"])) for item in weeks[:2]] == [2 + 9, 2 + 15]


async def test_sessions_every_other_day_leave_their_own_days_to_the_week(story: Story) -> None:
    """What is asked in the hours after a dose takes no day: those are about safety."""
    start = await story.now()
    for day in range(0, 13, 2):
        await story.set_time(start + timedelta(days=day, hours=-2))
        await story.record_session()
    weeks = [item for item in await story.timeline("check_in") if item["key"].startswith("week")]
    assert [local_day(datetime.fromisoformat(item["due_at"])) for item in weeks[:2]] == [2 + 8, 2 + 14]


async def test_a_month_passes(story: Story) -> None:
    start = await story.now()
    await story.record_session()
    prompted = await lives_on(story, start + timedelta(days=30))
    assert [key for key, _ in prompted] == ["h1", "h24", "h72", "week_1", "week_2", "week_3", "week_4", "month_1"]
    by_clock = [at.astimezone(ZoneInfo("Europe/Madrid")).strftime("%d %H:%M") for _, at in prompted[3:]]
    assert by_clock == ["09 10:00", "16 10:00", "23 10:00", "30 10:00", "01 10:00"], "summer time began on the 29th"
    assert await story.alerts() == []
    scores = [s for s in await story.timeline("score") if s["name"] in ("low", "worry")]
    assert [(s["name"], s["value"], s["min"], s["max"]) for s in scores] == [("low", 0, 0, 9), ("worry", 0, 0, 6)] * 4
    assert {s["title"] for s in scores} == {"Low days", "Worry days"}


async def test_a_worse_week_raises_a_same_day_alert_and_one_that_stays_is_listed(story: Story) -> None:
    await story.record_session()
    first = await to(story, "week_1")
    well = await story.phone.answer(first, WELL_EVER, w_do="1_2")
    assert "Nothing you told us needs a call" in well.json()["advice"][0]["text"]
    await story.phone.answer(await to(story, "week_2"), WELL_EVER, w_mood=4, **LOW_8)
    await story.settle()
    await story.got(OMAR, "SAME-DAY")
    alert = await story.alert()
    assert alert["tier"] == "same_day"
    assert {flag["rule"] for flag in alert["flags"]} == {"week_low.up_4", "week_low.high"}
    assert any(
        flag["explanation"].startswith("Low days up to 8 of 9, 14 days after the end of the session; last time 1")
        or flag["explanation"].startswith("Low days up to 8 of 9, 13 days")
        for flag in alert["flags"]
    )
    await story.done("omar", await story.done("omar", alert, "acknowledge"), "close", outcome="treatment_changed")
    await story.phone.answer(await to(story, "week_3"), WELL_EVER, w_mood=4, w_low="5_7", w_joy="none", w_do="1_2")
    await story.settle()
    await story.got(OMAR, "SAME-DAY")
    again = await story.alert()
    assert [flag["rule"] for flag in again["flags"]] == ["week_low.up_4"], "still four above the best of four weeks"
    await story.done("omar", again, "close", outcome="treatment_changed")


async def test_a_score_that_stays_high_is_flagged_once_an_episode_then_listed(story: Story) -> None:
    await story.record_session()
    await story.phone.answer(await to(story, "week_1"), WELL_EVER, **LOW_8)
    await story.settle()
    await story.got(OMAR, "SAME-DAY")
    await story.done("omar", await story.alert(), "close", outcome="treatment_changed")
    await story.phone.answer(await to(story, "week_2"), WELL_EVER, **LOW_8)
    assert await story.alerts() == []
    flags = [(f["rule"], f["tier"]) for f in await story.timeline("flag")]
    assert flags == [("week_low.high", "same_day"), ("week_low.high_again", "routine")]


async def silent(story: Story, key: str) -> None:
    """The check-in is prompted, reminded of twice, and closes unanswered."""
    await to(story, key)
    await story.forward(hours=25)
    await story.got(ANAS_PHONE, "Your check-in is still open")
    await story.got(ANAS_PHONE, "We have not heard from you yet", channel="sms")
    await story.forward(hours=23, minutes=1)


async def test_the_first_silent_week_after_trouble_is_a_same_day_call(story: Story) -> None:
    await story.record_session()
    await story.phone.answer(await to(story, "h72"), WELL_EVER, d_feel="lot")
    await story.settle()
    await story.got(OMAR, "SAME-DAY")
    await story.done("omar", await story.alert(), "close", outcome="reassured_expected")
    await silent(story, "week_1")
    await story.got(OMAR, "SAME-DAY")
    assert "missed.later_after_trouble" in {flag["rule"] for flag in (await story.alert())["flags"]}


async def test_two_weeks_missed_in_a_row_are_a_same_day_call(story: Story) -> None:
    await story.record_session()
    await silent(story, "week_1")
    assert await story.alerts() == []
    await silent(story, "week_2")
    await story.got(OMAR, "SAME-DAY")
    alert = await story.alert()
    assert (alert["tier"], alert["missed"]) == ("same_day", True)
    assert "missed.two_in_a_row" in {flag["rule"] for flag in alert["flags"]}


async def test_two_weeks_missed_count_although_a_session_lies_between(story: Story) -> None:
    """The course has one clock: answers about the new session are no answers to the week."""
    await story.record_session()
    await silent(story, "week_1")
    await story.record_session()
    await lives_on(story, await story.now() + timedelta(days=4))
    await silent(story, "week_2")
    await story.got(OMAR, "SAME-DAY")
    assert "missed.two_in_a_row" in {flag["rule"] for flag in (await story.alert())["flags"]}


async def test_ideation_at_baseline_is_asked_about_on_the_fifth_day(story: Story) -> None:
    await story.record_session(risk=["suicidal_thoughts"])
    asked = await to(story, "d5")
    assert [item["id"] for item in asked["questionnaire"]["items"]][:2] == ["d_mood", "s_open"]
    told = await story.phone.answer(asked, WELL_EVER, s_open="talk")
    assert told.json()["alert"]["state"] == "paged"
    await story.settle()
    await story.got(OMAR, "URGENT")


async def test_pregnancy_holds_the_next_session(story: Story) -> None:
    """H18."""
    await story.record_session()
    told = await story.phone.answer(await to(story, "month_1"), WELL_EVER, m_new=["pregnant"])
    assert "Call your clinic before your next treatment." in [line["text"] for line in told.json()["advice"]]
    await story.settle()
    await story.got(OMAR, "SAME-DAY")
    alert = await story.alert()
    assert alert["flags"][0]["explanation"] == "Pregnant, may be, or trying: hold the next session"
    recorded = await story.record_session()
    assert any("on hold" in warning for warning in recorded["warnings"])
    await story.done("omar", alert, "close", outcome="next_session_held")
    later = await story.record_session(ended_minutes_ago=-1)
    assert any("on hold" in warning for warning in later["warnings"]), "closing the alert ends no hold"


async def test_a_hold_ends_by_a_prescribers_decision_only(story: Story) -> None:
    """H18: it is shown before the next dose, and a newer answer holds anew."""
    await story.record_session()
    await story.phone.answer(await to(story, "month_1"), WELL_EVER, m_new=["pregnant"])
    await story.settle()
    await story.got(OMAR, "SAME-DAY")
    await story.done("omar", await story.alert(), "close", outcome="next_session_held")
    path = f"/api/patients/{story.ana}/holds"
    (hold,) = (await story.staff("nora").get(path)).json()["items"]
    assert (hold["text"], hold["ended"]) == ("Pregnant, may be, or trying: hold the next session", None)
    assert (await story.staff("nora").get(f"/api/patients/{story.ana}/home-dose")).json()["held"]
    reason = {"reason": "The test was negative."}
    assert (await story.staff("nora").post(f"{path}/{hold['id']}/end", reason)).status_code == 403
    assert (await story.staff("zoe").post(f"{path}/{hold['id']}/end", reason)).status_code in (403, 404)
    ended = (await story.staff("omar").post(f"{path}/{hold['id']}/end", reason)).json()["items"]
    assert [(end["by"], end["reason"]) for end in (item["ended"] for item in ended)] == [("Omar", reason["reason"])]
    assert not (await story.staff("nora").get(f"/api/patients/{story.ana}/home-dose")).json()["held"]
    assert not any("on hold" in warning for warning in (await story.record_session())["warnings"])
    assert (await story.staff("omar").post(f"{path}/{hold['id']}/end", reason)).status_code == 404
    await story.phone.answer(await to(story, "month_2"), WELL_EVER, m_new=["pregnant"])
    await story.settle()
    await story.got(OMAR, "SAME-DAY")
    (again,) = (await story.staff("nora").get(path)).json()["items"]
    assert (again["ended"], again["id"] == hold["id"]) == (None, False)


async def test_the_course_goes_by_the_patients_own_clock(story: Story) -> None:
    recorded = await story.record_session()
    weeks = [c for c in recorded["check_ins"] if c["key"].startswith("week")]
    changed = await story.staff("nora").call(
        "PATCH",
        f"/api/patients/{story.ana}",
        {"time_zone": "America/New_York", "quiet_hours": {"from": "21:00", "to": "11:00"}},
    )
    assert changed.status_code == 200, changed.text
    again = (await story.staff("nora").get(f"/api/sessions/{recorded['id']}")).json()["check_ins"]
    moved = [c for c in again if c["key"].startswith("week")]
    assert [c["id"] for c in moved] == [c["id"] for c in weeks]
    wall = [datetime.fromisoformat(c["due_at"]).astimezone(ZoneInfo("America/New_York")) for c in moved]
    assert {at.strftime("%H:%M") for at in wall} == {"11:00"}


async def test_a_session_taken_back_gives_its_weeks_to_the_one_before(story: Story) -> None:
    first = await story.record_session(ended_minutes_ago=2 * 24 * 60)
    second = await story.record_session()
    nora = story.staff("nora")
    await nora.post(f"/api/sessions/{second['id']}/cancel", {"reason": "wrong patient"})
    kept = (await nora.get(f"/api/sessions/{first['id']}")).json()["check_ins"]
    assert [c["state"] for c in kept if c["key"].startswith("week")] == ["planned"] * 12
    await nora.post(f"/api/sessions/{first['id']}/cancel", {"reason": "wrong patient"})
    rows = await story.rows("select distinct state from check_ins where patient_id = $1", story.ana)
    assert rows == [{"state": "cancelled"}]
