"""Who does something: travels with every transaction and every audit row."""

from uuid import UUID

import msgspec


class Actor(msgspec.Struct, frozen=True):
    """Kind is staff, patient, link, engine or system. `clinic_id` None only for look-ups and claims."""

    kind: str
    clinic_id: UUID | None
    id: UUID | None = None
    request_id: UUID | None = None
