"""Every sentence in English and in Spanish, whoever says it: code, data files, messages; and proof that a gap is found.

The web apps' own catalogues are compared in pwa/tests; here are the codes of the API that they have words for.
"""

import ast
import importlib
import json
import pkgutil
import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

import server
from server.alerts.model import State
from server.alerts.outcomes import Harm, Outcome, Useful
from server.checkins.model import CheckInState, Reason
from server.checkins.risk import NOTED, RISKS
from server.interop.fhir_options import OTHER_WORDS
from server.notifications.messages import Template
from server.notifications.model import Channel, Hears, Kind, Language
from server.protocols.builtin import load_builtin
from server.protocols.model import TIERS
from server.protocols.scores import ranges_of
from server.sessions.model import Drug, Indication, Route, Setting

ROOT = Path(__file__).parents[1]
DATA = sorted(path for path in (ROOT / "server").rglob("*.json"))
LANGUAGES = frozenset(get_args(Language))
HOLE = re.compile(r"\{([\w.]+)\}")
CODE = re.compile(r'^\s*"([a-z_]+\.[a-z0-9_]+)":', re.MULTILINE)


def gaps(node: Any, path: str = "") -> Iterator[str]:
    """Where a language is missing, empty, or fills other holes. An object with one language as a key is a text."""
    if isinstance(node, msgspec.Struct):
        node = msgspec.structs.asdict(node)
    if isinstance(node, Mapping):
        if LANGUAGES & node.keys():
            yield from _gaps_of_text(node, path)
        for key, value in node.items():
            yield from gaps(value, f"{path}.{key}")
    elif isinstance(node, list | tuple):
        for index, value in enumerate(node):
            yield from gaps(value, f"{path}.{index}")


def _gaps_of_text(text: Mapping[str, Any], path: str) -> Iterator[str]:
    yield from (f"{path}: no {language} words" for language in sorted(LANGUAGES) if not text.get(language))
    spoken = [value for value in text.values() if isinstance(value, str)]
    if len({frozenset(HOLE.findall(value)) for value in spoken}) > 1:
        yield f"{path}: other holes"
    nested = [frozenset(value) for value in text.values() if isinstance(value, Mapping)]
    if len(set(nested)) > 1:
        yield f"{path}: other keys"


def constants() -> Iterator[tuple[str, Any]]:
    """Every constant of the server that may hold words."""
    for found in pkgutil.walk_packages(server.__path__, "server."):
        if not found.name.endswith("__main__"):
            for name, value in vars(importlib.import_module(found.name)).items():
                if name.isupper() and isinstance(value, dict | list | tuple):
                    yield f"{found.name}.{name}", value


@pytest.mark.parametrize("path", DATA, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_data_files_speak_every_language(path: Path) -> None:
    assert list(gaps(json.loads(path.read_text(encoding="utf-8")))) == []


def test_code_speaks_every_language() -> None:
    found = dict(constants())
    speaking = [
        name
        for name, value in found.items()
        if any(isinstance(v, Mapping) and v.keys() & LANGUAGES for v in inner(value))
    ]
    assert {
        "server.responses.wording.WORDS",
        "server.checkins.risk.RISKS",
        "server.notifications.messages.SENTENCES",
    } <= set(speaking)
    assert [gap for name, value in found.items() for gap in gaps(value, name)] == []


def inner(value: Any) -> Iterator[Any]:
    """The value and what lies one step inside."""
    yield value
    yield from value.values() if isinstance(value, Mapping) else value


def codes() -> set[str]:
    """Every code that the team's screens may have to say, as `group.code`."""
    groups: dict[str, Any] = {
        "tier": TIERS, "state": get_args(State), "outcome": get_args(Outcome), "harm": get_args(Harm),
        "useful": get_args(Useful), "drug": get_args(Drug), "route": get_args(Route), "setting": get_args(Setting),
        "indication": get_args(Indication), "risk": [*RISKS, *NOTED], "template": get_args(Template),
        "channel": get_args(Channel), "hears": get_args(Hears), "waiting": get_args(Kind),
        "check_in_state": get_args(CheckInState), "reason": get_args(Reason),
        "check_in": {step.key for version in load_builtin() for step in version.steps},
        "score": {name for version in load_builtin() for name in ranges_of(version.questionnaires)},
    }  # fmt: skip
    return {f"{group}.{code}" for group, of_group in groups.items() for code in of_group}


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_the_teams_screens_have_a_word_for_every_code(language: str) -> None:
    assert codes() - known_codes(language) == set()


def known_codes(language: str) -> set[str]:
    """The codes with words in the team's catalogue."""
    return set(CODE.findall((ROOT / f"pwa/team/i18n/codes.{language}.ts").read_text(encoding="utf-8")))


SAID_TO_STAFF = (
    "interop/rules.py", "interop/cells.py", "interop/overlaps.py", "interop/unusual.py", "sessions/rules.py",
    "flow/imports.py",
    "flow/sessions.py", "flow/recording.py", "flow/courses.py", "flow/holds.py", "flow/home.py",
    "flow/team_channels.py", "flow/pauses.py", "notifications/channels/team_address.py",
)  # fmt: skip
SENTENCE = re.compile(r"(\{\}|[A-Z]).* .*\.")
SAID = re.compile(r'^  "([^"]+)":', re.MULTILINE)


def sentences(source: str) -> set[str]:
    """What a module says to people: whole sentences that are not docstrings, `{}` where something is filled in."""
    tree = ast.parse(source)
    bare = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in ast.walk(node)}
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            found.add("".join(str(p.value) if isinstance(p, ast.Constant) else "{}" for p in node.values))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in bare | parts:
            found.add(node.value)
    return {text for text in found if SENTENCE.fullmatch(text)}


