"""One clock per course (safety.md decision 8): what is asked each week and each month while sessions go on and after.

A course is a run of sessions; its clock counts days on the patient's calendar from the first of them, and stops so many
days after the last. The plan is worked out anew from all sessions each time one of them changes: doing it again changes
nothing.
"""

from calendar import monthrange
from collections import deque
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import count

import msgspec

from server.checkins.actions import actions
from server.checkins.model import CourseCheckIn, CourseSession, PlannedCheckIn, QuietHours
from server.checkins.wall import end_of_quiet, instant, is_quiet, local
from server.protocols.model import CheckInStep, Repeat, kind_of

SHORTEST_MONTH = 28
LOOSE_REASONS = ("course_over", "one_a_day")


class CourseFrame(msgspec.Struct, frozen=True, kw_only=True):
    """What planning a course depends on. `sessions`: those not cancelled, by their ends. `busy`: days, on the patient's
    calendar, that have a routine check-in of a session; `taken`: those on which the course itself writes already."""

    sessions: tuple[CourseSession, ...]
    busy: frozenset[date]
    zone: str
    quiet: QuietHours | None
    now: datetime
    taken: frozenset[date] = frozenset()


def course_of(sessions: Sequence[CourseSession], repeat: Repeat) -> Sequence[CourseSession]:
    """The run of sessions that the last one belongs to: none begins later than `until_days` after the one before."""
    first = len(sessions) - 1
    while first > 0 and sessions[first].ended_at - sessions[first - 1].ended_at <= timedelta(days=repeat.until_days):
        first -= 1
    return sessions[max(first, 0) :]


def plan_course(
    steps: Sequence[CheckInStep], existing: Sequence[CourseCheckIn], frame: CourseFrame
) -> tuple[CourseCheckIn, ...]:
    """What has to be stored: new check-ins (`id` None) and changed ones. What was asked or is over stays as it is.

    One whose window had closed before it could be planned is cancelled (`recorded_late`), never judged. At most one
    routine prompt a day: a check-in that falls on a day with another one moves to the next free day, at most as far as
    its window is long. Where no day is free (a dose every day) it is asked on the last of them all the same: a week
    that nobody asks about is worse than a second prompt.
    """
    changed: list[CourseCheckIn] = []
    kept = {step.key for step in steps}
    gone = [c for c in existing if kind_of(c.check_in.key) not in kept]
    changed += [_over(c) for c in gone if _is_loose(c, frame) and c.check_in.state != "cancelled"]
    for step in steps:
        own = [c for c in existing if kind_of(c.check_in.key) == step.key]
        planned = _plan_step(step, own, frame)
        before = {c.id: c for c in own}
        changed += [c for c in planned if before.get(c.id) != c]
        standing = [c.check_in for c in own if _is_fixed(c, frame)] + [c.check_in for c in planned]
        written = {day for c in standing if c.state != "cancelled" for day in _days_written(step, c, frame)}
        frame = msgspec.structs.replace(frame, taken=frame.taken | written)
    return tuple(changed)


def _days_written(step: CheckInStep, check_in: PlannedCheckIn, frame: CourseFrame) -> set[date]:
    """The days of its prompt and of its reminders: those too are messages, and one a day is enough."""
    ordered = actions(step, check_in, frame.zone, frame.quiet)
    return {local(action.at, frame.zone).date() for action in ordered if action.kind != "close"}


def _plan_step(step: CheckInStep, own: Sequence[CourseCheckIn], frame: CourseFrame) -> list[CourseCheckIn]:
    """The step's check-ins that are new or may still move, as they should be."""
    loose = deque(sorted((c for c in own if _is_loose(c, frame)), key=lambda c: c.check_in.due_at))
    fixed = [c for c in own if _is_fixed(c, frame)]
    number = max((int(c.check_in.key.rpartition("_")[2]) for c in own), default=0)
    found = [adopted for c in fixed if (adopted := _adopted(c, frame)) != c]
    for day in _days(step, frame):
        if any(_stands_for(c, day, step, frame) for c in fixed):
            continue
        placed = _place(step, day, frame)
        late = placed.reason == "recorded_late"
        if late and loose and loose[0].check_in.state == "planned" and _stands_for(loose[0], day, step, frame):
            found.append(_kept(step, loose.popleft(), frame))
            continue
        known = loose.popleft() if loose and not late else None
        if known is None:
            number += 1
        key = f"{step.key}_{number}" if known is None else known.check_in.key
        found.append(_owned(known, msgspec.structs.replace(placed, key=key), frame))
    return found + [_over(c) for c in loose]


def _is_loose(c: CourseCheckIn, frame: CourseFrame) -> bool:
    """Nobody was asked yet, and it is still to come."""
    waiting = c.check_in.state == "planned" or c.check_in.reason in LOOSE_REASONS
    return waiting and not c.asked and c.check_in.due_at > frame.now


