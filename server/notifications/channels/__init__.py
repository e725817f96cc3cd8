"""The providers of this instance, and the one way to send through them."""

import logging
from collections.abc import Mapping
from urllib.parse import urlsplit

from server.notifications.channels.base import Sender
from server.notifications.channels.email import EmailSender
from server.notifications.channels.gates import Gate
from server.notifications.channels.sms import SmsSender
from server.notifications.channels.team import TeamSender
from server.notifications.channels.watcher import OrToWatcher, is_watchers, watchers_mail
from server.notifications.channels.webpush import WebPushSender
from server.notifications.model import Channel, Message, Outcome
from server.settings import Settings

log = logging.getLogger(__name__)


class Providers(dict[Channel, Sender]):
    """The senders of a process by channel, and a gate before each provider behind them."""

    def __init__(self, senders: Mapping[Channel, Sender], *, replies: bool = False) -> None:
        """`replies`: what is answered by text comes back to us."""
        super().__init__(senders)
        self.replies = replies
        self._gates: dict[str, Gate] = {}

    def gate(self, message: Message) -> Gate:
        """The one that this message has to pass."""
        return self._gates.setdefault(provider_of(message), Gate())


def provider_of(message: Message) -> str:
    """Who is asked to carry it: phones take push from several services, the watcher has a mailbox of its own, and one
    team's broken room says nothing of another's."""
    if message.push is not None:
        return f"push {urlsplit(message.push.endpoint).netloc}"
    if message.team_channel_id is not None:
        return f"team {message.team_channel_id}"
    return "watcher" if is_watchers(message.to) else message.channel


def make_channels(settings: Settings) -> Providers:
    """A sender for each configured channel; the others are absent."""
    channels: dict[Channel, Sender] = {"team": TeamSender(private=settings.team_channels_private)}
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
    return Providers(channels, replies=settings.sms is not None and settings.sms.replies)


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
