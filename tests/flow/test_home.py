"""A dose at home: what it needs, the companion's questions, silence, a late answer (safety, decisions 4 and 23)."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from server.flow.clinics import bring_up_to_date
from tests.api.instance import KEY
from tests.flow.home import LUIS, LUIS_AND_ADDRESS, QUESTIONS, Companion, change_ana, dose_at_home, token_of, try_dose
from tests.flow.story import ANAS_PHONE, CALM, LENA, NORA, OMAR, Story, stamp
from tests.flow.test_page_answers import text
from tests.flow.test_rota import layer, make_rota

MARTA = "+34600333555"


async def test_the_companion_is_asked_four_times_and_then_the_patient(story: Story) -> None:
    recorded = await dose_at_home(story)
    (dose,) = await story.timeline("session")
    taken = datetime.fromisoformat(dose["started_at"])
    planned = {c["key"]: c for c in recorded["check_ins"]}
    assert [key for key in planned if key.startswith("c")] == ["c30", "c60", "c90", "c120"]
    for minutes in (30, 60, 90, 120):
        row = planned[f"c{minutes}"]
        assert (row["asked_of"], row["due_at"]) == ("companion", stamp(taken + timedelta(minutes=minutes)))
        assert row["closes_at"] == stamp(taken + timedelta(minutes=minutes + 10))
    assert planned["h2"]["due_at"] == stamp(taken + timedelta(hours=2))
    assert not [warning for warning in recorded["warnings"] if "protocol" in warning]
    for _ in range(4):
        await story.forward(minutes=30)
        luis = await Companion.prompted(story)
        assert (await luis.answers()).status_code == 201
    await story.got(ANAS_PHONE, "Time to check in")
    assert (await story.phone.answer(await story.phone.open(), CALM)).status_code == 201
    await story.forward(hours=5)
    await story.quiet()
    assert await story.alerts() == []
    assert (await story.check_ins())["h6"] == "cancelled"


@pytest.mark.parametrize(
    ("changed", "session", "missing"),
    [
        ({"companion": None}, {}, ["companion"]),
        ({"address": None}, {}, ["address"]),
        ({"companion_blocked": True}, {}, ["companion_blocked"]),
        ({"text_companion": False}, {}, ["companion_consent"]),
        ({}, {"risk": ["alone_tonight"]}, ["alone"]),
        ({"companion": None, "address": None}, {"route": "sc", "setting": "home"}, ["companion", "address"]),
    ],
    ids=str,
)
async def test_no_start_without(
    story: Story, changed: dict[str, Any], session: dict[str, Any], missing: list[str]
) -> None:
    await change_ana(story, **LUIS_AND_ADDRESS | changed)
    refused = await try_dose(story, **session)
    assert (refused.status_code, refused.json()["missing"]) == (409, missing)
    asked = await story.staff("nora").get(f"/api/patients/{story.ana}/home-dose")
    if not session:
        assert asked.json() == {"missing": missing, "held": False}
    assert await story.timeline("session") == []


async def test_no_start_with_a_companion_who_takes_no_texts(story: Story) -> None:
    """STOP is seen on the patient's page, and START from that phone brings the texts back."""
    await change_ana(story, **LUIS_AND_ADDRESS)
    path = f"/api/patients/{story.ana}"
    assert (await story.staff("nora").get(path)).json()["companion_texts_stopped_at"] is None
    await text(story, LUIS, "STOP")
    assert (await story.staff("nora").get(path)).json()["companion_texts_stopped_at"]
    refused = await try_dose(story)
    assert (refused.status_code, refused.json()["missing"]) == (409, ["companion_stopped"])
    await text(story, LUIS, "START")
    assert (await try_dose(story)).status_code == 201


async def test_a_clinic_of_an_earlier_version_gets_the_protocol_unsigned(story: Story) -> None:
    owner = story.instance.owner
    await owner.execute("delete from protocol_versions where key = 'home'")
    signed = "select key, signed_by is not null as signed from protocol_versions where clinic_id = $1 order by key"
    for _ in range(2):
        await bring_up_to_date(owner, KEY)
        rows = await story.rows(signed, story.world.ids.harbor)
        assert [(row["key"], row["signed"]) for row in rows] == [("clinic", True), ("home", False)]
    await change_ana(story, **LUIS_AND_ADDRESS)
    refused = await try_dose(story)
    assert (refused.status_code, "signed off" in refused.text) == (409, True)