SAID_ABOUT_VISITS = ("flow/visits.py", "flow/visit_start.py", "visits/rules.py", "visits/checks.py")


@pytest.mark.parametrize(
    ("catalogue", "modules", "many"),
    [("i18n/said.es.ts", SAID_TO_STAFF, 30), ("visits/i18n/said.es.ts", SAID_ABOUT_VISITS, 20)],
)
def test_what_the_server_says_to_staff_has_spanish_words(catalogue: str, modules: tuple[str, ...], many: int) -> None:
    known = set(SAID.findall((ROOT / "pwa/team" / catalogue).read_text(encoding="utf-8")))
    said = {text for name in modules for text in sentences((ROOT / "server" / name).read_text("utf-8"))}
    assert said - known == set()
    assert known - said == set(), "nobody says this any more"
    assert len(said) > many


def test_what_the_server_says_about_a_questionnaires_file_has_spanish_words() -> None:
    known = set(SAID.findall((ROOT / "pwa/team/questionnaires/i18n/said.es.ts").read_text(encoding="utf-8")))
    files = [*(ROOT / "server/interop").glob("fhir_*.py"), *(ROOT / "server/protocols").glob("recognise*.py")]
    said = {text for file in (*files, ROOT / "server/flow/questionnaires.py") for text in sentences(file.read_text())}
    assert said - known - set(OTHER_WORDS.values()) == set()
    assert known - said == set(), "nobody says this any more"


def texts(node: Any) -> Iterator[dict[str, Any]]:
    """Every text inside."""
    if isinstance(node, dict):
        if node.keys() & LANGUAGES:
            yield node
        for value in node.values():
            yield from texts(value)
    elif isinstance(node, list):
        for value in node:
            yield from texts(value)


@pytest.mark.parametrize("path", DATA, ids=lambda path: path.relative_to(ROOT).as_posix())
@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_a_missing_key_is_found(path: Path, language: str) -> None:
    """Each text of the file in turn loses a language."""
    document = json.loads(path.read_text(encoding="utf-8"))
    for index in range(sum(1 for _ in texts(document))):
        damaged = deepcopy(document)
        del list(texts(damaged))[index][language]
        assert any(gap.endswith(f"no {language} words") for gap in gaps(damaged))


def test_a_missing_code_and_another_hole_are_found() -> None:
    assert list(gaps({"say": {"en": "call {n}", "es": "llame"}})) == [".say: other holes"]
    assert list(gaps({"days": {"en": {"a": 1}, "es": {}}})) == [".days: no es words", ".days: other keys"]
    assert "check_in.week" in known_codes("es")
    assert {"check_in.unheard_of"} - known_codes("en")
