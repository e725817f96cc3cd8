"""Something is wrong with the system itself: the team is told, once an hour for each cause."""

from datetime import timedelta
from uuid import UUID

from server.access import queries as access
from server.flow.team_channels import post_incident
from server.kit.db import Tx
from server.notifications import queries as outbox
from server.notifications.messages import Incident
from server.notifications.rules import ways_to

TOLD_FOR = timedelta(hours=1)


async def tell_incident(tx: Tx, incident: Incident, apart_from: UUID | None = None, cause: str = "") -> None:
    """A notice to everybody who handles alerts and can be reached, the leads among them; not to `apart_from`, whom a
    message just failed to reach. `cause` tells one from another of the same kind."""
    for contact in await access.list_reachable(tx):
        if contact.pageable and contact.id != apart_from:
            channels = ways_to(contact.phone, contact.email)
            key = f"incident:{incident}{cause}:{tx.now:%Y-%m-%dT%H}:{contact.id}"
            await outbox.enqueue(
                tx, kind="notice", template="incident", priority=2, channels=channels, staff_id=contact.id,
                params={"incident": incident}, dedupe_key=key, expires_at=tx.now + TOLD_FOR,
            )  # fmt: skip
    # A room that does not work would go on telling itself so.
    if incident != "channel_failed":
        await post_incident(tx, incident, tx.now + TOLD_FOR)