OLDER = """
update protocol_versions set document = jsonb_set(document, '{title,en}', '"An older standard"') where key = 'home'
"""
OWN = """
insert into protocol_versions (clinic_id, key, version, document, published_at, signed_by, signed_at, submitted_by,
    submitted_at)
select clinic_id, key, 2, jsonb_set(jsonb_set(document, '{title,en}', '"Our own"'), '{version}', '2'), published_at,
    signed_by, signed_at, signed_by, signed_at
from protocol_versions where key = 'home' and clinic_id = $1
"""
PINNED = "select protocol_version from treatment_sessions where clinic_id = $1 order by recorded_at desc"


@pytest.mark.parametrize("own", [False, True], ids=["standard only", "a version of its own"])
async def test_a_newer_standard_waits_beside_what_the_clinic_signed(story: Story, own: bool) -> None:
    """What was signed stays in use, and doses are recorded by it, until a clinician has signed the newer standard."""
    owner, in_use = story.instance.owner, 2 if own else 1
    await owner.execute(OLDER)
    if own:
        await owner.execute(OWN, story.world.ids.harbor)
    for _ in range(2):
        await bring_up_to_date(owner, KEY)
    listed = [p for p in (await story.staff("lena").get("/api/protocols")).json()["items"] if p["key"] == "home"]
    assert [(p["version"], p["replaces"], p["needs_sign_off"]) for p in listed] == [
        (in_use, None, False), (in_use + 1, in_use, False),
    ]  # fmt: skip
    assert [p["title"] for p in listed] == ["Our own" if own else "An older standard", "Dose at home"]
    await change_ana(story, **LUIS_AND_ADDRESS)
    assert (await try_dose(story)).status_code == 201
    assert (await story.rows(PINNED, story.world.ids.harbor))[0]["protocol_version"] == in_use
    draft = await story.staff("lena").call("POST", "/api/protocols/drafts", {"key": "home"})
    assert draft.json()["draft"]["base_version"] == in_use
    signed = await story.staff("lena").call("POST", f"/api/protocols/home/{in_use + 1}/sign-off", {})
    assert (signed.json()["version"], signed.json()["replaces"]) == (in_use + 1, None)
    listed = [p for p in (await story.staff("lena").get("/api/protocols")).json()["items"] if p["key"] == "home"]
    assert [p["version"] for p in listed] == [in_use + 1]


async def test_no_start_without_cover_for_four_hours(story: Story) -> None:
    """H12: the clinic at work until then, or two people of the call list who can be reached."""
    await change_ana(story, **LUIS_AND_ADDRESS)
    await story.staff("lena").call("PUT", "/api/clinic/call-list", {"staff_ids": [str(story.world.ids.staff["omar"])]})
    assert (await try_dose(story)).status_code == 201
    await story.set_time((await story.now()).replace(hour=15))
    refused = await try_dose(story)
    assert (refused.status_code, refused.json()["missing"]) == (409, ["cover"])
    listed = [str(story.world.ids.staff[who]) for who in ("omar", "nora")]
    await story.staff("lena").call("PUT", "/api/clinic/call-list", {"staff_ids": listed})
    assert (await try_dose(story)).status_code == 201
    story.messages.forget()


async def test_a_dose_of_long_ago_is_written_down_whatever_was_missing(story: Story) -> None:
    recorded = await try_dose(story, minutes_ago=4 * 60)
    assert recorded.status_code == 201, recorded.text
    assert {c["state"] for c in recorded.json()["check_ins"] if c["asked_of"] == "companion"} == {"cancelled"}


