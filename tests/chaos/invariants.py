"""What must be true after every fault, asked of the database and of the providers' ledger in SQL.

Conservation, liveness, bounded duplicates, a final acknowledgement, a whole audit log, honest health, no patient data
outside: I1 to I7.
"""

from pathlib import Path
from typing import Any

import asyncpg
import msgspec

from server.kit import audit
from tests.chaos.place import CANARY, Place

LEDGERS = """
create temp table told (response_id uuid primary key, patient_id uuid, check_in_id uuid, flagged boolean);
create temp table accepted (message_id uuid, channel text, at timestamptz, answered_s float8);
create temp table scenario as select %d as crashes;
create temp table committed as select notification_id, pg_xact_commit_timestamp(xmin) as at from chaos_inserted;
"""
# Each finds what must not be: no rows, no fault.
FORBIDDEN = {
    "I1: a phone holds a 2xx and its answer is not in the table, or twice":
        """select t.response_id from told t left join responses r
           on r.response_id = t.response_id and r.patient_id = t.patient_id
           group by t.response_id having count(r.id) <> 1""",
    "I1: an answer is stored twice":
        "select response_id from responses group by clinic_id, patient_id, response_id having count(*) > 1",
    "I1: a dangerous answer has no alert":
        """select t.response_id from told t join responses r using (response_id)
           left join flags f on (f.clinic_id, f.response_id) = (r.clinic_id, r.response_id)
           where t.flagged and f.alert_id is null""",
    "I1: a flag that calls somebody has no alert":
        "select id from flags where tier <> 'routine' and alert_id is null",
    "I1: an alert never put a page in the outbox":
        """select a.id from alerts a where a.tier <> 'same_day' and a.state = 'open' and not exists
           (select from notifications n where (n.clinic_id, n.alert_id) = (a.clinic_id, a.id) and n.kind = 'page')""",
    "I1: a check-in is past its time and nobody has noticed":
        """select id from check_ins
           where state in ('planned', 'open') and closes_at < app_now() - interval '60 seconds'""",
    "I1: a pause has no reason": "select id from check_ins where state = 'paused' and reason is null",
    "I2: an open alert has no next step, or one that is overdue":
        """select id from alerts where state <> 'closed'
           and (next_action_at is null or next_action_at < app_now() - interval '60 seconds')""",
    "I2: a message waits and nobody takes it":
        """select id from notifications where state = 'queued' and next_attempt_at < wall_now() - interval '60 seconds'
           and clinic_id not in (select clinic_id from sending_holds)""",
    # A key is a message on a channel. A crash is a lease that ran out, of those that this scenario made; an answer that
    # came too late is one that its sender had stopped waiting for, as the provider or the sender tells it: nothing else
    # excuses a copy.
    "I3: a provider accepted a message more often than crashes and late answers explain":
        """select a.message_id, a.channel, count(*) from accepted a join notifications n on n.id = a.message_id
           cross join scenario s
           group by a.message_id, a.channel, n.clinic_id, n.kind, n.priority, n.crashes, s.crashes
           having count(*) > 1 + least(n.crashes, s.crashes) + greatest(
               count(*) filter (where coalesce(a.answered_s, 99) >
                   case when n.kind <> 'prompt' and n.priority <= 1 then 4.5 else 9.5 end),
               (select count(*) from attempts t where t.error = 'timeout' and t.channel = a.channel
                and (t.clinic_id, t.notification_id) = (n.clinic_id, a.message_id)))""",
    "I3: a provider accepted a message that is none of ours":
        "select message_id from accepted except select id from notifications",
    "I3: an episode has one more alert than was closed by somebody, and one":
        """select patient_id, session_id from alerts
           group by clinic_id, patient_id, session_id having count(*) > 1 + count(*) filter (where exists
               (select from audit_log l where l.object_id = alerts.id and l.action = 'alert.closed'))""",
    "I3: an answer has raised two alerts":
        """select response_id from flags where alert_id is not null and response_id is not null
           group by clinic_id, patient_id, response_id having count(distinct alert_id) > 1""",
    "I4: a page was put in the outbox after the alert was acknowledged":
        """select n.id from notifications n join committed c on c.notification_id = n.id
           join lateral (select max(pg_xact_commit_timestamp(e.xmin)) as at from alert_events e
               where (e.clinic_id, e.alert_id) = (n.clinic_id, n.alert_id) and e.kind = 'acknowledged'
               and pg_xact_commit_timestamp(e.xmin) < c.at) taken on taken.at is not null
           where n.kind = 'page' and not exists (select from alert_events e
               where (e.clinic_id, e.alert_id) = (n.clinic_id, n.alert_id)
               and e.kind in ('reopened', 'restarted', 'passed_on', 'reminded')
               and pg_xact_commit_timestamp(e.xmin) > taken.at and pg_xact_commit_timestamp(e.xmin) <= c.at)""",
}  # fmt: skip
# A change and its audit row are of one transaction: so many of the one as of the other.
AUDITED = {
    "answers": (
        "select count(*) from responses",
        "select count(*) from audit_log where action in ('response.submitted', 'report.submitted')",
    ),
    "alerts": ("select count(*) from alerts", "select count(*) from audit_log where action = 'alert.open'"),
    "acknowledgements": (
        "select count(*) from alert_events where kind = 'acknowledged'",
        "select count(*) from audit_log where action = 'alert.acknowledged'",
    ),
    "alerts reopened": (
        "select count(*) from alert_events where kind = 'reopened'",
        "select count(*) from audit_log where action = 'alert.reopened'",
    ),
    "alerts closed": (
        "select count(*) from alerts where state = 'closed'",
        "select count(*) from audit_log where action = 'alert.closed'",
    ),
}
CALLED_LATE = """
with first as (select n.alert_id, min(a.at) as at from accepted a join notifications n on n.id = a.message_id
               where n.alert_id is not null group by n.alert_id)
select extract(epoch from o.opened_at - c.care_offset - c.wall_offset)::float8 as raised,
    extract(epoch from first.at - (o.opened_at - c.care_offset - c.wall_offset))::float8 as s
from alerts o cross join app_clock c left join first on first.alert_id = o.id where o.tier <> 'same_day'
    and (first.at is not null or o.state = 'open')
"""
COPIES = """
select coalesce(sum(n - 1), 0)::int as copies, count(*)::int as messages
from (select count(*) as n from accepted group by message_id) each
"""
STALE = """
select a.message_id from accepted a join notifications n on n.id = a.message_id join check_ins c on c.id = n.check_in_id
where n.kind = 'prompt' and a.at + (app_now() - clock_timestamp()) > c.closes_at
"""
GREEN_WITHIN_S = 30


