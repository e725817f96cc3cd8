"""Where a thread may connect to: an address that a clinic typed must not lead into the operator's own network.

Looked at where the connection is made, for every one that is made: whatever a name resolves to at that moment, and
wherever a redirect leads.
"""

import ipaddress
import os
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

NAT64 = ipaddress.ip_network("64:ff9b::/96")
# Local translation, and IPv4 in the old notation: where they lead is nobody's to say.
UNKNOWN = (ipaddress.ip_network("64:ff9b:1::/48"), ipaddress.ip_network("::/96"))


class Reach:
    """The connections of one thread. `refused`: it wanted to go where it may not."""

    def __init__(self, *, private: bool) -> None:
        self.refused = False
        self._private = private
        self._cut = False
        self._lines: list[socket.socket] = []
        self._lock = threading.Lock()

    def connecting(self, sock: socket.socket, host: str) -> None:
        """PermissionError when it may not go there."""
        if not (self._private or is_public(host)):
            self.refused = True
            raise PermissionError("not a public address")
        with self._lock:
            if self._cut:
                raise PermissionError("too late")
            # A line of its own to the same connection: the socket is soon another object, under TLS.
            self._lines.append(socket.socket(fileno=os.dup(sock.fileno())))

    def cut(self) -> None:
        """End all connections, so that a thread whose time is over comes back; no further one is begun."""
        with self._lock:
            self._cut = True
            for line in self._lines:
                with suppress(OSError):
                    line.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        with self._lock:
            for line in self._lines:
                line.close()
            self._lines.clear()


class _OfThread(threading.local):
    reach: Reach | None = None


_here = _OfThread()


@contextmanager
def within(reach: Reach) -> Iterator[None]:
    """All connections that this thread makes meanwhile are `reach`'s."""
    _watch()
    _here.reach = reach
    try:
        yield
    finally:
        _here.reach = None
        reach.close()


def is_public(host: str) -> bool:
    """Whether an IP address is one of the public internet; nothing else is."""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        if any(address in network for network in UNKNOWN):
            return False
        within_it = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if address in NAT64:
            within_it = ipaddress.IPv4Address(address.packed[-4:])
        if within_it is not None:
            address = within_it
    return address.is_global and not address.is_multicast


def _on_event(event: str, args: tuple[Any, ...]) -> None:
    if event != "socket.connect" or (reach := _here.reach) is None:
        return
    sock, address = args
    reach.connecting(sock, str(address[0]) if isinstance(address, tuple) else "")


_watching = threading.Lock()
_watched: list[bool] = []


def _watch() -> None:
    """Python tells its auditors of each connection before it is made; there is no way to take one off again."""
    with _watching:
        if not _watched:
            sys.addaudithook(_on_event)
            _watched.append(True)
