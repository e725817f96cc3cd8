"""Everything the operator can set, read once from a mapping; wrong values fail loudly at start."""

import ipaddress
import os
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

PUSH_SERVICES = ("fcm.googleapis.com", "push.services.mozilla.com", "push.apple.com", "notify.windows.com")
HOST_NAME = re.compile(r"(?!-)[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z][a-z0-9-]*")
# Push services look at the contact: Apple refuses every message when it leads nowhere.
CONTACT = re.compile(r"(mailto:[^\s<>@]+@|https://)([A-Za-z0-9.-]+)/?")
NOWHERE = (".localhost", ".local", ".internal", ".invalid", ".test", ".lan", ".home.arpa")


class SettingsError(Exception):
    """A setting is missing or wrong; the message names it and says what to do."""


class SmsSettings(msgspec.Struct, frozen=True):
    """A Twilio-compatible SMS API. `replies`: texts to the sender's number are handed over to us."""

    api_url: str
    account: str
    token: str
    sender: str
    replies: bool = False


class EmailSettings(msgspec.Struct, frozen=True):
    """An SMTP submission server; `tls` is none, starttls or tls."""

    host: str
    port: int
    sender: str
    user: str | None = None
    password: str | None = None
    tls: str = "starttls"


class PushSettings(msgspec.Struct, frozen=True):
    """Web push: who stands behind it (the `sub` that push services check), and the services that phones may name."""

    contact: str
    hosts: tuple[str, ...]


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """One process's configuration. URLs are DSNs; `url` is the public origin of all links."""

    url: str
    host: str
    port: int
    data: Path
    key_file: Path
    database_url: str | None = None
    database_engine_url: str | None = None
    database_owner_url: str | None = None
    database_listen_url: str | None = None
    database_pooled: bool = False
    trusted_proxies: tuple[str, ...] = ()
    metrics_token: str | None = None
    sms: SmsSettings | None = None
    email: EmailSettings | None = None
    push: PushSettings | None = None
    team_channels_private: bool = False
    watch_url: str | None = None
    watch_sink: tuple[str, int] | None = None
    watch_file: Path | None = None
    watch_ping_url: str | None = None
    simulator_url: str | None = None
    simulator_rooms: str | None = None
    demo: bool = False


def is_loopback(host: str) -> bool:
    """Whether a host name or address can be reached from this machine only."""
    if host in ("localhost", ""):
        return host == "localhost"
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def from_env(env: Mapping[str, str]) -> Settings:
    """Read settings from an environment; every NAME may also be given as NAME_FILE (a file holding the value)."""
    host = _text(env, "HOST") or "127.0.0.1"
    port = _whole(env, "PORT", 8000)
    data = Path(_text(env, "AFTERGLOW_DATA") or _usual_data())
    owner = _text(env, "DATABASE_OWNER_URL")
    settings = Settings(
        url=_origin(_text(env, "AFTERGLOW_URL") or f"http://localhost:{port}"),
        host=host,
        port=port,
        data=data,
        key_file=Path(env.get("AFTERGLOW_KEY_FILE") or data / "afterglow.key"),
        database_url=_text(env, "DATABASE_URL"),
        database_engine_url=_text(env, "DATABASE_ENGINE_URL"),
        database_owner_url=owner,
        database_listen_url=_text(env, "DATABASE_LISTEN_URL"),
        database_pooled=_text(env, "DATABASE_POOLED") == "1",
        trusted_proxies=tuple(p.strip() for p in (_text(env, "TRUSTED_PROXIES") or "").split(",") if p.strip()),
        metrics_token=_text(env, "METRICS_TOKEN"),
        sms=_sms(env),
        email=_email(env),
        push=_push(env),
        team_channels_private=_text(env, "TEAM_CHANNELS_PRIVATE") == "1",
        watch_url=_text(env, "WATCH_URL"),
        watch_sink=_address(env, "WATCH_SINK"),
        watch_file=Path(env.get("WATCH_FILE") or data / "watch.json"),
        watch_ping_url=_text(env, "WATCH_PING_URL"),
        simulator_url=_text(env, "AFTERGLOW_SIMULATOR_URL"),
        simulator_rooms=_text(env, "AFTERGLOW_SIMULATOR_ROOMS"),
        demo=_text(env, "AFTERGLOW_DEMO") == "1",
    )
    if settings.demo and not is_loopback(host):
        raise SettingsError("The demo runs on this machine only: leave HOST at 127.0.0.1.")
    return settings