def _is_fixed(c: CourseCheckIn, frame: CourseFrame) -> bool:
    """It stands for its week: asked, answered, over; one that was taken back with its session does not."""
    return not _is_loose(c, frame) and c.check_in.reason not in ("session_cancelled", "course_over")


def _days(step: CheckInStep, frame: CourseFrame) -> Iterator[date]:
    """The days of the clock, from the first to the last."""
    repeat = step.repeat
    if repeat is None or not frame.sessions:
        return
    course = course_of(frame.sessions, repeat)
    last = local(course[-1].ended_at, frame.zone).date() + timedelta(days=repeat.until_days)
    day = local(course[0].ended_at, frame.zone).date() + timedelta(minutes=step.offset_minutes)
    for nth in count():
        at = day + timedelta(days=nth * repeat.every_days)
        if repeat.every_months:
            at = _months_later(day, nth * repeat.every_months)
        if at > last:
            return
        yield at


def _months_later(day: date, months: int) -> date:
    """The same day of a later month, or its last one."""
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _stands_for(c: CourseCheckIn, day: date, step: CheckInStep, frame: CourseFrame) -> bool:
    every = step.repeat.every_days if step.repeat else 1
    if step.repeat and step.repeat.every_months:
        every = SHORTEST_MONTH * step.repeat.every_months
    return abs((_day(c.check_in, frame) - day).days) * 2 < every


def _place(step: CheckInStep, day: date, frame: CourseFrame) -> PlannedCheckIn:
    """On its day or on the first free one after it, rather not on the day of a dose, when the patient may be drowsy;
    else on the last of them that the course does not write on."""
    farthest = timedelta(minutes=step.window_minutes).days
    tried = [_on(step, day + timedelta(days=shift), frame) for shift in range(farthest + 1)]
    left = [c for c in tried if c.due_at > frame.now and (_day(c, frame) - day).days <= farthest]
    if not left:
        return msgspec.structs.replace(tried[0], state="cancelled", reason="recorded_late")
    apart = [c for c in left if _day(c, frame) not in frame.taken]
    free = [c for c in apart if _day(c, frame) not in frame.busy]
    dosed = {local(session.ended_at, frame.zone).date() for session in frame.sessions}
    rested = [c for c in free if _day(c, frame) not in dosed]
    return (rested or free or (apart or left)[-1:])[0]


def _on(step: CheckInStep, day: date, frame: CourseFrame) -> PlannedCheckIn:
    """At the step's time of that day by the patient's clock, or when their quiet hours end."""
    assert step.repeat is not None
    due = instant(day, time.fromisoformat(step.repeat.at), frame.zone)
    if frame.quiet and is_quiet(due, frame.zone, frame.quiet):
        due = end_of_quiet(due, frame.zone, frame.quiet)
    closes = due + timedelta(minutes=step.window_minutes)
    return PlannedCheckIn(key=step.key, questionnaire=step.questionnaire, opens_at=due, due_at=due, closes_at=closes)


def _day(check_in: PlannedCheckIn, frame: CourseFrame) -> date:
    return local(check_in.due_at, frame.zone).date()


def _owned(known: CourseCheckIn | None, placed: PlannedCheckIn, frame: CourseFrame) -> CourseCheckIn:
    """It belongs to the latest session before it, whose risks and hours it is judged with."""
    before = [session for session in frame.sessions if session.ended_at <= placed.due_at]
    owner = before[-1] if before else frame.sessions[0]
    return CourseCheckIn(id=known.id if known else None, session_id=owner.id, check_in=placed)


def _kept(step: CheckInStep, c: CourseCheckIn, frame: CourseFrame) -> CourseCheckIn:
    """A session recorded afterwards has moved the clock to a day that is over: the week is still asked about on the day
    that it had."""
    again = _on(step, _day(c.check_in, frame), frame)
    placed = msgspec.structs.replace(again, key=c.check_in.key) if again.due_at > frame.now else c.check_in
    return _owned(c, placed, frame)


def _adopted(c: CourseCheckIn, frame: CourseFrame) -> CourseCheckIn:
    """One that is open when its session is taken back goes on with the session before."""
    running = c.check_in.state in ("planned", "open") and all(c.session_id != s.id for s in frame.sessions)
    before = [session for session in frame.sessions if session.ended_at <= c.check_in.due_at]
    return msgspec.structs.replace(c, session_id=before[-1].id) if running and before else c


def _over(c: CourseCheckIn) -> CourseCheckIn:
    if c.check_in.state == "cancelled":
        return c
    over = msgspec.structs.replace(c.check_in, state="cancelled", reason="course_over")
    return msgspec.structs.replace(c, check_in=over)
