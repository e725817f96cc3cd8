"""A draft as the editor gets it: the document, every rule and step in words, and what is wrong with it."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar.params import QueryParameter
from msgspec import Meta

from server.access.model import Staff
from server.checkins.risk import NOTED, RISKS
from server.kit import errors
from server.kit.db import Tx
from server.protocols import draft_queries
from server.protocols.draft_model import Draft
from server.protocols.draft_queries import DraftListed
from server.protocols.findings import Finding, findings
from server.protocols.model import ProtocolVersion, Rule
from server.protocols.sentences import Speaker
from server.protocols.step_words import plan_phrase, scope_phrase, step_phrases
from server.protocols.time_words import midway_phrase, restriction_phrase, usual_phrase

RISK_WORDS = RISKS | NOTED
Language = Annotated[str | None, QueryParameter(name="language", pattern="^[a-z]{2}$")]
STALE = "Somebody has changed this draft. Look at it again; what you entered was not saved."


class Said(msgspec.Struct, frozen=True):
    """A part of the document in words: a rule's sentence, or a step's or plan's phrases. `off`: not used."""

    key: str
    words: list[str]
    off: bool = False


class DocumentShown(msgspec.Struct, frozen=True, kw_only=True):
    """A document with its parts in the reader's words. `items`: the questions (form/question) that are asked only
    sometimes, and when. `midway`: how long the rest of a form may take."""

    document: ProtocolVersion
    scope: str
    steps: list[Said]
    items: list[Said]
    rules: list[Said]
    plans: list[Said]
    restrictions: list[Said]
    usual: list[Said]
    midway: str


class DraftShown(msgspec.Struct, frozen=True, kw_only=True):
    """A draft. `yours`: the reader has signed it as its author, so that somebody else has to publish it."""

    draft: DraftListed
    shown: DocumentShown
    findings: list[Finding]
    accepted: list[str]
    yours: bool


class Revision(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The revision that whoever asks has seen."""

    revision: int


class Signature(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The same, and the keys of the findings that they say yes to."""

    revision: int
    accepted: Annotated[list[Annotated[str, Meta(max_length=80)]], Meta(max_length=200)] = []


def document_shown(document: ProtocolVersion, language: str) -> DocumentShown:
    """The document and its parts in words."""
    speaker = Speaker(document, language, RISK_WORDS)

    def said(rule: Rule, off: bool) -> Said:
        return Said(rule.id, [speaker.rule(rule)], off)

    missed = document.missed
    return DocumentShown(
        document=document, scope=scope_phrase(document, language),
        steps=[Said(step.key, list(step_phrases(step, speaker).values())) for step in document.steps],
        items=[
            Said(f"{form.id}/{item.id}", [speaker.condition(item.enable_when)])
            for form in document.questionnaires for item in form.items if item.enable_when is not None
        ],
        rules=[said(r, False) for r in (*document.rules, *missed.rules)]
        + [said(r, True) for r in (*document.rules_off, *missed.rules_off)],
        plans=[
            Said(tier, [plan_phrase(getattr(document.escalation, tier), language)])
            for tier in ("emergency", "urgent", "same_day")
        ],
        restrictions=[Said(one.id, [restriction_phrase(one, language)]) for one in document.restrictions],
        usual=[Said(one.key, [usual_phrase(one, speaker)]) for one in document.usual],
        midway=midway_phrase(document, language),
    )  # fmt: skip


async def draft_shown(tx: Tx, staff: Staff, draft_id: UUID, language: str | None) -> DraftShown:
    """The draft as it is now; 404 when the clinic has none of this id."""
    draft = await draft_queries.get(tx, draft_id)
    spoken = language or staff.language
    listed = next(d for d in await draft_queries.list_drafts(tx, spoken) if d.id == draft_id)
    return DraftShown(
        draft=listed, shown=document_shown(draft.document, spoken), findings=findings(draft.document, spoken),
        accepted=draft.accepted, yours=draft.submitted_by == staff.id,
    )  # fmt: skip


async def draft_to_change(tx: Tx, staff: Staff, draft_id: UUID, revision: int, language: str | None) -> Draft:
    """The draft, held until the transaction ends. 409 with the current one when it is not as they saw it."""
    draft = await draft_queries.get_for_change(tx, draft_id)
    if draft.revision != revision:
        current: Any = msgspec.to_builtins(await draft_shown(tx, staff, draft_id, language))
        raise errors.conflict(STALE, current=current)
    return draft
