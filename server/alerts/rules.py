"""How alerts climb. Pure: what stands, the clinic's hours and `now` in, a decision out."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

import msgspec

from server.alerts.calendar import Calendar
from server.alerts.model import Append, Later, Open, Page, Remind, Reopen, Restart, Standing, State, Worsen
from server.protocols.model import Escalation, EscalationPlan, Tier, Who, Worsening
from server.protocols.tiers import TIERS, tier_rank, worst
from server.responses.model import FlagHit

REFERENCE_ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
REVIEW_DEFAULT = timedelta(hours=24)
UNREACHED = "unreached"
"""The topic of an alert that rose because nobody reached the patient: a person decides about a welfare check."""
NO_ANSWER = timedelta(minutes=15)
Timed = TypeVar("Timed", bound=Page | Later)
REMIND_IN_WORKING_HOURS = timedelta(hours=2)
FROM_CALL_LIST: tuple[Who, ...] = ("on_call", "backup", "next")


def reference(source: bytes) -> str:
    """A short code to say on the phone, from five random bytes."""
    number = int.from_bytes(source)
    letters = []
    for _ in range(5):
        number, index = divmod(number, len(REFERENCE_ALPHABET))
        letters.append(REFERENCE_ALPHABET[index])
    return "".join(letters)


def on_flags(
    standing: Standing | None, tiers: Sequence[Tier], response_id: UUID | None
) -> Open | Append | Restart | None:
    """What new flags make of the episode's alert. None: routine only, no alert.

    "On an open alert an equal or lower flag is appended and a worse one restarts step 0; on an acknowledged or
    in_follow_up alert any new flag of same_day or above from a later answer restarts step 0" (design, promise 4).
    The form that follows a signal is the same answer: it restarts only when it is worse.
    """
    tier = worst(tiers)
    if tier == "routine":
        return None
    if standing is None:
        return Open(tier)
    worse = tier_rank(tier) > tier_rank(standing.tier)
    same_answer = response_id is not None and response_id in standing.responses
    if worse or (standing.state != "open" and not same_answer):
        return Restart(worst((tier, standing.tier)))
    return Append()


def own_copy(
    standing: Escalation | None, library: Escalation, hits: Sequence[FlagHit], worsens: Sequence[Worsening]
) -> Escalation:
    """The alert's own copy of the plan, which no later edit of the protocol changes: with the shorter time to
    acknowledge that a rule asks for, and of the ways an alert may rise only those that its answers called for, now
    or earlier."""
    escalation = standing or without_worsening(library)
    tier = worst(hit.tier for hit in hits)
    if tier == "routine":
        return escalation
    called_for = [_with_the_next(rule, library) for rule in worsens]
    escalation = _with_rises(escalation, tier, called_for)
    for hit in hits:
        if hit.ack_minutes is not None and hit.tier != "routine":
            escalation = _with_plan(escalation, hit.tier, _sooner_plan(escalation.plan(hit.tier), hit.ack_minutes))
    return escalation


def _with_the_next(rule: Worsening, library: Escalation) -> Worsening:
    """An answer that has risen about its topic rises on as one that was of that tier from the start: "U unacknowledged
    15 min: E" (safety, H9) asks how urgent it is, not since when."""
    if rule.topic is None:
        return rule
    onwards = tuple(r for r in library.plan(rule.to).worsens if r.topic == rule.topic and r.when is None)
    return msgspec.structs.replace(rule, then=onwards)


def risen(escalation: Escalation, to: Tier, rules: Sequence[Worsening]) -> Escalation:
    """The alert's own copy once these rules have taken it to a worse tier."""
    return _with_rises(escalation, to, [onwards for rule in rules for onwards in rule.then if rule.to == to])


def _with_rises(escalation: Escalation, tier: Tier, rules: Sequence[Worsening]) -> Escalation:
    plan = escalation.plan(tier)
    rises = (*plan.worsens, *(rule for rule in rules if not any(_no_later(known, rule) for known in plan.worsens)))
    return _with_plan(escalation, tier, msgspec.structs.replace(plan, worsens=rises))


