"""Passwords: argon2id on two threads of its own, never on the event loop, never unbounded memory."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 12
LONGEST = 200

HASHER = PasswordHasher()
THREADS = ThreadPoolExecutor(max_workers=2, thread_name_prefix="password")
# The hash of a password nobody has: an unknown e-mail takes as long as a wrong password.
NOBODYS = HASHER.hash("no password of this clinic is this one")


async def hash_password(password: str) -> str:
    """What is stored of a password."""
    return await asyncio.get_running_loop().run_in_executor(THREADS, HASHER.hash, password)


async def verify_password(stored: str | None, password: str) -> bool:
    """Whether the password fits; without a stored hash the answer is no, after the same time."""
    fits = await asyncio.get_running_loop().run_in_executor(THREADS, _fits, stored or NOBODYS, password)
    return fits and stored is not None


def is_outdated(stored: str) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return HASHER.check_needs_rehash(stored)


def _fits(stored: str, password: str) -> bool:
    try:
        return HASHER.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False
