"""An answer against several of the patient's own earlier sessions at the same offset."""

from msgspec.structs import replace

from server.protocols import draft_model as d
from server.protocols.builtin import load_builtin
from server.protocols.operations import applied
from tests.flow.story import CALM, Story
from tests.flow.test_lab import answer, look_after, publish, report_of


async def test_worse_than_each_of_the_last_three_sessions_calls_somebody(story: Story) -> None:
    """A little sick is routine; a little sick as never before is not, and once it was like that it is nothing new.
    Tried again, the same answers say the same."""
    compared = d.WorseThanOwn(sessions=3, compare="every", up=1)
    rule = d.AddRule(item="a_sick", own=compared, tier="same_day")
    await publish(story, replace(applied(load_builtin()[0], [rule], {}), version=2))
    signed = await story.staff("omar").post("/api/protocols/clinic/2/sign-off", {})
    assert signed.status_code == 200, signed.text
    told = []
    for sick in ("no", "no", "no", "felt_sick", "felt_sick"):
        await story.record_session()
        await story.forward(hours=3)
        await answer(story, "h1", CALM | {"a_sick": sick})
        flags = [flag for alert in await story.alerts() for flag in alert["flags"] if flag["rule"] == "own.1"]
        told.append([flag["explanation"].rpartition("; ")[2] for flag in flags])
        await look_after(story)
        await story.forward(hours=5)
        await look_after(story)
    assert told == [[], [], [], ["at this time after their own last sessions: No, No, No"], []]
    report = await report_of(story, "lena", 2, over="stored", days=28)
    assert (report["new"], report["gone"], report["cases"]) == (0, 0, [])
    own = next(one for one in report["rules"] if one["rule"] == "own.1")
    assert (own["before"], own["after"]) == (1, 1)
