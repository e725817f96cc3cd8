"""The built-in protocol documents, read from `library/` and assembled.

A document names its questionnaire and rule files, and those of the course's clock, of restrictions and of usual
courses; an item may be `{"use": "safe@1/s_keep", ...}`: the item of another questionnaire, with what stands beside
`use` changed. `reworded` gives items other words in this document, by their id. What is stored and signed is the
assembled whole.
"""

from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import msgspec

from server.protocols.model import ProtocolVersion

DOCUMENTS = ("clinic.json", "home.json")


@cache
def load_builtin() -> tuple[ProtocolVersion, ...]:
    """Every built-in version. A document that does not decode is a defect of the build and raises."""
    library = files("server.protocols") / "library"
    return tuple(_assemble(library, name) for name in DOCUMENTS)


def nearest_builtin(document: ProtocolVersion) -> list[ProtocolVersion]:
    """Those that a document is measured against: of the same name, else for the same setting."""
    known = load_builtin()
    return [b for b in known if b.key == document.key] or [b for b in known if {*b.settings} & {*document.settings}]


def _assemble(library: Traversable, name: str) -> ProtocolVersion:
    document = _read(library, name)
    questionnaires = [_read(library, part) for part in document["questionnaires"]]
    document["questionnaires"] = _with_used_items(questionnaires, document.pop("reworded", {}))
    for part in ("course", "restrictions", "usual"):
        document[part] = _read(library, document[part])
    document["rules"] = [rule for part in document["rules"] for rule in _read(library, part)]
    return msgspec.convert(document, ProtocolVersion)


def _read(library: Traversable, name: str) -> Any:
    return msgspec.json.decode(library.joinpath(*name.split("/")).read_bytes())


def _with_used_items(questionnaires: list[dict[str, Any]], words: dict[str, Any]) -> list[dict[str, Any]]:
    own = {
        f"{q['id']}/{item['id']}": item | {"text": words.get(item["id"], item["text"])}
        for q in questionnaires
        for item in q["items"]
        if "use" not in item
    }
    return [q | {"items": [_used(q["id"], item, own) for item in q["items"]]} for q in questionnaires]


def _used(questionnaire: str, item: dict[str, Any], own: dict[str, dict[str, Any]]) -> dict[str, Any]:
    if "use" not in item:
        return own[f"{questionnaire}/{item['id']}"]
    changed = {key: value for key, value in item.items() if key != "use"}
    return own[item["use"]] | changed
