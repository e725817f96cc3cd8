"""Notifications on a patient's own phone: is it on, turn it on, off, try it."""

from typing import Annotated, Literal

import msgspec
from litestar import delete, get, post, put
from litestar.handlers.base import BaseRouteHandler
from msgspec import Meta

from server.access.guards import phone_only
from server.access.model import Phone
from server.flow.push import try_out
from server.kit import audit, errors
from server.kit.db import Database, Tx
from server.notifications import push_queries
from server.notifications.push_keys import is_auth_secret, is_public_key
from server.notifications.rules import is_push_service
from server.settings import Settings

KeyText = Annotated[str, Meta(min_length=1, max_length=120)]
LOST = ("gone", "unseen", "key_rotated")


class PushKeys(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The phone's public key and shared secret, base64url, as its browser gives them."""

    p256dh: KeyText
    auth: KeyText


class PushSubscription(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the phone's push service takes messages, and the key of ours that it was subscribed with."""

    endpoint: Annotated[str, Meta(min_length=1, max_length=2000)]
    keys: PushKeys
    public_key: KeyText


class PushState(msgspec.Struct, frozen=True):
    """`lost`: the push service has dropped this phone, it needs a new subscription. `public_key` is what to subscribe
    with. `ask`: the patient knows by now what the notifications are for, so that they may be offered."""

    state: Literal["on", "off", "lost", "unavailable"]
    public_key: str | None
    ask: bool


@get("/api/my/push", guards=[phone_only])
async def get_push(phone: Phone, db: Database, settings: Settings) -> PushState:
    """Whether this phone gets notifications."""
    async with db.begin(phone.actor) as tx:
        await audit.record(tx, "push_read", "device", phone.device_id, patient_id=phone.patient_id)
        return await _state(tx, phone, settings)


@put("/api/my/push", guards=[phone_only])
async def turn_on_push(phone: Phone, data: PushSubscription, db: Database, settings: Settings) -> PushState:
    """Reach this phone there from now on; the same again says that it is still there. 409 when we send no push."""
    if settings.push is None:
        raise errors.conflict("Notifications are not set up here.")
    _check(data, settings.push.hosts)
    async with db.begin(phone.actor) as tx:
        key_id = await push_queries.find_key(tx, data.public_key)
        if key_id is None:
            raise errors.invalid(("public_key", "Is not a key of ours any more. Subscribe with the current one."))
        await push_queries.lock_device(tx, phone.device_id)
        kept, new = await push_queries.keep(
            tx, phone.patient_id, phone.device_id, key_id, data.endpoint, data.keys.p256dh, data.keys.auth
        )
        action = "push_subscribed" if new else "push_seen"
        await audit.record(tx, action, "push_subscription", kept, patient_id=phone.patient_id)
        return await _state(tx, phone, settings)


@delete("/api/my/push", guards=[phone_only])
async def turn_off_push(phone: Phone, db: Database) -> None:
    """No notifications on this phone; texts and mails go on."""
    async with db.begin(phone.actor) as tx:
        await push_queries.switch_off(tx, phone.device_id)
        await audit.record(tx, "push_switched_off", "device", phone.device_id, patient_id=phone.patient_id)


@post("/api/my/push/test", guards=[phone_only], status_code=204)
async def try_push(phone: Phone, db: Database, settings: Settings) -> None:
    """A neutral message to this phone within seconds, at most one a minute; 409 when notifications are off."""
    async with db.begin(phone.actor) as tx:
        if (await _state(tx, phone, settings)).state != "on":
            raise errors.conflict("Notifications are off on this phone.")
        await try_out(tx, phone)
        await audit.record(tx, "push_tried", "device", phone.device_id, patient_id=phone.patient_id)


async def _state(tx: Tx, phone: Phone, settings: Settings) -> PushState:
    public_key = await push_queries.get_current_key(tx) if settings.push else None
    if public_key is None:
        return PushState("unavailable", None, False)
    known = await push_queries.find_of_device(tx, phone.device_id)
    ask = await push_queries.has_answered(tx, phone.patient_id)
    if known is None:
        return PushState("off", public_key, ask)
    if known.retired_for is None:
        return PushState("on", public_key, ask)
    return PushState("lost" if known.retired_for in LOST else "off", public_key, ask)


def _check(data: PushSubscription, hosts: tuple[str, ...]) -> None:
    """Nothing is stored that could not work, or that would send our messages somewhere else."""
    problems = []
    if not is_push_service(data.endpoint, hosts):
        problems.append(("endpoint", "Is not an address of a push service that we send to."))
    if not is_public_key(data.keys.p256dh):
        problems.append(("keys.p256dh", "Is not a public key of a phone."))
    if not is_auth_secret(data.keys.auth):
        problems.append(("keys.auth", "Is not the secret of a phone."))
    if problems:
        raise errors.invalid(*problems)


HANDLERS: list[BaseRouteHandler] = [get_push, turn_on_push, turn_off_push, try_push]
