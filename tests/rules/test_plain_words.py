"""Wrong values are named in words."""

from typing import Annotated

import msgspec
import pytest

from server.kit.plain_words import plain


@pytest.mark.parametrize(
    ("value", "wanted", "said"),
    [
        (1, str, "Must be text."),
        ("secret", int, "Must be a whole number."),
        ("secret", float | None, "Must be a number."),
        (0.0, Annotated[float, msgspec.Meta(ge=0.01)], "Must be a number of at least 0.01."),
        ("secret" * 9, Annotated[str, msgspec.Meta(max_length=40)], "Must be text of at most 40 characters."),
        ([1, 2, 3], Annotated[list[int], msgspec.Meta(max_length=2)], "Must be a list of at most 2 entries."),
        ("secret", bool, "Must be true or false."),
    ],
)
def test_what_does_not_fit_is_said_in_words(value: object, wanted: object, said: str) -> None:
    with pytest.raises(msgspec.ValidationError) as refused:
        msgspec.convert(value, wanted)
    assert plain(str(refused.value)) == said


def test_what_is_not_understood_repeats_nothing() -> None:
    assert plain("Invalid enum value 'secret'") == "Is not an accepted value."
