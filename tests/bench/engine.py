"""Planning, prompting, sending and idle ticks of the worker, beside the plainest statements that do as much."""

import asyncio
import os
from statistics import median

import asyncpg

from server.checkins.model import SessionFacts
from server.checkins.queries import insert_plans
from server.checkins.rules import plan
from server.flow.recording import open_shelf
from server.kit.actor import Actor
from server.kit.clock import monotonic
from server.kit.ids import uuid7
from server.notifications.channels import Providers
from server.notifications.channels.base import Sender
from server.notifications.model import Channel, Message, Outcome
from server.sessions.model import NewSession
from server.worker import Engine, Pulse, cycle, drain, send_all, start_ticks
from tests.bench.ground import Ground, Target, cpu_s
from tests.bench.measure import Line

LIKE_CHECK_INS = """
create table raw_check_ins (clinic_id uuid, id uuid, patient_id uuid, session_id uuid, key text, questionnaire text,
    state text, opens_at timestamptz, due_at timestamptz, closes_at timestamptz, primary key (clinic_id, id));
create index on raw_check_ins (due_at);
"""
RAW_INSERT = """
insert into raw_check_ins
select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[],
                     $8::timestamptz[], $9::timestamptz[], $10::timestamptz[])
"""
BARE_SESSIONS = """
insert into treatment_sessions (clinic_id, id, patient_id, protocol_key, protocol_version, drug, route, setting,
    dose_mg, indication, number, started_at, ended_at, recorded_at, recorded_by)
select clinic_id, $2, patient_id, protocol_key, protocol_version, drug, route, setting, dose_mg, indication, 9,
    started_at - interval '1 day', ended_at - interval '1 day', recorded_at, recorded_by
from treatment_sessions where id = $1
"""
MAKE_RAW_QUEUE = """
create table raw_queue (id uuid primary key, due timestamptz not null, state text not null);
create index on raw_queue (due) where state = 'queued';
insert into raw_queue select gen_random_uuid(), wall_now(), 'queued' from generate_series(1, 20000);
analyze raw_queue;
"""
RAW_CLAIM = """
update raw_queue set state = 'leased' where id in
    (select id from raw_queue where state = 'queued' and due <= wall_now() order by due limit 100
     for update skip locked)
returning id
"""
RAW_ACKNOWLEDGE = "update raw_queue set state = 'sent' where id = any($1::uuid[])"
# The clock is read once: asked of each row it would cost more than a prompt.
FIRST_DUE = """
update check_ins c set opens_at = t.now, due_at = t.now, closes_at = t.now + interval '2 hours', next_action_at = t.now
from (select app_now() as now offset 0) t
where (c.clinic_id, c.id) in (select clinic_id, id from check_ins where key = 'h1' and state = 'planned' order by id
                               limit $1)
"""
IS_QUEUED = "select exists (select from notifications where state = 'queued')"
NOTHING_DUE = "update check_ins set state = 'cancelled', next_action_at = null where state in ('planned', 'open')"
FUTURE = """
insert into check_ins (clinic_id, id, patient_id, session_id, key, questionnaire, state, opens_at, due_at, closes_at,
    next_action_at)
select s.clinic_id, gen_random_uuid(), s.patient_id, s.id, 'f' || n, 'day@1', 'planned', t.at, t.at,
    t.at + interval '1 hour', t.at
from (select * from treatment_sessions limit 1000) s, generate_series($1::int, $2::int) n,
     lateral (select app_now() + interval '1 day' + n * interval '1 minute' as at) t
"""
ENOUGH_S = 1e9


class Nobody(Sender):
    """Takes everything and does nothing but count; `first_at`: when it took the first (monotonic)."""

    def __init__(self) -> None:
        self.taken = 0
        self.first_at = 0.0

    async def send(self, message: Message) -> Outcome:
        self.first_at = self.first_at or monotonic()
        self.taken += 1
        return Outcome("accepted", provider_ref=str(message.id))

    async def close(self) -> None:
        return


def engine_of(on: Ground, nobody: Nobody | None = None) -> Engine:
    ways: tuple[Channel, ...] = ("push", "sms", "email")
    return Engine(on.engine, Providers(dict.fromkeys(ways, nobody or Nobody())), "https://localhost")


async def bench_planning(on: Ground, targets: list[Target]) -> list[Line]:
    """Plan and store the check-ins of so many sessions; store as many bare rows."""
    for target in targets:
        await on.owner.execute(BARE_SESSIONS, target.session_id, target.check_in_id)
    await on.owner.execute(LIKE_CHECK_INS)
    async with on.web.begin(Actor("staff", on.ids.harbor, on.ids.staff["omar"])) as tx:
        shelf = await open_shelf(tx)
        began = monotonic()
        plans = []
        for target in targets:
            new = NewSession(
                drug="ketamine", route="iv", dose_mg=40, indication="depression", started_at=tx.now, ended_at=tx.now
            )
            version = shelf.version_for(new)
            planned = plan(facts(new), version, "Europe/Madrid", None, tx.now)
            plans += [(target.patient_id, target.check_in_id, p) for p in planned]
        for start in range(0, len(plans), 2000):
            await insert_plans(tx, plans[start : start + 2000])
        ours = len(plans) / (monotonic() - began)
    columns = [
        [on.ids.harbor] * len(plans), [uuid7() for _ in plans], [p[0] for p in plans], [p[1] for p in plans],
        [p[2].key for p in plans], [p[2].questionnaire for p in plans], [p[2].state for p in plans],
        [p[2].opens_at for p in plans], [p[2].due_at for p in plans], [p[2].closes_at for p in plans],
    ]  # fmt: skip
    began = monotonic()
    await on.owner.execute(RAW_INSERT, *columns)
    raw = len(plans) / (monotonic() - began)
    return [line("planning check-ins, to a raw insert ... unnest", ours, raw, "0.15", "0.60")]


