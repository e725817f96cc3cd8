"""What is due on one check-in, in order: the prompt, its reminders, the end of the window."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from server.checkins.model import Action, NextAction, PlannedCheckIn, QuietHours
from server.checkins.wall import end_of_quiet, is_quiet
from server.protocols.model import CheckInStep


def actions(
    step: CheckInStep, check_in: PlannedCheckIn, zone: str, quiet_hours: QuietHours | None
) -> tuple[Action, ...]:
    """Prompt when due, nudges inside the window, close at its end; by time. A routine nudge that falls into quiet hours
    waits for their end, and is left out only when the window is over by then; two that wait are one, the later."""
    waited: dict[datetime, Action] = {}
    for number, nudge in enumerate(sorted(step.nudges, key=lambda nudge: nudge.minutes), start=1):
        at = check_in.due_at + timedelta(minutes=nudge.minutes)
        if quiet_hours and not step.passes_quiet_hours and is_quiet(at, zone, quiet_hours):
            at = end_of_quiet(at, zone, quiet_hours)
        if at < check_in.closes_at:
            waited[at] = Action("nudge", at, number, nudge.channel)
    nudges = (waited[at] for at in sorted(waited))
    close = Action("close", check_in.closes_at, len(step.nudges) + 1)
    return (Action("prompt", check_in.due_at, 0), *nudges, close)


def next_action(ordered: Sequence[Action], done: int, now: datetime) -> NextAction:
    """What to do now when the actions with a number below `done` are behind us. Overdue ones collapse: a closed window
    is only closed, and a prompt that is late takes its overdue nudges with it, so that a stopped worker never sends a
    burst."""
    ahead = [action for action in ordered if action.number >= done]
    due = [action for action in ahead if action.at <= now]
    next_at = next((action.at for action in ahead if action.at > now), None)
    if not due:
        return NextAction(None, done, next_at)
    chosen = due[0] if due[0].kind == "prompt" and due[-1].kind != "close" else due[-1]
    return NextAction(chosen, due[-1].number + 1, next_at)


def woken_at(step: CheckInStep, zone: str, quiet_hours: QuietHours | None, now: datetime) -> datetime | None:
    """When a routine message that could not leave in time may leave: not before quiet hours end (safety, decision 7).
    None: at once."""
    if quiet_hours is None or step.passes_quiet_hours or not is_quiet(now, zone, quiet_hours):
        return None
    return end_of_quiet(now, zone, quiet_hours)


def companion_at(step: CheckInStep, check_in: PlannedCheckIn) -> datetime | None:
    """When the patient has been silent so long that the companion is asked; None: never."""
    if step.companion_after_minutes is None:
        return None
    return check_in.due_at + timedelta(minutes=step.companion_after_minutes)


def sooner(one: datetime | None, other: datetime | None) -> datetime | None:
    """The earlier of two instants that may not come."""
    return min((at for at in (one, other) if at is not None), default=None)