def _usual_data() -> str:
    return "/var/lib/afterglow" if os.geteuid() == 0 else "var"


def _text(env: Mapping[str, str], name: str) -> str | None:
    file = env.get(f"{name}_FILE")
    if file is None:
        return env.get(name) or None
    if env.get(name):
        raise SettingsError(f"Both {name} and {name}_FILE are set: keep one.")
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SettingsError(f"{name}_FILE cannot be read: {error.strerror}.") from error


def _whole(env: Mapping[str, str], name: str, default: int) -> int:
    text = _text(env, name)
    if text is None:
        return default
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise SettingsError(f"{name} must be a whole number from 1 to 65535.")
    return int(text)


def _address(env: Mapping[str, str], name: str) -> tuple[str, int] | None:
    text = _text(env, name)
    if text is None:
        return None
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit() or not 0 < int(port) < 65536:
        raise SettingsError(f"{name} must look like 127.0.0.1:2525.")
    return host, int(port)


def _origin(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/") or parts.query:
        raise SettingsError("AFTERGLOW_URL must look like https://afterglow.example (no path).")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise SettingsError(
            "AFTERGLOW_URL must start with https:// unless it is on this machine: "
            "sign-in cookies and the phone app work on https only."
        )
    return text.rstrip("/")


def _sms(env: Mapping[str, str]) -> SmsSettings | None:
    url = _text(env, "SMS_API_URL")
    if url is None:
        return None
    values = {name: _text(env, name) for name in ("SMS_ACCOUNT", "SMS_TOKEN", "SMS_FROM")}
    for name, value in values.items():
        if value is None:
            raise SettingsError(f"{name} is missing: SMS_API_URL needs it.")
    return SmsSettings(
        url.rstrip("/"),
        values["SMS_ACCOUNT"] or "",
        values["SMS_TOKEN"] or "",
        values["SMS_FROM"] or "",
        replies=_text(env, "SMS_REPLIES") == "1",
    )


def _email(env: Mapping[str, str]) -> EmailSettings | None:
    host = _text(env, "SMTP_HOST")
    if host is None:
        return None
    sender = _text(env, "EMAIL_FROM")
    if sender is None:
        raise SettingsError("EMAIL_FROM is missing: SMTP_HOST needs it.")
    tls = _text(env, "SMTP_TLS") or "starttls"
    if tls not in ("none", "starttls", "tls"):
        raise SettingsError("SMTP_TLS must be none, starttls or tls.")
    return EmailSettings(
        host, _whole(env, "SMTP_PORT", 587), sender, _text(env, "SMTP_USER"), _text(env, "SMTP_PASSWORD"), tls
    )


def _push(env: Mapping[str, str]) -> PushSettings | None:
    """None when nobody could be named as its contact: then phones get texts and mails only."""
    demo = _text(env, "AFTERGLOW_DEMO") == "1"
    listed = (_text(env, "PUSH_HOSTS") or ",".join(PUSH_SERVICES)).lower().split(",")
    hosts = tuple(host.strip() for host in listed if host.strip())
    for host in hosts:
        if not HOST_NAME.fullmatch(host) and not (demo and _is_simulator(host)):
            raise SettingsError("PUSH_HOSTS must be names such as fcm.googleapis.com, separated by commas.")
    contact = _text(env, "PUSH_CONTACT")
    if contact is not None and not is_contact(contact):
        raise SettingsError(
            "PUSH_CONTACT must look like mailto:care@clinic.example or https://clinic.example. "
            "Push services refuse messages from a contact that leads nowhere, such as one at localhost."
        )
    public = urlsplit(_text(env, "AFTERGLOW_URL") or "")
    own = f"https://{public.hostname}" if public.scheme == "https" else ""
    contact = contact or (own if is_contact(own) else None)
    return None if contact is None else PushSettings(contact, hosts)


def is_contact(text: str) -> bool:
    """Whether push services take this as who stands behind a message: a mail address or https origin that could be
    reached from anywhere."""
    found = CONTACT.fullmatch(text)
    host = found.group(2).lower() if found else ""
    return HOST_NAME.fullmatch(host) is not None and not host.endswith(NOWHERE)


def _is_simulator(host: str) -> bool:
    name, _, port = host.rpartition(":")
    return is_loopback(name) and port.isdigit()
