"""What the demo's patients answer: nothing is wrong but what they felt, and their mood goes as their story says."""

from server.demo.people import Answers, Person
from server.protocols.builtin import load_builtin
from server.protocols.rules import choose, offset_hours
from server.simulation.felt import Felt
from server.simulation.forms import Uneventful, filled_in


def answers_to(person: Person, session: int, key: str, answered: int) -> Answers | None:
    """To the check-in `key` of their session number `session`; `answered`: how many moods they have told before.
    None: they do not answer."""
    felt = person.felt.get((session, key), {})
    if felt is None:
        return None
    version = choose(load_builtin(), person.route, "clinic")
    form, hours = version.questionnaire(version.step(key).questionnaire), offset_hours(version, key)
    mood = person.mood[min(answered, len(person.mood) - 1)]
    calm = Felt(grades={}, mood=mood, thoughts="no", more_than_usual=False)
    return dict(filled_in(form, calm, Uneventful(), hours, settled=felt, hours=hours))
