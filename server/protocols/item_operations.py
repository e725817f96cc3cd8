"""Questions of a draft: other words, another order, more of them, fewer."""

from collections.abc import Iterable

from msgspec.structs import replace

from server.protocols import draft_model as d
from server.protocols.draft_model import OWN, Refused
from server.protocols.evaluate import items_of
from server.protocols.model import Item, Option, ProtocolVersion, Questionnaire
from server.protocols.rule_operations import is_own
from server.protocols.rules import free_name


def _form(document: ProtocolVersion, questionnaire: str) -> Questionnaire:
    for form in document.questionnaires:
        if form.id == questionnaire:
            return form
    raise Refused("questionnaire", "There is no such questionnaire.")


def _item(form: Questionnaire, item: str, field: str = "item") -> Item:
    for known in form.items:
        if known.id == item:
            return known
    raise Refused(field, "There is no such question.")


def _with_items(document: ProtocolVersion, form: Questionnaire, items: Iterable[Item]) -> ProtocolVersion:
    after = replace(form, items=tuple(items))
    return replace(document, questionnaires=tuple(after if f.id == form.id else f for f in document.questionnaires))


def _changed(document: ProtocolVersion, form: Questionnaire, item: Item) -> ProtocolVersion:
    return _with_items(document, form, [item if known.id == item.id else known for known in form.items])


def reword(document: ProtocolVersion, op: d.Reword) -> ProtocolVersion:
    form = _form(document, op.questionnaire)
    item = _item(form, op.item)
    if form.codes:
        raise Refused("questionnaire", "The words of a known instrument are its owner's. They stay.")
    if op.options.keys() - {option.value for option in item.options}:
        raise Refused("options", "There is no such option.")
    options = tuple(replace(option, text=op.options.get(option.value, option.text)) for option in item.options)
    return _changed(
        document, form, replace(item, text=op.text or item.text, help=op.help or item.help, options=options)
    )  # fmt: skip


def set_item(document: ProtocolVersion, op: d.SetItem) -> ProtocolVersion:
    form = _form(document, op.questionnaire)
    item = _item(form, op.item)
    return _changed(document, form, replace(item, required=op.required, enable_when=op.enable_when))


def move_item(document: ProtocolVersion, op: d.MoveItem) -> ProtocolVersion:
    form = _form(document, op.questionnaire)
    return _with_items(document, form, _placed(form, _item(form, op.item), op.after, at_end=False))


def _placed(form: Questionnaire, item: Item, after: str | None, *, at_end: bool) -> list[Item]:
    others = [known for known in form.items if known.id != item.id]
    if after is None:
        place = len(others) if at_end else 0
    else:
        place = next((n for n, known in enumerate(others, start=1) if known.id == after), -1)
        if place < 0:
            raise Refused("after", "There is no such question.")
    return [*others[:place], item, *others[place:]]


def add_item(document: ProtocolVersion, op: d.AddItem) -> ProtocolVersion:
    form = _form(document, op.questionnaire)
    taken = {item.id for each in document.questionnaires for item in each.items}
    name = free_name(f"{OWN}_", taken)
    item = Item(
        id=name, type=op.type, text=op.text, required=op.required and op.type != "display", min=op.min, max=op.max,
        step=1 if op.type == "scale" else None, unit=op.unit, private=op.private, graded=op.type == "choice",
        options=tuple(Option(f"o{n}", text) for n, text in enumerate(op.options, start=1)),
    )  # fmt: skip
    return _with_items(document, form, _placed(form, item, op.after, at_end=True))


def remove_item(document: ProtocolVersion, op: d.RemoveItem) -> ProtocolVersion:
    form = _form(document, op.questionnaire)
    gone = _item(form, op.item)
    without = _with_items(document, form, [item for item in form.items if item is not gone])
    if any(item.id == gone.id for each in without.questionnaires for item in each.items):
        return without
    return replace(
        without, rules=tuple(rule for rule in without.rules if not (is_own(rule) and gone.id in items_of(rule.when)))
    )  # fmt: skip
