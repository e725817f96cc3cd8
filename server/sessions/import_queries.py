"""What a file of sessions needs of the database beyond one session's statements."""

from server.kit.db import Tx

# One lock for whatever changes the clinic's plans: shared by those who record one session, alone for a file.
SHARE_PLANS = "select pg_try_advisory_xact_lock_shared(hashtextextended($1::text, 3)) as got"

HOLD_PLANS = "select pg_advisory_xact_lock(hashtextextended($1::text, 3))"


async def share_plans(tx: Tx) -> bool:
    """Until the transaction ends no file of sessions comes in; False, at once, while one does."""
    row = await tx.one(SHARE_PLANS, str(tx.clinic_id))
    return bool(row and row["got"])


async def hold_plans(tx: Tx) -> None:
    """Until the transaction ends nobody else records sessions in this clinic. Raises LockNotAvailableError while a file
    comes in."""
    await tx.one(HOLD_PLANS, str(tx.clinic_id))


async def plan_anew(tx: Tx) -> None:
    """Foreign keys are checked by plans that were made when a table was small; thousands of rows in one transaction
    make it large before anybody counts it, and each check would read all of it."""
    await tx.conn.execute("discard plans")