async def test_no_start_by_moving_a_dose_of_long_ago(story: Story) -> None:
    """The same gate as when it is recorded."""
    recorded = await try_dose(story, minutes_ago=5 * 60)
    now = stamp(await story.now())
    path = f"/api/sessions/{recorded.json()['id']}"
    refused = await story.staff("nora").call("PATCH", path, {"started_at": now, "ended_at": now})
    assert (refused.status_code, refused.json()["missing"]) == (409, ["companion", "address"])
    await change_ana(story, **LUIS_AND_ADDRESS)
    moved = await story.staff("nora").call("PATCH", path, {"started_at": now, "ended_at": now})
    assert moved.status_code == 200, moved.text


async def test_what_is_learnt_about_a_dose_that_has_begun_is_kept_and_warned_of(story: Story) -> None:
    recorded = await dose_at_home(story)
    path = f"/api/sessions/{recorded['id']}"
    changed = await story.staff("nora").call("PATCH", path, {"risk": ["alone_tonight"]})
    assert changed.status_code == 200, changed.text
    assert "alone_tonight" in changed.json()["risk_reasons"]
    assert any(warning.startswith("The patient is alone") for warning in changed.json()["warnings"])


async def silent_companion(story: Story) -> None:
    """Luis does not answer half an hour after the dose; Omar is paged ten minutes later."""
    await dose_at_home(story)
    await story.forward(minutes=30)
    await story.got(LUIS, QUESTIONS)
    await story.forward(minutes=3)
    await story.got(LUIS, QUESTIONS)
    await story.forward(minutes=6)
    await story.quiet()
    await story.forward(minutes=1)
    await story.got(OMAR, "URGENT")


async def test_a_silent_companion_is_urgent_after_ten_minutes_and_decided_on_after_twenty(story: Story) -> None:
    await silent_companion(story)
    alert = await story.alert()
    assert [flag["rule"] for flag in alert["flags"]] == ["missed.companion_home"]
    assert "ambulance or a welfare check" in alert["flags"][0]["explanation"]
    assert (alert["tier"], alert["missed"], alert["silent"]) == ("urgent", True, ["companion"])
    assert alert["patient"]["address"] == "Calle Mayor 3"
    await story.forward(minutes=9)
    await story.quiet()
    await story.forward(minutes=1)
    await story.got(OMAR, "EMERGENCY")
    await story.got(NORA, "EMERGENCY")
    assert (await story.alert())["tier"] == "emergency"


async def test_a_late_clear_answer_ends_the_climb_but_not_the_alert_before_four_hours(story: Story) -> None:
    await silent_companion(story)
    found = next(item for item in await story.timeline("check_in") if item["key"] == "c30")
    assert found["state"] == "missed"
    message = next(m for m in story.sms.inbox.latest() if m.to == LUIS)
    luis = await Companion.opens(story, message)
    assert (await luis.answers()).status_code == 201
    assert (await story.check_ins())["c30"] == "answered"
    alert = await story.alert()
    assert (alert["state"], alert["silent"]) == ("open", [])
    assert "answered_late" in [event["kind"] for event in alert["events"]]
    await story.forward(minutes=15)
    assert (await story.alert())["tier"] == "urgent"
    story.messages.forget()


async def test_after_four_hours_a_late_clear_answer_closes_it(story: Story) -> None:
    await change_ana(story, **LUIS_AND_ADDRESS)
    await try_dose(story)
    await story.set_time(await story.now() + timedelta(hours=4, minutes=1))
    await story.settle()
    await story.got(OMAR, "URGENT")
    missed = {item["key"]: item["id"] for item in await story.timeline("check_in") if item["state"] == "missed"}
    assert missed.keys() == {"c30", "c60", "c90", "c120", "h2"}
    await story.instance.owner.execute("update check_ins set state = 'answered' where asked_of = 'companion'")
    answer = await story.phone.answer(await story.phone.open(missed["h2"]), CALM)
    assert answer.status_code == 201, answer.text
    assert await story.alerts() == []
    story.messages.forget()


async def test_dropping_off_early_is_looked_at_again_in_ten_minutes_and_is_urgent_the_second_time(story: Story) -> None:
    await dose_at_home(story)
    await story.forward(minutes=30)
    luis = await Companion.prompted(story)
    told = await luis.answers(c_wake="drops_off")
    assert told.status_code == 201, told.text
    await story.settle()
    await story.got(OMAR, "SAME-DAY")
    await story.forward(minutes=10)
    again = await Companion.prompted(story)
    assert again.opened["key"] == "again_1"
    assert (await again.answers(c_wake="drops_off")).status_code == 201
    await story.settle()
    await story.got(OMAR, "URGENT")
    assert (await story.alert())["answered_by"] == "companion"
    story.messages.forget()


