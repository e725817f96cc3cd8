"""Failed tries in PostgreSQL, so that every web process counts together. Subjects are keyed hashes.

A try is written down as a failure before its secret is checked and taken back when it fits: however many arrive at
once, no more than the limit are ever checked.
"""

from collections.abc import Sequence

from server.access.rules import ACCOUNT_FAILURES, ADDRESS_FAILURES, FAILURE_WINDOW, wait_seconds
from server.kit import errors
from server.kit.crypto import derive, digest
from server.kit.db import Actor, Database

LOCK_SUBJECT = "select pg_advisory_xact_lock(hashtextextended('attempt' || encode($1, 'hex'), 0))"

LIST_FAILURES = "select at from failed_attempts where kind = $1 and subject = $2 and at > $3"

INSERT_FAILURE = "insert into failed_attempts (kind, subject, at) values ($1, $2, $3)"

FORGET_SUBJECT = "delete from failed_attempts where kind = $1 and subject = $2"

FORGET_ONE = "delete from failed_attempts where kind = $1 and subject = $2 and at = $3"

ANYBODY = Actor("system", None)
LIMITS = {"account": ACCOUNT_FAILURES, "invitation": ACCOUNT_FAILURES, "address": ADDRESS_FAILURES}


class Attempt:
    """One try under way: it counts as failed until `succeeded`."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._counted: list[tuple[str, bytes, object]] = []

    async def count(self, kind: str, subject: str) -> None:
        """Count against an account, invitation or address; 429 with the wait when its limit is reached."""
        hashed = digest(derive(self._db.instance_key, "attempts"), f"{kind}|{subject}")
        async with self._db.begin(ANYBODY) as tx:
            await tx.one(LOCK_SUBJECT, hashed)
            failures = [row["at"] for row in await tx.all(LIST_FAILURES, kind, hashed, tx.wall - FAILURE_WINDOW)]
            wait = wait_seconds(failures, LIMITS[kind], tx.wall)
            if not wait:
                await tx.run(INSERT_FAILURE, kind, hashed, tx.wall)
                self._counted.append((kind, hashed, tx.wall))
        if wait:
            await self.take_back("address")
            raise errors.too_many(wait)

    async def take_back(self, *kinds: str) -> None:
        """This try does not count against these."""
        async with self._db.begin(ANYBODY) as tx:
            for kind, hashed, at in self._counted:
                if kind in kinds:
                    await tx.run(FORGET_ONE, kind, hashed, at)

    async def succeeded(self) -> None:
        """Forget the failures of the account or invitation; of the address only this try."""
        async with self._db.begin(ANYBODY) as tx:
            for kind, hashed, at in self._counted:
                if kind == "address":
                    await tx.run(FORGET_ONE, kind, hashed, at)
                else:
                    await tx.run(FORGET_SUBJECT, kind, hashed)


async def begin_attempt(db: Database, subjects: Sequence[tuple[str, str]]) -> Attempt:
    """Count a try against each (kind, subject)."""
    attempt = Attempt(db)
    for kind, subject in subjects:
        await attempt.count(kind, subject)
    return attempt
