"""Send what is due: claim and commit, send with no transaction open, record under the lease's token."""

import asyncio
from collections.abc import Awaitable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID, uuid4

import msgspec
import structlog

from server.flow.alerts import hurry, lock_alert
from server.flow.composing import Nowhere, Over, compose
from server.flow.incidents import tell_incident
from server.flow.push import SAFETY
from server.flow.text_replies import texts_stopped
from server.kit import audit
from server.kit.actor import Actor
from server.kit.clock import monotonic
from server.kit.db import AWAY, Database, Tx
from server.notifications import batch_queries, push_queries, queries, shown_queries
from server.notifications import channels as providers
from server.notifications.batch_queries import HandedOver
from server.notifications.channels import Providers, provider_of
from server.notifications.channels.gates import AT_ONCE
from server.notifications.channels.sms_errors import NO_TEXTS
from server.notifications.channels.webpush import GONE
from server.notifications.model import (
    HELD,
    TIMED_OUT,
    Channel,
    GiveUp,
    Lane,
    Message,
    NextChannel,
    Outcome,
    Retry,
    StatusReport,
)
from server.notifications.queries import Queued
from server.notifications.rules import after_failure, is_urgent, move_on_at

log = structlog.get_logger()

BATCH = 200
# What is not begun by then goes back: with the time that a send may take, it ends well before its lease and its tick.
BEGIN_FOR_S = 3
# The next channel is never started beside a message that went out sooner than that at its first attempt.
SOON = timedelta(minutes=1)
# A page that its provider has not answered by then is out on another channel well within ten seconds.
PAGE_ANSWERED_S = 5


class Finished(msgspec.Struct, frozen=True):
    """A message and what became of it; `outcome` None: there was no time to begin."""

    queued: Queued
    message: Message
    outcome: Outcome | None


class Post(msgspec.Struct, frozen=True):
    """How messages leave, from `began` (monotonic): none begins later than `BEGIN_FOR_S`."""

    db: Database
    providers: Providers
    origin: str
    began: float

    def has_time(self) -> bool:
        return monotonic() < self.began + BEGIN_FOR_S

    def wall(self, queued: Queued) -> datetime:
        """Machine time."""
        return queued.claimed_at + timedelta(seconds=monotonic() - self.began)


async def notifications_due(db: Database, providers: Providers, origin: str, lane: Lane) -> int:
    """Claim a batch and send it; returns how many were claimed. Safe in any number of workers."""
    async with db.begin(Actor("engine", None)) as tx:
        claimed = await queries.claim(tx, uuid4(), BATCH, lane)
    await deliver(db, providers, origin, claimed)
    return len(claimed)


async def deliver(db: Database, providers: Providers, origin: str, claimed: Sequence[Queued]) -> None:
    """Compose, commit, send, record: the messages of a clinic together, apart from those whose sender died before."""
    post = Post(db, providers, origin, monotonic())
    batches: dict[object, list[Queued]] = {}
    for queued in sorted(claimed, key=lambda q: q.priority):
        batches.setdefault(queued.id if queued.crashes else queued.clinic_id, []).append(queued)
    await asyncio.gather(*(_deliver_batch(post, batch) for batch in batches.values()))


async def _deliver_batch(post: Post, batch: list[Queued]) -> None:
    ready: dict[str, list[tuple[Queued, Message]]] = {}
    async with asyncio.TaskGroup() as group:
        for queued, made in await _composed(post, batch):
            if isinstance(made, Message):
                ready.setdefault(provider_of(made), []).append((queued, made))
            else:
                group.create_task(_guarded(queued, _not_sent(post, queued, made)))
        await _send_each(post, batch[0].clinic_id, ready)


async def _send_each(post: Post, clinic_id: UUID, ready: Mapping[str, Sequence[tuple[Queued, Message]]]) -> None:
    """Each provider's lanes take one message after another. What is finished by now is recorded together; the others go
    on meanwhile."""
    finished: list[Finished] = []
    news = asyncio.Event()

    async def lane(waiting: Iterator[tuple[Queued, Message]]) -> None:
        for queued, message in waiting:
            finished.append(await _send(post, queued, message))
            news.set()

    async with asyncio.TaskGroup() as group:
        for messages in ready.values():
            waiting = iter(messages)
            for _ in range(min(AT_ONCE, len(messages))):
                group.create_task(lane(waiting))
        left = sum(map(len, ready.values()))
        while left:
            await news.wait()
            news.clear()
            done = finished.copy()
            finished.clear()
            left -= len(done)
            await _record_all(post.db, clinic_id, done)


async def _composed(post: Post, batch: list[Queued]) -> list[tuple[Queued, Message | Over | Nowhere]]:
    """All together; when that fails, each by itself, so that one message's trouble is its own: its lease runs out and
    the isolation lane takes it."""
    try:
        async with post.db.begin(Actor("engine", batch[0].clinic_id)) as tx:
            return await compose(tx, post.db.instance_key, post.origin, batch, replies=post.providers.replies)
    except Exception as error:
        if len(batch) == 1 or isinstance(error, AWAY):
            _tell_failed(batch, error)
            return []
        log.warning("composed_one_by_one", count=len(batch), error=type(error).__name__)
    return [made for queued in batch for made in await _composed(post, [queued])]


