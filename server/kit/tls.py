"""The certificate authorities that clients of ours trust."""

import ssl
from functools import cache

import httpx


@cache
def authorities() -> ssl.SSLContext:
    """Read once a process: a client that reads its own takes a tenth of a second of CPU to make."""
    return httpx.create_ssl_context()
