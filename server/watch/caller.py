"""The watcher's way in: the public API over HTTP, with the rights of one admin of one clinic of its own."""

from typing import Any

import httpx

from server.watch.credentials import Credentials


class Caller:
    """Signs in when it has to. Cookies are carried by hand: they are Secure, and http is allowed on this machine."""

    def __init__(self, url: str, credentials: Credentials) -> None:
        self._http = httpx.AsyncClient(base_url=url, timeout=15, trust_env=False)
        self._credentials = credentials
        self._cookie = ""

    async def staff(self, method: str, path: str, body: Any = None) -> Any:
        """The JSON of the answer, as the colleague; httpx.HTTPError when it is refused."""
        if not self._cookie:
            await self._sign_in()
        answer = await self._call(method, path, body, {"Cookie": self._cookie})
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            await self._sign_in()
            answer = await self._call(method, path, body, {"Cookie": self._cookie})
        return _content(answer)

    async def patient(self, method: str, path: str, body: Any, token: str | None = None) -> Any:
        """As somebody who holds a message's link, or the token that it opened."""
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        return _content(await self._call(method, path, body, headers))

    async def clinics_held(self) -> int:
        """For how many clinics sending is held: their pages do not leave, whatever the watcher's own do."""
        answer = await self._http.get("/health/engine")
        held: int = answer.json()["sending_held"]
        return held

    async def close(self) -> None:
        await self._http.aclose()

    async def _sign_in(self) -> None:
        body = {"email": self._credentials.email, "password": self._credentials.password}
        answer = await self._call("POST", "/api/sign-in", body, {})
        answer.raise_for_status()
        self._cookie = answer.headers["set-cookie"].partition(";")[0]

    async def _call(self, method: str, path: str, body: Any, headers: dict[str, str]) -> httpx.Response:
        answer = await self._http.request(method, path, json=body, headers={"X-Afterglow": "1"} | headers)
        self._http.cookies.clear()
        return answer


def _content(answer: httpx.Response) -> Any:
    answer.raise_for_status()
    return answer.json() if answer.content else None