def _no_later(known: Worsening, rule: Worsening) -> bool:
    alike = known == msgspec.structs.replace(rule, since=known.since)
    return alike and (known.since is None or (rule.since is not None and known.since <= rule.since))


def since_the_answer(standing: Standing, worsens: Sequence[Worsening], now: datetime) -> Sequence[Worsening]:
    """ "A safety-related S not acknowledged at 12 h becomes U" (safety, decision 13): the twelve hours are those of the
    answer that joins an older same-day alert. An urgent one has been calling people meanwhile: its time counts."""
    if standing.tier != "same_day":
        return worsens
    return [msgspec.structs.replace(rule, since=now) for rule in worsens]


def without_worsening(library: Escalation, settled: Sequence[Worsening] | None = None) -> Escalation:
    """The plans without the ways in which an alert may rise; `settled`: without these."""
    for tier in TIERS:
        if tier != "routine":
            plan = library.plan(tier)
            left = () if settled is None else tuple(rule for rule in plan.worsens if rule not in settled)
            library = _with_plan(library, tier, msgspec.structs.replace(plan, worsens=left))
    return library


def _with_plan(escalation: Escalation, tier: Tier, plan: EscalationPlan) -> Escalation:
    return msgspec.structs.replace(escalation, **{tier: plan})


def _sooner_plan(plan: EscalationPlan, minutes: int) -> EscalationPlan:
    first, *rest = plan.steps
    first = msgspec.structs.replace(first, wait_minutes=min(first.wait_minutes, minutes))
    return msgspec.structs.replace(plan, ack_minutes=min(plan.ack_minutes, minutes), steps=(first, *rest))


def next_step(alert: Standing, calendar: Calendar, now: datetime) -> Page | Later | Remind | Reopen | Worsen:
    """What an alert needs at `now`; never nothing for ever: every answer holds the next instant.

    Times: design section 5 "Tiers and times to acknowledge"; same_day outside hours: safety decision 13.
    """
    if (rises := worsened(alert, now)) is not None:
        return rises
    if alert.next_action_at > now:
        return Later(alert.next_action_at)
    if alert.state == "acknowledged":
        return not_reached(alert, calendar, now)
    if alert.state == "in_follow_up":
        return Reopen("review_due")
    decision = climb_working(alert, calendar, now) if alert.plan.hours == "working" else climb(alert, now)
    return sooner(decision, worsening_at(alert))


def not_reached(alert: Standing, calendar: Calendar, now: datetime) -> Remind | Reopen:
    """Acknowledged, and nobody says that the patient was reached: reminded once, then it opens again (safety, decision
    15: "acknowledging is not contact")."""
    held_since = alert.acknowledged_at or alert.triggered_at
    due = reach_by(alert.plan, alert.triggered_at, held_since, calendar)
    return Remind(due) if now < due else Reopen("not_reached")


def reach_by(plan: EscalationPlan, triggered_at: datetime, acknowledged_at: datetime, calendar: Calendar) -> datetime:
    """When an acknowledged alert opens again, or rises, unless the patient is reached."""
    after = [timedelta(minutes=rule.after_minutes) for rule in plan.worsens if rule.until == "reached"]
    rises = [triggered_at + minutes for minutes in after if triggered_at + minutes > acknowledged_at]
    return min([reached_due(plan, acknowledged_at, calendar), *rises])


def remind_at(plan: EscalationPlan, held_since: datetime, due: datetime) -> datetime:
    """When whoever holds an alert is asked whether the patient was reached: with a third of the time left, in a
    same-day plan two hours before the day ends."""
    if plan.hours == "working":
        return max(due - REMIND_IN_WORKING_HOURS, held_since)
    return held_since + (due - held_since) * 2 / 3


