"""What no escalation plan may be: one that calls nobody, stops calling, or waits for ever."""

from collections.abc import Iterator

from server.protocols.model import EscalationPlan, ProtocolVersion, Tier, tier_rank
from server.protocols.validate_times import is_time_of_day

CALLING: tuple[Tier, ...] = ("emergency", "urgent", "same_day")
DAY_MINUTES = 24 * 60


def escalation_faults(version: ProtocolVersion) -> Iterator[str]:
    """ "No alert goes silent": decision 14, "endless paging for E and U only; S loops at start of work to the lead"."""
    for tier in CALLING:
        plan = version.escalation.plan(tier)
        yield from (f"escalation.{tier}: {what}" for what in dict.fromkeys((*_faults(plan, tier), *_rises(plan, tier))))


def _faults(plan: EscalationPlan, tier: Tier) -> Iterator[str]:
    if not plan.steps or not all(step.who for step in plan.steps):
        yield "calls nobody"
    waits = [plan.ack_minutes, *(step.wait_minutes for step in plan.steps)]
    waits += [minutes for minutes in (plan.reached_minutes, plan.repeat_minutes) if minutes is not None]
    if not all(0 < minutes <= DAY_MINUTES for minutes in waits):
        yield "waits no time at all, or more than a day"
    paging = tier != "same_day"
    if paging and (plan.hours != "any" or plan.repeat_minutes is None or plan.reached_minutes is None):
        yield "must call at any hour, again and again, until somebody has reached the patient"
    if plan.digest_at is not None and not is_time_of_day(plan.digest_at):
        yield f"{plan.digest_at} is not a time of day"
    if plan.hours == "working" and plan.digest_at is None:
        yield "tells nobody outside working hours"


def _rises(plan: EscalationPlan, tier: Tier) -> Iterator[str]:
    for rise in plan.worsens:
        if rise.after_minutes < 1 or tier_rank(rise.to) <= tier_rank(tier):
            yield "rises to no worse tier"
        if rise.since is not None or rise.then:
            yield "since and then are for an alert's own copy"
