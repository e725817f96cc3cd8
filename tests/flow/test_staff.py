"""A colleague leaves while holding an alert."""

from server.access.guards import still_signed_in
from server.access.model import Staff
from server.kit.ids import uuid7
from tests.flow.story import CALM, LENA, NORA, OMAR, Story


async def test_a_disabled_colleague_hands_back_the_alerts_they_hold(story: Story) -> None:
    await story.record_session()
    await story.phone.answer(await story.prompted(), CALM, a_danger="chest_pain")
    await story.settle()
    await story.got(OMAR, "EMERGENCY")
    await story.got(NORA, "EMERGENCY")
    held = await story.done("omar", await story.alert(), "acknowledge")
    assert held["acknowledged_by"]["name"] == "Omar"

    omar = story.world.ids.staff["omar"]
    row = (await story.rows("select id from staff_sign_ins where staff_id = $1 and ended_at is null", omar))[0]
    sign_in = Staff(story.world.ids.harbor, omar, "clinician", "en", row["id"], uuid7())
    assert await still_signed_in(story.instance.db, sign_in)
    left = await story.staff("lena").call("PATCH", f"/api/staff/{omar}", {"disabled": True})
    assert left.status_code == 200, left.text

    assert not await still_signed_in(story.instance.db, sign_in)
    assert (await story.staff("omar").get("/api/alerts")).status_code == 401
    alert = await story.alert()
    assert (alert["state"], alert.get("acknowledged_by")) == ("open", None)
    assert alert["version"] > held["version"]
    await story.settle()
    await story.got(NORA, "EMERGENCY")
    await story.got(LENA, "EMERGENCY")
    await story.quiet()
