"""The clinical decisions by the clock: who gets which message, to the minute (safety, section 1)."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from tests.flow.home import LUIS, LUIS_AND_ADDRESS, Companion, change_ana, dose_at_home
from tests.flow.story import ANAS_PHONE, CALM, LENA, NEXT_DAY, NORA, OMAR, Story, stamp
from tests.flow.test_pauses import paused
from tests.rules.answering import SAFE_WELL

NAMES = {ANAS_PHONE: "Ana", LUIS: "Luis", OMAR: "Omar", NORA: "Nora", LENA: "Lena"}
WORDS = {
    "You have it": "reached?", "Time to check in": "prompt", "still open": "nudge", "not heard from you": "text",
    "short questions": "look",
    "EMERGENCY TO ALL": "E to all", "URGENT TO ALL": "U to all", "EMERGENCY": "E", "URGENT": "U", "SAME-DAY": "S",
    "same-day alert": "digest",
}  # fmt: skip
Told = tuple[int, str, str, str]

ANA_IS_ASKED: list[Told] = [(0, "Ana", "sms", "prompt"), (10, "Ana", "sms", "nudge"), (35, "Ana", "sms", "text")]


def by_the_clock(story: Story, since: datetime) -> list[Told]:
    """(minute, who, by which channel, what) of all that was sent and not looked at yet, oldest first."""
    told = [
        (
            (message.at - since) // timedelta(minutes=1),
            NAMES[message.to],
            message.channel,
            next(short for words, short in WORDS.items() if words in f"{message.title} {message.body}"),
        )
        for message in story.messages.unexpected()
    ]
    story.messages.forget()
    return sorted(told)


async def due(story: Story, key: str) -> datetime:
    """A second before this check-in is due; when that is."""
    planned = next(
        item for item in await story.timeline("check_in") if item["key"] == key and item["state"] == "planned"
    )
    at = datetime.fromisoformat(planned["due_at"])
    await story.forward(seconds=(at - await story.now()).total_seconds() - 1)
    story.messages.forget()
    return at


# Decisions 2 and 3: an hour after leaving


async def test_an_hour_of_silence_with_a_risk_flag(story: Story) -> None:
    """ "+10 nudge; +20 the companion gets the observation set; +35 SMS again; +60 a human call: U with a risk flag";
    then decision 16: "not reached in 15 min, no adult confirmed: E"."""
    await change_ana(story, **LUIS_AND_ADDRESS)
    await story.record_session()
    at = await due(story, "h1")
    await story.forward(minutes=75, seconds=2)
    assert by_the_clock(story, at) == sorted(
        [
            *ANA_IS_ASKED, (20, "Luis", "sms", "look"), (30, "Luis", "sms", "look"), (60, "Omar", "sms", "U"),
            (75, "Omar", "sms", "E"), (75, "Nora", "sms", "E"),
        ]
    )  # fmt: skip


async def test_an_hour_of_silence_without_a_risk_flag(story: Story) -> None:
    """ "else S with a 60 min target": the next person an hour later, in the clinic's hours."""
    await story.earlier_sessions()
    await story.record_session()
    at = await due(story, "h1")
    await story.forward(minutes=120, seconds=2)
    assert by_the_clock(story, at) == [*ANA_IS_ASKED, (60, "Omar", "sms", "S"), (120, "Lena", "sms", "S")]


async def test_a_phone_that_shows_notifications_gets_the_second_reminder_as_a_text(story: Story) -> None:
    """ "+35 SMS again", though nothing failed."""
    await story.takes_push()
    await story.record_session()
    at = await due(story, "h1")
    await story.forward(minutes=36)
    assert [(minute, channel) for minute, _, channel, _ in by_the_clock(story, at)] == [
        (0, "push"), (10, "push"), (35, "sms"),
    ]  # fmt: skip


async def test_a_late_clear_answer_closes_what_silence_alone_has_made_an_emergency(story: Story) -> None:
    """Decision 23."""
    await story.record_session()
    await due(story, "h1")
    missed = next(item for item in await story.timeline("check_in") if item["key"] == "h1")
    await story.forward(minutes=76)
    assert (await story.alert())["tier"] == "emergency"
    assert (await story.phone.answer(await story.phone.open(missed["id"]), CALM)).status_code == 201
    (closed,) = await story.alerts(state="closed")
    assert closed["outcome"] == "answered_late_clear"
    story.messages.forget()


