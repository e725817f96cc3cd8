"""The providers of this instance, and the one way to send through them."""

import logging
from collections.abc import Mapping

from server.notifications.channels.base import Sender
from server.notifications.channels.email import EmailSender
from server.notifications.channels.sms import SmsSender
from server.notifications.channels.watcher import OrToWatcher, watchers_mail
from server.notifications.channels.webpush import WebPushSender
from server.notifications.model import Channel, Message, Outcome
from server.settings import Settings

log = logging.getLogger(__name__)


def make_channels(settings: Settings) -> dict[Channel, Sender]:
    """A sender for each configured channel; the others are absent."""
    channels: dict[Channel, Sender] = {}
    if settings.push is not None:
        channels["push"] = WebPushSender(settings.push)
    if settings.sms is not None:
        channels["sms"] = SmsSender(settings.sms, settings.url)
    if settings.email is not None:
        channels["email"] = EmailSender(settings.email)
    if settings.watch_sink is not None:
        sink = watchers_mail(*settings.watch_sink)
        channels["sms"] = OrToWatcher(channels.get("sms"), sink)
        channels["email"] = OrToWatcher(channels.get("email"), sink)
    return channels


async def send(channels: Mapping[Channel, Sender], message: Message) -> Outcome:
    """Send on the message's channel. No provider is a configuration error, a fault of ours a temporary one."""
    sender = channels.get(message.channel)
    if sender is None:
        return Outcome("configuration", error_code="no_provider")
    try:
        return await sender.send(message)
    except Exception as error:
        # The type only: the text of an exception may hold an address.
        log.error("sending failed unexpectedly: message=%s error=%s", message.id, type(error).__name__)
        return Outcome("temporary", error_code="unexpected")


async def close(channels: Mapping[Channel, Sender]) -> None:
    """Give back every provider's connections."""
    for sender in channels.values():
        await sender.close()
