"""The built-in document, its validation, the choice of a version, and the form as the phone gets it."""

from datetime import UTC, datetime
from typing import Any, get_args

import msgspec
import pytest

from server.protocols.builtin import load_builtin
from server.protocols.conditions import Answer, Condition, Missed
from server.protocols.evaluate import _HOLDS
from server.protocols.findings import to_accept
from server.protocols.model import (
    Escalation,
    EscalationStep,
    HoursTier,
    ProtocolVersion,
    Rule,
    Worsening,
    raised,
    tier_rank,
    worst,
)
from server.protocols.rules import choose, questionnaire_for
from server.protocols.signals import signals
from server.protocols.validate import validate
from tests.rules.answering import CLINIC, item_by_text
from tests.rules.safety_tables import ACUTE, COMPANION, DAY, LEFT


def edited(**changes: Any) -> ProtocolVersion:
    """The built-in document with something changed."""
    return msgspec.structs.replace(CLINIC, **changes)


def rule(**changes: Any) -> Rule:
    """A rule that is all right but for the changes."""
    right: dict[str, Any] = {
        "id": "new.rule",
        "when": Answer(item="a_sick", among=("many",)),
        "tier": "urgent",
        "explanation": {"en": "{a_sick}", "es": "{a_sick}"},
        "source": "2.1",
    }
    return Rule(**right | changes)


def test_the_built_in_document_has_no_fault_and_survives_storing() -> None:
    for version in load_builtin():
        assert validate(version) == []
        assert msgspec.json.decode(msgspec.json.encode(version), type=ProtocolVersion) == version
        assert version.needs_sign_off


def test_unknown_fields_are_refused() -> None:
    stored = msgspec.to_builtins(CLINIC) | {"surprise": 1}
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(stored, ProtocolVersion)


@pytest.mark.parametrize(
    ("questionnaire", "table"), [("acute@1", ACUTE), ("acute@1", COMPANION), ("day@1", DAY)], ids=["a", "c", "d"]
)
def test_options_stand_in_the_order_of_the_tables(questionnaire: str, table: dict[str, Any]) -> None:
    for text, rows in table.items():
        if text != "Who is holding this phone?":
            options = item_by_text(questionnaire, text).options
            assert [option.text["en"] for option in options] == [words for words, _ in rows]


def test_what_is_left_offers_every_effect_and_nothing_alone() -> None:
    options = item_by_text("day@1", "What do you still feel from the treatment?").options
    assert [option.text["en"] for option in options] == ["Nothing", *LEFT["I notice it, but can do things"]]
    assert [option.value for option in options if option.exclusive] == ["nothing"]


def rising_from_a_fixed_day() -> Escalation:
    plan = CLINIC.escalation.urgent
    rises = msgspec.structs.replace(plan.worsens[0], since=datetime(2026, 3, 2, tzinfo=UTC))
    return msgspec.structs.replace(CLINIC.escalation, urgent=msgspec.structs.replace(plan, worsens=(rises,)))


def calling(**changed: Any) -> ProtocolVersion:
    """The built-in document with another plan for emergencies."""
    plan = msgspec.structs.replace(CLINIC.escalation.emergency, **changed)
    return edited(escalation=msgspec.structs.replace(CLINIC.escalation, emergency=plan))


@pytest.mark.parametrize(
    "changed",
    [
        {"ack_minutes": 15},
        {"reached_minutes": 30},
        {"repeat_minutes": 60},
        {"steps": (EscalationStep(("on_call",), 5),)},
    ],
    ids=str,
)
def test_calling_later_or_fewer_than_the_built_in_document_needs_a_yes(changed: dict[str, Any]) -> None:
    assert validate(calling(**changed)) == []
    assert to_accept(calling(**changed)) == ["emergency"]
    assert to_accept(CLINIC) == to_accept(calling(ack_minutes=3)) == []


