"""What was answered last in an episode, in words: finished forms, and what travelled on tap ahead of one."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from server.kit.db import Tx
from server.responses.queries import open_answers
from server.timeline.answers import AnswerShown, in_words
from server.timeline.versions import pinned_by, version_of

SHOWN = 3


class EarlierAnswers(msgspec.Struct, frozen=True):
    """One of the last responses of the episode, in words."""

    check_in_key: str | None
    answered_at: datetime
    answered_by: str
    answers: list[AnswerShown]
    text: str | None = None


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """A finished form, or the taps of one that has not come. `told`: what the phone showed in return."""

    response_id: UUID
    check_in_key: str | None
    questionnaire: str
    answers: dict[str, Any]
    answered_at: datetime
    answered_by: str
    told: list[str]
    text: str | None = None
    pinned: tuple[str, int] | None = None


LIST_RESPONSES = """
select r.id, r.response_id, r.questionnaire, r.answers_enc, r.reply_enc, r.answered_at, r.answered_by,
       c.key as check_in_key, c.protocol_key, c.protocol_version
from responses r left join check_ins c on c.clinic_id = r.clinic_id and c.id = r.check_in_id
where r.clinic_id = $1 and r.patient_id = $2 and r.session_id is not distinct from $3
order by r.answered_at desc limit 10
"""

LIST_TAPS = """
select s.id, s.response_id, c.questionnaire, s.item, s.value_enc, s.reply_enc, s.answered_at, s.answered_by,
       c.key as check_in_key, c.protocol_key, c.protocol_version
from signals s join check_ins c on c.clinic_id = s.clinic_id and c.id = s.check_in_id
where s.clinic_id = $1 and s.patient_id = $2 and s.session_id is not distinct from $3
  and not exists (select 1 from responses r where r.clinic_id = s.clinic_id and r.patient_id = s.patient_id
                  and r.response_id = s.response_id)
order by s.received_at desc limit 40
"""

LIST_FLAGS_OF_RESPONSES = """
select id, response_id, tier, inputs_enc from flags
where clinic_id = $1 and patient_id = $2 and response_id = any($3::uuid[])
"""


async def list_given(tx: Tx, patient_id: UUID, session_id: UUID | None) -> list[Given]:
    """The episode's answers, newest first."""
    finished = [
        Given(
            response_id=r["response_id"], check_in_key=r["check_in_key"], questionnaire=r["questionnaire"],
            answers=answers, text=text, answered_at=r["answered_at"],
            answered_by=r["answered_by"], told=_told(tx, "responses.reply", r),
            pinned=pinned_by(r),
        )
        for r in await tx.all(LIST_RESPONSES, tx.clinic_id, patient_id, session_id)
        for answers, text in (open_answers(tx, r["id"], r["answers_enc"]),)
    ]  # fmt: skip
    taps = await tx.all(LIST_TAPS, tx.clinic_id, patient_id, session_id)
    forms = {r["response_id"]: [t for t in taps if t["response_id"] == r["response_id"]] for r in taps}
    begun = [_begun(tx, of_form) for of_form in forms.values()]
    return sorted(finished + begun, key=lambda given: given.answered_at, reverse=True)


def _begun(tx: Tx, taps: Sequence[Any]) -> Given:
    """The taps of one form, newest first, as far as they go; the latest tap of an item counts."""
    last = taps[0]
    answers = {
        t["item"]: msgspec.json.decode(tx.cipher.open("signals.value", t["id"], t["value_enc"])) for t in reversed(taps)
    }
    return Given(
        response_id=last["response_id"], check_in_key=last["check_in_key"], questionnaire=last["questionnaire"],
        answers=answers, answered_at=last["answered_at"], answered_by=last["answered_by"],
        told=_told(tx, "signals.reply", last), pinned=pinned_by(last),
    )  # fmt: skip


def _told(tx: Tx, field: str, row: Any) -> list[str]:
    reply = msgspec.json.decode(tx.cipher.open(field, row["id"], row["reply_enc"]))
    return [told["text"] for told in reply["advice"]]


async def recent(
    tx: Tx, patient_id: UUID, session_id: UUID | None, given: Sequence[Given], language: str
) -> list[EarlierAnswers]:
    """These answers in words, each with the tier of the flags that looked at it."""
    if not given:
        return []
    versions = {g.pinned: await version_of(tx, session_id, g.pinned) for g in given}
    flags = await tx.all(LIST_FLAGS_OF_RESPONSES, tx.clinic_id, patient_id, [g.response_id for g in given])
    opened = [(f["response_id"], f["tier"], tx.cipher.open("flags.inputs", f["id"], f["inputs_enc"])) for f in flags]
    return [
        EarlierAnswers(
            g.check_in_key, g.answered_at, g.answered_by,
            in_words(
                versions[g.pinned], g.questionnaire, g.answers,
                [(tier, msgspec.json.decode(text)) for of, tier, text in opened if of == g.response_id], language,
            ),
            g.text,
        )
        for g in given
    ]  # fmt: skip
