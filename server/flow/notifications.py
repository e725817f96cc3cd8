"""Send what is due: claim and commit, send with no transaction open, record under the lease's token."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal, cast
from uuid import UUID, uuid4

import structlog

from server.access import queries as access
from server.alerts import queries as alerts
from server.alerts.rules import deadline
from server.checkins import queries as checkins
from server.flow.alerts import hurry, lock_alert
from server.flow.incidents import tell_incident
from server.flow.paging import calendar_of
from server.flow.push import SAFETY, push_target
from server.kit import audit
from server.kit.actor import Actor
from server.kit.crypto import fingerprint
from server.kit.db import Database, Tx
from server.kit.tokens import link_token
from server.notifications import channels as providers
from server.notifications import push_queries, queries, shown_queries
from server.notifications.channels.base import Sender
from server.notifications.channels.webpush import GONE
from server.notifications.messages import (
    DigestFacts,
    Facts,
    IncidentFacts,
    PageFacts,
    PromptFacts,
    Template,
    digest,
    render,
    render_push,
)
from server.notifications.model import (
    Channel,
    GiveUp,
    Kind,
    Language,
    Message,
    NextChannel,
    Outcome,
    Park,
    Priority,
    Retry,
    StatusReport,
)
from server.notifications.queries import Queued
from server.notifications.rules import after_crash, after_failure, move_on_at, ways_to
from server.patients import queries as patients

log = structlog.get_logger()

BATCH = 50
LOOK_BACK = timedelta(minutes=10)
ROUTINE = SAFETY + 1


async def notifications_due(db: Database, senders: Mapping[Channel, Sender], origin: str) -> int:
    """Claim a batch and send it; returns how many were claimed. Safe in any number of workers."""
    async with db.begin(Actor("engine", None)) as tx:
        claimed = await queries.claim(tx, uuid4(), BATCH)
    await asyncio.gather(*(_deliver_guarded(db, senders, origin, message) for message in claimed))
    return len(claimed)


async def _deliver_guarded(db: Database, senders: Mapping[Channel, Sender], origin: str, queued: Queued) -> None:
    """One message's trouble is its own: its lease runs out and the isolation lane takes it."""
    try:
        await deliver(db, senders, origin, queued)
    except Exception as error:
        log.error("delivery_failed", notification=str(queued.id), error=type(error).__name__)


async def deliver(db: Database, senders: Mapping[Channel, Sender], origin: str, queued: Queued) -> None:
    """Compose, commit, send, record."""
    engine = Actor("engine", queued.clinic_id)
    async with db.begin(engine) as tx:
        message = await _compose(tx, db.instance_key, origin, queued)
    if message is None:
        return
    outcome = await providers.send(senders, message)
    async with db.begin(engine) as tx:
        await _record(tx, queued, message.channel, outcome)
        if outcome.error_code == GONE and message.push is not None:
            await push_queries.retire(tx, message.push.subscription_id, "gone")


async def _compose(tx: Tx, instance_key: bytes, origin: str, queued: Queued) -> Message | None:
    """The message as it stands now; None when it ended here (expired, parked, no longer wanted)."""
    if queued.crashes and isinstance(after_crash(queued.crashes), Park):
        await _end(tx, queued, "parked", "crashes")
        return None
    if queued.expires_at <= tx.now:
        await _end(tx, queued, "expired", None)
        return None
    facts = await _facts(tx, instance_key, origin, queued)
    if facts is None:
        await _end(tx, queued, "cancelled", None)
        return None
    language, addresses = await _recipient(tx, queued)
    channel = queued.channels[queued.channel_index]
    target = await push_target(tx, instance_key, queued) if channel == "push" else None
    to = addresses.get(channel) if target is None else target.endpoint
    if to is None and queued.to_kind == "companion":
        await _end(tx, queued, "cancelled", None)
        return None
    if to is None:
        await _record(tx, queued, channel, Outcome("permanent", error_code="no_address"))
        return None
    template = digest(facts.count) if isinstance(facts, DigestFacts) else cast(Template, queued.template)
    say = render_push if channel == "push" else render
    text = say(template, cast(Language, language), facts)
    await queries.add_credential(tx, "message", fingerprint(queued.id.bytes), queued.id)
    maybe_out = queued.attempted_at or (tx.wall - LOOK_BACK if queued.crashes else None)
    return Message(
        id=queued.id, channel=channel, to=to, title=text.title, body=text.body, link=facts.link,
        language=cast(Language, language), at=tx.now, expires_at=queued.expires_at, tried_since=maybe_out, push=target,
    )  # fmt: skip


