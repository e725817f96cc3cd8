"""SQL of check-ins: planned as rows when the session is recorded, claimed when due."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from server.checkins.model import CheckInState, LastCheckIn, PlannedCheckIn
from server.kit.db import Tx
from server.kit.ids import uuid7s
from server.protocols.model import AskedOf, kind_of


class CheckIn(msgspec.Struct, frozen=True, kw_only=True):
    """One check-in as stored. `next_action_at` is set exactly while planned or open. One before a session belongs to a
    visit, and carries its protocol version."""

    id: UUID
    patient_id: UUID
    session_id: UUID | None
    key: str
    questionnaire: str
    state: CheckInState
    reason: str | None
    opens_at: datetime
    due_at: datetime
    closes_at: datetime
    actions_done: int
    next_action_at: datetime | None
    answered_at: datetime | None
    asked_of: AskedOf
    stands_in_for: str | None
    visit_id: UUID | None = None
    protocol_key: str | None = None
    protocol_version: int | None = None

    @property
    def pinned(self) -> tuple[str, int] | None:
        """The protocol and its version when no session pins them."""
        if self.protocol_key is None or self.protocol_version is None:
            return None
        return self.protocol_key, self.protocol_version


class Progress(msgspec.Struct, frozen=True):
    """Where a check-in is: `done` of its actions are behind it, the next comes at `next_at`; None: nothing more."""

    id: UUID
    state: CheckInState
    done: int
    next_at: datetime | None
    reason: str | None = None


COLUMNS = """
select c.id, c.patient_id, c.session_id, c.key, c.questionnaire, c.state, c.reason, c.opens_at, c.due_at, c.closes_at,
       c.actions_done, c.next_action_at, c.answered_at, c.asked_of, c.stands_in_for,
       c.visit_id, c.protocol_key, c.protocol_version
from check_ins c
"""

INSERT_MANY = """
insert into check_ins (clinic_id, id, patient_id, session_id, key, questionnaire, state, reason, opens_at, due_at, closes_at, next_action_at,
                       asked_of, stands_in_for)
select $1, u.id, u.patient_id, u.session_id, u.key, u.questionnaire, u.state, u.reason, u.opens_at, u.due_at, u.closes_at,
       case when u.state in ('planned', 'open') then u.due_at end, u.asked_of, u.stands_in_for
from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::text[], $9::timestamptz[], $10::timestamptz[],
            $11::timestamptz[], $12::text[], $13::text[])
     as u (id, patient_id, session_id, key, questionnaire, state, reason, opens_at, due_at, closes_at, asked_of, stands_in_for)
on conflict (clinic_id, session_id, key) do nothing
"""

RESCHEDULE = """
update check_ins c set opens_at = u.opens_at, due_at = u.due_at, closes_at = u.closes_at, state = u.state, reason = u.reason,
       next_action_at = case when u.state in ('planned', 'open') then u.due_at end
from unnest($3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::timestamptz[], $8::timestamptz[])
     as u (key, state, reason, opens_at, due_at, closes_at)
where c.clinic_id = $1 and c.session_id = $2 and c.key = u.key and c.actions_done = 0 and c.state in ('planned', 'open', 'cancelled')
"""

GET = COLUMNS + " where c.clinic_id = $1 and c.id = $2"

LIST_OF_SESSION = COLUMNS + " where c.clinic_id = $1 and c.session_id = $2 order by c.due_at, c.id"

LIST_FOR_PHONE = COLUMNS + (
    " where c.clinic_id = $1 and c.patient_id = $2 and c.asked_of = 'patient' and (c.state in ('planned', 'open') or (c.state in ('missed', 'answered')"
    " and c.closes_at > $3)) order by c.due_at, c.id limit 100"
)

LIST_DUE = "select clinic_id, id, patient_id from check_ins where next_action_at <= $1 order by next_action_at limit $2"

LIST_STILL_DUE = COLUMNS + " where c.clinic_id = $1 and c.id = any($2::uuid[]) and c.next_action_at <= $3"

LIST_ASKING = """
select c.id from check_ins c where c.clinic_id = $1 and c.id = any($2::uuid[]) and c.state in ('planned', 'open')
  and not exists (select from pauses p where p.clinic_id = c.clinic_id and p.patient_id = c.patient_id
                  and p.ended_at is null and (p.ends_at is null or p.ends_at > $3))
