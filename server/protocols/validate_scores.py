"""What is wrong with the scores of a protocol document and with the rules that look at them."""

from collections import Counter
from collections.abc import Iterator

from server.protocols import conditions as c
from server.protocols.model import Item, ProtocolVersion, Questionnaire, Rule
from server.protocols.scores import ranges_of


def score_faults(version: ProtocolVersion) -> Iterator[str]:
    """Scores of items that are not there, of options without points, or with a name that is taken."""
    names = Counter(score.id for form in version.questionnaires for score in form.scores)
    items = {item.id for form in version.questionnaires for item in form.items}
    yield from (f"{name}: a score of this name is there already" for name in names if names[name] > 1 or name in items)
    for form in version.questionnaires:
        yield from _form_faults(form)


def _form_faults(form: Questionnaire) -> Iterator[str]:
    items = {item.id: item for item in form.items}
    for score in form.scores:
        for name in score.items:
            item = items.get(name)
            if item is None:
                yield f"{form.id}/{score.id}: {name} is not asked"
            elif not _gives_points(item):
                yield f"{form.id}/{score.id}: {name} gives no points for some answers"
        if strangers := {*score.reversed} - {*score.items}:
            yield f"{form.id}/{score.id}: counts {min(strangers)} backwards, which is not part of it"
        if score.factor <= 0 or not 0 <= score.missing_at_most < len(score.items):
            yield f"{form.id}/{score.id}: can never be reached"


def _gives_points(item: Item) -> bool:
    if item.type in ("integer", "decimal"):
        return item.min is not None and item.max is not None
    return item.type in ("scale", "boolean") or (
        item.type == "choice" and all(option.score is not None for option in item.options)
    )


def score_part_faults(version: ProtocolVersion, rule: Rule, part: c.Score | c.ScoreChanged | c.Trend) -> Iterator[str]:
    """Unknown scores, and numbers that the score can never reach."""
    reach = ranges_of(version.questionnaires).get(part.name)
    if reach is None:
        yield f"{rule.id}: unknown score {part.name}"
        return
    if isinstance(part, c.Score):
        if part.gte is None and part.lte is None:
            yield f"{rule.id}: compares {part.name} with nothing"
        high = part.gte is not None and part.gte > reach.most
        if high or (part.lte is not None and part.lte < reach.least):
            yield f"{rule.id}: can never fire"
    else:
        steps = [step for step in (part.up, part.down) if step is not None]
        if not steps:
            yield f"{rule.id}: compares {part.name} with nothing"
        if isinstance(part, c.Trend) and part.over < 1:
            yield f"{rule.id}: compares {part.name} with nothing"
        if steps and min(steps) > reach.most - reach.least:
            yield f"{rule.id}: can never fire"
