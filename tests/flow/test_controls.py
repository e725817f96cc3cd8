"""Controls of docs/hazards.md that show only in the whole: a wrong person, an unsigned protocol, no cover."""

from datetime import datetime, timedelta

from tests.flow.story import ANAS_PHONE, CALM, NORA, OMAR, Story, stamp


async def test_this_is_not_for_me_stops_the_messages_and_asks_the_team(story: Story) -> None:
    """H5."""
    await story.record_session()
    check_in = await story.prompted()
    told = await story.phone.send(check_in["id"], {"a_who": "not_me"})
    assert told.status_code == 201, told.text
    await story.settle()
    await story.got(OMAR, "SAME-DAY")
    alert = await story.alert()
    assert alert["patient"]["messages_stopped_at"] is not None
    assert (await story.check_ins())["h1"] == "open", "the patient has not answered"
    await story.forward(hours=1)
    await story.got(OMAR, "URGENT")
    assert (await story.check_ins())["h1"] == "missed"
    await story.done("omar", await story.alert(), "acknowledge")
    await story.done("omar", await story.alert(), "follow-up", reached=True)
    await story.forward(hours=2, minutes=30)
    assert (await story.check_ins())["h6"] == "open"
    assert [m for m in story.sms.inbox.latest() if m.to == ANAS_PHONE and "Time to check in" not in m.body] == []
    story.expected_errors.add("patient_unreachable")


async def test_messages_go_out_again_once_staff_have_looked_at_the_number(story: Story) -> None:
    """H5: seen on the patient's page, undone by a button or by another number."""
    path = f"/api/patients/{story.ana}"
    nora = story.staff("nora")
    stop = "update patients set texting_stopped_at = app_now() where id = $1"
    assert (await nora.get(path)).json()["messages_stopped_at"] is None
    await story.instance.owner.execute(stop, story.ana)
    assert (await nora.get(path)).json()["messages_stopped_at"] is not None
    kept = await nora.call("PATCH", path, {"language": "en", "resume_messages": False})
    assert kept.json()["messages_stopped_at"] is not None
    resumed = await nora.call("PATCH", path, {"resume_messages": True})
    assert (resumed.status_code, resumed.json()["messages_stopped_at"]) == (200, None)
    (audited,) = await story.rows("select * from audit_log where action = 'messages_resumed'")
    assert audited["patient_id"] == story.ana
    await story.record_session()
    await story.prompted()
    await story.instance.owner.execute(stop, story.ana)
    other = await nora.call("PATCH", path, {"phone": "+34600111333"})
    assert other.json()["messages_stopped_at"] is None


async def test_no_real_session_under_a_protocol_that_nobody_signed(story: Story) -> None:
    """H26."""
    await story.instance.owner.execute("update protocol_versions set signed_by = null, signed_at = null")
    now = await story.now()
    session = {
        "drug": "ketamine", "route": "iv", "dose_mg": 40, "indication": "depression",
        "started_at": stamp(now - timedelta(hours=1)), "ended_at": stamp(now),
    }  # fmt: skip
    refused = await story.staff("nora").post(f"/api/patients/{story.ana}/sessions", session)
    assert refused.status_code == 409
    assert "signed off" in refused.json()["title"]
    signed = await story.staff("lena").post("/api/protocols/clinic/1/sign-off", {})
    assert signed.status_code in (200, 201)
    await story.record_session()


async def test_recording_warns_when_nobody_is_on_duty(story: Story) -> None:
    """H12: a session that ends at four in the afternoon leaves the evening uncovered."""
    await story.set_time((await story.now()).replace(hour=15, minute=30))
    recorded = await story.record_session()
    assert any("outside your hours" in warning for warning in recorded["warnings"])


async def test_no_all_clear_while_somebody_is_being_called(story: Story) -> None:
    """H10."""
    await story.record_session()
    check_in = await story.prompted()
    await story.phone.answer(check_in, CALM, a_danger="chest_pain")
    again = await story.phone.answer(check_in, CALM)
    assert again.status_code == 201
    assert "Nothing you told us" not in again.text
    await story.settle()
    await story.got(OMAR, "EMERGENCY")
    await story.got(NORA, "EMERGENCY")


async def test_nobody_answered_the_call_starts_a_quarter_of_an_hour(story: Story) -> None:
    await story.record_session()
    await story.phone.answer(await story.prompted(), CALM, a_danger="chest_pain")
    await story.settle()
    await story.got(OMAR, "EMERGENCY")
    await story.got(NORA, "EMERGENCY")
    held = await story.done("omar", await story.alert(), "acknowledge")
    after = await story.done("omar", held, "follow-up")
    assert datetime.fromisoformat(after["review_at"]) <= await story.now() + timedelta(minutes=15)
