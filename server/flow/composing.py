"""What messages say, to whom and where, read when they go out: one statement for each kind of fact in a batch."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

import msgspec
import structlog

from server.access import queries as access
from server.access.model import StaffContact
from server.alerts import queries as alerts
from server.alerts.answer_queries import page_token
from server.alerts.calendar import Calendar
from server.alerts.rules import deadline
from server.checkins import queries as checkins
from server.flow.paging import PRIORITY, calendar_of
from server.flow.push import push_targets
from server.kit.db import Tx
from server.kit.tokens import link_token
from server.notifications import team_queries
from server.notifications.messages import (
    BareFacts,
    DigestFacts,
    DutyFacts,
    Facts,
    IncidentFacts,
    PageFacts,
    PageTestFacts,
    PageTier,
    PromptFacts,
    Template,
    digest,
    render,
    render_push,
)
from server.notifications.model import Channel, Language, Message, Park, PushTarget
from server.notifications.queries import Queued
from server.notifications.rules import after_crash, is_bare
from server.notifications.team_queries import TeamAddress
from server.patients import queries as patients
from server.patients.model import CompanionContact, PatientContact

log = structlog.get_logger()

LOOK_BACK = timedelta(minutes=10)
STAFF_TEXTS_LAST = timedelta(minutes=5)
TIER_OF = {priority: tier for tier, priority in PRIORITY.items()}


class Over(msgspec.Struct, frozen=True):
    """Nothing is sent: it ended as `state`."""

    state: str
    error: str | None = None


class Nowhere(msgspec.Struct, frozen=True):
    """This channel has no address for its reader."""

    channel: Channel


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of everybody and everything that a batch of one clinic speaks of. `now`: care time."""

    now: datetime
    wall: datetime
    instance_key: bytes
    origin: str
    replies: bool
    asking: set[UUID]
    contacts: dict[UUID, PatientContact]
    companions: dict[UUID, CompanionContact]
    staff: dict[UUID, StaffContact]
    rooms: dict[UUID, TeamAddress]
    pages: dict[UUID, alerts.PageFacts]
    calendar: Calendar | None
    waiting: int
    targets: dict[UUID, PushTarget]
    tokens: dict[UUID, str]


async def compose(
    tx: Tx, instance_key: bytes, origin: str, batch: Sequence[Queued], *, replies: bool = False
) -> list[tuple[Queued, Message | Over | Nowhere]]:
    """The messages as they stand now; `replies`: a text may be answered by text. One that cannot be worded is told in
    the log and left out."""
    over = [(queued, ended) for queued in batch if (ended := is_over(queued, tx.now)) is not None]
    ended_ids = {queued.id for queued, _ in over}
    alive = [queued for queued in batch if queued.id not in ended_ids]
    bare = [queued for queued in alive if is_bare(queued.kind, queued.crashes)]
    full = [queued for queued in alive if queued not in bare]
    known = await _load(tx, instance_key, origin, full, replies=replies)
    made = [(queued, said) for queued in full if (said := _worded(known, queued)) is not None]
    return [*over, *made, *await _composed_bare(tx, origin, bare)]


async def _composed_bare(tx: Tx, origin: str, batch: Sequence[Queued]) -> list[tuple[Queued, Message | Nowhere]]:
    """That somebody is needed, and where to look: what making their own words is like, these pages have shown. Whoever
    takes an alert takes its pages out of the queue, so that these are still wanted."""
    staff = {c.id: c for c in await access.list_reachable(tx)} if batch else {}
    made: list[tuple[Queued, Message | Nowhere]] = []
    for queued in batch:
        reader = staff.get(queued.staff_id) if queued.staff_id is not None else None
        channel = _channel(queued)
        to = None if reader is None else _ways(reader).get(channel)
        if reader is None or to is None:
            made.append((queued, Nowhere(channel)))
            continue
        log.warning("page_bare", notification=str(queued.id), crashes=queued.crashes)
        facts = BareFacts(tier=cast(PageTier, TIER_OF[queued.priority]), link=f"{origin}/team")
        language = cast(Language, reader.language)
        text = render("page_bare", language, facts)
        made.append((queued, Message(
            id=queued.id, channel=channel, to=to, title=text.title, body=text.body, link=facts.link,
            language=language, at=tx.now, expires_at=min(queued.expires_at, tx.now + STAFF_TEXTS_LAST),
            tried_since=queued.attempted_at or tx.wall - LOOK_BACK,
            clinic_id=queued.clinic_id,
        )))  # fmt: skip
    return made


def is_over(queued: Queued, now: datetime) -> Over | None:
    """Whether it ended before anybody looks at what it is about."""
    if queued.crashes and isinstance(after_crash(queued.crashes), Park):
        return Over("parked", "crashes")
    return Over("expired") if queued.expires_at <= now else None


