"""Made-up patients enter the clinic."""

from datetime import date
from uuid import UUID

import msgspec

from server.demo.simulate.place import Place
from server.kit.ids import uuid7
from server.kit.tokens import new_token, token_hash
from server.patients.model import Companion, Details
from server.patients.phone_queries import insert_device
from server.patients.queries import insert_patient
from server.simulation.people import Person, person

ANALYZE = "analyze"
PART = 200


class Enrolled(msgspec.Struct, frozen=True):
    """A made-up patient as the clinic knows them."""

    who: Person
    patient_id: UUID
    device_id: UUID


async def enrol(on: Place, seed: int, count: int) -> list[Enrolled]:
    """So many, each with a phone that is bound."""
    found: list[Enrolled] = []
    for first in range(0, count, PART):
        async with on.web.begin(on.staff.actor) as tx:
            for number in range(first, min(first + PART, count)):
                who, patient_id = person(seed, number), uuid7()
                await insert_patient(tx, patient_id, _details(who))
                device_id = await insert_device(tx, patient_id, "Phone", token_hash(new_token()))
                found.append(Enrolled(who, patient_id, device_id))
    await on.owner.execute(ANALYZE)
    return found


def _details(who: Person) -> Details:
    companion = Companion(name=f"Companion {who.number}", phone=f"+347{20_000_000 + who.number:08d}")
    return Details(
        name=f"Made up {who.number}", date_of_birth=date(2026 - who.age, 1, 1),
        phone=f"+346{20_000_000 + who.number:08d}",
        time_zone=who.zone, language="en" if who.number % 2 else "es", companion=companion if who.companion else None,
        address="1 Nowhere Street",
    )  # fmt: skip
