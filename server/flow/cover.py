"""What a patient is told while nobody at the clinic is on duty: the truth, until when, and whom to call instead."""

from datetime import datetime
from typing import Any

import msgspec

from server.flow.on_call import cover_now
from server.flow.paging import calendar_of
from server.kit.db import Tx
from server.protocols.model import Tier
from server.responses.advice import Place, off_duty_text
from server.responses.wording import local_words


class OffDuty(msgspec.Struct, frozen=True):
    """Nobody is on duty until `until`, on the clinic's clock (`zone`)."""

    until: datetime
    zone: str

    def words(self, now: datetime, language: str) -> str:
        return local_words(self.until, self.zone, now, language)


async def off_duty(tx: Tx) -> OffDuty | None:
    """None while the clinic is at work, somebody of its rota is on call, or, without a rota, its call list holds."""
    calendar = await calendar_of(tx)
    if calendar.is_open(tx.now):
        return None
    cover = await cover_now(tx)
    if not cover.by_rota or cover.now:
        return None
    opens = calendar.next_open(tx.now)
    return OffDuty(min(opens, cover.next_at or opens), calendar.zone)


async def off_duty_words(tx: Tx, place: Place, paged: Tier | None) -> str | None:
    """The sentence, or None while somebody is on duty. `paged`: the tier of what the team was called about."""
    off = await off_duty(tx)
    return None if off is None else off_duty_text(place, off.words(tx.now, place.language), paged)


async def with_cover(tx: Tx, place: Place, reply: dict[str, Any]) -> dict[str, Any]:
    """An answer that pages the team is not told that a nurse was called while nobody is on duty: the pages go to
    everybody, who may be asleep. What is said about it stands last in the advice."""
    if reply["alert"]["state"] != "paged":
        return reply
    *others, last = reply["advice"]
    tier: Tier = "emergency" if last["level"] == "emergency" else "urgent"
    if (text := await off_duty_words(tx, place, tier)) is None:
        return reply
    return reply | {"advice": [*others, last | {"text": text}]}