# Decision 4: a dose at home


async def test_a_companion_who_does_not_answer_after_a_dose_at_home(story: Story) -> None:
    """ "Companion form at +30, +60 min from dose in mouth; window 10 min, nudge +3, page U at +10, decide at +20"."""
    await dose_at_home(story)
    (dose,) = await story.timeline("session")
    taken = datetime.fromisoformat(dose["started_at"])
    await story.forward(minutes=64)
    sent = by_the_clock(story, taken)
    assert [told for told in sent if told[1] == "Luis"] == [
        (30, "Luis", "sms", "look"), (33, "Luis", "sms", "look"), (60, "Luis", "sms", "look"),
        (63, "Luis", "sms", "look"),
    ]  # fmt: skip
    assert [told for told in sent if told[1] != "Luis"][:3] == [
        (40, "Omar", "sms", "U"), (50, "Nora", "sms", "E"), (50, "Omar", "sms", "E"),
    ]  # fmt: skip


async def test_to_the_minute_a_late_clear_answer_closes_nothing_before_four_hours(story: Story) -> None:
    """Decision 23: "never for a home dose before T0+4 h"."""
    await dose_at_home(story)
    (dose,) = await story.timeline("session")
    taken = datetime.fromisoformat(dose["started_at"])
    for _ in range(4):
        await story.forward(minutes=30)
        assert (await (await Companion.prompted(story)).answers()).status_code == 201
    story.messages.forget()
    h2 = next(item for item in await story.timeline("check_in") if item["key"] == "h2")
    await story.forward(seconds=(taken + timedelta(hours=3, minutes=59) - await story.now()).total_seconds())
    assert (await story.phone.answer(await story.phone.open(h2["id"]), CALM)).status_code == 201
    alert = await story.alert()
    assert (alert["state"], alert["silent"]) == ("open", ["companion"])
    await story.forward(minutes=2)
    assert (await story.phone.send(h2["id"], CALM)).status_code == 201
    assert await story.alerts() == []
    story.messages.forget()


# Decision 6: one clock


async def test_what_is_told_counts_from_the_end_of_the_session_whenever_the_patient_left(story: Story) -> None:
    """ "First check D+1 h"; "rules always see hours since T0"."""
    ended = await story.now()
    left = ended + timedelta(minutes=30)
    await story.set_time(left)
    await story.record_session(ended_minutes_ago=30, discharged_at=stamp(left))
    at = await due(story, "h1")
    assert at - ended == timedelta(minutes=90)
    await story.forward(seconds=2)
    assert (await story.phone.answer(await story.phone.open(), CALM, a_danger="breathing")).status_code == 201
    assert (await story.alert())["flags"][0]["explanation"] == "Hard to breathe, 1 h 30 after the end of the session"
    await story.settle()
    story.messages.forget()


async def test_after_a_dose_at_home_it_counts_from_when_it_was_taken(story: Story) -> None:
    """Not from when it had dissolved."""
    await change_ana(story, **LUIS_AND_ADDRESS)
    now = await story.now()
    body = {
        "drug": "ketamine", "route": "sublingual", "dose_mg": 100, "indication": "depression",
        "started_at": stamp(now - timedelta(minutes=12)), "ended_at": stamp(now),
    }  # fmt: skip
    recorded = await story.staff("nora").post(f"/api/patients/{story.ana}/sessions", body)
    assert recorded.status_code == 201, recorded.text
    await story.forward(minutes=18, seconds=2)
    luis = await Companion.prompted(story)
    assert (await luis.answers(c_breath="blue")).status_code == 201
    assert "30 min after the" in (await story.alert())["flags"][0]["explanation"]
    await story.settle()
    story.messages.forget()


# Decision 13 and H9: what need not wake anybody


