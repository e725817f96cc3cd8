"""The rota decides who is paged when a step fires; without one the call list does."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.flow.story import CALM, LENA, NORA, OMAR, Story, stamp

SATURDAY_NIGHT = datetime(2026, 3, 7, 22, 0, tzinfo=UTC)
WEEKDAYS = [{"days": [1, 2, 3, 4, 5], "from": "08:00", "to": "18:00"}]


def layer(story: Story, *who: str, **more: Any) -> dict[str, Any]:
    ids = [str(story.world.ids.staff[one]) for one in who]
    return {"staff_ids": ids, "first_day": "2026-03-02", "hand_over": "08:00"} | more


async def make_rota(story: Story, *layers: dict[str, Any], **more: Any) -> dict[str, Any]:
    lena = story.staff("lena")
    version = (await lena.get("/api/clinic/rota")).json()["version"]
    body = {"version": version, "layers": list(layers)} | more
    answer = await lena.call("PUT", "/api/clinic/rota", body)
    assert answer.status_code == 200, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def change(story: Story, who: str, hours: float, *, by: str = "lena", **more: Any) -> Any:
    now = await story.now()
    body = {
        "staff_id": str(story.world.ids.staff[who]),
        "begins": stamp(now),
        "ends": stamp(now + timedelta(hours=hours)),
    }
    return await story.staff(by).post("/api/clinic/rota/changes", body | more)


async def raised(story: Story, **changed: str) -> dict[str, Any]:
    await story.record_session()
    assert (await story.phone.answer(await story.prompted(), CALM, **changed)).status_code == 201
    await story.settle()
    return await story.alert()


async def test_who_is_on_call_is_paged_and_the_next_step_pages_who_is_on_next(story: Story) -> None:
    await make_rota(story, layer(story, "nora", "lena"))
    await raised(story, a_sick="many")
    await story.got(NORA, "URGENT")
    await story.quiet()
    await story.forward(minutes=31)
    await story.got(LENA, "URGENT")
    await story.quiet()
    await story.forward(minutes=30)
    for person in (NORA, LENA, OMAR):
        await story.got(person, "URGENT TO ALL")


async def test_an_emergency_pages_both_layers_at_once(story: Story) -> None:
    await make_rota(story, layer(story, "lena"), layer(story, "nora", "omar"))
    await raised(story, a_danger="chest_pain")
    await story.got(LENA, "EMERGENCY")
    await story.got(NORA, "EMERGENCY")
    await story.quiet()


async def test_a_change_reaches_the_next_step_of_an_alert_that_is_climbing(story: Story) -> None:
    await make_rota(story, layer(story, "omar", "nora"))
    await raised(story, a_sick="many")
    await story.got(OMAR, "URGENT")
    await make_rota(story, layer(story, "omar", "lena"))
    await story.forward(minutes=31)
    await story.got(LENA, "URGENT")
    await story.quiet()


async def test_after_hand_over_the_next_person_is_paged(story: Story) -> None:
    await make_rota(story, layer(story, "omar", "nora"))
    await story.set_time(datetime(2026, 3, 9, 8, 0, tzinfo=UTC))
    await raised(story, a_sick="many")
    await story.got(NORA, "URGENT")
    await story.quiet()


async def test_who_stands_in_is_paged_and_who_is_away_is_not(story: Story) -> None:
    await make_rota(story, layer(story, "omar", "nora"))
    omar = str(story.world.ids.staff["omar"])
    assert (await change(story, "lena", 6, instead_of=omar)).status_code == 201
    await raised(story, a_danger="chest_pain")
    await story.got(LENA, "EMERGENCY")
    await story.got(NORA, "EMERGENCY")
    await story.quiet()


async def test_outside_the_hours_of_coverage_an_urgent_alert_pages_everybody(story: Story) -> None:
    await make_rota(story, layer(story, "omar", "nora"), coverage=WEEKDAYS)
    await story.set_time(SATURDAY_NIGHT)
    await raised(story, a_sick="many")
    for person in (OMAR, NORA, LENA):
        await story.got(person, "URGENT")
    await story.quiet()


async def test_a_gap_in_the_hours_of_coverage_is_an_incident(story: Story) -> None:
    nights = [{"days": [1, 2, 3, 4, 5, 6, 7], "from": "20:00", "to": "08:00"}]
    await make_rota(story, layer(story, "omar", "nora", hours=nights))
    story.expected_errors.add("nobody_on_call")
    await raised(story, a_sick="many")
    for person in (OMAR, NORA, LENA):
        await story.got(person, "SYSTEM  nobody on call can be paged")
        await story.got(person, "URGENT")
    await story.quiet()


async def told_of_gaps(story: Story) -> int:
    """To Nora."""
    rows = await story.rows(
        "select from notifications where template = 'incident' and staff_id = $1", story.world.ids.staff["nora"]
    )
    return len(rows)


async def test_a_gap_is_told_once_a_day_and_when_it_comes_back(story: Story) -> None:
    """Each step of the climb meets it again: that is not told each hour of it."""
    nights = [{"days": [1, 2, 3, 4, 5, 6, 7], "from": "20:00", "to": "08:00"}]
    await make_rota(story, layer(story, "omar", "nora", hours=nights))
    story.expected_errors.add("nobody_on_call")
    await story.set_time(datetime(2026, 3, 2, 8, tzinfo=UTC))
    await raised(story, a_sick="many")
    await story.forward(hours=3)
    assert await told_of_gaps(story) == 1
    await change(story, "omar", 1)
    await story.forward(minutes=40)
    await story.forward(hours=1)
    assert await told_of_gaps(story) == 2
    await story.set_time(datetime(2026, 3, 3, 7, 30, tzinfo=UTC))
    await story.forward(minutes=40)
    assert await told_of_gaps(story) == 3
    story.messages.forget()


async def test_a_colleague_who_left_is_passed_over(story: Story) -> None:
    await make_rota(story, layer(story, "omar", "nora", "lena"))
    omar = story.world.ids.staff["omar"]
    await story.staff("lena").call("PATCH", f"/api/staff/{omar}", {"disabled": True})
    story.expected_errors |= {"nobody_on_call", "on_call_unreachable"}
    await raised(story, a_sick="many")
    await story.got(NORA, "URGENT")
    for person in (NORA, LENA):
        await story.got(person, "SYSTEM  nobody on call can be paged")
        await story.got(person, "SYSTEM  who is on call cannot be paged")
    await story.quiet()


async def test_without_layers_the_call_list_holds_again(story: Story) -> None:
    await make_rota(story, layer(story, "nora"))
    await make_rota(story)
    shown = (await story.staff("vera").get("/api/clinic/on-call")).json()
    assert (shown["by_rota"], shown["now"]) == (False, [["Omar"]])
    await raised(story, a_sick="many")
    await story.got(OMAR, "URGENT")
    await story.quiet()


async def test_everybody_sees_who_is_on_call_now_and_next(story: Story) -> None:
    await make_rota(story, layer(story, "omar", "nora"), layer(story, "lena"))
    shown = (await story.staff("vera").get("/api/clinic/on-call")).json()
    assert shown == {
        "by_rota": True, "now": [["Omar"], ["Lena"]], "until": "2026-03-09T07:00:00Z",
        "next_at": "2026-03-09T07:00:00Z", "next": [["Nora"], ["Lena"]],
    }  # fmt: skip
    await make_rota(story, layer(story, "omar"), coverage=WEEKDAYS)
    await story.set_time(SATURDAY_NIGHT)
    shown = (await story.staff("nora").get("/api/clinic/on-call")).json()
    assert (shown["now"], shown["next_at"], shown["next"]) == ([], "2026-03-09T07:00:00Z", [["Omar"]])


# What may be stored, and by whom


async def test_the_rota_gives_back_what_it_took_and_the_days_to_come(story: Story) -> None:
    layers = [layer(story, "omar", "nora", weeks=2, hours=WEEKDAYS), layer(story, "lena")]
    made = await make_rota(story, *layers, coverage=WEEKDAYS)
    assert (made["version"], made["coverage"], made["layers"][0]) == (1, WEEKDAYS, layers[0])
    assert made["layers"][1] == layers[1] | {"weeks": 1, "hours": []}
    first, *_, last = made["periods"]
    assert first["begins"] == made["now"]
    assert datetime.fromisoformat(last["ends"]) - datetime.fromisoformat(made["now"]) == timedelta(days=14)
    assert first["on_call"] == [[layers[0]["staff_ids"][0]], layers[1]["staff_ids"]]
    assert {one["name"]: one["fit"] for one in made["people"]} == {"Lena": True, "Nora": True, "Omar": True}
    seen = (await story.staff("vera").get("/api/clinic/rota")).json()
    assert [seen[name] for name in ("version", "layers", "people")] == [
        made[name] for name in ("version", "layers", "people")
    ]


async def test_two_admins_do_not_overwrite_each_other(story: Story) -> None:
    lena, body = story.staff("lena"), {"version": 0, "layers": [layer(story, "omar")]}
    assert (await lena.call("PUT", "/api/clinic/rota", body)).status_code == 200
    stale = await lena.call("PUT", "/api/clinic/rota", body)
    assert (stale.status_code, "changed the rota" in stale.json()["title"]) == (409, True)


@pytest.mark.parametrize(
    ("field", "more"),
    [
        ("layers[0].staff_ids[1]", {"staff_ids": ["lena", "vera"]}),
        ("layers[0].staff_ids[1]", {"staff_ids": ["lena", "lena"]}),
        ("layers[0].staff_ids[0]", {"staff_ids": ["zoe"]}),
        ("layers[0].staff_ids", {"staff_ids": []}),
        ("layers[0].hand_over", {"hand_over": "24:00"}),
        ("layers[0].first_day", {"first_day": "2026-02-30"}),
        ("layers[0].first_day", {"first_day": "1826-02-03"}),
        ("layers[0].weeks", {"weeks": 0}),
        ("layers[0].hours[0].days[0]", {"hours": [{"days": [8], "from": "08:00", "to": "09:00"}]}),
        ("layers[0].hours[0].to", {"hours": [{"days": [1], "from": "08:00", "to": "9"}]}),
    ],
)
async def test_what_cannot_be_is_refused_with_its_field(story: Story, field: str, more: dict[str, Any]) -> None:
    if "staff_ids" in more:
        more = {"staff_ids": [str(story.world.ids.staff[who]) for who in more["staff_ids"]]}
    body = {"version": 0, "layers": [layer(story, "omar") | more]}
    answer = await story.staff("lena").call("PUT", "/api/clinic/rota", body)
    assert (answer.status_code, [e["field"] for e in answer.json()["errors"]]) == (422, [field]), answer.text
    assert (await story.staff("lena").get("/api/clinic/rota")).json()["version"] == 0


async def test_a_change_needs_a_rota_and_times_that_can_be(story: Story) -> None:
    assert (await change(story, "nora", 2)).status_code == 409
    await make_rota(story, layer(story, "omar"))
    backwards, over = await change(story, "nora", -1), await change(story, "nora", 24 * 100)
    for answer in (backwards, over):
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "ends")
    assert (await change(story, "vera", 2)).json()["errors"][0]["field"] == "staff_id"
    same = await change(story, "nora", 2, instead_of=str(story.world.ids.staff["nora"]))
    assert same.json()["errors"][0]["field"] == "instead_of"
    for stranger in (UUID(int=1), story.world.ids.staff["zoe"]):
        foreign = await change(story, "nora", 2, instead_of=str(stranger))
        assert (foreign.status_code, foreign.json()["errors"][0]["field"]) == (422, "instead_of")


async def test_a_nurse_takes_duty_over_but_gives_none_away(story: Story) -> None:
    await make_rota(story, layer(story, "omar"))
    assert (await change(story, "omar", 2, by="nora")).status_code == 403
    taken = await change(story, "nora", 2, by="nora", instead_of=str(story.world.ids.staff["omar"]))
    assert taken.status_code == 201
    (made,) = taken.json()["changes"]
    path = f"/api/clinic/rota/changes/{made['id']}"
    assert (await story.staff("omar").call("DELETE", path)).status_code == 403
    assert (await story.staff("vera").call("DELETE", path)).status_code == 403
    assert (await story.staff("zoe").call("DELETE", path)).status_code == 404
    assert (await story.staff("nora").call("DELETE", path)).json()["changes"] == []
    assert (await story.staff("nora").call("DELETE", path)).status_code == 404


async def test_a_swap_is_made_and_taken_back_as_a_whole(story: Story) -> None:
    await make_rota(story, layer(story, "omar", "nora"))
    ids, now = story.world.ids.staff, await story.now()
    this, following = datetime(2026, 3, 9, 7, tzinfo=UTC), datetime(2026, 3, 16, 7, tzinfo=UTC)
    body = {
        "one": {"staff_id": str(ids["omar"]), "begins": stamp(now), "ends": stamp(this)},
        "other": {"staff_id": str(ids["nora"]), "begins": stamp(this), "ends": stamp(following)},
    }
    assert (await story.staff("nora").post("/api/clinic/rota/swaps", body)).status_code == 403
    wrong = body | {"other": body["other"] | {"staff_id": str(ids["lena"])}}
    refused = await story.staff("lena").post("/api/clinic/rota/swaps", wrong)
    assert (refused.status_code, [e["field"] for e in refused.json()["errors"]]) == (422, ["other.begins"])
    made = (await story.staff("lena").post("/api/clinic/rota/swaps", body)).json()
    one, other = made["changes"]
    assert one["swap_id"] == other["swap_id"] is not None
    assert [p["on_call"] for p in made["periods"]] == [[[str(ids[w])]] for w in ("nora", "omar")]
    left = await story.staff("lena").call("DELETE", f"/api/clinic/rota/changes/{other['id']}")
    assert left.json()["changes"] == []
    assert [p["on_call"] for p in left.json()["periods"]] == [[[str(ids[w])]] for w in ("omar", "nora", "omar")]
    await story.settle()
    story.messages.forget()


async def test_a_stand_in_taken_back_is_told_to_both(story: Story) -> None:
    """Nora need not stay up any more, and Omar has to."""
    await make_rota(story, layer(story, "omar", "lena"))
    await change(story, "nora", 3, instead_of=str(story.world.ids.staff["omar"]))
    await story.settle()
    await story.got(NORA, "ON CALL  You were put on call")
    (made,) = (await story.staff("lena").get("/api/clinic/rota")).json()["changes"]
    assert (await story.staff("lena").call("DELETE", f"/api/clinic/rota/changes/{made['id']}")).status_code == 200
    await story.settle()
    for person in (NORA, OMAR):
        await story.got(person, "ON CALL  A change was taken back")
    await story.quiet()


async def test_only_an_admin_changes_layers_and_it_is_written_down(story: Story) -> None:
    body = {"version": 0, "layers": [layer(story, "omar")]}
    for who in ("nora", "omar", "vera"):
        assert (await story.staff(who).call("PUT", "/api/clinic/rota", body)).status_code == 403
    await make_rota(story, layer(story, "omar"))
    await change(story, "nora", 2)
    written = await story.rows("select action from audit_log where action like 'rota%' order by id")
    assert [row["action"] for row in written] == ["rota_changed", "rota_change_made"]


# What is wrong with it


async def findings(story: Story, who: str = "nora", language: str = "en") -> list[str]:
    answer = await story.staff(who).get(f"/api/clinic/rota/findings?language={language}")
    return [item["text"] for item in answer.json()["items"]]


async def test_the_team_reads_what_is_wrong_until_it_is_mended(story: Story) -> None:
    await make_rota(story, layer(story, "omar", "nora", hours=WEEKDAYS), coverage=[WEEKDAYS[0] | {"to": "19:00"}])
    said = await findings(story)
    assert said[0] == "Nobody is on call from Mon 2 Mar 18:00 to Mon 2 Mar 19:00."
    assert any(text.startswith("Fewer than two ways to page Omar") for text in said)
    assert (await findings(story, language="es"))[0].startswith("No hay nadie de guardia desde lun 2 mar 18:00")
    assert (await story.staff("vera").get("/api/clinic/rota/findings")).status_code == 403
    assert (await story.staff("nora").get("/api/clinic/rota/findings?language=fr")).status_code == 422
    await make_rota(story, layer(story, "omar", "nora", hours=WEEKDAYS), coverage=WEEKDAYS)
    assert not any("Nobody is on call" in text for text in await findings(story))


# What else asks who is on call


async def test_recording_warns_only_of_hours_at_which_nobody_is_on_call(story: Story) -> None:
    await make_rota(story, layer(story, "omar", "nora"))
    await story.set_time(datetime(2026, 3, 2, 18, 30, tzinfo=UTC))
    assert not any("falls outside" in text for text in (await story.record_session())["warnings"])
    await make_rota(story, layer(story, "omar", "nora"), coverage=WEEKDAYS)
    await story.forward(hours=24)
    warned = (await story.record_session())["warnings"]
    assert any("nobody is on call then. Pages go to everybody." in text for text in warned)
    story.messages.forget()


async def test_the_people_of_the_rota_count_as_people_to_call(story: Story) -> None:
    lena = story.staff("lena")
    await lena.call("PUT", "/api/clinic/call-list", {"staff_ids": []})
    assert (await lena.get("/api/me")).json()["call_list"]["reachable"] == 0
    await make_rota(story, layer(story, "omar", "nora"))
    assert (await lena.get("/api/me")).json()["call_list"] == {"reachable": 2, "warning": None}


async def test_a_digest_outside_coverage_goes_to_who_is_on_call_next_and_to_nobody_else(story: Story) -> None:
    await make_rota(story, layer(story, "nora", "omar"), coverage=WEEKDAYS)
    await story.set_time(datetime(2026, 3, 6, 18, 0, tzinfo=UTC))
    assert (await story.phone.report({}, text="please look at this")).status_code == 201
    await story.quiet()
    await story.forward(hours=15, minutes=1)
    await story.got(OMAR, "1 same-day alert waiting")
    await story.quiet()


async def test_who_is_on_call_in_three_weeks_is_found(story: Story) -> None:
    await make_rota(story, layer(story, "omar", "nora", weeks=3))
    shown = (await story.staff("vera").get("/api/clinic/on-call")).json()
    assert (shown["until"], shown["next"]) == ("2026-03-23T07:00:00Z", [["Nora"]])
    await make_rota(story, layer(story, "omar"))
    shown = (await story.staff("vera").get("/api/clinic/on-call")).json()
    assert (shown["now"], shown["until"], shown["next"]) == ([["Omar"]], None, [])


async def test_whoever_is_put_on_call_by_somebody_else_hears_of_it(story: Story) -> None:
    ids = story.world.ids.staff
    await story.staff("lena").call("PUT", "/api/clinic/rota", {"version": 0, "layers": [layer(story, "omar")]})
    assert (await change(story, "nora", 2, by="lena")).status_code == 201
    assert (await change(story, "omar", 2, by="omar")).status_code == 201
    await story.settle()
    told = await story.got(NORA, "ON CALL", "Mon 2.3. 10:00 to Mon 2.3. 12:00")
    assert told.link is not None
    assert told.link.endswith("/team/rota")
    assert str(ids["nora"]) not in told.body
    await story.quiet()