async def _not_sent(post: Post, queued: Queued, made: Over | Nowhere) -> None:
    async with post.db.begin(Actor("engine", queued.clinic_id)) as tx:
        match made:
            case Over(state, error):
                await _end(tx, queued, state, error)
            case Nowhere(channel):
                await _record(tx, queued, channel, Outcome("permanent", error_code="no_address"))


async def _send(post: Post, queued: Queued, message: Message) -> Finished:
    urgent = is_urgent(queued.kind, queued.priority)
    gate = post.providers.gate(message)
    async with gate.place(urgent=urgent):
        if not post.has_time():
            return Finished(queued, message, None)
        # A provider in trouble is not spared by a page that has no other way.
        last_way = urgent and not _left(queued)
        if not last_way and (held := gate.held(post.wall(queued))) is not None:
            return Finished(queued, message, held)
        outcome = await _answer(post, message, urgent=urgent)
        gate.heard(outcome, post.wall(queued))
        return Finished(queued, message, outcome)


async def _answer(post: Post, message: Message, *, urgent: bool) -> Outcome:
    try:
        async with asyncio.timeout(PAGE_ANSWERED_S if urgent else None):
            return await providers.send(post.providers, message)
    except TimeoutError:
        return Outcome("temporary", error_code=TIMED_OUT)


async def _record_all(db: Database, clinic_id: UUID, finished: Sequence[Finished]) -> None:
    """What was taken is recorded together, the rest one by one; so is all of it when that fails."""
    recorded: set[UUID] = set()
    try:
        recorded |= await _record_together(db, clinic_id, finished)
        # Another lane's claim that looked at these rows while they were leased holds them until it commits.
        if left := [f for f in finished if (_is_taken(f) or _may_wait(f)) and f.queued.id not in recorded]:
            recorded |= await _record_together(db, clinic_id, left)
    except Exception as error:
        if isinstance(error, AWAY):
            _tell_failed([f.queued for f in finished], error)
            return
        log.warning("recorded_one_by_one", count=len(finished), error=type(error).__name__)
    left = [f for f in finished if f.outcome is not None and f.queued.id not in recorded]
    await asyncio.gather(*(_guarded(f.queued, _record_alone(db, f)) for f in left))


async def _record_together(db: Database, clinic_id: UUID, finished: Sequence[Finished]) -> set[UUID]:
    lease_token = finished[0].queued.lease_token
    async with db.begin(Actor("engine", clinic_id)) as tx:
        if late := [f.queued.id for f in finished if f.outcome is None]:
            await batch_queries.give_back(tx, lease_token, dict.fromkeys(late, tx.wall))
        taken = [over for f in finished if (over := _handed_over(tx, f)) is not None]
        recorded = await batch_queries.mark_many_sent(tx, lease_token, taken) if taken else set()
        return recorded | await _put_back(tx, finished)


async def _put_back(tx: Tx, finished: Sequence[Finished]) -> set[UUID]:
    """What waits for a provider in trouble."""
    waits: dict[UUID, tuple[Queued, Retry]] = {}
    for queued, outcome in ((f.queued, f.outcome) for f in finished if _may_wait(f)):
        assert outcome is not None
        if isinstance(again := _after_failure(tx, queued, outcome), Retry):
            waits[queued.id] = (queued, again)
    if not waits:
        return set()
    lease_token = finished[0].queued.lease_token
    back = await batch_queries.give_back(tx, lease_token, {one: again.at for one, (_, again) in waits.items()}, HELD)
    for queued, again in waits.values():
        if queued.id in back and again.parallel:
            await _start_beside(tx, queued)
    return back


def _is_taken(finished: Finished) -> bool:
    return finished.outcome is not None and finished.outcome.result == "accepted"


def _may_wait(finished: Finished) -> bool:
    """Its provider is in trouble. Pages are left out: their alert has to be locked first."""
    held = finished.outcome is not None and finished.outcome.error_code == HELD
    return held and finished.queued.alert_id is None


def _handed_over(tx: Tx, finished: Finished) -> HandedOver | None:
    """What its provider took, if nothing else is to be looked up for it."""
    queued, outcome, channel = finished.queued, finished.outcome, finished.message.channel
    if outcome is None or not _is_taken(finished):
        return None
    at = _next_channel_at(tx, queued, channel)
    may_have_beside = queued.attempts or tx.now - queued.created_at > SOON
    return None if at and may_have_beside else HandedOver(queued.id, channel, outcome.provider_ref, at)


async def _record_alone(db: Database, finished: Finished) -> None:
    outcome, message = finished.outcome, finished.message
    assert outcome is not None
    async with db.begin(Actor("engine", finished.queued.clinic_id)) as tx:
        await _record(tx, finished.queued, message.channel, outcome, message.to)
        if outcome.error_code == GONE and message.push is not None:
            await push_queries.retire(tx, message.push.subscription_id, "gone")


