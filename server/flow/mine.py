"""What the phone's list is made of. Each phone asks for it again and again: a handful of small statements, however many
sessions its check-ins belong to."""

from collections.abc import Mapping
from uuid import UUID

import msgspec

from server.checkins import queries as checkins
from server.checkins.queries import CheckIn
from server.checkins.restrictions import InForce, in_force
from server.flow.planned import asked_by
from server.flow.sessions import facts_of
from server.kit.db import Tx
from server.patients import queries as patients
from server.patients.model import Language
from server.protocols import queries as protocols
from server.protocols.model import ProtocolVersion
from server.sessions import queries as sessions


class Mine(msgspec.Struct, frozen=True):
    """Check-ins that are open or to come, by check-in the version that asks it, what must wait since the latest
    session, and the language it is all told in."""

    check_ins: list[CheckIn]
    versions: Mapping[UUID, ProtocolVersion]
    restrictions: tuple[InForce, ...]
    language: Language


async def mine(tx: Tx, patient_id: UUID) -> Mine:
    """LookupError for an unknown patient."""
    check_ins = await checkins.list_for_phone(tx, patient_id)
    versions = await asked_by(tx, check_ins)
    language, zone = await patients.get_reader(tx, patient_id)
    latest = await sessions.find_latest(tx, patient_id, tx.now)
    if latest is None:
        return Mine(check_ins, versions, (), language)
    version = await protocols.get_version(tx, latest.protocol_key, latest.protocol_version)
    return Mine(check_ins, versions, in_force(version.restrictions, facts_of(latest), zone, tx.now), language)