async def _load(tx: Tx, instance_key: bytes, origin: str, batch: Sequence[Queued], *, replies: bool) -> Known:
    check_ins = [q.check_in_id for q in batch if q.check_in_id is not None]
    contacts = [q.patient_id for q in batch if q.to_kind == "patient" and q.patient_id is not None]
    companions = [q.patient_id for q in batch if q.to_kind == "companion" and q.patient_id is not None]
    paged = [q.alert_id for q in batch if q.alert_id is not None]
    rooms = [q.team_channel_id for q in batch if q.team_channel_id is not None]
    pushed = [q for q in batch if _channel(q) == "push"]
    pages = await alerts.list_pages(tx, paged) if paged else {}
    return Known(
        now=tx.now, wall=tx.wall, instance_key=instance_key, origin=origin, replies=replies,
        asking=await checkins.list_asking(tx, check_ins) if check_ins else set(),
        contacts=await patients.list_contacts(tx, contacts) if contacts else {},
        companions=await patients.list_companions(tx, companions) if companions else {},
        staff={c.id: c for c in await access.list_reachable(tx)} if any(q.staff_id for q in batch) else {},
        rooms=await team_queries.list_addresses(tx, rooms) if rooms else {},
        pages=pages, calendar=await calendar_of(tx) if pages else None,
        waiting=await alerts.count_waiting(tx, "same_day") if any(map(_is_digest, batch)) else 0,
        targets=await push_targets(tx, instance_key, pushed) if pushed else {},
        tokens={q.id: page_token(tx, q.alert_id, q.staff_id) for q in batch if q.alert_id and q.staff_id},
    )  # fmt: skip


def _worded(known: Known, queued: Queued) -> Message | Over | Nowhere | None:
    try:
        return _word(known, queued)
    except Exception as error:
        log.error("delivery_failed", notification=str(queued.id), error=type(error).__name__)
        return None


def _word(known: Known, queued: Queued) -> Message | Over | Nowhere:
    facts = _facts(known, queued)
    if facts is None:
        return Over("cancelled")
    language, addresses = _reader(known, queued)
    channel, target = _channel(queued), known.targets.get(queued.id)
    to = addresses.get(channel) if target is None else target.endpoint
    if to is None:
        return Over("cancelled") if queued.to_kind in ("companion", "team") else Nowhere(channel)
    if queued.to_kind == "patient" and queued.patient_id is not None and known.contacts[queued.patient_id].gone:
        return Over("cancelled")
    template = digest(facts.count) if isinstance(facts, DigestFacts) else cast(Template, queued.template)
    say = render_push if channel == "push" else render
    text = say(template, cast(Language, language), facts)
    maybe_out = queued.attempted_at or (known.wall - LOOK_BACK if queued.crashes else None)
    # A page by text that comes late says what is no longer so (reliability, section 1).
    stale_at = known.now + STAFF_TEXTS_LAST if queued.staff_id is not None else queued.expires_at
    return Message(
        id=queued.id, channel=channel, to=to, title=text.title, body=text.body, link=facts.link,
        language=cast(Language, language), at=known.now, expires_at=min(queued.expires_at, stale_at),
        tried_since=maybe_out, push=target, clinic_id=queued.clinic_id, team_channel_id=queued.team_channel_id,
    )  # fmt: skip


def _channel(queued: Queued) -> Channel:
    return queued.channels[queued.channel_index]


def _is_digest(queued: Queued) -> bool:
    return queued.kind != "notice" and queued.check_in_id is None and queued.alert_id is None


def _reader(known: Known, queued: Queued) -> tuple[str, dict[Channel, str | None]]:
    """Language and addresses."""
    if queued.staff_id is not None:
        colleague = known.staff.get(queued.staff_id)
        return ("en", {}) if colleague is None else (colleague.language, _ways(colleague))
    if queued.team_channel_id is not None:
        room = known.rooms.get(queued.team_channel_id)
        return ("en", {}) if room is None else (room.language, {"team": room.url})
    assert queued.patient_id is not None
    if queued.to_kind == "companion":
        companion = known.companions[queued.patient_id]
        return companion.language, {"sms": companion.phone}
    patient = known.contacts[queued.patient_id]
    return patient.language, _ways(patient)


def _ways(reader: StaffContact | PatientContact) -> dict[Channel, str | None]:
    return {"sms": reader.phone, "email": reader.email}


def _facts(known: Known, queued: Queued) -> Facts | None:
    """What the sentence may say: ids, times and tiers, nothing else. None: it is no longer wanted."""
    origin = known.origin
    if queued.template == "push_test":
        return PromptFacts(link=f"{origin}/")
    if queued.template == "channel_test":
        return PromptFacts(link=f"{origin}/team")
    if queued.template in ("on_duty", "duty_taken_back"):
        begins, ends = (datetime.fromisoformat(queued.params[name]) for name in ("begins", "ends"))
        return DutyFacts(begins=begins, ends=ends, zone=queued.params["zone"], link=f"{origin}/team/rota")
    if queued.template == "test_page":
        return PageTestFacts(code=queued.params["code"], link=f"{origin}/team/test")
    if queued.kind == "notice":
        return IncidentFacts(incident=queued.params["incident"], link=f"{origin}/team")
    if queued.check_in_id is not None:
        token = link_token(known.instance_key, queued.check_in_id)
        return PromptFacts(link=f"{origin}/c#token={token}") if queued.check_in_id in known.asking else None
    if queued.alert_id is None:
        return DigestFacts(count=known.waiting, link=f"{origin}/team") if known.waiting else None
    alert, calendar = known.pages.get(queued.alert_id), known.calendar
    wanted = "acknowledged" if queued.template == "not_reached" else "open"
    if alert is None or calendar is None or alert.state != wanted:
        return None
    due = alert.next_action_at if wanted == "acknowledged" else deadline(alert.plan, alert.triggered_at, calendar)
    own = known.tokens.get(queued.id) if wanted == "open" else None
    link = f"{origin}/team/alerts/{alert.reference}" + (f"#{own}" if own else "")
    return PageFacts(
        tier=alert.tier, reference=alert.reference, since=alert.tier_since, now=known.now, zone=calendar.zone,
        deadline=due if due > known.now else alert.next_action_at, link=link,
        replies=known.replies and own is not None and _channel(queued) == "sms",
    )  # fmt: skip
