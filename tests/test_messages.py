"""Nothing clinical leaves the box: every sentence, in every language, for every kind of fact."""

from datetime import UTC, datetime, timedelta
from typing import get_args
from uuid import uuid4

import pytest
from msgspec.structs import replace

from server.notifications.messages import (
    INCIDENTS,
    SENTENCES,
    TIERS,
    BareFacts,
    DigestFacts,
    DutyFacts,
    Facts,
    Incident,
    IncidentFacts,
    PageFacts,
    PageTestFacts,
    PageTier,
    PromptFacts,
    Template,
    digest,
    placeholders,
    render,
    render_push,
)
from server.notifications.model import Language

LINK = "https://afterglow.clinic.example/check-in#token=Zm9yX3Rlc3Rpbmdfb25seV8x"
TEST_LINK = "https://afterglow.clinic.example/team/test#code=K7F3Q2ZB"
NOW = datetime(2026, 3, 2, 13, 36, tzinfo=UTC)
TO_PATIENTS: tuple[Template, ...] = (
    "check_in",
    "check_in_nudge",
    "check_in_reminder",
    "second_look",
    "push_test",
    "channel_test",
)
ABOUT_ALERTS: tuple[Template, ...] = (
    "not_reached",
    "page",
    "page_again",
    "page_everybody",
    "handed_back",
)
PAIRS = [(template, language) for template in get_args(Template) for language in get_args(Language)]
FORBIDDEN = (
    # the drug, the care, the place
    *("ketamin", "esketamin", "spravato", "dose", "dosis", "drug", "medic", "treatment", "tratamiento", "session"),
    *("sesión", "sesion", "infusion", "infusión", "clinic", "clínic", "hospital", "doctor", "nurse", "enfermer"),
    *("patient", "paciente", "therap", "terap", "psych", "psiq"),
    # how somebody may feel
    *("pain", "dolor", "chest", "pecho", "suicid", "harm", "daño", "thought", "mood", "ánimo", "depress", "depres"),
    *("anxi", "ansie", "sick", "dizz", "mareo", "sleep", "sueño", "blood", "sangre", "breath", "unwell", "symptom"),
    # promises nobody can keep
    *("safe", "seguro", "normal", "all good", "todo bien", "monitor", "watching", "vigila", "worry", "preocup"),
)
GSM_7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)


def page_facts(
    tier: PageTier = "emergency", minutes: int = 2, ack_in: int = 3, zone: str = "Europe/Madrid"
) -> PageFacts:
    return PageFacts(
        tier=tier,
        reference="K7F3",
        since=NOW - timedelta(minutes=minutes),
        deadline=NOW + timedelta(minutes=ack_in),
        now=NOW,
        zone=zone,
        link=LINK,
    )


def facts_for(template: Template) -> list[Facts]:
    if template in TO_PATIENTS:
        return [PromptFacts(link=LINK)]
    if template in ABOUT_ALERTS:
        tiers: tuple[PageTier, ...] = get_args(PageTier)
        return [page_facts(tier, minutes, 4000) for tier in tiers for minutes in (0, 125, 100_000)]
    if template == "page_bare":
        return [BareFacts(tier=tier, link=LINK) for tier in get_args(PageTier)]
    if template == "incident":
        return [IncidentFacts(incident=incident, link=LINK) for incident in get_args(Incident)]
    if template == "test_page":
        return [PageTestFacts(code="K7F3Q2ZB", link="https://afterglow.clinic.example/team/test")]
    if template in ("on_duty", "duty_taken_back"):
        return [DutyFacts(begins=NOW, ends=NOW + timedelta(days=1), zone="Europe/Madrid", link=LINK)]
    return [DigestFacts(count=count, link=LINK) for count in (1, 2, 500)]


def test_every_sentence_exists_in_every_language() -> None:
    languages = set(get_args(Language))
    assert set(SENTENCES) == set(get_args(Template))
    assert all(set(texts) == languages for texts in SENTENCES.values())
    assert set(TIERS) == set(INCIDENTS) == languages
    assert all(set(words) == set(get_args(PageTier)) for words in TIERS.values())
    assert all(set(words) == set(get_args(Incident)) for words in INCIDENTS.values())
    for texts in SENTENCES.values():
        assert len({frozenset(placeholders(text.body)) for text in texts.values()}) == 1