async def test_what_the_companion_sees_pages_at_once(story: Story) -> None:
    await dose_at_home(story)
    await story.forward(minutes=30)
    luis = await Companion.prompted(story)
    answer = await luis.answers(c_breath="blue")
    assert answer.json()["alert"] == {"state": "paged"}
    await story.settle()
    for person in (OMAR, NORA):
        await story.got(person, "EMERGENCY")


async def test_a_blocked_companion_is_never_written_to_and_the_silence_still_pages(story: Story) -> None:
    """H7: do-not-contact beats every automatic step."""
    await dose_at_home(story)
    await story.forward(minutes=30)
    message = await story.got(LUIS, QUESTIONS)
    luis = await Companion.opens(story, message)
    await change_ana(story, companion_blocked=True)
    stranger = story.instance.browser()
    token = str(message.link).partition("#token=")[2]
    assert (await stranger.post("/api/my/link", {"token": token})).status_code == 404
    assert (await luis.answers()).status_code == 201
    assert (await story.check_ins())["c30"] == "open"
    await story.forward(minutes=11)
    await story.got(OMAR, "URGENT")
    assert LENA not in {m.to for m in story.sms.inbox.latest()}
    await story.quiet()


async def test_the_link_of_a_companion_who_was_replaced_speaks_for_nobody(story: Story) -> None:
    """H7: another companion since then; what the first one sends is kept and raises, but clears nothing."""
    await dose_at_home(story)
    await story.forward(minutes=30)
    message = await story.got(LUIS, QUESTIONS)
    luis = await Companion.opens(story, message)
    await change_ana(story, companion={"name": "Marta Ruiz", "phone": MARTA})
    stranger = story.instance.browser()
    assert (await stranger.post("/api/my/link", {"token": token_of(message)})).status_code == 404
    assert (await luis.answers()).status_code == 201
    assert (await story.check_ins())["c30"] == "open"
    await story.forward(minutes=11)
    await story.got(OMAR, "URGENT")
    await story.quiet()
    await story.forward(minutes=20)
    marta = await Companion.opens(story, await story.got(MARTA, QUESTIONS, channel="sms"))
    assert (await marta.answers()).status_code == 201
    assert (await story.check_ins())["c60"] == "answered"
    story.messages.forget()


async def test_holding_an_unreached_alert_does_not_stop_it_rising(story: Story) -> None:
    """Decision 4: silence is decided on 20 minutes after the question, whoever holds the alert."""
    await dose_at_home(story)
    await story.forward(minutes=30)
    await Companion.prompted(story)
    await story.forward(minutes=11)
    await story.got(LUIS)
    await story.got(OMAR, "URGENT")
    held = await story.done("omar", await story.alert(), "acknowledge")
    await story.done("omar", held, "follow-up", note="left voicemail")
    await story.forward(minutes=9)
    for person in (OMAR, NORA):
        await story.got(person, "EMERGENCY")
    alert = await story.alert()
    assert (alert["tier"], alert["state"]) == ("emergency", "open")


async def test_a_rota_covers_a_dose_only_while_somebody_is_on_call(story: Story) -> None:
    """H12 with a rota: somebody on call at every moment until four hours after, and somebody behind them."""
    await change_ana(story, **LUIS_AND_ADDRESS)
    await story.set_time((await story.now()).replace(hour=15))
    mornings = [{"days": [1, 2, 3, 4, 5, 6, 7], "from": "08:00", "to": "18:00"}]
    await make_rota(story, layer(story, "omar", "nora"), coverage=mornings)
    refused = await try_dose(story)
    assert (refused.status_code, refused.json()["missing"]) == (409, ["cover"])
    await make_rota(story, layer(story, "omar", "nora"))
    assert (await try_dose(story)).status_code == 201
    story.messages.forget()
