"""A check-in is due, silent, over: prompt, remind, judge the silence."""

import asyncio
from collections.abc import Sequence
from functools import partial
from uuid import UUID

import structlog

from server.alerts import queries as alerts
from server.alerts.model import FlagSource
from server.checkins import queries
from server.checkins.queries import Progress
from server.flow.alerts import raise_from_flags
from server.flow.prompting import Due, go_on, rest, spare, still_due
from server.flow.sessions import facts_of, hours_since
from server.flow.ticking import TAKE_FOR_S, each_due
from server.kit import audit
from server.kit.actor import Actor
from server.kit.clock import monotonic
from server.kit.db import AWAY, Database, Tx
from server.notifications import queries as outbox
from server.protocols.rules import offset_hours
from server.responses.model import Facts
from server.responses.rules import judge_missed
from server.sessions import queries as sessions

log = structlog.get_logger()

BATCH = 500
LANES = 2

Row = tuple[UUID, UUID, UUID]
"""(clinic, check-in, patient)"""


async def checkins_due(db: Database) -> int:
    """Handle every check-in whose next action is due; one that fails is put off and harms no other."""
    until, taken = monotonic() + TAKE_FOR_S, 0
    while True:
        async with db.begin(Actor("engine", None)) as tx:
            due = await queries.list_due(tx, tx.now, BATCH * LANES)
        taken += await _take(db, due)
        if len(due) < BATCH * LANES or monotonic() > until:
            return taken


async def _take(db: Database, due: Sequence[Row]) -> int:
    """In batches; what a batch leaves goes one by one."""
    batches = [
        list(batch)
        for of_clinic in _by_clinic(due)
        for batch in (of_clinic[start : start + BATCH] for start in range(0, len(of_clinic), BATCH))
    ]
    lanes, left = asyncio.Semaphore(LANES), list[Row]()

    async def one_of(batch: list[Row]) -> None:
        async with lanes:
            left.extend(await _take_batch(db, batch))

    await asyncio.gather(*(one_of(batch) for batch in batches))
    return len(due) - len(left) + await each_due(db, "check_in", left, partial(_alone, db.instance_key), _put_off)


def _by_clinic(due: Sequence[Row]) -> list[list[Row]]:
    clinics: dict[UUID, list[Row]] = {}
    for row in due:
        clinics.setdefault(row[0], []).append(row)
    return list(clinics.values())


async def _take_batch(db: Database, batch: list[Row]) -> list[Row]:
    """Prompt these of one clinic in one transaction. Returns what each needs a transaction of its own for: silence to
    judge, whom somebody has locked, and all of them when one cannot be handled."""
    try:
        async with db.begin(Actor("engine", batch[0][0])) as tx:
            free = await alerts.lock_free(tx, {patient_id for _, _, patient_id in batch})
            here = [check_in_id for _, check_in_id, patient_id in batch if patient_id in free]
            silent = await check_ins_due(tx, here, db.instance_key)
    except AWAY:
        raise
    except Exception as error:
        log.warning("check_ins_one_by_one", count=len(batch), error=type(error).__name__)
        return batch
    judged = {due.check_in.id for due in silent}
    return [row for row in batch if row[1] in judged or row[2] not in free]


async def check_ins_due(tx: Tx, check_in_ids: Sequence[UUID], instance_key: bytes) -> list[Due]:
    """Ask, remind, spare or let rest; a repeat finds nothing to do. Returns those whose window is over. The patients'
    locks are the caller's."""
    due = await still_due(tx, check_in_ids)
    if resting := [d for d in due if d.turn == "paused"]:
        await rest(tx, resting)
    if spared := [d for d in due if d.turn == "spared"]:
        await spare(tx, spared)
    if going_on := [d for d in due if d.turn == "open"]:
        await go_on(tx, going_on, instance_key)
    return [d for d in due if d.turn == "silent"]


async def _alone(instance_key: bytes, tx: Tx, check_in_id: UUID, patient_id: UUID) -> None:
    await alerts.lock_patient(tx, patient_id)
    for silent in await check_ins_due(tx, [check_in_id], instance_key):
        await _missed(tx, silent)


async def _put_off(tx: Tx, check_in_id: UUID, _: UUID) -> None:
    await queries.put_off(tx, check_in_id)


async def _missed(tx: Tx, silent: Due) -> None:
    """The window closed without an answer: missed, judged by the missed policy, alerted."""
    check_in, version = silent.check_in, silent.version
    assert check_in.session_id is not None
    session = await sessions.find(tx, check_in.session_id)
    assert session is not None
    await queries.set_progress(tx, [Progress(check_in.id, "missed", check_in.actions_done, None, check_in.reason)])
    await outbox.cancel_for_check_ins(tx, [check_in.id])
    last = (await queries.list_last_before(tx, [check_in])).get(check_in.id)
    repeats = silent.step.repeat is not None
    facts = Facts(
        questionnaire=check_in.questionnaire, hours=hours_since(session, tx.now),
        offset_hours=offset_hours(version, check_in.key), session=facts_of(session), risk=tuple(session.risk_reasons),
        missed=check_in.key, missed_in_a_row=await queries.missed_in_a_row(tx, check_in, repeats=repeats),
        last_clear=None if last is None else last.clear,
    )  # fmt: skip
    judgement = judge_missed(version, facts)
    source = FlagSource(
        patient_id=check_in.patient_id, session_id=session.id, check_in_id=check_in.id, response_id=None, at=tx.now
    )
    await raise_from_flags(tx, judgement.flags, source, version.escalation, judgement.worsens)
    await audit.record(tx, "check_in.missed", "check_in", check_in.id, patient_id=check_in.patient_id)
