"""The planner: from a session to its check-ins, what changes when the session is edited, and when to ask at all.

Sources: safety.md decisions 2, 6, 7, 8 and 10; windows and offsets from the protocol version.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time, timedelta

import msgspec

from server.checkins.model import LastCheckIn, PlannedCheckIn, QuietHours, Reason, SessionFacts
from server.checkins.wall import between, end_of_quiet, instant, is_quiet, local, start_of_quiet
from server.protocols.model import CheckInStep, OnlyFor, ProtocolVersion

LAST_SAFETY_MINUTES = 24 * 60
REPLANNED_REASONS = ("recorded_late", "quiet_hours", "no_risk", "not_for_session", "asked_lately")


class Frame(msgspec.Struct, frozen=True):
    """What placing one step depends on. `now` is set when an existing plan is being changed. `answered`: when each form
    was last answered, or is planned before the step."""

    session: SessionFacts
    zone: str
    quiet: QuietHours | None
    now: datetime | None = None
    answered: Mapping[str, datetime] = {}


def plan(
    session: SessionFacts,
    version: ProtocolVersion,
    zone: str,
    quiet_hours: QuietHours | None,
    recorded_at: datetime,
    answered: Mapping[str, datetime] | None = None,
) -> tuple[PlannedCheckIn, ...]:
    """Every check-in of the session, once, in order.

    One whose window had closed before the session was recorded is cancelled (`recorded_late`), never judged.
    """
    return _lay_out(Frame(session, zone, quiet_hours, None, answered or {}), version, recorded_at, {})


def replan(
    existing: Iterable[PlannedCheckIn],
    session: SessionFacts,
    version: ProtocolVersion,
    zone: str,
    quiet_hours: QuietHours | None,
    now: datetime,
    answered: Mapping[str, datetime] | None = None,
) -> tuple[PlannedCheckIn, ...]:
    """The check-ins to change after the session was edited. What was asked, or dropped by a person, stays as it is;
    what was planned in time is asked or judged, never dropped because of the edit."""
    before = {check_in.key: check_in for check_in in existing}
    after = _lay_out(Frame(session, zone, quiet_hours, now, answered or {}), version, now, before)
    return tuple(check_in for check_in in after if before.get(check_in.key) != check_in)


def _replannable(check_in: PlannedCheckIn) -> bool:
    return check_in.state == "planned" or (check_in.state == "cancelled" and check_in.reason in REPLANNED_REASONS)


def _lay_out(
    frame: Frame, version: ProtocolVersion, recorded_at: datetime, before: Mapping[str, PlannedCheckIn]
) -> tuple[PlannedCheckIn, ...]:
    """Steps in order, none of the patient's before they left and none before the window of the one before has closed;
    the companion has a line of their own. A form is never asked again within its recall period."""
    placed = []
    asked = dict(frame.answered)
    free_from = {"patient": frame.session.discharged_at or frame.session.ended_at, "companion": frame.session.t0}
    for step in version.check_ins:
        known = before.get(step.key)
        if (left_out := _left_out(step, frame.session)) is not None:
            if known is not None:
                placed.append(_dropped(known, left_out))
            continue
        here = msgspec.structs.replace(frame, answered=asked)
        check_in = _place_again(step, here, free_from[step.asks], known)
        if step.asks == "patient":
            check_in = _not_too_often(step, check_in, here, recall_of(version, step))
        if check_in.state != "cancelled":
            free_from[step.asks] = max(free_from[step.asks], check_in.closes_at)
            in_time = known is not None and known.state != "cancelled"
            if not in_time and check_in.closes_at <= recorded_at:
                check_in = msgspec.structs.replace(check_in, state="cancelled", reason="recorded_late")
        if step.asks == "patient" and check_in.state != "cancelled" and step.only_if == "always":
            asked[step.questionnaire] = max(check_in.due_at, asked.get(step.questionnaire, check_in.due_at))
        placed.append(check_in)
    return tuple(placed)


def _left_out(step: CheckInStep, session: SessionFacts) -> Reason | None:
    """Why this session does not have the step. Decision 10: the fifth day is asked "if any ideation at baseline"."""
    if not is_for(step.only_for, session):
        return "not_for_session"
    if step.only_with_risk and not any(risk in session.risk for risk in step.only_with_risk):
        return "no_risk"
    return None


def is_for(only: OnlyFor | None, session: SessionFacts) -> bool:
    """Whether a step with these limits is for this session."""
    if only is None:
        return True
    limits = (
        (only.routes, session.route), (only.drugs, session.drug), (only.indications, session.indication),
        (only.phases, session.phase),
    )  # fmt: skip
    last = session.number if only.to_session is None else only.to_session
    return all(not wanted or has in wanted for wanted, has in limits) and (
        (only.from_session or 1) <= session.number <= last
    )


def recall_of(version: ProtocolVersion, step: CheckInStep) -> int:
    """How many days the step's form looks back; 0 for one that may be asked at any time."""
    return version.questionnaire(step.questionnaire).recall_days or 0