@pytest.mark.parametrize(("template", "language"), PAIRS)
def test_no_sentence_says_anything_clinical(template: Template, language: Language) -> None:
    for facts in facts_for(template):
        text = render(template, language, facts)
        said = f"{text.title} {text.body.replace(LINK, '').replace(TEST_LINK, '')}".lower()
        assert not [word for word in FORBIDDEN if word in said]
        assert "{" not in said


@pytest.mark.parametrize(("template", "language"), PAIRS)
def test_every_sentence_fits_one_text_message(template: Template, language: Language) -> None:
    for facts in facts_for(template):
        text = render(template, language, facts)
        assert set(text.body) <= GSM_7
        assert len(text.body) <= 160
        assert len(text.title) <= 40
        assert text.body.endswith(TEST_LINK if template == "test_page" else LINK)


@pytest.mark.parametrize("language", get_args(Language))
@pytest.mark.parametrize("template", TO_PATIENTS)
def test_patients_read_short_words_and_no_tier(template: Template, language: Language) -> None:
    text = render(template, language, PromptFacts(link=LINK))
    said = text.body.replace(LINK, "").replace(TEST_LINK, "")
    words = said.replace(":", "").replace(".", " ").replace(",", " ").split()
    assert max(map(len, words)) <= 10
    assert len(words) <= 20
    assert not any(tier in text.body.upper() for tiers in TIERS.values() for tier in tiers.values())


@pytest.mark.parametrize("language", get_args(Language))
@pytest.mark.parametrize("template", TO_PATIENTS)
def test_a_notification_carries_its_link_apart_from_its_words(template: Template, language: Language) -> None:
    shown, sent = (
        render_push(template, language, PromptFacts(link=LINK)),
        render(template, language, PromptFacts(link=LINK)),
    )
    assert shown.title == sent.title
    assert sent.body.startswith(shown.body)
    assert shown.body.endswith(".")
    assert LINK not in shown.body


def test_a_page_reads_as_agreed() -> None:
    assert render("page", "en", page_facts()).body == f"EMERGENCY  K7F3  2 min old  ack by 14:39  {LINK}"
    assert render("page", "es", page_facts()).body == f"EMERGENCIA  K7F3  hace 2 min  confirmar antes de 14:39  {LINK}"
    assert render("page", "en", page_facts()).title == "EMERGENCY K7F3"


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(-5, "0 min old"), (0, "0 min old"), (119, "119 min old"), (125, "2 h 5 min old"), (2880, "2 d old")],
)
def test_the_age_grows_with_the_alert(minutes: int, said: str) -> None:
    assert f"  {said}  " in render("page_again", "en", page_facts(minutes=minutes)).body


@pytest.mark.parametrize(
    ("zone", "ack_in", "said"),
    [
        ("Europe/Madrid", 3, "14:39"),
        ("America/New_York", 3, "08:39"),
        ("America/New_York", 1443, "Tue 08:39"),
        ("Pacific/Auckland", 3, "02:39"),
    ],
)
def test_the_deadline_is_the_clinics_clock(zone: str, ack_in: int, said: str) -> None:
    assert f"ack by {said}  " in render("page", "en", page_facts(zone=zone, ack_in=ack_in)).body


def test_a_digest_counts() -> None:
    assert render(digest(2), "en", DigestFacts(count=2, link=LINK)).body == f"2 same-day alerts waiting. Open: {LINK}"
    assert render(digest(1), "en", DigestFacts(count=1, link=LINK)).body == f"1 same-day alert waiting. Open: {LINK}"


@pytest.mark.parametrize(
    ("template", "facts"),
    [
        ("page", PromptFacts(link=LINK)),
        ("digest", PromptFacts(link=LINK)),
        ("check_in", PromptFacts(link="https://afterglow.example/c?token=abc")),
        ("check_in", PromptFacts(link="Ana has chest pain https://afterglow.example/c")),
        ("check_in", PromptFacts(link=f"https://afterglow.example/c#{uuid4()} Ana")),
        ("digest", DigestFacts(count=0, link=LINK)),
    ],
)
def test_nothing_else_fits_in(template: Template, facts: Facts) -> None:
    with pytest.raises(ValueError, match=r"fit|link|counts"):
        render(template, "en", facts)


@pytest.mark.parametrize("reference", ["", "Ana", "K7F3 pain", "KETAMINE1"])
def test_a_reference_is_only_a_code(reference: str) -> None:
    with pytest.raises(ValueError, match="reference"):
        render("page", "en", replace(page_facts(), reference=reference))
