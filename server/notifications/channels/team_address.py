"""The address of a team channel, as its service gives it out or as apprise writes it: read, and refused where it may
not lead."""

import ipaddress
import logging
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import msgspec

from server.notifications.channels.reach import is_public

if TYPE_CHECKING:
    from apprise.plugins import NotifyBase

# Services that are sent to over HTTP and read no file of this machine.
SERVICES = {
    "slack": "Slack", "workflow": "Microsoft Teams", "msteams": "Microsoft Teams", "pagerduty": "PagerDuty",
    "opsgenie": "Opsgenie", "signl4": "SIGNL4", "splunk": "Splunk On-Call", "discord": "Discord",
    "gchat": "Google Chat", "mmosts": "Mattermost", "rockets": "Rocket.Chat", "zulip": "Zulip", "wxteams": "Webex",
    "pover": "Pushover", "gotifys": "Gotify", "tgram": "Telegram", "ntfys": "ntfy", "jsons": "Webhook",
}  # fmt: skip
"""By the name that apprise has for each over TLS."""
ON_A_HOST = ("workflow", "mmosts", "rockets", "gotifys", "ntfys", "jsons")
# Options that services put into their own addresses, and harmless ones of apprise. Others read files, follow redirects
# or leave out the check of certificates.
OPTIONS = frozenset({
    "api-version", "sp", "sv", "sig", "key", "token", "threadkey", "thread_id", "wait", "method", "priority", "region",
    "route", "id", "to", "channel", "tags", "mode",
})  # fmt: skip
NAMES_HERE = (".localhost", ".local", ".internal", ".lan", ".home.arpa")


# They name whole addresses.
logging.getLogger("apprise").propagate = False
logging.getLogger("apprise").setLevel(logging.WARNING)
logging.getLogger("urllib3").setLevel(logging.ERROR)


class Unusable(Exception):
    """No message may go there; `args[0]` says why in one plain sentence."""


class Address(msgspec.Struct, frozen=True):
    """`url` as apprise reads it; `service` and `host` may be shown, the rest is a secret."""

    url: str
    service: str
    host: str | None


def read_address(text: str, *, private: bool) -> Address:
    """Slow at its first call (half a second): not for the event loop. `private`: plain http and addresses of the
    operator's own network are allowed."""
    url = _as_webhook(text.strip())
    plugin = make(url)
    kind = _kind(plugin)
    if plugin is None or kind is None:
        raise Unusable("This is not the address of a service we can send to.")
    names = {name.lower() for name, _ in parse_qsl(urlsplit(url).query, keep_blank_values=True)}
    # A webhook's own parameters and headers begin with one of these.
    if any(name not in OPTIONS and not (kind == "jsons" and name[:1] in "-+: ") for name in names):
        raise Unusable("This address has an option that is not allowed here.")
    host = plugin.host if kind in ON_A_HOST and getattr(plugin, "mode", "") != "cloud" else None
    if host is not None and not private:
        if kind != "workflow" and not plugin.secure:
            raise Unusable("The address must be encrypted (https).")
        if not _may_be_public(host):
            raise Unusable("This address lies in a private network.")
    return Address(url, SERVICES[kind], host)


def make(url: str) -> "NotifyBase | None":
    """What apprise sends with; None when it knows no such address. Nothing is written to disk, redirects are not
    followed."""
    # 186 services in half a second, for a process that may never need one.
    import apprise

    asset = apprise.AppriseAsset(
        http_redirects=False, storage_mode=apprise.PersistentStoreMode.MEMORY, app_id="Afterglow"
    )
    made: Any = apprise.Apprise.instantiate(url, asset=asset, suppress_exceptions=True)
    return made if isinstance(made, apprise.NotifyBase) else None


def _as_webhook(text: str) -> str:
    """An https address of no known service is a webhook that takes JSON; its query stays part of it."""
    parts = urlsplit(text)
    if parts.scheme not in ("https", "http") or make(text) is not None:
        return text
    given = parse_qsl(parts.query, keep_blank_values=True)
    query = urlencode([(f"-{name}", value) for name, value in given], quote_via=quote)
    return parts._replace(scheme="json" + parts.scheme[4:], query=query, fragment="").geturl()


def _kind(plugin: "NotifyBase | None") -> str | None:
    if plugin is None:
        return None
    known: Any = plugin.secure_protocol
    return next((name for name in ((known,) if isinstance(known, str) else known or ()) if name in SERVICES), None)


def _may_be_public(host: str) -> bool:
    """A name may still lead elsewhere: that is seen when it is sent to."""
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return "." in host and not host.lower().endswith(NAMES_HERE)
    return is_public(host.strip("[]"))
