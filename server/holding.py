"""The operator holds sending and lets it go again: after a restore by other means, or before work on the providers."""

from typing import Any

from server.access.setup import clinic_transaction, list_clinics
from server.commands import choose_clinic, owner
from server.flow.sending import sending_started
from server.kit import audit
from server.settings import Settings

HOLD_CLINIC = "insert into sending_holds (clinic_id, held_at) values ($1, $2) on conflict do nothing"


async def run_hold(settings: Settings, clinic: str | None) -> int:
    """Nothing leaves any more: for one clinic, by name or id, or for all."""
    async with owner(settings, make=False) as (conn, key):
        for clinic_id, name in await _chosen(conn, clinic):
            async with clinic_transaction(conn, key, clinic_id) as tx:
                held = await tx.run(HOLD_CLINIC, clinic_id, tx.wall)
                if held:
                    await audit.record(tx, "sending.held", "clinic", clinic_id)
            print(f"{name}: {'sending is held: no prompt and no page leaves' if held else 'sending was held already'}.")
    return 0


async def run_release(settings: Settings, clinic: str | None) -> int:
    """Messages leave again, as when an admin presses Start sending."""
    async with owner(settings, make=False) as (conn, key):
        for clinic_id, name in await _chosen(conn, clinic):
            async with clinic_transaction(conn, key, clinic_id) as tx:
                started = await sending_started(tx)
            print(f"{name}: {'messages are sent again' if started else 'sending was not held'}.")
    return 0


async def _chosen(conn: Any, clinic: str | None) -> list[Any]:
    clinics = await list_clinics(conn)
    if clinic is None:
        return clinics
    chosen = choose_clinic(clinics, clinic)
    return [(key, name) for key, name in clinics if key == chosen]
