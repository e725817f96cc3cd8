"""Something is wrong with the system itself: the team is told once a day for each cause, and again when it comes back.

What happens at one instant is told each time, at most once an hour.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

from server.access import queries as access
from server.checkins.wall import instant, local
from server.flow.team_channels import post_incident
from server.kit.db import Tx
from server.notifications import queries as outbox
from server.notifications.messages import Incident
from server.notifications.rules import ways_to

INSTANTS: frozenset[Incident] = frozenset({"engine_late", "clock_set_back"})
# Those who come to work hear of what the night has left, and nobody is woken by a new day.
DAY_BEGINS = time(7)
TOLD_FOR = timedelta(hours=1)


async def tell_incident(tx: Tx, incident: Incident, apart_from: UUID | None = None, cause: str = "") -> None:
    """A notice to everybody who handles alerts and can be reached, the leads among them; not to `apart_from`, whom a
    message just failed to reach. `cause` tells one from another of the same kind."""
    zone = (await access.get_clinic(tx)).time_zone
    key = _key(incident, cause, tx.now, zone)
    expires_at = tx.now + TOLD_FOR
    if incident not in INSTANTS:
        expires_at = max(expires_at, instant(_day(tx.now, zone) + timedelta(days=1), DAY_BEGINS, zone))
    for contact in await access.list_reachable(tx):
        if contact.pageable and contact.id != apart_from:
            channels = ways_to(contact.phone, contact.email)
            await outbox.enqueue(
                tx, kind="notice", template="incident", priority=2, channels=channels, staff_id=contact.id,
                params={"incident": incident}, dedupe_key=f"{key}:{contact.id}", expires_at=expires_at,
            )  # fmt: skip
    # A room that does not work would go on telling itself so.
    if incident != "channel_failed":
        await post_incident(tx, incident, key, expires_at)


async def incidents_over(tx: Tx, over: Sequence[tuple[Incident, str]]) -> None:
    """These, each with its cause, are as they should be: should one come back, it is told again the same day."""
    zone = (await access.get_clinic(tx)).time_zone
    await outbox.forget_incidents(tx, [_key(incident, cause, tx.now, zone) for incident, cause in over])


def _key(incident: Incident, cause: str, now: datetime, zone: str) -> str:
    since = f"{now:%Y-%m-%dT%H}" if incident in INSTANTS else f"{_day(now, zone):%Y-%m-%d}"
    return f"incident:{incident}{cause}:{since}"


def _day(now: datetime, zone: str) -> date:
    """The clinic's day: until it begins, the one before goes on."""
    wall = local(now, zone)
    return wall.date() if wall.time() >= DAY_BEGINS else wall.date() - timedelta(days=1)
