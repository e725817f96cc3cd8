"""What the demo's patients answer when nothing is wrong; how they felt changes it."""

from server.demo.people import Answers, Person

ACUTE: Answers = {
    "a_who": "patient", "a_danger": "none", "a_place": "with_adult", "a_awake": "awake", "a_real": "no",
    "a_steady": "steady", "a_sick": "no", "a_pain": "no", "a_mind": "calm", "a_overall": "better",
}  # fmt: skip
DAY: Answers = {
    "d_danger": "none", "d_left": ["nothing"], "d_sleep": "well", "d_feel": "none", "d_unlike": "no", "s_open": "no",
    "d_call": "no",
}  # fmt: skip
LATER: dict[str, Answers] = {"h24": {"d_since": "none"}, "h72": {"d_change": "same"}}


def answers_to(person: Person, session: int, key: str, answered: int) -> Answers | None:
    """To the check-in `key` of their session number `session`; `answered`: how many moods they have told before.
    None: they do not answer."""
    felt = person.felt.get((session, key), {})
    if felt is None:
        return None
    if key in LATER:
        return DAY | LATER[key] | {"d_mood": person.mood[min(answered, len(person.mood) - 1)]} | felt
    return ACUTE | felt