def facts(new: NewSession) -> SessionFacts:
    return SessionFacts(drug=new.drug, route=new.route, setting="clinic", ended_at=new.ended_at)


def line(figure: str, ours: float, raw: float, must: str, goal: str) -> Line:
    return Line(figure, f"{ours:,.0f}/s", f"{raw:,.0f}/s", f"{ours / raw:.3f}", must, goal)


async def bench_sending(on: Ground, many: int) -> list[Line]:
    """First check-ins due in the same minute: a fifth is prompted and then sent, the rest is drained by the ticks."""
    await on.owner.execute(MAKE_RAW_QUEUE)
    began, rows = monotonic(), 0
    while claimed := await on.owner.fetch(RAW_CLAIM):
        rows += len(claimed)
        await on.owner.execute(RAW_ACKNOWLEDGE, [row["id"] for row in claimed])
    raw = rows / (monotonic() - began)
    engine = engine_of(on)
    await _make_due(on, many // 5)
    while await cycle(engine):
        pass
    began = monotonic()
    sent = await send_all(engine, ENOUGH_S)
    dispatched = sent / (monotonic() - began)
    return [
        line("dispatch to nobody, to raw SKIP LOCKED in batches of 100", dispatched, raw, "0.15", "0.50"),
        await _drained(on, many - many // 5, raw),
    ]


async def _make_due(on: Ground, many: int) -> None:
    """As if their time had come: without the old versions of rows that an update leaves behind."""
    await on.owner.execute(FIRST_DUE, many)
    await on.owner.execute("vacuum analyze check_ins")


async def _drained(on: Ground, many: int, raw: float) -> Line:
    """From the minute in which they are due until the last is recorded as sent, by the worker's own ticks: it prompts
    and sends side by side, and seals the audit log. `raw`: rows a second of the plainest queue, for the ratio."""
    nobody = Nobody()
    engine, pulse = engine_of(on, nobody), Pulse()
    await _make_due(on, many)
    here, there = cpu_s(os.getpid()), on.database_cpu_s()
    began = monotonic()
    ticks = start_ticks(engine, pulse)
    while nobody.taken < many or await on.owner.fetchval(IS_QUEUED):
        await asyncio.sleep(0.05)
    whole = monotonic() - began
    here, there = cpu_s(os.getpid()) - here, on.database_cpu_s() - there
    ticks.pause()
    await pulse.idle()
    ticks.shutdown(wait=False)
    # However many there are, the first one waits for a tick once.
    times, waited = 100_000 / many, nobody.first_at - began
    return Line(
        f"{many:,} prompts due in one minute, drained",
        f"{whole:.1f} s, the first after {waited:.1f} s"
        f" ({here:.1f} s of processor in Python, {there:.1f} s in PostgreSQL);"
        f" 100,000: {waited + (whole - waited) * times:,.0f} s ({(here + there) * times:,.0f} s of processor)",
        f"{raw:,.0f}/s", f"{many / (whole - waited) / raw:.2f}", "0.08 (20 s)", "0.41 (4 s)",
    )  # fmt: skip


async def bench_ticks(few: Ground, many: Ground, millions: float) -> list[Line]:
    """A round of the worker with nothing due, among few and among many check-ins to come, in turns."""
    engines = [await _with_to_come(few, 1), await _with_to_come(many, int(1000 * millions))]
    cost: list[list[float]] = [[], []]
    for _ in range(100):
        for engine, each in zip(engines, cost, strict=True):
            began = monotonic()
            await cycle(engine)
            each.append(1000 * (monotonic() - began))
    one, other = (median(each) for each in cost)
    return [
        Line(
            f"a tick among {1e6 * millions:,.0f} check-ins to come, to one among 1,000", f"{other:.1f} ms",
            f"{one:.1f} ms", f"{other / one:.2f}x", "1.5x", "1.1x",
        )
    ]  # fmt: skip


async def _with_to_come(on: Ground, thousands: int) -> Engine:
    engine = engine_of(on)
    await drain(engine)
    await on.owner.execute(NOTHING_DUE)
    # Rows by the million: foreign keys are not what is measured.
    superuser = await asyncpg.connect(on.server.superuser_url)
    await superuser.execute("set session_replication_role = replica")
    await superuser.execute(FUTURE, 1, thousands)
    await superuser.execute("vacuum analyze check_ins")
    await superuser.execute("checkpoint")
    await superuser.close()
    return engine
