"""A message has reached somebody else, who says so on its link's page."""

from server.alerts.model import FlagSource
from server.alerts.queries import lock_patient
from server.checkins.queries import CheckIn
from server.flow.alerts import raise_from_flags
from server.flow.companion import may_still_answer
from server.flow.sessions import facts_of, hours_since
from server.flow.situation import situation
from server.kit import audit
from server.kit.db import Tx
from server.notifications import queries as outbox
from server.patients import queries as patients
from server.protocols.rules import offset_hours
from server.responses.model import Facts
from server.responses.rules import judge

NOT_ME = {"a_who": "not_me"}


async def wrong_person_told(tx: Tx, check_in: CheckIn) -> None:
    """ "This is not for me: S contact_check and texting stops" (H5). Where it was the companion who was asked, nobody
    confirms that an adult is with the patient: urgent within four hours of a dose at home. The check-in stays open, and
    its silence is judged; the companion's links open nothing from now on. A repeat finds it done.
    """
    patient_id = check_in.patient_id
    await lock_patient(tx, patient_id)
    theirs = check_in.asked_of == "companion"
    if not await _is_written_to(tx, check_in):
        return
    seen = await situation(tx, patient_id, check_in.id)
    assert seen.session is not None
    facts = Facts(
        questionnaire=check_in.questionnaire, answers=NOT_ME, answered_by="companion" if theirs else "patient",
        hours=hours_since(seen.session, tx.now), session=facts_of(seen.session),
        offset_hours=offset_hours(seen.version, check_in.key), risk=tuple(seen.session.risk_reasons), partial=True,
    )  # fmt: skip
    judgement = judge(seen.version, facts)
    source = FlagSource(
        patient_id=patient_id, session_id=check_in.session_id, check_in_id=check_in.id, response_id=None, at=tx.now
    )
    await raise_from_flags(tx, judgement.flags, source, seen.version.escalation, judgement.worsens)
    await outbox.cancel_for_check_ins(tx, [check_in.id])
    if theirs:
        await patients.stop_asking_companion(tx, patient_id)
        await outbox.end_companion_links(tx, patient_id)
    else:
        await patients.stop_messages(tx, patient_id)
    await audit.record(tx, "wrong_person.told", "check_in", check_in.id, patient_id=patient_id)


async def _is_written_to(tx: Tx, check_in: CheckIn) -> bool:
    if check_in.asked_of == "companion":
        return await may_still_answer(tx, check_in)
    return not (await patients.get_contact(tx, check_in.patient_id)).stopped
