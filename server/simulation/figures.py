"""What the made-up patients are made of. Letters in brackets are the sources of docs/simulation.md; [prop] is our own
judgement where no figure was found, and the first thing to change when a clinic has figures of its own."""

import msgspec


class Effect(msgspec.Struct, frozen=True, kw_only=True):
    """A side effect. `week_1`: share of patients who report it in the first week. `mild`, `moderate`: of those who
    have it, the rest is severe. `longer`: how many times longer than the route's usual course it lasts."""

    week_1: float
    mild: float = 0.62
    moderate: float = 0.33
    longer: float = 1.0


EFFECTS: dict[str, Effect] = {
    "dizzy": Effect(week_1=0.206),
    "strange": Effect(week_1=0.167),
    "sick": Effect(week_1=0.140, mild=0.72, moderate=0.25),
    "vertigo": Effect(week_1=0.121),
    "heart": Effect(week_1=0.043, mild=0.80, moderate=0.19),
    "sleepy": Effect(week_1=0.038),
    "headache": Effect(week_1=0.12, mild=0.75, moderate=0.21, longer=3.0),
    "blurry": Effect(week_1=0.08, mild=0.80, moderate=0.18),
    "upset": Effect(week_1=0.05),
    "tired": Effect(week_1=0.20, mild=0.90, moderate=0.10, longer=4.0),
}
"""Dizziness 20.6 %, dissociation 16.7, nausea 14.0, vertigo 12.1, blood pressure 4.3, sedation 3.8 in week 1 [LC].
Headache, blurred sight and anxiety: 18, 16 and 8 % over months of maintenance [S1], of which we take two thirds, half
and five eighths for the first week [prop]. Tired for the rest of the day [AM], the share is ours [prop], and so are the
grades: trials call most of it mild."""

HAVE_IT_EACH_TIME = 1 / 3
"""Of those with an effect in week 1, how many have it at each session; they have it again later: "who had it twice in
week 1 has it again" [LC], at `AGAIN` of their sessions [prop]."""
AGAIN = 0.85
SESSIONS_IN_WEEK_1 = 2
FALLS_A_WEEK = 0.8
FALLS_TO = 0.4
""" "Week 1 highest, then falling" [LC]; how fast is ours [prop]."""

COURSES: dict[str, tuple[float, float]] = {
    "iv": (1.0, 2.0), "intranasal": (1.2, 2.0), "im": (1.5, 3.0), "sc": (1.5, 3.0), "sublingual": (2.0, 3.0),
    "oral": (2.5, 4.5),
}  # fmt: skip
"""Hours until an effect has gone, (half of patients, nine of ten). IV: most peak within 1 h and are gone within 2 h
[N1]. Esketamine: clear by 2 h in most [DO]. IM 1-3 h, sublingual back in 1-3 h, swallowed 4-5 h [FF]. SC as IM."""

LASTS_ON = 0.05
LASTS_HOURS = (22.0, 60.0)
"""Share of effects that last into the next days, and for how long (half, nine of ten) [prop]: sedation may be delayed
or prolonged [LB]."""

AT_THE_PEAK: dict[str, float] = {"strange": 0.68, "sleepy": 0.55}
"""Share of sessions with dissociation and sedation within the first hour or so: 61-75 % and 48-61 % [LB], for all
routes [prop]. Only who looks on in that hour sees it; it is expected, and gone with the route's course."""
PEAK_HOURS = 1.5

BACKGROUND: dict[str, float] = {"headache": 0.03, "sleepy": 0.02}
"""Share of days with a headache or slowness that has nothing to do with treatment [prop]."""

RESPONDS = 0.55
RELIEF_HOURS = {"hours": (0.5, 5.0), "days": (0.35, 60.0), "late": (0.15, 300.0)}
"""Mood relief comes in hours, for some it takes days ([NC] and the brief): (share of those who respond, median hours).
How many respond is ours [prop]."""
RELAPSE_DAYS = (16.0, 45.0)
"""Symptoms come back within days to weeks after the last dose [NC]: (half, nine of ten) [prop]."""
MOOD_BEFORE = (3.8, 1.2)
GAIN = (3.0, 1.0)
MOOD_NOISE = 0.7
"""Mood from 0 to 10: mean and spread before treatment, what relief adds, from day to day [prop]."""