"""

SET_PROGRESS = """
update check_ins c set state = u.state, actions_done = u.done, next_action_at = u.next_at, reason = u.reason,
    reason_before = case when u.state = 'paused' then c.reason end
from unnest($2::uuid[], $3::text[], $4::int[], $5::timestamptz[], $6::text[]) as u (id, state, done, next_at, reason)
where c.clinic_id = $1 and c.id = any($2::uuid[]) and c.id = u.id and c.state in ('planned', 'open')
"""

PUT_OFF = """
update check_ins set next_action_at = greatest(next_action_at, $3) + interval '1 minute'
where clinic_id = $1 and id = $2 and next_action_at is not null
"""

CANCEL_OF_SESSION = """
update check_ins set state = 'cancelled', reason = $3, next_action_at = null
where clinic_id = $1 and session_id = $2 and state in ('planned', 'open')
returning id
"""

# Not `exists`: a plan made before the statistics know of an import would read all sessions of the clinic for each.
HAS_NEWER = """s.ended_at < (select max(n.ended_at) from treatment_sessions n where n.clinic_id = s.clinic_id
              and n.patient_id = s.patient_id and n.cancelled_at is null)"""

CANCEL_OLDER = f"""
update check_ins c set state = 'cancelled', reason = 'newer_session', next_action_at = null
from treatment_sessions s
where c.clinic_id = $1 and c.patient_id = any($2::uuid[]) and c.state in ('planned', 'open') and c.key = any($3::text[])
  and s.clinic_id = c.clinic_id and s.id = c.session_id and {HAS_NEWER}
returning c.id
"""

RESTORE_LATEST = f"""
update check_ins c set state = case when c.actions_done > 0 then 'open' else 'planned' end, reason = null, next_action_at = c.due_at
from treatment_sessions s
where c.clinic_id = $1 and c.patient_id = any($2::uuid[]) and c.state = 'cancelled' and c.reason = 'newer_session' and c.closes_at > $3
  and s.clinic_id = c.clinic_id and s.id = c.session_id and s.cancelled_at is null and not {HAS_NEWER}
"""

COUNT_OF_SESSIONS = """
select count(*) filter (where state = 'planned') as planned, count(*) filter (where reason = 'recorded_late') as late
from check_ins where clinic_id = $1 and session_id = any($2::uuid[])
"""

LIST_ASKED = "select distinct patient_id from check_ins where clinic_id = $1 and patient_id = any($2::uuid[])"

LIST_LAST_BEFORE = """
select u.id, l.state, l.clear from unnest($2::uuid[], $3::uuid[], $4::timestamptz[]) as u (id, session_id, due_at),
    lateral (
        select c.state, (select r.clear from responses r where r.clinic_id = c.clinic_id and r.check_in_id = c.id
                         order by r.answered_at desc limit 1) as clear
        from check_ins c
        where c.clinic_id = $1 and c.session_id = u.session_id and c.due_at < u.due_at
          and c.state in ('answered', 'missed') and c.id <> u.id
        order by c.due_at desc, c.state desc, clear nulls first limit 1) l
"""

MISSED_IN_A_ROW = """
with asked as (
    select c.due_at, c.state, c.session_id = $2 as of_session, c.key like $5 as of_kind from check_ins c
    where c.clinic_id = $1 and c.patient_id = $6 and c.due_at <= $3 and c.state in ('missed', 'answered') and c.asked_of = $4
      and (c.session_id = $2 or c.key like $5))
