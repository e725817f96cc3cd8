"""SQL of messages whose patient is paused."""

from uuid import UUID

from server.kit.db import Tx

# Pages about their alerts go to staff and are none of these. The key is free again: the same may be asked later.
WITHDRAW = """
update notifications n set state = 'cancelled', next_attempt_at = null, lease_token = null, lease_until = null,
    dedupe_key = n.dedupe_key || ':withdrawn:' || n.id
where n.clinic_id = $1 and n.state = 'queued' and n.to_kind in ('patient', 'companion') and n.id = any(array(
    select m.id from check_ins c join notifications m on m.clinic_id = c.clinic_id and m.check_in_id = c.id
    where c.clinic_id = $1 and c.patient_id = $2
    union select m.id from notifications m
    where m.clinic_id = $1 and m.patient_id = $2 and m.check_in_id is null and m.alert_id is null))
returning n.check_in_id
"""

# One that a provider took has asked, even if it was to go on by another channel.
LIST_UNASKED = """
select u.id from unnest($2::uuid[]) as u (id) where not exists (
    select from notifications n where n.clinic_id = $1 and n.check_in_id = u.id and (n.state <> 'cancelled' or exists (
        select from attempts a where a.clinic_id = n.clinic_id and a.notification_id = n.id and a.result = 'accepted')))
"""

# By the channel that was to be next, while its window is not over.
TAKE_UP = """
update notifications n set state = 'queued', next_attempt_at = $4
where n.clinic_id = $1 and n.state = 'cancelled' and n.expires_at > $3
  and n.dedupe_key like '%:withdrawn:' || n.id
  and n.check_in_id = any(array(
      select c.id from check_ins c where c.clinic_id = $1 and c.patient_id = $2 and c.state = 'open'))
  and exists (
      select from attempts a where a.clinic_id = n.clinic_id and a.notification_id = n.id and a.result = 'accepted')
"""


async def withdraw(tx: Tx, patient_id: UUID) -> list[UUID]:
    """What has not left for this patient or their companion stays here. Returns the check-ins nobody was asked about,
    since all their messages stay."""
    rows = await tx.all(WITHDRAW, tx.clinic_id, patient_id)
    stay = sorted({row["check_in_id"] for row in rows if row["check_in_id"] is not None})
    return [row["id"] for row in await tx.all(LIST_UNASKED, tx.clinic_id, stay)]


async def take_up(tx: Tx, patient_id: UUID) -> None:
    """What had asked before it was withdrawn goes on to its next channel. The patient's lock is the caller's."""
    await tx.run(TAKE_UP, tx.clinic_id, patient_id, tx.now, tx.wall)