def _not_too_often(step: CheckInStep, check_in: PlannedCheckIn, frame: Frame, recall_days: int) -> PlannedCheckIn:
    """ "Repeated measures never more often than their recall period", by the patient's calendar."""
    before = frame.answered.get(step.questionnaire)
    if not recall_days or before is None or check_in.state != "planned":
        return check_in
    days = (local(check_in.due_at, frame.zone).date() - local(before, frame.zone).date()).days
    if days >= recall_days:
        return check_in
    return msgspec.structs.replace(check_in, state="cancelled", reason="asked_lately")


def _dropped(known: PlannedCheckIn, reason: Reason) -> PlannedCheckIn:
    if known.state != "planned":
        return known
    return msgspec.structs.replace(known, state="cancelled", reason=reason)


def _place_again(step: CheckInStep, frame: Frame, free_from: datetime, known: PlannedCheckIn | None) -> PlannedCheckIn:
    """One that the edit puts into the past, and that nobody was asked yet, is due now, with its whole window."""
    if known is not None and not _replannable(known):
        return known
    check_in = _place(step, frame, free_from)
    promised = known is not None and known.state == "planned" and check_in.state == "planned"
    if promised and check_in != known and frame.now is not None and check_in.due_at < frame.now:
        return _place(step, frame, max(free_from, frame.now))
    return check_in


def _place(step: CheckInStep, frame: Frame, free_from: datetime) -> PlannedCheckIn:
    wanted = max(_anchored(step, frame), free_from)
    due = _out_of_the_night(wanted, step, frame, free_from)
    at = due or wanted
    return PlannedCheckIn(
        key=step.key,
        questionnaire=step.questionnaire,
        opens_at=at,
        due_at=at,
        closes_at=at + timedelta(minutes=step.window_minutes),
        state="cancelled" if due is None else "planned",
        reason="quiet_hours" if due is None else None,
        asked_of=step.asks,
    )


def _anchored(step: CheckInStep, frame: Frame) -> datetime:
    """Decision 6: the first check counts from discharge, all others from the end of administration (a dose at home:
    from the moment it was taken).

    Learning of the discharge late must not lose the check-in that was still to come: it is then due at once.
    """
    session = frame.session
    if step.anchor == "start":
        return (session.started_at or session.t0) + timedelta(minutes=step.offset_minutes)
    if step.anchor == "last_answer":
        return _after_last_answer(step, frame)
    if step.anchor == "end":
        return session.t0 + timedelta(minutes=step.offset_minutes)
    fallback = session.t0 + timedelta(minutes=step.fallback_minutes or step.offset_minutes)
    if session.discharged_at is None:
        return fallback
    due = session.discharged_at + timedelta(minutes=step.offset_minutes)
    return frame.now if frame.now and due < frame.now <= fallback else due


def _after_last_answer(step: CheckInStep, frame: Frame) -> datetime:
    """So long after the form was last answered or is planned, and never before the session."""
    session, before = frame.session, frame.answered.get(step.questionnaire)
    if before is None:
        return session.t0 + timedelta(minutes=step.fallback_minutes or step.offset_minutes)
    return max(before + timedelta(minutes=step.offset_minutes), session.t0)


