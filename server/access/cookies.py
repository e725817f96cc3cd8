"""The two cookies: host-bound, out of reach of scripts, on secure origins only."""

from litestar.datastructures import Cookie

STAFF_COOKIE = "__Host-staff"
PATIENT_COOKIE = "__Host-patient"
PHONE_LASTS = 400 * 24 * 3600


def staff_cookie(token: str) -> Cookie:
    """Ends with the browser; the server ends it earlier."""
    return _cookie(STAFF_COOKIE, token, None, "strict")


def phone_cookie(token: str) -> Cookie:
    """Lasts as long as browsers let it: a phone stays bound until the clinic or the patient ends it."""
    return _cookie(PATIENT_COOKIE, token, PHONE_LASTS, "lax")


def removed(name: str) -> Cookie:
    """Tells the browser to forget the cookie."""
    return _cookie(name, "", 0, "strict" if name == STAFF_COOKIE else "lax")


def _cookie(name: str, value: str, max_age: int | None, samesite: str) -> Cookie:
    return Cookie(
        key=name,
        value=value,
        path="/",
        max_age=max_age,
        secure=True,
        httponly=True,
        samesite="strict" if samesite == "strict" else "lax",
    )
