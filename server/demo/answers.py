"""What the demo's patients answer when nothing is wrong; how they felt changes it."""

from server.demo.people import Answers, Person
from server.protocols.model import kind_of

ACUTE: Answers = {
    "a_who": "patient", "a_danger": "none", "a_place": "with_adult", "a_awake": "awake", "a_real": "no",
    "a_steady": "steady", "a_sick": "no", "a_pain": "no", "a_mind": "calm", "a_overall": "better",
}  # fmt: skip
DAY: Answers = {
    "d_danger": "none", "d_left": ["nothing"], "d_sleep": "well", "d_feel": "none", "d_unlike": "no", "s_open": "no",
    "d_call": "no",
}  # fmt: skip
WEEK: Answers = {"w_sleep": "well", "w_unlike": "no", "s_open": "no", "w_call": "no"}
DAYS = ("none", "1_2", "3_4", "5_7")
OTHERS: dict[str, Answers] = {
    "month": {"m_pee": ["nothing"], "m_memory": "no", "m_want": "no", "m_new": ["no"]},
    "d5": {"s_open": "no"},
}
LATER: dict[str, Answers] = {"h24": {"d_since": "none"}, "h72": {"d_change": "same"}}


def answers_to(person: Person, session: int, key: str, answered: int) -> Answers | None:
    """To the check-in `key` of their session number `session`; `answered`: how many moods they have told before.
    None: they do not answer."""
    felt = person.felt.get((session, key), {})
    if felt is None:
        return None
    mood, kind = person.mood[min(answered, len(person.mood) - 1)], kind_of(key)
    if key in LATER:
        return DAY | LATER[key] | {"d_mood": mood} | felt
    if kind == "week":
        return WEEK | _days(mood) | felt
    return OTHERS.get(kind, ACUTE) | ({"d_mood": mood} if kind == "d5" else {}) | felt


def _days(mood: int) -> Answers:
    """How many days of the week were low or worried, as the mood is: fewer with a better one."""
    low = 3 if mood <= 3 else 2 if mood == 4 else 1 if mood <= 6 else 0
    less = max(low - 1, 0)
    return {
        "w_mood": mood, "w_low": DAYS[low], "w_joy": DAYS[3 - less], "w_do": DAYS[less], "w_worry": DAYS[less],
        "w_panic": DAYS[max(low - 2, 0)],
    }  # fmt: skip
