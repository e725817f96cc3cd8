"""Rooms of the team hear about alerts beside the people who are paged: they are told, never counted on."""

from datetime import date, datetime, timedelta
from uuid import UUID

from server.access.model import Staff
from server.alerts.model import Page, Standing
from server.kit import audit, errors
from server.kit.db import Tx
from server.notifications import team_queries as queries
from server.notifications.channels.team_address import Address
from server.notifications.messages import Incident
from server.notifications.model import Hears, Language

ENDS_AFTER = timedelta(minutes=5)
NOT_AGAIN_FOR = timedelta(seconds=20)
# People come first: nothing that goes to a room has a place among urgent pages.
AFTER_PAGES = 2
ENOUGH = "A clinic can have ten team channels. Remove one first."
ONE_BY_ONE = "A test was sent a moment ago. Wait twenty seconds."


async def channel_added(
    tx: Tx, staff: Staff, name: str, address: Address, language: Language, hears: list[Hears]
) -> UUID:
    """409 when there are enough."""
    channel_id = await queries.add(
        tx, name=name, service=address.service, host=address.host, url=address.url, language=language, hears=hears,
        by=staff.id,
    )  # fmt: skip
    if channel_id is None:
        raise errors.conflict(ENOUGH)
    await audit.record(tx, "team_channel.added", "team_channel", channel_id, detail={"hears": list(hears)})
    return channel_id


async def channel_changed(tx: Tx, channel_id: UUID, name: str | None, hears: list[Hears] | None) -> None:
    """Another name, other things to hear; 404 when it is not there."""
    if not await queries.update(tx, channel_id, name, hears):
        raise errors.not_found()
    fields = [field for field, value in (("name", name), ("hears", hears)) if value is not None]
    await audit.record(tx, "team_channel.changed", "team_channel", channel_id, detail={"fields": fields})


async def channel_removed(tx: Tx, channel_id: UUID) -> None:
    """Nothing goes there any more, not even what waits; 404 when it is not there."""
    if not await queries.remove(tx, channel_id):
        raise errors.not_found()
    await audit.record(tx, "team_channel.removed", "team_channel", channel_id)


async def channel_tested(tx: Tx, channel_id: UUID) -> None:
    """A real message by the way that real ones take."""
    if await queries.has_recent_test(tx, channel_id, tx.now - NOT_AGAIN_FOR):
        raise errors.conflict(ONE_BY_ONE)
    posted = await queries.post(
        tx, template="channel_test", priority=AFTER_PAGES, dedupe_key=f"channel_test:{tx.now.isoformat()}",
        expires_at=tx.now + ENDS_AFTER, only=channel_id, params={"incident": "channel_test"},
    )  # fmt: skip
    if not posted:
        raise errors.not_found()
    await audit.record(tx, "team_channel.tested", "team_channel", channel_id)


async def post_page(tx: Tx, standing: Standing, page: Page, template: str, today: date) -> None:
    """What people are paged about, told in the rooms that hear of such alerts; a digest once a day."""
    if standing.tier == "routine":
        return
    key = f"post:digest:{today:%Y-%m-%d}" if page.digest else f"post:{standing.id}:{tx.now.isoformat()}"
    await queries.post(
        tx, template=template, priority=AFTER_PAGES, dedupe_key=key, hears=standing.tier,
        expires_at=max(page.next_at, tx.now + ENDS_AFTER), alert_id=None if page.digest else standing.id,
    )  # fmt: skip


async def post_incident(tx: Tx, incident: Incident, key: str, expires_at: datetime) -> None:
    """The same `key` once."""
    await queries.post(
        tx, template="incident", priority=AFTER_PAGES, dedupe_key=key, hears="incident", expires_at=expires_at,
        params={"incident": incident},
    )  # fmt: skip