async def _recipient(tx: Tx, queued: Queued) -> tuple[str, dict[Channel, str | None]]:
    """Language and addresses, read when the message goes out."""
    if queued.staff_id is not None:
        for contact in await access.list_reachable(tx):
            if contact.id == queued.staff_id:
                return contact.language, {"sms": contact.phone, "email": contact.email}
        return "en", {}
    assert queued.patient_id is not None
    if queued.to_kind == "companion":
        companion = await patients.get_companion(tx, queued.patient_id)
        return companion.language, {"sms": companion.phone}
    patient = await patients.get_contact(tx, queued.patient_id)
    return patient.language, {"sms": patient.phone, "email": patient.email}


async def _facts(tx: Tx, instance_key: bytes, origin: str, queued: Queued) -> Facts | None:
    """What the sentence may say: ids, times and tiers, nothing else."""
    if queued.template == "push_test":
        return PromptFacts(link=f"{origin}/")
    if queued.kind == "notice":
        return IncidentFacts(incident=queued.params["incident"], link=f"{origin}/team")
    if queued.check_in_id is not None:
        check_in = await checkins.find(tx, queued.check_in_id)
        if check_in is None or check_in.state not in ("planned", "open"):
            return None
        token = link_token(instance_key, queued.check_in_id)
        return PromptFacts(link=f"{origin}/c#token={token}")
    if queued.alert_id is None:
        waiting = await alerts.count_waiting(tx, "same_day")
        return DigestFacts(count=waiting, link=f"{origin}/team") if waiting else None
    alert = await alerts.find_page(tx, queued.alert_id)
    if alert is None:
        return None
    calendar = await calendar_of(tx)
    due = deadline(alert.plan, alert.triggered_at, calendar)
    return PageFacts(
        tier=alert.tier, reference=alert.reference, opened_at=alert.opened_at, now=tx.now, zone=calendar.zone,
        deadline=due if due > tx.now else alert.next_action_at, link=f"{origin}/team/alerts/{alert.reference}",
    )  # fmt: skip


async def _record(tx: Tx, queued: Queued, channel: Channel, outcome: Outcome) -> None:
    """Write down what the provider said; the lease's token keeps out a worker that was too slow."""
    await queries.insert_attempt(tx, queued, channel, outcome.result, outcome.error_code, outcome.provider_ref)
    if outcome.result == "accepted":
        await queries.mark_sent(tx, queued, outcome.provider_ref, await _fallback_at(tx, queued, channel))
        return
    await lock_alert(tx, queued.alert_id)
    left = queued.channels[queued.channel_index + 1 :]
    urgency: Priority = "urgent" if queued.priority <= 1 else "normal"
    machine_expiry = tx.wall + (queued.expires_at - tx.now)
    kind: Kind = "page" if queued.kind == "page" else "prompt"
    decision = after_failure(kind, urgency, queued.attempts + 1, outcome, left, tx.wall, machine_expiry)
    tried = outcome.result == "temporary"
    match decision:
        case Retry(at, parallel):
            await queries.mark_retry(
                tx, queued, at, queued.attempts + 1, queued.channel_index, outcome.error_code, tried
            )
            if parallel:
                await _start_beside(tx, queued)
        case NextChannel():
            await queries.mark_retry(tx, queued, tx.wall, 0, queued.channel_index + 1, outcome.error_code, False)
        case GiveUp(reason):
            await _end(tx, queued, "failed", outcome.error_code or reason)


async def _fallback_at(tx: Tx, queued: Queued, channel: Channel) -> datetime | None:
    """When a push that nobody has seen goes on to the next channel, unless that was started beside it already."""
    left = queued.channels[queued.channel_index + 1 :]
    at = move_on_at(channel, queued.priority <= SAFETY, left, tx.now, queued.expires_at)
    started = at is not None and queued.attempts > 0 and await queries.has_beside(tx, queued)
    return None if started else at


