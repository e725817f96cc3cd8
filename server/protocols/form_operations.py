"""Taking a questionnaire of the clinic's into a document, and out of it again."""

from collections.abc import Mapping

from server.protocols import draft_model as d
from server.protocols.adding import add_questionnaire, without_questionnaire
from server.protocols.draft_model import Refused
from server.protocols.model import ProtocolVersion
from server.protocols.questionnaires import Questionnaire

UNKNOWN = "There is no questionnaire of this name."
ASKED = "A check-in asks it. Choose another form there first."


def add_form(
    document: ProtocolVersion, op: d.AddQuestionnaire, library: Mapping[str, Questionnaire]
) -> ProtocolVersion:
    """With the rules and screening questions that come with it. `library`: the clinic's, by id."""
    if op.questionnaire not in library:
        raise Refused("questionnaire", UNKNOWN)
    try:
        return add_questionnaire(document, library[op.questionnaire])
    except ValueError as fault:
        raise Refused("questionnaire", f"It cannot be added: {fault}.") from fault


def remove_form(document: ProtocolVersion, op: d.RemoveQuestionnaire) -> ProtocolVersion:
    """Once no check-in asks it any more."""
    form = next((form for form in document.questionnaires if form.id == op.questionnaire), None)
    if form is None:
        raise Refused("questionnaire", UNKNOWN)
    asked = {step.questionnaire for step in document.steps} | {document.report_questionnaire}
    if form.id in asked:
        raise Refused("questionnaire", ASKED)
    return without_questionnaire(document, form.key)
