"""The companion is asked: on their own phone, by their own link, in their own words."""

import structlog

from server.checkins import queries
from server.checkins.model import PlannedCheckIn
from server.checkins.queries import CheckIn
from server.checkins.rules import companion_after_rest, companion_turn
from server.kit import audit
from server.kit.crypto import fingerprint
from server.kit.db import Tx
from server.kit.tokens import link_token
from server.notifications import queries as outbox
from server.patients import queries as patients
from server.protocols.model import ProtocolVersion

log = structlog.get_logger()


async def prompt_companion(tx: Tx, check_in: CheckIn, key: str, instance_key: bytes) -> None:
    """One fixed sentence by text message, with a link that opens this form and nothing else; the same `key` never
    twice. Nobody we may write to, or not the one who was asked first: said in the log, and the silence is judged. All
    reminders carry one link, which speaks for the patient on the phone of one person only."""
    contact = await patients.get_companion(tx, check_in.patient_id)
    if contact.phone is None:
        log.warning("companion_not_asked", clinic=str(tx.clinic_id), patient=str(check_in.patient_id))
        return
    if not await queries.text_companion(tx, check_in.id, tx.cipher.lookup(contact.phone)):
        log.warning("companion_replaced", clinic=str(tx.clinic_id), patient=str(check_in.patient_id))
        return
    token = link_token(instance_key, check_in.id)
    await outbox.add_credential(tx, "link", fingerprint(token.encode()), check_in.id)
    await outbox.enqueue(
        tx, kind="prompt", template="companion", priority=2, channels=("sms",), dedupe_key=key,
        expires_at=check_in.closes_at, patient_id=check_in.patient_id, check_in_id=check_in.id, to_companion=True,
    )  # fmt: skip


async def ask_instead(tx: Tx, version: ProtocolVersion, silent: CheckIn) -> None:
    """ "+20 the companion gets the observation set" (safety, decision 2). A repeat finds it planned."""
    await _plan(tx, silent, companion_turn(version, silent.key, tx.now))


async def ask_after_rest(tx: Tx, version: ProtocolVersion, rested: CheckIn, minutes: int) -> bool:
    """ "Ends as resting; the companion is asked after 60 min" (H1); False when there is nobody to ask."""
    return await _plan(tx, rested, companion_after_rest(version, rested.key, minutes, tx.now))


async def _plan(tx: Tx, of: CheckIn, planned: PlannedCheckIn | None) -> bool:
    if planned is None or of.session_id is None or (await patients.get_companion(tx, of.patient_id)).phone is None:
        return False
    await queries.insert_many(tx, of.patient_id, of.session_id, [planned])
    await audit.record(tx, "companion.asked", "check_in", of.id, patient_id=of.patient_id)
    return True


async def may_still_answer(tx: Tx, check_in: CheckIn) -> bool:
    """Whether the phone that the link was sent to is still that of the companion: a link outlives a change of mind, and
    of companion. Who wants no more texts is still listened to."""
    phone = (await patients.get_companion(tx, check_in.patient_id)).answers_from
    texted = await queries.find_texted(tx, check_in.id)
    return phone is not None and (texted is None or texted == tx.cipher.lookup(phone))
