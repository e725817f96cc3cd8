"""What is meant for the watcher's patient and colleague goes to the watcher's own mailbox, whatever the channel."""

import msgspec

from server.notifications.channels.base import Sender
from server.notifications.channels.email import EmailSender
from server.notifications.model import Message, Outcome
from server.settings import EmailSettings

# Neither can belong to anybody: a domain that never resolves (RFC 2606), a number that is kept for fiction.
WATCHERS_DOMAIN = "watch.invalid"
WATCHERS_PHONE = "+12025550199"


class OrToWatcher:
    """A provider that never sees what the watcher plays; None when the instance has no provider on this channel."""

    def __init__(self, provider: Sender | None, mailbox: EmailSender) -> None:
        self._provider = provider
        self._mailbox = mailbox

    async def send(self, message: Message) -> Outcome:
        """To the watcher as mail, to anybody else as ever."""
        if is_watchers(message.to):
            mail = msgspec.structs.replace(message, channel="email", to=f"all@{WATCHERS_DOMAIN}")
            return await self._mailbox.send(mail)
        if self._provider is None:
            return Outcome("configuration", error_code="no_provider")
        return await self._provider.send(message)

    async def close(self) -> None:
        if self._provider is not None:
            await self._provider.close()


def is_watchers(address: str) -> bool:
    """Whether the watcher plays whoever has this address."""
    return address == WATCHERS_PHONE or address.endswith(f"@{WATCHERS_DOMAIN}")


def watchers_mail(host: str, port: int) -> EmailSender:
    """How the worker hands a message to the watcher."""
    return EmailSender(EmailSettings(host, port, f"afterglow@{WATCHERS_DOMAIN}", tls="none"))