async def _start_beside(tx: Tx, queued: Queued) -> None:
    """The next channel starts now, while this one goes on trying; once per message and channel."""
    channels = tuple(queued.channels[queued.channel_index + 1 :])
    await queries.enqueue(
        tx, kind=queued.kind, template=queued.template, priority=queued.priority, channels=channels,
        dedupe_key=queries.beside_key(queued), expires_at=queued.expires_at, patient_id=queued.patient_id,
        staff_id=queued.staff_id, check_in_id=queued.check_in_id, alert_id=queued.alert_id, params=queued.params,
        to_companion=queued.to_kind == "companion",
    )  # fmt: skip


async def _end(tx: Tx, queued: Queued, state: str, error: str | None) -> None:
    """No more tries; nothing when the lease was lost to another worker meanwhile."""
    await lock_alert(tx, queued.alert_id)
    if await queries.mark_ended(tx, queued, state, error) and state in ("failed", "parked"):
        await _given_up(tx, queued.id, queued.kind, queued.alert_id, queued.staff_id, state, error)


async def _given_up(
    tx: Tx,
    notification_id: UUID,
    kind: str,
    alert_id: UUID | None,
    staff_id: UUID | None,
    state: str,
    error: str | None,
) -> None:
    """Said aloud, the others are told; a page that reached nobody moves its alert on."""
    log.error("message_given_up", notification=str(notification_id), kind=kind, state=state, error=error)
    if kind == "page":
        await tell_incident(tx, "page_parked" if state == "parked" else "page_undelivered", staff_id)
    if kind == "page" and alert_id is not None:
        await hurry(tx, alert_id)


async def message_reported(tx: Tx, notification_id: UUID, channel: Channel, report: StatusReport) -> None:
    """A provider's signed report: "delivered" is proof, "failed" moves on to the next channel; nothing goes back."""
    if report.receipt == "delivered":
        await queries.mark_delivered(tx, notification_id)
    elif report.receipt == "failed":
        error = None if report.failure is None else report.failure.error_code
        await lock_alert(tx, await queries.find_alert(tx, notification_id))
        if await queries.requeue_next(tx, notification_id, channel, error):
            return
        lost = await queries.mark_undelivered(tx, notification_id, channel, error)
        if lost is not None:
            await _given_up(tx, notification_id, *lost, "undelivered", error)


async def prompt_seen(tx: Tx, check_in_id: UUID, event: Literal["shown", "opened"]) -> None:
    """A receipt from the phone itself: more than a provider can know."""
    await shown_queries.mark_seen(tx, check_in_id, event == "opened")
    if event == "shown":
        await push_queries.mark_alive(tx, check_in_id)
    await audit.record(tx, f"message.{event}", "check_in", check_in_id)


async def prompt_patient(
    tx: Tx,
    *,
    template: Template,
    patient_id: UUID,
    check_in_id: UUID,
    expires_at: datetime,
    key: str,
    sms_only: bool,
    instance_key: bytes,
    safety: bool,
) -> None:
    """Put a prompt in the outbox and make its link work; the same `key` never twice."""
    contact = await patients.get_contact(tx, patient_id)
    push = not sms_only and not contact.stopped and await push_queries.is_subscribed(tx, patient_id)
    channels = ways_to(contact.phone, None if sms_only and contact.phone else contact.email, push=push)
    if not channels:
        log.error("patient_unreachable", clinic=str(tx.clinic_id), patient=str(patient_id))
        if not contact.stopped:
            await tell_incident(tx, "prompts_undelivered")
        return
    token = link_token(instance_key, check_in_id)
    await queries.add_credential(tx, "link", fingerprint(token.encode()), check_in_id)
    await queries.enqueue(
        tx, kind="prompt", template=template, priority=SAFETY if safety else ROUTINE, channels=channels, dedupe_key=key,
        expires_at=expires_at, patient_id=patient_id, check_in_id=check_in_id,
    )  # fmt: skip