@pytest.mark.parametrize(
    ("version", "fault"),
    [
        (edited(rules=(rule(when=Answer(item="a_sick", among=("never",))),)), "new.rule: a_sick has no option never"),
        (edited(rules=(rule(when=Answer(item="zz", among=("x",))),)), "new.rule: unknown item zz"),
        (edited(rules=(rule(when=Missed(among=("h2",))),)), "new.rule: unknown check-in h2"),
        (edited(rules=(rule(explanation={"en": "Sick"}),)), "clinic.rules.new.rule.explanation: no es words"),
        (edited(rules=(rule(ack_minutes=0),)), "new.rule: waits no time at all, or more than a day"),
        (edited(rules=(rule(reask_minutes=-60),)), "new.rule: waits no time at all, or more than a day"),
        (edited(rules=(rule(advice={}),)), "clinic.rules.new.rule.advice: no en words"),
        (edited(title={}), "clinic.title: no es words"),
        (
            edited(rules=(rule(explanation={"en": "{zz}", "es": "{zz}"}),)),
            "new.rule: unknown input zz in its explanation",
        ),
        (edited(rules=(rule(tier=None),)), "new.rule: needs exactly one of tier, tier_by_hours, raise_by"),
        (edited(rules=(rule(tier=None, tier_by_hours=(HoursTier(None, None),)),)), "new.rule: can never fire"),
        (edited(rules=(rule(), rule())), "rule twice: new.rule"),
        (edited(rules=(rule(source="hearsay"),)), "new.rule: unknown source hearsay"),
        (edited(check_ins=CLINIC.check_ins[:2]), "d_change: nobody asks it"),
        (edited(report_questionnaire="none@1"), "reports: unknown questionnaire none@1"),
        *(
            (calling(**changed), f"escalation.emergency: {fault}")
            for changed, fault in (
                ({"steps": ()}, "calls nobody"),
                ({"steps": (EscalationStep((), 5),)}, "calls nobody"),
                ({"ack_minutes": 0}, "waits no time at all, or more than a day"),
                ({"repeat_minutes": 0}, "waits no time at all, or more than a day"),
                (
                    {"repeat_minutes": None},
                    "must call at any hour, again and again, until somebody has reached the patient",
                ),
                (
                    {"reached_minutes": None},
                    "must call at any hour, again and again, until somebody has reached the patient",
                ),
                (
                    {"hours": "working"},
                    "must call at any hour, again and again, until somebody has reached the patient",
                ),
                ({"digest_at": "noon"}, "noon is not a time of day"),
                ({"worsens": (Worsening("reached", 5, "urgent"),)}, "rises to no worse tier"),
            )
        ),
        (
            edited(escalation=rising_from_a_fixed_day()),
            "escalation.urgent: since and then are for an alert's own copy",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_faults_are_named(version: ProtocolVersion, fault: str) -> None:
    assert fault in validate(version)


def test_choosing_by_route_and_setting_never_leaves_a_session_without_check_ins() -> None:
    newer = edited(version=2)
    home = edited(key="home", routes=("oral", "sublingual", "im"), settings=("home",))
    versions = [CLINIC, newer, home]
    for route in ("iv", "im", "sc", "intranasal"):
        assert choose(versions, route, "clinic") is newer
    assert choose(versions, "im", "home") is home
    assert choose([CLINIC, newer], "sublingual", "home") is newer
    with pytest.raises(ValueError, match="no protocol"):
        choose([], "iv", "clinic")


def test_the_wire_form_is_the_contracts_shape() -> None:
    wire = questionnaire_for(CLINIC, "acute@1", "en", offset_hours=1)
    assert (wire["id"], wire["version"], wire["title"]) == ("acute@1", 1, "How are you now?")
    assert wire["rest"] == {"item": "a_rest", "text": "I need to rest", "needs": ["a_danger", "a_place"]}
    assert wire["items"][2] == {
        "id": "a_place",
        "type": "choice",
        "text": "Where are you now?",
        "required": True,
        "options": [
            {"value": "with_adult", "text": "Somewhere safe, with an adult"},
            {"value": "alone", "text": "Somewhere safe, alone"},
            {"value": "on_the_way", "text": "On the way, someone else drives"},
            {"value": "driving", "text": "I am driving", "act": "stop_driving"},
            {"value": "not_safe", "text": "I do not feel safe here", "act": "help"},
        ],
        "enable_when": {"item": "a_who", "in": ["patient"]},
        "private": False,
        "signal": ["driving", "not_safe"],
    }
    mood = next(item for item in questionnaire_for(CLINIC, "day@1", "es")["items"] if item["id"] == "d_mood")
    assert (mood["min"], mood["max"], mood["step"]) == (0, 10, 1)
    assert mood["text"].startswith("¿Cómo está su ánimo hoy?")
    assert msgspec.json.encode(wire)


def test_each_check_in_asks_its_own_items() -> None:
    def asked(questionnaire: str, hours: float) -> set[str]:
        return {item["id"] for item in questionnaire_for(CLINIC, questionnaire, "en", offset_hours=hours)["items"]}

    assert "a_place" in asked("acute@1", 6)
    assert "a_place" not in asked("acute@1", 24)
    assert asked("day@1", 24) ^ asked("day@1", 72) == {"d_since", "d_decide", "d_change"}
    assert questionnaire_for(CLINIC, "acute@1", "en", offset_hours=24)["rest"]["needs"] == ["a_danger"]


def test_no_companion_payload_holds_a_private_item() -> None:
    for questionnaire in CLINIC.questionnaires:
        wire = questionnaire_for(CLINIC, questionnaire.id, "en", companion=True)
        assert not any(item["private"] or item["id"].startswith("s_") for item in wire["items"])


def test_private_items_are_the_feelings_and_the_safety_questions() -> None:
    items = [item for questionnaire in CLINIC.questionnaires for item in questionnaire.items]
    private = {item.id for item in items if item.private}
    assert private == {"a_mind"} | {item.id for item in items if item.id.startswith("s_")}


def test_words_fill_the_placeholder() -> None:
    def stay(**given: Any) -> str:
        items = questionnaire_for(CLINIC, "acute@1", "en", **given)["items"]
        return str(next(item["text"] for item in items if item["id"] == "c_stay"))

    assert stay() == "Can you stay with them until tomorrow morning?"
    assert stay(words={"time": "16:00"}) == "Can you stay with them until 16:00?"


def test_everything_that_pages_on_its_own_travels_on_tap() -> None:
    by_item = {
        item: set(values)
        for questionnaire in CLINIC.questionnaires
        for item, values in signals(CLINIC, questionnaire.items).items()
    }
    assert by_item["a_danger"] == {"chest_pain", "breathing", "passed_out", "one_side", "head_or_sight"}
    assert by_item["s_open"] == {"not_worth", "yes", "talk"}
    assert by_item["a_mind"] == {"very_upset", "not_safe"}
    assert by_item["s_keep"] == {"not_sure", "no"}
    assert by_item["a_real"] == {"lot", "lost"}
    assert by_item["d_mood"] == set()
    acute = CLINIC.questionnaire("acute@1").items
    assert signals(CLINIC, acute, 1)["a_real"] == ["lost"]
    assert "alone" in signals(CLINIC, acute, 1, {"setting": "home"})["a_place"]
    assert "bad" in signals(CLINIC, acute, 1, risk=("bp_high",))["a_pain"]


def test_danger_shows_the_emergency_card_and_thoughts_the_crisis_card() -> None:
    for questionnaire in CLINIC.questionnaires:
        for item in questionnaire.items:
            for option in item.options:
                if item.id in ("a_danger", "d_danger", "c_danger") and option.value != "none":
                    assert option.act == "emergency"
                if item.id == "s_open" and option.value != "no":
                    assert option.act == "crisis"


def test_tiers_are_ordered() -> None:
    assert worst([]) == "routine"
    assert worst(["urgent", "same_day"]) == "urgent"
    assert raised("urgent", 3) == "emergency"
    assert tier_rank("routine") == 0


def test_escalation_times() -> None:
    emergency, urgent = CLINIC.escalation.plan("emergency"), CLINIC.escalation.plan("urgent")
    assert emergency.steps[0].who == ("on_call", "backup")
    assert {step.wait_minutes for step in emergency.steps} == {5}
    assert (emergency.ack_minutes, emergency.reached_minutes, emergency.repeat_minutes) == (5, 10, 10)
    assert (urgent.ack_minutes, urgent.reached_minutes, urgent.repeat_minutes) == (30, 30, 10)
    same_day = CLINIC.escalation.plan("same_day")
    assert (same_day.hours, same_day.ack_minutes, same_day.digest_at) == ("working", 240, "10:00")
    with pytest.raises(ValueError, match="routine"):
        CLINIC.escalation.plan("routine")


def test_every_kind_of_condition_can_be_read() -> None:
    assert set(get_args(Condition)) == set(_HOLDS)