PASSIVE_BEFORE, ACTIVE_BEFORE = 0.06, 0.012
"""Share of patients who think that life is not worth it, or of harming themselves, when treatment begins [prop]: those
whom a clinic treats as outpatients, asked "since we last asked"."""
STILL_AFTER_DAYS, STILL_AFTER_A_WEEK = 0.67, 0.81
"""Of those who had such thoughts: remitted in 33 % at days 1-3, 19 % at day 7 [SUI]."""
NEW_THOUGHTS, NEW_ARE_ACTIVE = 0.0025, 0.3
"""Share of askings with thoughts that are new or more than before: 6.0 % of patients had more after induction [MCI],
spread over some 24 askings."""
FOLLOW_UPS: dict[str, dict[str, float]] = {
    "s_keep": {"not_sure": 0.015, "no": 0.003}, "s_done": {"yes_okay": 0.008}, "s_how": {"yes": 0.07, "not_say": 0.03},
    "s_now": {"come_and_go": 0.20, "right_now": 0.03}, "s_with": {"can_reach": 0.25, "no": 0.05},
    "s_usual": {"less": 0.35, "more": 0.05}, "s_ready": {"yes": 0.03, "not_say": 0.03},
}  # fmt: skip
"""What those with such thoughts answer to the questions that follow [prop]: among answers to item 9 above zero, 53 %
had no clinical risk [TP]."""

HABITS: dict[str, float] = {
    "acute": 0.97,
    "evening": 0.84,
    "day": 0.82,
    "later": 0.80,
    "weekly": 0.772,
    "monthly": 0.70,
}
"""Share of askings that are answered at all, by those who are not silent throughout. +1 h: 85 % within 60 min, 12 % of
patients silent [REN]; weekly 77.2 % by themselves [N8]; the aims of Q4 for the others (safety.md section 5)."""
SILENT_AFTER_SESSION = 0.12
READ_AT_ONCE = 0.529
"""Of text messages [RE]: these answer within minutes, the others when reminded."""
COMPANION_ANSWERS, COMPANION_WATCHES = 0.75, 0.96
"""A companion who is asked because the patient is silent; one who sits beside a dose at home [prop]."""
RESTS = 0.02
"""Share of first check-ins that end with "I need to rest" [prop]."""
SENT_TWICE = 0.02
SENT_LATE = 0.01
"""Phones: a form sent again under the same id, one that waits in a dead zone until its window is over [prop]."""

PLANTED = 0.002
"""Two patients of a thousand have an emergency planted, whatever their figures say."""

ASIDE: dict[str, dict[str, float]] = {
    "a_place": {"alone": 0.10, "on_the_way": 0.05, "driving": 0.001, "not_safe": 0.0005},
    "d_sleep": {"badly": 0.18, "none_tired": 0.012, "none_energy": 0.002},
    "d_unlike": {"race": 0.004, "voices": 0.0004, "watched": 0.0004},
    "d_since": {"drove_slept": 0.12, "drove_before": 0.006, "alcohol": 0.03, "more_ketamine": 0.0005},
    "m_pee": {"more": 0.03, "hurts": 0.01, "blood": 0.0008},
    "m_memory": {"a_bit": 0.12, "problems": 0.015},
    "m_want": {"craved": 0.02, "used": 0.003},
    "m_new": {"medicine": 0.03, "pregnant": 0.0008, "breastfeeding": 0.0003, "health": 0.01},
    "c_breath": {"snoring": 0.02},
    "c_stay": {"no": 0.01},
    "c_call": {"today": 0.01, "now": 0.001},
}
"""What is answered beside the symptoms [prop], except: urinary complaints 0-24.5 % over long treatment, mostly mild
[UR]; 210 reports of misuse among 58,483 patients [RM]. Items without a line here are answered at their best."""
ASKS_FOR_CALL = {"today": 0.006, "now": 0.0006}
ASKS_WHEN_BAD = {"today": 0.20, "now": 0.04}
""" "Call me" by who is well, and by who has something severe: patients called 10 % of their alerts urgent [PT3]."""
WORRY = {"little": 0.28, "lot": 0.02, "unbearable": 0.0015}
FALL = {"fell": 0.0015, "fell_hurt": 0.0003}
THROWN_UP = 0.25
"""Of those with nausea; vomiting 7 % to nausea 16 % in maintenance [S1] is nearer a half, but much of it is at the
clinic [prop]."""

WHO: dict[str, float] = {"iv": 0.40, "intranasal": 0.35, "im": 0.10, "sublingual": 0.10, "oral": 0.05}
"""Routes of the made-up clinic [prop]."""