select greatest(
    (select count(*) from asked m where m.of_session and m.state = 'missed' and m.due_at >
        coalesce((select max(a.due_at) from asked a where a.of_session and a.state = 'answered'), '-infinity')),
    (select count(*) from asked m where m.of_kind and m.state = 'missed' and m.due_at >
        coalesce((select max(a.due_at) from asked a where a.of_kind and a.state = 'answered'), '-infinity'))) as missed
"""

TEXT_COMPANION = """
update check_ins set companion_phone_hmac = coalesce(companion_phone_hmac, $3) where clinic_id = $1 and id = $2
returning companion_phone_hmac = $3 as same
"""

FIND_TEXTED = "select companion_phone_hmac from check_ins where clinic_id = $1 and id = $2"


async def insert_many(tx: Tx, patient_id: UUID, session_id: UUID, planned: Sequence[PlannedCheckIn]) -> None:
    """Store a plan; a key that exists already stays as it is."""
    await insert_plans(tx, [(patient_id, session_id, p) for p in planned])


async def insert_plans(tx: Tx, plans: Sequence[tuple[UUID, UUID, PlannedCheckIn]]) -> None:
    """The same for (patient, session, planned) of several sessions."""
    await tx.run(
        INSERT_MANY, tx.clinic_id, uuid7s(len(plans)), [patient for patient, _, _ in plans],
        [session for _, session, _ in plans], [p.key for _, _, p in plans], [p.questionnaire for _, _, p in plans],
        [p.state for _, _, p in plans], [p.reason for _, _, p in plans], [p.opens_at for _, _, p in plans],
        [p.due_at for _, _, p in plans], [p.closes_at for _, _, p in plans],
        [p.asked_of for _, _, p in plans], [p.stands_in_for for _, _, p in plans],
    )  # fmt: skip


async def reschedule(tx: Tx, session_id: UUID, planned: Sequence[PlannedCheckIn]) -> None:
    """Move what has not been asked yet."""
    await tx.run(
        RESCHEDULE, tx.clinic_id, session_id, [p.key for p in planned], [p.state for p in planned],
        [p.reason for p in planned], [p.opens_at for p in planned], [p.due_at for p in planned],
        [p.closes_at for p in planned],
    )  # fmt: skip


async def find(tx: Tx, check_in_id: UUID) -> CheckIn | None:
    row = await tx.one(GET, tx.clinic_id, check_in_id)
    return None if row is None else msgspec.convert(dict(row), CheckIn)


async def list_of_session(tx: Tx, session_id: UUID) -> list[CheckIn]:
    return [msgspec.convert(dict(r), CheckIn) for r in await tx.all(LIST_OF_SESSION, tx.clinic_id, session_id)]


async def list_for_phone(tx: Tx, patient_id: UUID) -> list[CheckIn]:
    """Open and coming ones, and those whose window is not over."""
    return [msgspec.convert(dict(r), CheckIn) for r in await tx.all(LIST_FOR_PHONE, tx.clinic_id, patient_id, tx.now)]


async def list_due(tx: Tx, now: datetime, limit: int) -> list[tuple[UUID, UUID, UUID]]:
    """(clinic, check-in, patient) with something to do, across clinics; handled under the patient's lock."""
    await tx.read_in_index_order()
    return [(r["clinic_id"], r["id"], r["patient_id"]) for r in await tx.all(LIST_DUE, now, limit)]


async def list_still_due(tx: Tx, check_in_ids: Collection[UUID]) -> list[CheckIn]:
    """Those of them that nobody has handled meanwhile; the caller holds their patients."""
    return [CheckIn(**row) for row in await tx.all(LIST_STILL_DUE, tx.clinic_id, list(check_in_ids), tx.now)]


async def list_asking(tx: Tx, check_in_ids: Collection[UUID]) -> set[UUID]:
    """Those of them that are still to be answered, and whose patient is not paused."""
    return {r["id"] for r in await tx.all(LIST_ASKING, tx.clinic_id, list(check_in_ids), tx.now)}


