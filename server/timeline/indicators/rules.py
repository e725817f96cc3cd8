"""Quality indicators Q1 to Q14 of safety.md section 5, from facts. Pure."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import dropwhile
from statistics import median

import msgspec

from server.timeline.indicators.model import AnswerFact, Chosen, Facts, Indicator, Part, Unit

WEEKS = 8
DAYS = 28
FEW_FIRINGS = 30
CONTACT_GOALS = {"emergency": (10, 20), "urgent": (30, 60)}
ANSWER_GOALS = {"h1": 70, "h24": 80, "week": 75}
CONFIRMED = {"asleep_confirmed_by_adult", "answered_late_clear"}
WELL = {"a_sick": "no", "a_steady": "steady", "a_real": "no", "a_awake": "awake", "a_pain": "no"}
"""By symptom the answer that says it is not there."""
CHANGED_BY = 2
ACUTE = ("h1", "h2", "h6")


def indicators(facts: Facts, chosen: Chosen, now: datetime) -> tuple[Indicator, ...]:
    """The last 28 days of the chosen group, and the weeks before as a trend."""
    ours = _of(facts, chosen)
    lately = _between(ours, now - timedelta(days=DAYS), now)
    weeks = [
        _between(ours, now - timedelta(weeks=WEEKS - n), now - timedelta(weeks=WEEKS - n - 1)) for n in range(WEEKS)
    ]
    return tuple(
        Indicator(id=name, parts=tuple(parts(lately)), weekly=tuple(_first(parts(week)) for week in weeks))
        for name, parts in MEASURES.items()
    )


def _first(parts: Sequence[Part]) -> float | None:
    return parts[0].value if parts else None


def _of(facts: Facts, chosen: Chosen) -> Facts:
    return msgspec.structs.replace(
        facts, **{name: tuple(one for one in getattr(facts, name) if chosen.has(one.group))
                  for name in ("alerts", "check_ins", "sessions", "answers")},
    )  # fmt: skip


def _between(facts: Facts, start: datetime, end: datetime) -> Facts:
    return msgspec.structs.replace(
        facts,
        alerts=tuple(a for a in facts.alerts if start < a.opened_at <= end),
        check_ins=tuple(c for c in facts.check_ins if start < c.due_at <= end),
        sessions=tuple(s for s in facts.sessions if start < s.ended_at <= end),
        answers=tuple(a for a in facts.answers if start < a.at <= end),
        harms=tuple(h for h in facts.harms if start.date() < h.happened_on <= end.date()),
        night_pages=tuple(at for at in facts.night_pages if start < at <= end),
    )


def contact_time(facts: Facts) -> list[Part]:
    """ "Q1 contact time, commit to patient or companion reached: E 10 min median, 20 p90; U 30, 60"."""
    found = []
    for tier, (middle, late) in CONTACT_GOALS.items():
        took = [_minutes(a.opened_at, a.reached_at) for a in facts.alerts if a.tier == tier and a.reached_at]
        found += [
            _time(f"{tier}_median", took, 0.5, middle), _time(f"{tier}_p90", took, 0.9, late),
        ]  # fmt: skip
    return found


def acknowledge_time(facts: Facts) -> list[Part]:
    """ "Q2 acknowledge time, covered and uncovered apart"; covered urgent under 10 min is what we ask of ourselves."""
    parts = []
    for covered in (True, False):
        took = [
            _minutes(a.opened_at, a.taken_at)
            for a in facts.alerts
            if a.taken_at and a.covered == covered and a.tier in CONTACT_GOALS
        ]
        parts.append(_time("covered" if covered else "uncovered", took, 0.5, 10 if covered else None))
    return parts


def acute_windows(facts: Facts) -> list[Part]:
    """ "Q3 acute windows that end answered, companion-answered or human-confirmed >= 98 %, home 100 %": one that is
    still open has not ended, one that was never asked is none."""
    ended: dict[bool, list[bool]] = defaultdict(list)
    over = [c for c in facts.check_ins if c.kind in ("h1", "h2", "companion")]
    asked, answered = {c.session_id for c in over}, {c.session_id for c in over if c.answered_by}
    for session in facts.sessions:
        if session.id in asked or session.confirmed:
            ended[session.group.setting == "home"].append(session.id in answered or session.confirmed)
    return [_share("clinic", ended[False], 98), _share("home", ended[True], 100)]


def answer_rate(facts: Facts) -> list[Part]:
    """ "Q4 self-answer rate by offset (+1 h >= 70 %, +24 h >= 80 %, weekly >= 75 %)"."""
    found = []
    for kind, goal in ANSWER_GOALS.items():
        asked = [c for c in facts.check_ins if c.kind == kind and c.state in ("answered", "missed")]
        found.append(_share(kind, [c.answered_by == "patient" for c in asked], goal))
    return found


def alert_load(facts: Facts) -> list[Part]:
    """ "Q5 alerts per 100 answered by tier, missed counted apart (< 15; E+U < 3; < 1 night page per shift)"."""
    answered = sum(1 for c in facts.check_ins if c.answered_by)
    told = [a for a in facts.alerts if not a.missed]
    paging = [a for a in told if a.tier in CONTACT_GOALS]
    silent = [a for a in facts.alerts if a.missed]
    return [
        _per_100("answers", len(told), answered, 15),
        _per_100("emergency_urgent", len(paging), answered, 3),
        _per_100("missed", len(silent), answered, None),
        _part("night_pages", "count", float(len(facts.night_pages)), len(facts.night_pages)),
    ]


def usefulness(facts: Facts) -> list[Part]:
    """ "Q6 usefulness per rule (>= 50 %; under 20 % after 30 firings: review)"."""
    fired: Counter[str] = Counter()
    needed: Counter[str] = Counter()
    for alert in facts.alerts:
        if alert.useful is not None:
            fired.update(alert.rules)
            needed.update(alert.rules if alert.useful != "not_needed" else ())
    judged = [a.useful != "not_needed" for a in facts.alerts if a.useful is not None]
    by_rule = [
        _share(f"rule:{rule}", [n < needed[rule] for n in range(count)], 20 if count >= FEW_FIRINGS else 50)
        for rule, count in fired.most_common(12)
    ]
    return [_share("all", judged, 50), *by_rule]


def missed_harm(facts: Facts) -> list[Part]:
    """ "Q7 missed harm: ... each reviewed, target 0 (without it Q5 rewards blindness)"."""
    open_cases = sum(1 for harm in facts.harms if not harm.reviewed)
    return [
        _most("harms", "count", float(len(facts.harms)), len(facts.harms), 0),
        _most("not_reviewed", "count", float(open_cases), open_cases, 0),
    ]


def safety_loop(facts: Facts) -> list[Part]:
    """ "Q8 safety loop: positive item to human assessment, E/U 60 min, S 24 h: 100 %"."""
    fast, slow = [], []
    for alert in facts.alerts:
        if alert.safety:
            reached = None if alert.reached_at is None else _minutes(alert.opened_at, alert.reached_at)
            if alert.tier in CONTACT_GOALS:
                fast.append(reached is not None and reached <= 60)
            else:
                slow.append(reached is not None and reached <= 24 * 60)
    return [_share("emergency_urgent", fast, 100), _share("same_day", slow, 100)]


def reopened(facts: Facts) -> list[Part]:
    """ "Q9 reopened within 72 h < 5 %; E/U closed unreached 0"."""
    opened = defaultdict(list)
    for alert in facts.alerts:
        opened[alert.patient_id].append(alert.opened_at)
    closed = [a for a in facts.alerts if a.closed_at]
    again = [
        any(a.closed_at < at <= a.closed_at + timedelta(hours=72) for at in opened[a.patient_id] if a.closed_at)
        for a in closed
    ]
    unreached = sum(
        1 for a in closed if a.tier in CONTACT_GOALS and a.reached_at is None and a.outcome not in CONFIRMED
    )
    share = _share("again", again, None)
    return [
        _most("again", "percent", share.value, share.count, 5),
        _most("closed_unreached", "count", float(unreached), unreached, 0),
    ]


def resolution(facts: Facts) -> list[Part]:
    """ "Q10 time to resolution per symptom and route": hours until the first answer without it, median."""
    by_session: dict[object, list[AnswerFact]] = defaultdict(list)
    for answer in sorted(facts.answers, key=lambda one: one.at):
        by_session[answer.session_id].append(answer)
    took: dict[tuple[str, str], list[float]] = defaultdict(list)
    for answers in by_session.values():
        for item, none in WELL.items():
            said = [(a.answers[item] == none, a) for a in answers if item in a.answers]
            since = dropwhile(lambda one: one[0], said)
            over = next((a for is_over, a in since if is_over), None)
            if over is not None:
                took[item, over.group.route or ""].append(over.hours)
    return [
        _part(f"{item}:{route}", "hours", round(median(hours), 1), len(hours))
        for (item, route), hours in sorted(took.items())
    ]


def outcome(facts: Facts) -> list[Part]:
    """ "Q11 outcome at 4 weeks, worse counted beside better": the mood of the last weekly answer against the first, by
    two points of ten or more."""
    moods: dict[object, list[tuple[datetime, float]]] = defaultdict(list)
    for answer in facts.answers:
        if isinstance(mood := answer.answers.get("w_mood"), int | float):
            moods[answer.session_id].append((answer.at, mood))
    changes = [max(seen)[1] - min(seen)[1] for seen in moods.values() if len(seen) > 1]
    return [
        _share("better", [change >= CHANGED_BY for change in changes], None),
        _share("same", [abs(change) < CHANGED_BY for change in changes], None),
        _share("worse", [change <= -CHANGED_BY for change in changes], None),
    ]


def restrictions_kept(facts: Facts) -> list[Part]:
    """ "Q12 restrictions kept": by what was done since the treatment."""
    asked = [a.answers for a in facts.answers if "d_since" in a.answers]
    since = [answers["d_since"] for answers in asked]
    decided = [answers.get("d_decide") == "yes" for answers in asked]
    kept = ("none", "drove_slept")
    return [
        _share("kept", [value in kept and not too for value, too in zip(since, decided, strict=True)], None),
        _share("drove", [value == "drove_before" for value in since], None),
        _share("alcohol", [value == "alcohol" for value in since], None),
        _share("more_ketamine", [value == "more_ketamine" for value in since], None),
        _share("decided", [a["d_decide"] == "yes" for a in asked if "d_decide" in a], None),
    ]


def order_of_the_house(facts: Facts) -> list[Part]:
    """ "Q13 acute windows outside cover 0; help numbers checked; protocols signed"."""
    outside = sum(1 for session in facts.sessions if not session.covered)
    unsigned = sum(1 for session in facts.sessions if not session.signed)
    return [
        _most("outside_cover", "count", float(outside), outside, 0),
        _most("numbers_old", "count", float(facts.numbers_old), facts.numbers_old, 0),
        _most("unsigned", "count", float(unsigned), unsigned, 0),
    ]


def ease(facts: Facts) -> list[Part]:
    """ "Q14 "Was this easy?", "Did you feel looked after?"; acute p90 <= 60 s"."""
    acute = [c.seconds for c in facts.check_ins if c.kind in ACUTE and c.seconds and c.answered_by == "patient"]
    easy = [a.answers["m_easy"] for a in facts.answers if "m_easy" in a.answers]
    cared = [a.answers["m_cared"] for a in facts.answers if "m_cared" in a.answers]
    return [
        _most("acute_p90", "seconds", _quantile(acute, 0.9), len(acute), 60),
        _share("easy", [value == "yes" for value in easy], None),
        _share("looked_after", [value == "yes" for value in cared], None),
    ]


MEASURES: dict[str, Callable[[Facts], list[Part]]] = {
    "Q1": contact_time, "Q2": acknowledge_time, "Q3": acute_windows, "Q4": answer_rate, "Q5": alert_load,
    "Q6": usefulness, "Q7": missed_harm, "Q8": safety_loop, "Q9": reopened, "Q10": resolution, "Q11": outcome,
    "Q12": restrictions_kept, "Q13": order_of_the_house, "Q14": ease,
}  # fmt: skip


def _minutes(start: datetime, end: datetime) -> float:
    return (end - start) / timedelta(minutes=1)


def _quantile(values: Sequence[float], share: float) -> float | None:
    if not values:
        return None
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 1)


def _time(name: str, took: Sequence[float], share: float, goal: float | None) -> Part:
    value = round(median(took), 1) if took and share == 0.5 else _quantile(took, share)
    return _most(name, "minutes", value, len(took), goal)


def _share(name: str, held: Sequence[bool], goal: float | None) -> Part:
    value = round(100 * sum(held) / len(held), 1) if held else None
    met = None if goal is None or value is None else value >= goal
    return Part(name=name, unit="percent", value=value, count=len(held), goal=goal, met=met)


def _per_100(name: str, count: int, of: int, goal: float | None) -> Part:
    return _most(name, "per_100", round(100 * count / of, 1) if of else None, count, goal)


def _most(name: str, unit: Unit, value: float | None, count: int, goal: float | None) -> Part:
    met = None if goal is None or value is None else value <= goal
    return Part(name=name, unit=unit, value=value, count=count, goal=goal, at_least=False, met=met)


def _part(name: str, unit: Unit, value: float | None, count: int) -> Part:
    return Part(name=name, unit=unit, value=value, count=count)
