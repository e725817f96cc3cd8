"""Which steps a session has, and how often a form is asked: for any session in any zone."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import get_args
from uuid import UUID

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from server.checkins.course import CourseFrame, plan_course
from server.checkins.model import CourseSession, SessionFacts
from server.checkins.rules import is_for, plan, replan
from server.checkins.wall import USUAL_NIGHT, local
from server.protocols.model import CheckInStep, OnlyFor, Phase, ProtocolVersion, Repeat
from server.sessions.model import Drug, Indication, Route
from server.sessions.rules import phase_of
from tests.rules.answering import CLINIC

ENDED = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
ZONES = st.sampled_from(["Europe/Madrid", "America/New_York", "Pacific/Auckland", "Asia/Kolkata", "Pacific/Kiritimati"])


def some(values: object) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(get_args(values)), max_size=2, unique=True).map(tuple)


LIMITS = st.builds(
    OnlyFor, routes=some(Route), drugs=some(Drug), indications=some(Indication), phases=some(Phase),
    from_session=st.none() | st.integers(1, 9), to_session=st.none() | st.integers(1, 9),
)  # fmt: skip
SESSIONS = st.builds(
    SessionFacts, setting=st.just("clinic"),
    drug=st.sampled_from(get_args(Drug)), route=st.sampled_from(get_args(Route)),
    indication=st.sampled_from(get_args(Indication)), number=st.integers(1, 12), phase=st.sampled_from(get_args(Phase)),
    ended_at=st.integers(0, 400 * 24).map(lambda hours: ENDED + timedelta(hours=hours)),
)  # fmt: skip


def step(key: str, **more: object) -> CheckInStep:
    fields: dict[str, object] = {
        "key": key, "title": {"en": key, "es": key}, "questionnaire": "week@1", "anchor": "end",
        "offset_minutes": 1440, "window_minutes": 480,
    }  # fmt: skip
    return msgspec.convert(fields | more, CheckInStep)


def asking(steps: tuple[CheckInStep, ...], recall_days: int | None = None) -> ProtocolVersion:
    """The clinic's document with these steps, and a weekly form that looks back so far."""
    forms = tuple(
        msgspec.structs.replace(form, recall_days=recall_days) if form.id == "week@1" else form
        for form in CLINIC.questionnaires
    )
    return msgspec.structs.replace(CLINIC, check_ins=steps, questionnaires=forms)


@given(SESSIONS, LIMITS, ZONES)
def test_a_step_is_planned_for_the_sessions_that_it_is_for_and_no_others(
    session: SessionFacts, only: OnlyFor, zone: str
) -> None:
    version = asking((msgspec.structs.replace(step("a"), only_for=only), step("b", offset_minutes=4320)))
    planned = plan(session, version, zone, USUAL_NIGHT, session.ended_at)
    meant = (
        session.route in (only.routes or (session.route,))
        and session.drug in (only.drugs or (session.drug,))
        and session.indication in (only.indications or (session.indication,))
        and session.phase in (only.phases or (session.phase,))
        and (only.from_session or 1) <= session.number <= (only.to_session or 12)
    )
    assert is_for(only, session) == meant
    assert [p.key for p in planned] == (["a", "b"] if meant else ["b"])
    assert replan(planned, session, version, zone, USUAL_NIGHT, session.ended_at) == ()


@given(st.lists(st.integers(1, 60), min_size=1, max_size=8), st.integers(1, 30), st.none() | st.integers(-40, 0), ZONES)
def test_a_form_is_never_planned_within_its_recall_period(
    days: list[int], recall: int, answered: int | None, zone: str
) -> None:
    steps = tuple(step(f"d{n}", offset_minutes=day * 1440) for n, day in enumerate(sorted(days)))
    session = SessionFacts(drug="ketamine", route="iv", setting="clinic", ended_at=ENDED)
    known = {} if answered is None else {"week@1": ENDED + timedelta(days=answered)}
    planned = plan(session, asking(steps, recall), zone, USUAL_NIGHT, ENDED, known)
    assert len(planned) == len(steps)
    asked = [*known.values(), *(p.due_at for p in planned if p.state == "planned")]
    dates = [local(at, zone).date() for at in asked]
    assert all((later - earlier).days >= recall for earlier, later in pairwise(dates))
    assert all(p.reason == "asked_lately" for p in planned if p.state == "cancelled")
    free = plan(session, asking(steps, None), zone, USUAL_NIGHT, ENDED, known)
    assert {p.state for p in free} == {"planned"}


@given(st.integers(0, 20), st.integers(0, 30), ZONES)
def test_anchors_count_from_where_they_say(started: int, answered: int, zone: str) -> None:
    begin = ENDED - timedelta(hours=1, minutes=started)
    session = SessionFacts(drug="ketamine", route="iv", setting="clinic", ended_at=ENDED, started_at=begin)
    steps = (
        step("s", anchor="start", offset_minutes=2880, passes_quiet_hours=True, questionnaire="day@1"),
        step("l", anchor="last_answer", offset_minutes=40 * 1440, passes_quiet_hours=True),
    )
    last = ENDED - timedelta(days=answered)
    planned = {p.key: p.due_at for p in plan(session, asking(steps), zone, None, ENDED, {"week@1": last})}
    assert planned == {"s": begin + timedelta(days=2), "l": last + timedelta(days=40)}
    without = {p.key: p.due_at for p in plan(session, asking(steps), zone, None, ENDED)}
    assert without["l"] == ENDED + timedelta(days=40)


def test_a_course_is_asked_on_the_same_day_of_each_month() -> None:
    monthly = step(
        "month", offset_minutes=0, window_minutes=1440, questionnaire="month@1",
        repeat=msgspec.to_builtins(Repeat(every_days=28, until_days=200, at="10:00", every_months=1)),
    )  # fmt: skip
    ended = datetime(2026, 1, 31, 7, 0, tzinfo=UTC)
    frame = CourseFrame(
        sessions=(CourseSession(UUID(int=1), ended),), busy=frozenset(),
        zone="Europe/Madrid", quiet=None, now=ended,
    )  # fmt: skip
    days = [local(c.check_in.due_at, "Europe/Madrid").date() for c in plan_course([monthly], [], frame)]
    assert [(day.month, day.day) for day in days[1:]] == [(2, 28), (3, 31), (4, 30), (5, 31), (6, 30), (7, 31)]


@given(st.lists(st.integers(0, 400), min_size=1, max_size=20, unique=True))
def test_phases_begin_with_induction_and_follow_the_calendar(days: list[int]) -> None:
    course = [(ENDED + timedelta(days=day), 40.0, False) for day in sorted(days)]
    for nth, (ended, *_) in enumerate(course):
        phase = phase_of(course, ended)
        since_first = ended - course[0][0]
        if nth == 0:
            assert phase == "induction"
        elif ended - course[nth - 1][0] > timedelta(weeks=8):
            assert phase == "booster"
        else:
            assert (phase == "induction") == (nth < 8 and since_first <= timedelta(weeks=4))