def _out_of_the_night(due: datetime, step: CheckInStep, frame: Frame, free_from: datetime) -> datetime | None:
    """Decision 7: safety check-ins pass quiet hours; the evening one is pulled forward or dropped (None); others wait
    for the morning."""
    if step.passes_quiet_hours:
        return due
    quiet, zone = frame.quiet, frame.zone
    moved = end_of_quiet(due, zone, quiet) if quiet and is_quiet(due, zone, quiet) else due
    pull = step.pull_forward
    if pull is None:
        return moved
    night = between(local(due, zone).time(), time.fromisoformat(pull.after), time.fromisoformat(pull.until))
    if not night and moved - due <= timedelta(minutes=step.window_minutes):
        return moved
    evening = _evening(due, time.fromisoformat(pull.until), time.fromisoformat(pull.to), frame)
    earliest = max(free_from, frame.session.t0 + timedelta(minutes=pull.not_before_minutes))
    return evening if earliest <= evening <= due else None


def _evening(due: datetime, night_ends: time, to: time, frame: Frame) -> datetime:
    """The last good moment before this night: half an hour ahead of the patient's quiet hours if they come first."""
    wall = local(due, frame.zone)
    day = wall.date() if wall.time() >= night_ends else wall.date() - timedelta(days=1)
    evening = instant(day, to, frame.zone)
    if frame.quiet and is_quiet(evening, frame.zone, frame.quiet):
        return start_of_quiet(evening, frame.zone, frame.quiet) - timedelta(minutes=30)
    return evening


def form_before(version: ProtocolVersion, now: datetime) -> PlannedCheckIn | None:
    """What the patient of a visit can fill in on their phone from now on; None: this protocol has no such form."""
    return None if version.before is None else _extra(version.before, version.before.key, now)


def should_ask(step: CheckInStep, last: LastCheckIn | None) -> bool:
    """Decision 7: a conditional check-in is asked unless the one before was answered and clear."""
    return step.only_if == "always" or last is None or last.state != "answered" or last.clear is not True


def recheck(
    version: ProtocolVersion, after_minutes: int | None, answered_key: str | None, keys: Sequence[str], now: datetime
) -> PlannedCheckIn | None:
    """The extra check-in that a judgement asked for, of whoever answered, counted from now. A re-check never asks for
    another one.

    `keys` are those the session already has; the new key is not among them.
    """
    theirs = answered_key is not None and version.step(answered_key).asks == "companion"
    step = version.companion.again if theirs and version.companion is not None else version.recheck
    if after_minutes is None or (answered_key or "").startswith(step.key):
        return None
    taken = sum(key.startswith(step.key) for key in keys)
    return _extra(step, f"{step.key}_{taken + 1}", now + timedelta(minutes=after_minutes))


def companion_turn(version: ProtocolVersion, silent_key: str, now: datetime) -> PlannedCheckIn | None:
    """ "+20 the companion gets the observation set" (decision 2); None when this protocol never asks a companion."""
    if version.companion is None:
        return None
    step = version.companion.look_in
    return msgspec.structs.replace(_extra(step, f"{step.key}_{silent_key}", now), stands_in_for=silent_key)


def companion_after_rest(
    version: ProtocolVersion, rested_key: str, minutes: int, now: datetime
) -> PlannedCheckIn | None:
    """ "Ends as resting; the companion is asked after 60 min" (safety, section 2.1)."""
    if version.companion is None:
        return None
    step = version.companion.look_in
    return _extra(step, f"{step.key}_rest_{rested_key}", now + timedelta(minutes=minutes))


def _extra(step: CheckInStep, key: str, due: datetime) -> PlannedCheckIn:
    return PlannedCheckIn(
        key=key,
        questionnaire=step.questionnaire,
        opens_at=due,
        due_at=due,
        closes_at=due + timedelta(minutes=step.window_minutes),
        reason="recheck",
        asked_of=step.asks,
    )


def is_routine(step: CheckInStep) -> bool:
    """Whether it counts for "at most one routine prompt a day" (decision 8): the patient's own from the next day on.
    What is asked in the hours after a dose, and of the companion, is about safety: it takes nobody's day."""
    return step.asks == "patient" and step.offset_minutes >= LAST_SAFETY_MINUTES


def follow_ups(version: ProtocolVersion) -> tuple[str, ...]:
    """Decision 8: keys of the follow-ups beyond +24 h, which a new session cancels in an older one."""
    return tuple(step.key for step in version.check_ins if step.offset_minutes > LAST_SAFETY_MINUTES)
