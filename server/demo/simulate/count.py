"""What came of a simulation, asked of the database: nothing lost or doubled, every planted emergency found."""

from datetime import timedelta
from typing import Any

import msgspec

from server.demo.simulate.forbidden import DOUBLED, LOST, UNSEEN
from server.demo.simulate.place import Place
from server.demo.simulate.run import Ledger

LEDGERS = {
    "told": "create temp table told (response_id uuid primary key, check_in_id uuid, planted boolean)",
    "expected": "create temp table expected (session_id uuid, key text, primary key (session_id, key))",
}
BY_STATE = """
select state, coalesce(reason, '') = 'recheck' as again, count(*)::int as count from check_ins group by 1, 2
"""
ANSWERS = """
select count(*)::int as answers, count(*) filter (where answered_by = 'companion')::int as companions,
       count(*) filter (where late)::int as late,
       count(*) filter (where tier = 'emergency')::int as emergency,
       count(*) filter (where tier = 'urgent')::int as urgent,
       count(*) filter (where tier = 'same_day')::int as same_day from responses
"""
SILENCES = """
select count(distinct check_in_id) filter (where tier <> 'routine')::int as count from flags where response_id is null
"""
ALERTS = "select tier, count(*)::int as count from alerts group by tier"
PROMPTS = "select count(*)::int from notifications where kind = 'prompt'"


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """`lost`, `doubled`: what was found, by what it means; nothing when all is well."""

    sessions: int
    states: dict[str, int]
    extra: int
    answers: int
    companions: int
    late: int
    again: int
    by_tier: dict[str, int]
    silences: int
    alerts: dict[str, int]
    prompts: int
    leaps: int
    planted: int
    not_found: int
    lost: dict[str, int]
    doubled: dict[str, int]
    span: timedelta

    @property
    def whole(self) -> bool:
        return not (self.lost or self.doubled or self.not_found)

    @property
    def share(self) -> float:
        """Answered check-ins that call somebody, of all."""
        return sum(self.by_tier.values()) / max(self.answers, 1)


async def count(on: Place, ledger: Ledger, span: timedelta) -> Counts:
    """Everything, once the last step is done."""
    await _bring(on.owner, ledger)
    row = dict(await on.owner.fetchrow(ANSWERS))
    states: dict[str, int] = {}
    extra = 0
    for each in await on.owner.fetch(BY_STATE):
        states[each["state"]] = states.get(each["state"], 0) + each["count"]
        extra += each["count"] if each["again"] else 0
    return Counts(
        sessions=ledger.sessions, states=states, extra=extra, answers=row["answers"], companions=row["companions"],
        late=row["late"], again=ledger.again, by_tier={t: row[t] for t in ("emergency", "urgent", "same_day")},
        silences=(await on.owner.fetchrow(SILENCES))["count"],
        alerts={r["tier"]: r["count"] for r in await on.owner.fetch(ALERTS)},
        prompts=await on.owner.fetchval(PROMPTS), leaps=ledger.leaps, planted=len(ledger.planted),
        not_found=sum((await _found(on.owner, UNSEEN)).values()), lost=await _found(on.owner, LOST),
        doubled=await _found(on.owner, DOUBLED), span=span,
    )  # fmt: skip


async def _bring(owner: Any, ledger: Ledger) -> None:
    for statement in LEDGERS.values():
        await owner.execute(statement)
    told = [(response, check_in, response in ledger.planted) for response, check_in in ledger.told.items()]
    await owner.copy_records_to_table("told", records=told)
    await owner.copy_records_to_table("expected", records=list(ledger.expected))
    await owner.execute("analyze")


async def _found(owner: Any, wrong: dict[str, str]) -> dict[str, int]:
    return {words: len(rows) for words, statement in wrong.items() if (rows := await owner.fetch(statement))}