async def weekend_thought(story: Story, **changed: str) -> datetime:
    """Saturday morning at eight Ana has had thoughts of suicide, with nothing that makes them urgent; when."""
    await story.set_time(datetime(2026, 3, 6, 7, 0, tzinfo=UTC))
    await story.record_session()
    await due(story, "h1")
    await story.forward(seconds=2)
    assert (await story.phone.answer(await story.phone.open(), CALM)).status_code == 201
    at = await due(story, "h24")
    assert at.replace(microsecond=0) == datetime(2026, 3, 7, 7, 0, tzinfo=UTC)
    await story.forward(seconds=1)
    answer = await story.phone.answer(await story.phone.open(), NEXT_DAY | SAFE_WELL, s_open="yes", **changed)
    assert answer.status_code == 201, answer.text
    story.messages.forget()
    return at


async def test_a_thought_of_suicide_on_a_saturday_does_not_wait_until_monday(story: Story) -> None:
    """Decision 13: "one 10:00 digest to on call; a safety-related S not acknowledged at 12 h becomes U"; H9: "U
    unacknowledged 15 min: E", however it became urgent."""
    at = await weekend_thought(story)
    assert (await story.alert())["tier"] == "same_day"
    await story.forward(hours=12, minutes=31)
    assert by_the_clock(story, at) == [
        (120, "Omar", "sms", "digest"), (720, "Omar", "sms", "U"), (735, "Nora", "sms", "E"),
        (735, "Omar", "sms", "E"), (740, "Lena", "sms", "E"),
        *((745, name, "sms", "E to all") for name in ("Lena", "Nora", "Omar")),
    ]  # fmt: skip
    alert = await story.alert()
    assert (alert["tier"], alert["unreached"]) == ("emergency", False)


async def test_who_acknowledges_what_has_become_urgent_keeps_it_there(story: Story) -> None:
    at = await weekend_thought(story)
    await story.forward(hours=12, minutes=5)
    assert by_the_clock(story, at)[-1] == (720, "Omar", "sms", "U")
    await story.done("omar", await story.alert(), "acknowledge")
    await story.forward(minutes=15)
    assert (await story.alert())["tier"] == "urgent"
    story.messages.forget()


async def test_a_thought_that_joins_an_older_alert_waits_its_own_twelve_hours(story: Story) -> None:
    """Friday evening's words wait for Monday; Saturday's thought is not twelve hours old because they are."""
    await story.set_time(datetime(2026, 3, 6, 7, 0, tzinfo=UTC))
    await story.record_session()
    await due(story, "h1")
    await story.forward(seconds=2)
    assert (await story.phone.answer(await story.phone.open(), CALM)).status_code == 201
    await story.forward(hours=8)
    assert (await story.phone.report({}, text="please look at this")).status_code == 201
    at = await due(story, "h24")
    assert at - timedelta(hours=12) > datetime.fromisoformat((await story.alert())["opened_at"])
    await story.forward(seconds=1)
    answer = await story.phone.answer(await story.phone.open(), NEXT_DAY | SAFE_WELL, s_open="yes")
    assert answer.status_code == 201, answer.text
    await story.forward(hours=11, minutes=59)
    assert (await story.alert())["tier"] == "same_day"
    await story.forward(minutes=2)
    assert (await story.alert())["tier"] == "urgent"
    story.messages.forget()


# Decision 14: who is paged without end


async def test_a_same_day_alert_that_nobody_takes_pages_nobody_at_night(story: Story) -> None:
    """ "Endless paging for E and U only; S loops at start of work to the lead"."""
    await story.earlier_sessions()
    recorded = await story.record_session()
    assert (await story.phone.report({}, text="please look at this")).status_code == 201
    since = datetime.fromisoformat((await story.alert())["opened_at"]).replace(second=0, microsecond=0)
    await story.staff("nora").post(f"/api/sessions/{recorded['id']}/cancel", {"reason": "only the alert matters here"})
    await story.forward(hours=71, minutes=2)
    hour = 60
    assert by_the_clock(story, since) == [
        (0, "Omar", "sms", "S"), (4 * hour, "Lena", "sms", "S"), (8 * hour + 14 * hour, "Lena", "sms", "S"),
        (46 * hour, "Lena", "sms", "S"), (70 * hour, "Lena", "sms", "S"),
    ]  # fmt: skip
    alert = await story.alert()
    assert (alert["exhausted"], alert["paged_again"]) == (True, "lead")