async def _guarded(queued: Queued, work: Awaitable[None]) -> None:
    try:
        await work
    except Exception as error:
        _tell_failed([queued], error)


def _tell_failed(batch: Sequence[Queued], error: Exception) -> None:
    for queued in batch:
        log.error("delivery_failed", notification=str(queued.id), error=type(error).__name__)


async def _record(tx: Tx, queued: Queued, channel: Channel, outcome: Outcome, to: str | None = None) -> None:
    """Write down what the provider said; the lease's token keeps out a worker that was too slow."""
    if outcome.error_code == NO_TEXTS and to is not None:
        await texts_stopped(tx, to, queued.alert_id)
    if outcome.error_code != HELD:
        await queries.insert_attempt(tx, queued, channel, outcome.result, outcome.error_code, outcome.provider_ref)
    if outcome.result == "accepted":
        await queries.mark_sent(tx, queued, outcome.provider_ref, await _fallback_at(tx, queued, channel))
        return
    await lock_alert(tx, queued.alert_id)
    held = outcome.error_code == HELD
    tried_at = queued.attempted_at or (None if held else tx.wall)
    match _after_failure(tx, queued, outcome):
        case Retry(at, parallel):
            attempts = queued.attempts + (not held)
            retried = await queries.mark_retry(
                tx, queued, at, attempts, queued.channel_index, outcome.error_code, tried_at
            )
            if retried and parallel:
                await _start_beside(tx, queued)
        case NextChannel() if await queries.has_beside(tx, queued):
            # The copy on the other channels is under way: whether that arrives is now its own story.
            await queries.mark_ended(tx, queued, "failed", outcome.error_code)
        case NextChannel():
            await queries.mark_retry(tx, queued, tx.wall, 0, queued.channel_index + 1, outcome.error_code, None)
        case GiveUp(reason):
            await _end(tx, queued, "failed", outcome.error_code or reason)


def _after_failure(tx: Tx, queued: Queued, outcome: Outcome) -> Retry | NextChannel | GiveUp:
    attempts = queued.attempts + (outcome.error_code != HELD)
    return after_failure(
        is_urgent(queued.kind, queued.priority), attempts, outcome, _left(queued), tx.wall,
        tx.wall + (queued.expires_at - tx.now), tx.now - queued.created_at,
    )  # fmt: skip


async def _fallback_at(tx: Tx, queued: Queued, channel: Channel) -> datetime | None:
    """When a push that nobody has seen goes on to the next channel, unless that was started beside it already."""
    at = _next_channel_at(tx, queued, channel)
    started = at is not None and await queries.has_beside(tx, queued)
    return None if started else at


def _next_channel_at(tx: Tx, queued: Queued, channel: Channel) -> datetime | None:
    return move_on_at(channel, queued.priority <= SAFETY, _left(queued), tx.now, queued.expires_at)


def _left(queued: Queued) -> list[Channel]:
    return queued.channels[queued.channel_index + 1 :]


async def _start_beside(tx: Tx, queued: Queued) -> None:
    """The next channel starts now, while this one goes on trying; once per message and channel."""
    await queries.enqueue(
        tx, kind=queued.kind, template=queued.template, priority=queued.priority, channels=tuple(_left(queued)),
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
        await tell_incident(tx, "page_parked" if state == "parked" else "page_undelivered", staff_id, f":{staff_id}")
    if kind == "post":
        await tell_incident(tx, "channel_failed")
    if kind == "page" and alert_id is not None:
        await hurry(tx, alert_id)


async def message_reported(tx: Tx, notification_id: UUID, channel: Channel, report: StatusReport) -> bool:
    """A provider's signed report: "delivered" is proof, "failed" moves on to the next channel; nothing goes back. False
    when it changes nothing."""
    if report.receipt == "delivered":
        return await queries.mark_delivered(tx, notification_id)
    if report.receipt != "failed":
        return False
    error = None if report.failure is None else report.failure.error_code
    await lock_alert(tx, await queries.find_alert(tx, notification_id))
    if await queries.requeue_next(tx, notification_id, channel, error):
        return True
    lost = await queries.mark_undelivered(tx, notification_id, channel, error)
    if lost is not None:
        await _given_up(tx, notification_id, *lost, "undelivered", error)
    return lost is not None


async def report_forged(tx: Tx, notification_id: UUID) -> None:
    """Somebody who is not the provider reported on a message: it stays as it is, and that they tried is kept."""
    if await queries.is_known(tx, notification_id):
        await audit.record(tx, "message.forged_report", "notification", notification_id)


async def prompt_seen(tx: Tx, check_in_id: UUID, event: Literal["shown", "opened"]) -> None:
    """A receipt from the phone itself: more than a provider can know."""
    await shown_queries.mark_seen(tx, check_in_id, event == "opened")
    if event == "shown":
        await push_queries.mark_alive(tx, check_in_id)
    await audit.record(tx, f"message.{event}", "check_in", check_in_id)
