"""The four tiers of urgency and their order."""

from collections.abc import Iterable
from typing import Literal

Tier = Literal["routine", "same_day", "urgent", "emergency"]

TIERS: tuple[Tier, ...] = ("routine", "same_day", "urgent", "emergency")


def tier_rank(tier: Tier) -> int:
    """0 for routine up to 3 for emergency."""
    return TIERS.index(tier)


def worst(tiers: Iterable[Tier]) -> Tier:
    """The most urgent of the tiers; routine when there are none."""
    return max(tiers, key=tier_rank, default="routine")


def raised(tier: Tier, by: int) -> Tier:
    """`by` tiers more urgent, never beyond emergency."""
    return TIERS[min(tier_rank(tier) + by, len(TIERS) - 1)]
