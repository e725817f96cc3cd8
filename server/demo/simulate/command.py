"""The command: live through the weeks, tell how far it is, at the end what came of it."""

import logging
import os
import tempfile
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from server.demo.simulate.count import Counts, count
from server.demo.simulate.enrolling import enrol
from server.demo.simulate.place import place
from server.demo.simulate.run import Simulation
from server.demo.simulate.telling import Progress, told
from server.kit.log import set_up_logs
from server.kit.loop import collect_less

FIRST_DAY = date(2026, 3, 2)
STEP_MINUTES = 5


async def simulate(
    patients: int, weeks: int, seed: int, environment: Mapping[str, str], step_minutes: int = STEP_MINUTES
) -> int:
    """0 when nothing was lost, nothing doubled and every planted emergency was found; else 1."""
    set_up_logs()
    logging.getLogger().setLevel(logging.WARNING)
    counts = await lived(patients, weeks, seed, environment.get("DATABASE_URL"), step_minutes)
    print("\n" + "\n".join(told(counts)))
    return 0 if counts.whole else 1


async def lived(patients: int, weeks: int, seed: int, database_url: str | None, step_minutes: int) -> Counts:
    """The same as figures. SetupError for a database that has a clinic in it."""
    begins, span = datetime.combine(FIRST_DAY, time(5), UTC), timedelta(weeks=weeks)
    with tempfile.TemporaryDirectory(prefix="afterglow-simulation-") as name:
        # PostgreSQL runs as a user of its own, who has to get through.
        os.chmod(name, 0o711)
        async with place(Path(name), database_url, begins) as on:
            collect_less()
            people = await enrol(on, seed, patients)
            simulation = Simulation(on, people, seed, FIRST_DAY, weeks * 7, timedelta(minutes=step_minutes))
            progress = Progress(simulation.total, begins)
            await simulation.run(begins + span, progress.tell)
            return await count(on, simulation.ledger, span)
