"""What a text sent back means."""

import pytest

from server.notifications.replies import SAYINGS, TO_ANYBODY, Reply, read_reply


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
        ("I feel bad", Reply("unknown")),
        ("", Reply("unknown")),
        ("👍", Reply("unknown")),
    ],
)
def test_a_text_is_read(text: str, reply: Reply) -> None:
    assert read_reply(text) == reply


def test_what_we_say_fits_into_one_text() -> None:
    for said in SAYINGS.values():
        assert set(said) == {"en", "es"}
        for words in said.values():
            assert len(words.format(reference="K7F3A", tier="EMERGENCIA")) <= 160
            assert words.isascii()
    assert len(TO_ANYBODY) <= 160
