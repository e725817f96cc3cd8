"""SQL of what a colleague was paged about: all that a page's own link, or a text sent back, may speak of."""

import base64
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from server.alerts.model import State
from server.kit.db import Tx
from server.protocols.model import Tier

GOOD_FOR = timedelta(hours=12)
"""How long after the last page about it an alert may be answered without signing in (care time)."""

# Heard of is what was sent, and what was asked to be sent before the alert was last raised says nothing of it as it is.
LIST_PAGED = """
select a.id, a.patient_id, a.reference, a.tier, a.state, a.version, a.step, a.opened_at, a.triggered_at,
    a.acknowledged_by, a.next_action_at,
    greatest(max(n.sent_at) filter (where n.created_at >= a.triggered_at),
             (select max(e.at) from alert_events e where e.clinic_id = a.clinic_id and e.alert_id = a.id
              and e.staff_id = $2 and e.kind = 'told_by_text')) as told_at,
    coalesce((select max(e.at) from alert_events e where e.clinic_id = a.clinic_id and e.alert_id = a.id
              and e.kind in ('paged', 'nobody_reachable')) > max(n.created_at), false) as moved_on
from notifications n join alerts a on a.clinic_id = n.clinic_id and a.id = n.alert_id
where n.clinic_id = $1 and n.staff_id = $2 and n.kind = 'page' and n.created_at > $3
group by a.clinic_id, a.id
order by max(n.created_at) desc
"""


# Nobody is paged about a closed alert any more: no page can bring back a link while it is forgotten.
FORGET_LINKS = """
delete from credential_lookup l where l.kind = 'page' and not exists (
    select from alerts a where a.clinic_id = l.clinic_id and a.id = l.subject_id
    and (a.state <> 'closed' or a.closed_at > $1))
"""


class Paged(msgspec.Struct, frozen=True):
    """An alert that a colleague was paged about. `told_at`: when they last heard of it; None while no page about it has
    left for them since it was last raised. `moved_on`: others were paged about it after them."""

    id: UUID
    patient_id: UUID
    reference: str
    tier: Tier
    state: State
    version: int
    step: int
    opened_at: datetime
    triggered_at: datetime
    acknowledged_by: UUID | None
    next_action_at: datetime | None
    told_at: datetime | None
    moved_on: bool

    @property
    def is_told(self) -> bool:
        """Whether they have heard of it as it is."""
        return self.told_at is not None and self.told_at >= self.triggered_at


async def list_paged(tx: Tx, staff_id: UUID) -> list[Paged]:
    """What they may still answer, closed alerts too, the latest page first."""
    rows = await tx.all(LIST_PAGED, tx.clinic_id, staff_id, tx.now - GOOD_FOR)
    return [Paged(**dict(row)) for row in rows]


async def forget_links(tx: Tx) -> int:
    """Forget where the links of pages led that have expired and will not be sent again, of all clinics; how many."""
    return await tx.run(FORGET_LINKS, tx.now - GOOD_FOR)


def page_token(tx: Tx, alert_id: UUID, staff_id: UUID) -> str:
    """What a page to this person about this alert carries: 144 bits that follow from the clinic's key, in no table in
    clear."""
    mac = tx.cipher.fingerprint(b"page" + alert_id.bytes + staff_id.bytes)
    return base64.urlsafe_b64encode(mac[:18]).decode()