async def set_progress(tx: Tx, moved: Sequence[Progress]) -> None:
    """Where these check-ins are now; one that is over stays so."""
    await tx.run(
        SET_PROGRESS, tx.clinic_id, [m.id for m in moved], [m.state for m in moved], [m.done for m in moved],
        [m.next_at for m in moved], [m.reason for m in moved],
    )  # fmt: skip


async def put_off(tx: Tx, check_in_id: UUID) -> None:
    """Look again in a minute, so that a check-in that cannot be handled does not hold up the others."""
    await tx.run(PUT_OFF, tx.clinic_id, check_in_id, tx.now)


async def cancel_of_session(tx: Tx, session_id: UUID, reason: str) -> list[UUID]:
    return [r["id"] for r in await tx.all(CANCEL_OF_SESSION, tx.clinic_id, session_id, reason)]


async def cancel_older(tx: Tx, patient_ids: Sequence[UUID], keys: Sequence[str]) -> list[UUID]:
    """ "A new session cancels older open or planned follow-ups beyond +24 h" (safety, decision 8), in whatever order
    the sessions were recorded."""
    return [r["id"] for r in await tx.all(CANCEL_OLDER, tx.clinic_id, patient_ids, list(keys))]


async def restore_latest(tx: Tx, patient_ids: Sequence[UUID]) -> None:
    """What gave way to a newer session that is no longer there is asked after all, while its window is not over."""
    await tx.run(RESTORE_LATEST, tx.clinic_id, patient_ids, tx.now)


async def list_last_before(tx: Tx, check_ins: Sequence[CheckIn]) -> dict[UUID, LastCheckIn]:
    """The check-in before each of these in its session that was answered or missed; of two at once the worse one."""
    rows = await tx.all(
        LIST_LAST_BEFORE, tx.clinic_id, [c.id for c in check_ins], [c.session_id for c in check_ins],
        [c.due_at for c in check_ins],
    )  # fmt: skip
    return {row["id"]: LastCheckIn(row["state"], row["clear"]) for row in rows}


async def missed_in_a_row(tx: Tx, check_in: CheckIn, *, repeats: bool) -> int:
    """Those of the same person that were missed since their last answer, this one included: of its session, or of its
    kind when the course asks it again and again (`repeats`), whichever are more."""
    of_kind = f"{kind_of(check_in.key)}\\_%" if repeats else ""
    row = await tx.one(
        MISSED_IN_A_ROW, tx.clinic_id, check_in.session_id, check_in.due_at, check_in.asked_of, of_kind,
        check_in.patient_id,
    )  # fmt: skip
    return 0 if row is None else int(row["missed"])


async def list_asked(tx: Tx, patient_ids: Sequence[UUID]) -> set[UUID]:
    """Those of these patients who have any check-in, whatever became of it."""
    return {r["patient_id"] for r in await tx.all(LIST_ASKED, tx.clinic_id, patient_ids)}


async def count_of_sessions(tx: Tx, session_ids: Sequence[UUID]) -> tuple[int, int]:
    """(planned, cancelled because they were over before they were recorded) of all these sessions."""
    row = await tx.one(COUNT_OF_SESSIONS, tx.clinic_id, session_ids)
    return (0, 0) if row is None else (row["planned"], row["late"])


async def text_companion(tx: Tx, check_in_id: UUID, phone: bytes) -> bool:
    """Note whose phone (blind index of its number) gets the link; False when it went to another one before."""
    row = await tx.one(TEXT_COMPANION, tx.clinic_id, check_in_id, phone)
    return row is not None and bool(row["same"])


async def find_texted(tx: Tx, check_in_id: UUID) -> bytes | None:
    """The phone that got the link; None when nobody has been asked."""
    row = await tx.one(FIND_TEXTED, tx.clinic_id, check_in_id)
    found: bytes | None = None if row is None else row["companion_phone_hmac"]
    return found
