"""What an operation makes of a document. Pure; nothing here judges whether the result is any good: `validate` does."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from msgspec.structs import replace

from server.protocols import draft_model as d
from server.protocols import form_operations as forms
from server.protocols import item_operations as items
from server.protocols import rule_operations as rules
from server.protocols import step_operations as steps
from server.protocols import time_operations as times
from server.protocols.conditions import Condition
from server.protocols.draft_model import Refused
from server.protocols.evaluate import depth_of
from server.protocols.model import ProtocolVersion
from server.protocols.questionnaires import Questionnaire

DEEPEST = 8
TOO_DEEP = "Too many conditions stand inside one another."


def applied(
    document: ProtocolVersion, operations: Iterable[d.Operation], library: Mapping[str, Questionnaire]
) -> ProtocolVersion:
    """The document after these operations, one after the other. `library`: the clinic's questionnaires by id. Refused
    when one cannot be done."""
    for nth, operation in enumerate(operations):
        try:
            _require_readable(operation)
            if isinstance(operation, d.AddQuestionnaire):
                document = forms.add_form(document, operation, library)
            else:
                document = _APPLY[type(operation)](document, operation)
        except Refused as refused:
            raise Refused(f"operations[{nth}].{refused.field}", refused.message) from refused
    return document


def _require_readable(operation: d.Operation) -> None:
    """Refused for conditions inside one another that nobody could read, and no process could say."""
    for field, condition in _conditions(operation):
        if depth_of(condition, DEEPEST) > DEEPEST:
            raise Refused(field, TOO_DEEP)


def _conditions(operation: d.Operation) -> Iterator[tuple[str, Condition]]:
    match operation:
        case d.SetItem(enable_when=when) if when is not None:
            yield "enable_when", when
        case d.SetRule(rule=rule):
            yield "rule.when", rule.when
        case d.SetEscalation(plan=plan):
            yield from (("plan.worsens", one.when) for one in plan.worsens if one.when is not None)
        case _:
            pass


def _scope(document: ProtocolVersion, op: d.SetScope) -> ProtocolVersion:
    return replace(
        document, routes=op.routes, settings=op.settings, drugs=op.drugs, indications=op.indications
    )  # fmt: skip


def _set_escalation(document: ProtocolVersion, op: d.SetEscalation) -> ProtocolVersion:
    if op.tier == "routine":
        raise Refused("tier", "Routine never calls anybody.")
    return replace(document, escalation=replace(document.escalation, **{op.tier: op.plan}))


_APPLY: dict[type[Any], Callable[[ProtocolVersion, Any], ProtocolVersion]] = {
    d.SetTitle: lambda document, op: replace(document, title=op.title),
    d.SetScope: _scope, d.SetStep: steps.set_step, d.AddStep: steps.add_step, d.RemoveStep: steps.remove_step,
    d.Reword: items.reword, d.SetItem: items.set_item, d.MoveItem: items.move_item, d.AddItem: items.add_item,
    d.RemoveItem: items.remove_item, d.SetRule: rules.set_rule, d.SwitchRule: rules.switch_rule,
    d.AddRule: rules.add_rule, d.RemoveRule: rules.remove_rule, d.SetEscalation: _set_escalation,
    d.RemoveQuestionnaire: forms.remove_form, d.SetRestriction: times.set_restriction,
    d.AddRestriction: times.add_restriction, d.RemoveRestriction: times.remove_restriction,
    d.SetUsual: times.set_usual, d.AddUsual: times.add_usual, d.RemoveUsual: times.remove_usual,
    d.SetMidway: times.set_midway,
}  # fmt: skip
