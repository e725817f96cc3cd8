"""What a text sent back means."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.notifications.replies import POLITE, SAYINGS, TO_ANYBODY, Reply, read_reply


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("OK 7F3AB", Reply("take", "7F3AB")),
        (" ok  7f3ab. ", Reply("take", "7F3AB")),
        ("Sí K7F", Reply("take", "K7F")),
        ("OK", Reply("take")),
        ("NO", Reply("pass")),
        ("no!", Reply("pass")),
        ("Pass 7F3", Reply("pass", "7F3")),
        ("PASO K7F3A", Reply("pass", "K7F3A")),
        ("stop", Reply("stop")),
        ("BAJA", Reply("stop")),
        ("Start", Reply("start")),
        ("stop it please", Reply("unknown")),
        ("no thank you", Reply("unknown")),
        ("OK 7", Reply("unknown")),
        ("OK 7F3AB NOW", Reply("unknown")),
        ("OK D228A thanks", Reply("take", "D228A")),
        ("Hi, OK D228A. Thank you!", Reply("take", "D228A")),
        ("Vale D228A, muchas gracias", Reply("take", "D228A")),
        ("OK thanks", Reply("take")),
        ("No D228A, thank you", Reply("pass", "D228A")),
        ("thanks", Reply("unknown")),
        ("stop please", Reply("unknown")),
        ("not OK D228A", Reply("unknown")),
        ("D228A is not OK, thanks", Reply("unknown")),
        ("I don't think OK D228A", Reply("unknown")),
        ("I feel bad", Reply("unknown")),
        ("", Reply("unknown")),
        ("👍", Reply("unknown")),
    ],
)
def test_a_text_is_read(text: str, reply: Reply) -> None:
    assert read_reply(text) == reply


@given(
    around=st.lists(st.sampled_from(sorted(POLITE)), max_size=4),
    other=st.text(st.characters(categories=["Lu", "Ll"]), min_size=1).filter(lambda w: w.upper() not in POLITE)
    | st.sampled_from(["not", "no", "never", "can't", "don't", "nunca", "tampoco", "if", "ok?", "STOP"]),
    place=st.integers(0, 6),
)
def test_a_sentence_takes_no_alert_however_polite_it_is(around: list[str], other: str, place: int) -> None:
    """One word more than keyword, code and politeness, wherever it stands."""
    words = [*around[:2], "OK", "D228A", *around[2:]]
    assert read_reply(" ".join(words)) == Reply("take", "D228A")
    words.insert(place, other)
    assert read_reply(" ".join(words)).word == "unknown"


def test_what_we_say_fits_into_one_text() -> None:
    for said in SAYINGS.values():
        assert set(said) == {"en", "es"}
        for words in said.values():
            assert len(words.format(reference="K7F3A", tier="EMERGENCIA")) <= 160
            assert words.isascii()
    assert len(TO_ANYBODY) <= 160
