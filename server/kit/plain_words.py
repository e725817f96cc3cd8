"""What msgspec says of a value that does not fit, in words for people: types and limits, never values."""

import re

FITS = re.compile(
    r"^Expected `(?P<wanted>[^`]+)`(?: of length)?(?: (?P<sign>[<>=]+) (?P<limit>[\d.]+))?(?:, got `[a-z|_]+`)?$"
)
WORDS = {
    "str": "text", "int": "a whole number", "float": "a number", "bool": "true or false", "array": "a list",
    "object": "an object", "datetime": "a date and time", "date": "a date", "time": "a time", "uuid": "an id",
}  # fmt: skip
LIMITS = {"<=": "at most {}", ">=": "at least {}", "<": "less than {}", ">": "more than {}"}
COUNTED = {"str": " characters", "array": " entries"}


def plain(message: str) -> str:
    """ "Expected `str` of length <= 40" becomes "Must be text of at most 40 characters."; what is not understood says
    nothing."""
    found = FITS.match(message)
    names = [name for name in found["wanted"].split(" | ") if name != "null"] if found else []
    if found is None or not names or not all(name in WORDS for name in names):
        return "Is not an accepted value."
    words = "Must be " + " or ".join(WORDS[name] for name in names)
    limit = LIMITS.get(found["sign"] or "")
    if limit is not None:
        words += " of " + limit.format(found["limit"]) + COUNTED.get(names[0], "")
    return words + "."
