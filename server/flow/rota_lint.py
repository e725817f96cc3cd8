"""What is wrong with the rota, looked up now: its people, their test pages, the protocols' escalation."""

from collections.abc import Sequence

from server.access import queries as access
from server.access.model import CARE, StaffContact
from server.alerts import rota_queries
from server.alerts.rota_lint import VERIFIED_FOR, Finding, Known, findings
from server.flow.page_tests import list_page_tests
from server.kit.db import Tx
from server.notifications.page_test_queries import PageTest
from server.notifications.rules import ways_to
from server.protocols import queries as protocols


async def rota_findings(tx: Tx) -> list[Finding]:
    """Of every protocol's escalation, each finding once."""
    contacts = await access.list_reachable(tx)
    tests = [
        test for test in await list_page_tests(tx, contacts)
        if test.arrived_at is not None and test.arrived_at > tx.now - VERIFIED_FOR
    ]  # fmt: skip
    known = {contact.id: _known(contact, tests) for contact in contacts}
    rota = (await rota_queries.get_rota(tx, tx.now)).rota
    found: list[Finding] = []
    for published in await protocols.list_in_use(tx):
        found += [f for f in findings(rota, known, published.document.escalation, tx.now) if f not in found]
    return sorted(found, key=lambda one: not one.grave)


def _known(contact: StaffContact, verified: Sequence[PageTest]) -> Known:
    return Known(
        fit=contact.role in CARE, ways=len(ways_to(contact.phone, contact.email)),
        verified=sum(test.staff_id == contact.id for test in verified), lead=contact.role == "admin",
        listed=contact.position,
    )  # fmt: skip
