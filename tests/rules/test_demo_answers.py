"""The demo's patients can answer whatever the clinic's protocol may ask them."""

import pytest

from server.demo.answers import answers_to
from server.demo.people import TREATED, Person
from server.protocols.rules import offset_hours
from server.responses.answers import check_answers
from server.responses.model import Facts
from server.responses.rules import judge
from tests.rules.answering import CLINIC

KEYS = [step.key for step in CLINIC.check_ins] + [f"{step.key}_1" for step in CLINIC.course]


@pytest.mark.parametrize("person", TREATED, ids=lambda person: person.details["name"])
@pytest.mark.parametrize("key", KEYS)
def test_every_form_is_filled_in(person: Person, key: str) -> None:
    form, offset = CLINIC.questionnaire(CLINIC.step(key).questionnaire), offset_hours(CLINIC, key)
    for told in range(len(person.mood)):
        answers = answers_to(person, 9, key, told)
        assert answers is not None
        assert check_answers(form, answers, "patient", offset) == []
        judged = judge(CLINIC, Facts(questionnaire=form.id, answers=answers, hours=offset, offset_hours=offset))
        assert judged.tier == "routine"