class Found(msgspec.Struct, frozen=True):
    """What the invariants saw. `calls`: of each alert that somebody is called about at once, when it was raised (unix
    seconds) and how long until a provider had accepted the first text or mail about it. `unheard`: alerts about which
    nothing was accepted."""

    answers: int
    alerts: int
    messages: int
    copies: int
    unheard: int
    calls: list[tuple[float, float]]

    @property
    def delays_s(self) -> list[float]:
        """Sorted."""
        return sorted(s for _, s in self.calls)


async def hold(place: Place, *, health: bool = True) -> Found:
    """AssertionError naming the invariant that does not hold. `health`: a worker runs, so it must be green."""
    conn = await asyncpg.connect(place.urls.superuser_url, timeout=10)
    try:
        await _bring_ledgers(conn, place)
        for words, statement in FORBIDDEN.items():
            rows = await conn.fetch(statement)
            assert not rows, f"{words}: {len(rows)}, such as {tuple(rows[0])}"
        for what, (changes, rows_of) in AUDITED.items():
            counted = await conn.fetchval(changes), await conn.fetchval(rows_of)
            assert counted[0] == counted[1], f"I5: {what}: {counted[0]} changes and {counted[1]} audit rows"
        await conn.set_type_codec(
            "jsonb", schema="pg_catalog", encoder=msgspec.json.encode, decoder=msgspec.json.decode
        )
        for clinic in place.clinics:
            fits, broken = await audit.verify(conn, clinic.id)
            assert broken is None, f"I5: the chain is broken at row {broken} of {fits}"
        found = await _measured(conn, place)
    finally:
        await conn.close()
    if health:
        await place.until_engine(red=False, within_s=GREEN_WITHIN_S)
    _nothing_left_the_box(place)
    return found


async def stale_prompts(place: Place) -> list[Any]:
    """Prompts that a provider took when their check-in was over."""
    conn = await asyncpg.connect(place.cluster.server.superuser_url, timeout=10)
    try:
        await _bring_ledgers(conn, place)
        return list(await conn.fetch(STALE))
    finally:
        await conn.close()


async def _bring_ledgers(conn: Any, place: Place) -> None:
    await conn.execute(LEDGERS % place.crashes)
    told = [(t.response_id, t.patient_id, t.check_in_id, t.flagged) for t in place.phones.ledger]
    await conn.copy_records_to_table("told", records=told)
    accepted = [(a.message_id, a.channel, a.at, a.answered_s) for a in place.providers.ledger]
    await conn.copy_records_to_table("accepted", records=accepted)


async def _measured(conn: Any, place: Place) -> Found:
    calls = [(row["raised"], row["s"]) for row in await conn.fetch(CALLED_LATE)]
    copies = await conn.fetchrow(COPIES)
    return Found(
        answers=await conn.fetchval("select count(*) from responses"),
        alerts=await conn.fetchval("select count(*) from alerts"), messages=copies["messages"],
        copies=copies["copies"], unheard=sum(s is None for _, s in calls),
        calls=[(raised, s) for raised, s in calls if s is not None],
    )  # fmt: skip


def _nothing_left_the_box(place: Place) -> None:
    """The patients' name and what they answered, in messages and logs."""
    words = (CANARY, "chest_pain", "a_sick")
    for message in place.providers.inbox.latest():
        assert not any(word in f"{message.title} {message.body}" for word in words), "I7: a message tells of a patient"
    for log in _logs(place.folder):
        text = log.read_text(errors="replace")
        assert not any(word in text for word in words), f"I7: {log.name} tells of a patient"


def _logs(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.log"))
