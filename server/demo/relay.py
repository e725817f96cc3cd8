"""What the web process asks the simulators."""

import httpx

from server.kit.tls import authorities
from server.settings import Settings


async def fetch_messages(settings: Settings, limit: int) -> bytes:
    """The newest messages, the JSON document of `GET /demo/messages`. httpx.HTTPError when nobody answers."""
    if settings.simulator_url is None or settings.sms is None:
        return b'{"items":[]}'
    async with httpx.AsyncClient(timeout=5, verify=authorities(), trust_env=False) as client:
        answer = await client.get(
            f"{settings.simulator_url.rstrip('/')}/messages",
            params={"limit": limit},
            headers={"Authorization": f"Bearer {settings.sms.token}"},
        )
    return answer.raise_for_status().content
