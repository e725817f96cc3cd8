"""SQL of the patient's timeline: everything that happened or is to come, in order."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from server.kit.db import Tx
from server.protocols.model import ProtocolVersion
from server.protocols.questionnaires import words_in
from server.protocols.scores import ranges_of
from server.responses.queries import open_answers
from server.sessions import queries as sessions
from server.timeline.answers import in_words
from server.timeline.pauses import list_pauses
from server.timeline.versions import pinned_by, version_of
from server.timeline.visits import list_visit_steps

LIST_CHECK_INS = """
select id, session_id, key, questionnaire, state, reason, opens_at, due_at, closes_at, answered_at, asked_of, stands_in_for
from check_ins
where clinic_id = $1 and patient_id = $2 order by due_at desc limit 1000
"""

LIST_RESPONSES = """
select r.id, r.response_id, r.session_id, r.check_in_id, r.questionnaire, r.answers_enc, r.answered_by, r.answered_at, r.received_at,
       r.hours_since_end, r.late, r.unexpected, r.tier, r.clear, r.scores, c.key as check_in_key,
       c.protocol_key, c.protocol_version
from responses r left join check_ins c on c.clinic_id = r.clinic_id and c.id = r.check_in_id
where r.clinic_id = $1 and r.patient_id = $2 order by r.answered_at desc limit 1000
"""

LIST_FLAGS = """
select id, session_id, check_in_id, response_id, alert_id, rule, tier, explanation_enc, inputs_enc, at from flags
where clinic_id = $1 and patient_id = $2 order by at desc limit 2000
"""

LIST_ALERTS = """
select id, reference, session_id, tier, state, version, opened_at, acknowledged_at, closed_at, outcome from alerts
where clinic_id = $1 and patient_id = $2 order by opened_at desc limit 500
"""

# Each branch has an index; an "or" of them, or a join with them, would read all messages of the clinic.
LIST_MESSAGES = """
select id, template, to_kind, channels[channel_index + 1] as channel, state, check_in_id, alert_id, created_at, sent_at, delivered_at, shown_at, opened_at
from notifications
where clinic_id = $1 and id = any(array(
    select n.id from check_ins c join notifications n on n.clinic_id = c.clinic_id and n.check_in_id = c.id
    where c.clinic_id = $1 and c.patient_id = $2
    union select n.id from alerts a join notifications n on n.clinic_id = a.clinic_id and n.alert_id = a.id
    where a.clinic_id = $1 and a.patient_id = $2
    union select n.id from notifications n
    where n.clinic_id = $1 and n.patient_id = $2 and n.check_in_id is null and n.alert_id is null))
order by created_at desc limit 1000
"""

Item = dict[str, Any]


async def list_timeline(tx: Tx, patient_id: UUID, language: str) -> list[Item]:
    """Everything about one patient as `{kind, id, at, ...}`, oldest first; what is to come stands last."""
    flags = await tx.all(LIST_FLAGS, tx.clinic_id, patient_id)
    items = [
        *await _sessions(tx, patient_id),
        *[_check_in(r, tx.now) for r in await tx.all(LIST_CHECK_INS, tx.clinic_id, patient_id)],
        *await _responses(tx, patient_id, flags, language),
        *[_flag(tx, r) for r in flags],
        *[_plain("alert", r, "opened_at") for r in await tx.all(LIST_ALERTS, tx.clinic_id, patient_id)],
        *[_message(r) for r in await tx.all(LIST_MESSAGES, tx.clinic_id, patient_id)],
        *await list_visit_steps(tx, patient_id),
        *[{"kind": "pause"} | msgspec.structs.asdict(pause) for pause in await list_pauses(tx, patient_id)],
    ]
    return sorted(items, key=lambda item: (item["at"], ORDER.index(item["kind"]), str(item["id"])))


ORDER = ["session", "pause", "step", "check_in", "message", "response", "score", "flag", "alert"]


def _plain(kind: str, row: Any, at: str, leave: tuple[str, ...] = ()) -> Item:
    return {"kind": kind, "id": row["id"], "at": row[at]} | {
        name: value for name, value in dict(row).items() if name not in ("id", *leave)
    }


def _check_in(row: Any, now: datetime) -> Item:
    upcoming = row["state"] in ("planned", "open")
    state = "open" if row["state"] == "planned" and row["opens_at"] <= now else row["state"]
    return _plain("check_in", row, "due_at") | {"state": state, "upcoming": upcoming}


def _flag(tx: Tx, row: Any) -> Item:
    explanation = tx.cipher.open("flags.explanation", row["id"], row["explanation_enc"])
    return _plain("flag", row, "at", ("explanation_enc", "inputs_enc")) | {"explanation": explanation}


def _message(row: Any) -> Item:
    item = _plain("message", row, "created_at", ("to_kind", "created_at"))
    return item | {"to": row["to_kind"]}


async def _sessions(tx: Tx, patient_id: UUID) -> list[Item]:
    found = []
    for session in await sessions.list_of_patient(tx, patient_id):
        text = await sessions.get_text(tx, session.id)
        item = msgspec.structs.asdict(session) | msgspec.structs.asdict(text)
        found.append({"kind": "session", "at": session.ended_at} | item)
    return found


async def _responses(tx: Tx, patient_id: UUID, flags: list[Any], language: str) -> list[Item]:
    """Responses in words, and their scores as items of their own."""
    versions: dict[Any, ProtocolVersion] = {}
    items: list[Item] = []
    for row in await tx.all(LIST_RESPONSES, tx.clinic_id, patient_id):
        session_id, pinned = row["session_id"], pinned_by(row)
        place = pinned or session_id
        if place not in versions:
            versions[place] = await version_of(tx, session_id, pinned)
        answers, text = open_answers(tx, row["id"], row["answers_enc"])
        hits = [
            (f["tier"], msgspec.json.decode(tx.cipher.open("flags.inputs", f["id"], f["inputs_enc"])))
            for f in flags
            if f["response_id"] == row["response_id"]
        ]
        ranges = ranges_of(versions[place].questionnaires)
        shown = in_words(versions[place], row["questionnaire"], answers, hits, language)
        item = _plain("response", row, "answered_at", ("answers_enc", "scores", "protocol_key", "protocol_version"))
        items.append(item | {"answers": msgspec.to_builtins(shown), "text": text})
        items += [
            {"kind": "score", "id": row["id"], "at": row["answered_at"], "name": name, "value": value,
             "title": words_in(reach.title, language), "min": reach.least, "max": reach.most, "session_id": session_id, "hours_since_end": row["hours_since_end"]}
            for name, value in row["scores"].items() if (reach := ranges.get(name)) is not None
        ]  # fmt: skip
    return items