def pass_on(alert: Standing, calendar: Calendar, now: datetime) -> Page:
    """A person asked for the next step: it fires now, whatever the hour; the climb then goes on as planned."""
    decision = climb(alert, now)
    limit = worsening_at(alert)
    if alert.plan.hours == "any":
        return sooner(decision, limit)
    wait = 0 if decision.exhausted else alert.plan.steps[alert.step].wait_minutes
    next_at = calendar.add_working(now, wait) if wait else calendar.next_start(now)
    who: tuple[Who, ...] = ("lead",) if decision.exhausted else decision.who
    return sooner(msgspec.structs.replace(decision, who=who, next_at=next_at), limit)


def sooner(decision: Timed, limit: datetime | None) -> Timed:
    """The decision, looked at again no later than `limit`."""
    if limit is None or decision.next_at <= limit:
        return decision
    return msgspec.structs.replace(decision, next_at=limit)


def hastened(alert: Standing, hits: Sequence[FlagHit], calendar: Calendar, now: datetime) -> datetime | None:
    """When an open alert must be looked at because of flags added to it, None when its next instant is soon enough.

    An added flag may bring a way of rising (safety, decision 13) or a shorter time to acknowledge (decision 2).
    """
    waits = [hit.ack_minutes for hit in hits if hit.ack_minutes is not None and hit.tier == alert.tier]
    working = alert.plan.hours == "working"
    limits = [calendar.add_working(now, m) if working else now + timedelta(minutes=m) for m in waits]
    if (rises := worsening_at(alert)) is not None:
        limits.append(max(rises, now))
    first = min(limits, default=None)
    return first if first is not None and first < alert.next_action_at else None


def climb(alert: Standing, now: datetime) -> Page:
    """By day and night: each step in turn, then everybody "every 10 min when exhausted"."""
    plan = alert.plan
    if alert.step < len(plan.steps):
        step = plan.steps[alert.step]
        return Page(who=step.who, step=alert.step + 1, next_at=now + timedelta(minutes=step.wait_minutes))
    pause = timedelta(minutes=plan.repeat_minutes or 10)
    return Page(who=("everybody",), step=alert.step + 1, next_at=now + pause, exhausted=True)


def climb_working(alert: Standing, calendar: Calendar, now: datetime) -> Page | Later:
    """In the clinic's hours: "4 working hours; outside them one 10:00 digest to on call, then the lead at start of
    work"; a spent plan returns to the lead at each start of work."""
    plan = alert.plan
    if not calendar.is_open(now):
        return outside_hours(alert, calendar, now)
    if alert.step < len(plan.steps):
        step = plan.steps[alert.step]
        next_at = calendar.add_working(now, step.wait_minutes)
        return Page(who=step.who, step=alert.step + 1, next_at=next_at)
    return Page(who=("lead",), step=alert.step + 1, next_at=calendar.next_start(now), exhausted=True)


def outside_hours(alert: Standing, calendar: Calendar, now: datetime) -> Page | Later:
    """One digest, at its hour, to who is on call; everything else waits for the start of work."""
    start = calendar.next_open(now)
    if alert.step > 0 or alert.plan.digest_at is None:
        return Later(start)
    at = calendar.next_clock(alert.triggered_at, alert.plan.digest_at)
    if now >= at:
        return Page(who=("on_call",), step=1, next_at=start, digest=True)
    return Later(min(at, start))


def worsening_at(alert: Standing) -> datetime | None:
    """When the alert rises a tier unless somebody acts first; its plan holds only what applies to its answers."""
    return min((at for at, _ in _worsenings(alert)), default=None)


def before_rising(alert: Standing, state: State, at: datetime, now: datetime) -> datetime:
    """When to look at an alert again that somebody holds from now on: at `at`, or sooner where it rises a tier because
    nobody has reached the patient ("not reached in 15 min, no adult confirmed: E", safety, decision 16)."""
    rises = worsening_at(msgspec.structs.replace(alert, state=state))
    return at if rises is None else min(at, max(rises, now))


