"""What in a file of sessions is kept, and ought to be looked at."""

from collections.abc import Iterator, Sequence

from server.checkins.risk import NOTED, RISKS
from server.interop.model import SessionRow
from server.sessions.rules import setting_of

MOST_TOLD = 20


def unusual(rows: Sequence[SessionRow]) -> list[str]:
    """By row: words among the risks that no rule knows, so that they change nothing, and a vein at home."""
    found = [sentence for row in rows for sentence in _of_row(row)]
    more = len(found) - MOST_TOLD
    return found if more <= 0 else [*found[:MOST_TOLD], f"{more:,} more cells are unusual."]


def _of_row(row: SessionRow) -> Iterator[str]:
    if any(risk not in RISKS and risk not in NOTED for risk in row.session.risk):
        yield f"Row {row.number}, risk: has a word that is not known here. It is kept and changes nothing."
    if row.session.route == "iv" and setting_of(row.session) == "home":
        yield f"Row {row.number}, route: a vein at home is unusual. Look whether route and setting are right."