# Decision 15: acknowledging is not contact


async def test_an_emergency_that_somebody_took_and_nobody_reached(story: Story) -> None:
    """ "E pages on call and backup at step 0; patient reached? is due 10 min after an acknowledgement, else it
    reopens"."""
    await story.record_session()
    assert (await story.phone.report({"a_danger": "chest_pain"})).status_code == 201
    await story.settle()
    alert = await story.alert()
    taken = await story.now()
    assert by_the_clock(story, taken) == [(-1, "Nora", "sms", "E"), (-1, "Omar", "sms", "E")]
    await story.done("nora", alert, "acknowledge")
    await story.forward(minutes=9, seconds=58)
    assert by_the_clock(story, taken) == [(6, "Nora", "sms", "reached?")]
    await story.forward(seconds=4)
    assert by_the_clock(story, taken) == [(10, "Nora", "sms", "E"), (10, "Omar", "sms", "E")]
    assert (await story.alert())["state"] == "open"


# Decision 23: late answers


async def test_a_bad_answer_that_arrives_hours_late_keeps_its_tier_and_shows_when_it_was_given(story: Story) -> None:
    """Given an hour after leaving, sent the next morning: judged by then, shown as of then."""
    await story.earlier_sessions()
    await story.record_session()
    at = await due(story, "h1")
    *_, check_in = [item for item in await story.timeline("check_in") if item["key"] == "h1"]
    await story.forward(hours=18)
    now = await story.now()
    given = at + timedelta(minutes=5)
    times = {"started_at": stamp(at), "completed_at": stamp(given), "sent_at": stamp(now)}
    sent = await story.phone.send(check_in["id"], CALM | {"a_real": "lot"}, **times)
    assert sent.status_code == 201, sent.text
    alert = await story.alert()
    assert (alert["tier"], alert["answered_at"][:16]) == ("same_day", stamp(given)[:16]), "now it would be urgent"
    assert [flag["explanation"] for flag in alert["flags"] if "3 h 05" in flag["explanation"]]
    await story.settle()
    story.messages.forget()


# Decision 24: who may clear


async def test_a_bound_phone_is_asked_no_birth_year(story: Story) -> None:
    """Only "link-only answering asks the birth year"."""
    await story.record_session()
    check_in = await story.prompted()
    sent = await story.phone.answer(check_in, CALM)
    assert (sent.status_code, "birth_year_fits" in sent.json()) == (201, False)
    assert (await story.check_ins())["h1"] == "answered"


# Issue 4, point 5: pauses


async def test_a_pause_silences_no_alert_that_stands(story: Story) -> None:
    """ "Which silence prompts but never an urgent page": what climbs goes on climbing."""
    await story.record_session()
    assert (await story.phone.report({"a_sick": "many", "a_place": "with_adult"})).status_code == 201
    await story.settle()
    since = await story.now()
    story.messages.forget()
    await paused(story, "admitted", days=3)
    await story.forward(minutes=61)
    assert by_the_clock(story, since) == [
        (29, "Nora", "sms", "U"), *((59, name, "sms", "U to all") for name in ("Lena", "Nora", "Omar")),
    ]  # fmt: skip


async def test_a_form_left_unfinished_in_a_pause_is_urgent_all_the_same(story: Story) -> None:
    """Decision 1, while prompts are silent."""
    await story.earlier_sessions()
    await story.record_session()
    check_in = await story.prompted()
    await paused(story, "on_holiday", days=3)
    tapped = await story.phone.tap(check_in["id"], "a_overall", "call_today", uuid4())
    assert tapped.status_code == 202, tapped.text
    await story.forward(minutes=11)
    flags = (await story.alert())["flags"]
    assert "midway.form" in [flag["rule"] for flag in flags]
    story.messages.forget()


def test_every_word_is_known() -> None:
    """The table above tells a page to all from a page to one."""
    first: dict[str, Any] = {}
    for words in WORDS:
        assert not any(known in words for known in first), words
        first[words] = True