def _worsenings(alert: Standing) -> list[tuple[datetime, Worsening]]:
    """(instant, rule) of each rise that nobody has headed off yet."""
    return [
        (max(alert.triggered_at, rule.since or alert.triggered_at) + timedelta(minutes=rule.after_minutes), rule)
        for rule in alert.plan.worsens
        if tier_rank(rule.to) > tier_rank(alert.tier)
        and (alert.state == "open" if rule.until == "acknowledged" else alert.reached_at is None)
    ]


def worsened(alert: Standing, now: datetime) -> Worsen | None:
    """What an alert has risen to because nobody acted in time, None when it stays."""
    due = [rule for at, rule in _worsenings(alert) if at <= now]
    if not due:
        return None
    to = worst(rule.to for rule in due)
    unreached = any(rule.to == to and rule.until == "reached" for rule in due)
    return Worsen(to, risen(alert.escalation, to, due), unreached)


def deadline(alert_plan: EscalationPlan, triggered_at: datetime, calendar: Calendar) -> datetime:
    """By when the alert should be acknowledged; by day and night no later than it would rise."""
    if alert_plan.hours == "working":
        return calendar.add_working(triggered_at, alert_plan.ack_minutes)
    rises = [rule.after_minutes for rule in alert_plan.worsens if rule.until == "acknowledged"]
    return triggered_at + timedelta(minutes=min([alert_plan.ack_minutes, *rises]))


def reached_due(plan: EscalationPlan, acknowledged_at: datetime, calendar: Calendar) -> datetime:
    """ "Patient reached?" is due 10 min after acknowledging an emergency, 30 for urgent, the end of the next working
    day for same_day (design section 5)."""
    if plan.reached_minutes is None:
        return calendar.end_of_next_working_day(acknowledged_at)
    return acknowledged_at + timedelta(minutes=plan.reached_minutes)


def place_on_list(plan: EscalationPlan, step: int) -> int:
    """How many places of the call list the steps before this one have used: where its "next" begins."""
    return sum(word in FROM_CALL_LIST for earlier in plan.steps[:step] for word in earlier.who)


def recipients(
    who: Sequence[Who],
    place: int,
    line: Sequence[Sequence[UUID]],
    leads: Sequence[UUID],
    everybody: Sequence[UUID],
    apart_from: UUID | None = None,
) -> tuple[UUID, ...]:
    """The people behind the words, resolved when the step fires: on call is the first group of the line, backup the
    second, next the one at `place`, the last when the line is shorter. `apart_from`: who passes the alert on is not
    paged about it. An empty answer falls to everybody, in the order of the line."""
    everybody = [*_people(line), *everybody]
    found = named(who, place, line, leads, everybody, apart_from)
    others = [[person for person in people if person != apart_from] for people in (found, everybody)]
    return tuple(dict.fromkeys(others[0] or others[1] or everybody))


def named(
    who: Sequence[Who],
    place: int,
    line: Sequence[Sequence[UUID]],
    leads: Sequence[UUID],
    everybody: Sequence[UUID] = (),
    apart_from: UUID | None = None,
) -> list[UUID]:
    """Those whom the words themselves find, perhaps nobody."""
    found: list[UUID] = []
    for word in who:
        match word:
            case "on_call":
                found += _people(line[:1])
            case "backup":
                found += _people(line[1:2])
            case "next":
                left = [group for group in line[place:] if set(group) - {apart_from}]
                found += _people(left[:1] or line[-1:])
            case "lead":
                found += leads[:1]
            case "everybody":
                found += everybody
    return found


def _people(groups: Sequence[Sequence[UUID]]) -> list[UUID]:
    return [person for group in groups for person in group]


def may_close(tier: Tier, outcome: str) -> str | None:
    """Why an alert may not be closed this way, None when it may.

    "unreachable_handed_to_lead (never final for E and U)" (safety, section 3).
    """
    if tier in ("urgent", "emergency") and outcome == "unreachable_handed_to_lead":
        return "An urgent alert stays open until somebody reaches the patient or hands the case to emergency help."
    return None
