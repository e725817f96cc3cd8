"""A protocol while it is being changed: the draft, and the typed operations that change it.

An operation names one step, question or rule and says what it is to be, so that an edit never carries the rest of the
document with it.
"""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from server.protocols.conditions import Condition
from server.protocols.model import (
    CheckInStep,
    EscalationPlan,
    HoursTier,
    ProtocolVersion,
    Restriction,
    Rule,
    Topic,
    Usual,
)
from server.protocols.questionnaires import ItemType
from server.protocols.tiers import Tier

Words = dict[str, Annotated[str, Meta(max_length=1000)]]
Name = Annotated[str, Meta(min_length=1, max_length=80)]

OWN = "own"
"""How names of what the clinic added begin."""


class Refused(Exception):
    """The operation cannot be done: which field of it, and why."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field, self.message = field, message


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A draft as stored. `base_version`: the version it began from, 0 for a protocol of which there is none yet;
    that one is the copy of `copied_from`. `accepted`: rules whose lower urgency its author said yes to when
    submitting."""

    id: UUID
    key: str
    base_version: int
    copied_from: str | None
    document: ProtocolVersion
    revision: int
    created_by: UUID
    edited_at: datetime
    edited_by: UUID
    submitted_at: datetime | None
    submitted_by: UUID | None
    accepted: list[str]


class _Operation(msgspec.Struct, frozen=True, tag_field="op", forbid_unknown_fields=True, kw_only=True):
    pass


class SetTitle(_Operation, frozen=True, kw_only=True, tag="set_title"):
    """Call the protocol this."""

    title: Words


class SetScope(_Operation, frozen=True, kw_only=True, tag="set_scope"):
    """Which sessions it is for; no drugs, no indications: any."""

    routes: tuple[Name, ...]
    settings: tuple[Name, ...]
    drugs: tuple[Name, ...] = ()
    indications: tuple[Name, ...] = ()


class SetStep(_Operation, frozen=True, kw_only=True, tag="set_step"):
    """A step is to be this; its key stays."""

    step: CheckInStep


class AddStep(_Operation, frozen=True, kw_only=True, tag="add_step"):
    """One more step; of the course when it repeats. Its key is given to it."""

    step: CheckInStep


class RemoveStep(_Operation, frozen=True, kw_only=True, tag="remove_step"):
    """A step is planned no more."""

    key: Name


class AddQuestionnaire(_Operation, frozen=True, kw_only=True, tag="add_questionnaire"):
    """Take a questionnaire of the clinic's in, with the rules and the screening questions that come with it."""

    questionnaire: Name


class RemoveQuestionnaire(_Operation, frozen=True, kw_only=True, tag="remove_questionnaire"):
    """Drop a questionnaire that no check-in asks, and what came with it."""

    questionnaire: Name


class Reword(_Operation, frozen=True, kw_only=True, tag="reword"):
    """Other words for a question and its options (by their values); what is left out stays."""

    questionnaire: Name
    item: Name
    text: Words | None = None
    help: Words | None = None
    options: dict[Name, Words] = {}


class SetItem(_Operation, frozen=True, kw_only=True, tag="set_item"):
    """Whether a question may be skipped, and when it is asked (`enable_when` None: always)."""

    questionnaire: Name
    item: Name
    required: bool
    enable_when: Condition | None = None


class MoveItem(_Operation, frozen=True, kw_only=True, tag="move_item"):
    """Ask a question right after another one; `after` None: first."""

    questionnaire: Name
    item: Name
    after: Name | None = None


class AddItem(_Operation, frozen=True, kw_only=True, tag="add_item"):
    """A question of the clinic's own, right after another one (None: last), with its options from best to worst."""

    questionnaire: Name
    type: ItemType
    text: Words
    options: Annotated[tuple[Words, ...], Meta(max_length=20)] = ()
    min: float | None = None
    max: float | None = None
    unit: Annotated[str, Meta(max_length=20)] | None = None
    required: bool = True
    private: bool = False
    after: Name | None = None


class RemoveItem(_Operation, frozen=True, kw_only=True, tag="remove_item"):
    """A question is asked no more; a rule of the clinic's own about it goes with it."""

    questionnaire: Name
    item: Name


class SetRule(_Operation, frozen=True, kw_only=True, tag="set_rule"):
    """A rule is to be this; its id stays."""

    rule: Rule


class SwitchRule(_Operation, frozen=True, kw_only=True, tag="switch_rule"):
    """Switch a rule off, or on again. It stays in the document."""

    id: Name
    on: bool


class WorseThanOwn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """By `up` or more above the same check-in of the patient's newest `sessions` own sessions: every one, or their
    median."""

    sessions: int
    compare: Literal["every", "median"]
    up: float


class AddRule(_Operation, frozen=True, kw_only=True, tag="add_rule"):
    """A rule about one question, built of its answers, or with `own` of a change against the patient's own sessions;
    id, explanation and source are given to it."""

    item: Name
    among: tuple[Name, ...] | None = msgspec.field(default=None, name="in")
    gte: float | None = None
    lte: float | None = None
    own: WorseThanOwn | None = None
    tier: Tier | None = None
    tier_by_hours: tuple[HoursTier, ...] = ()
    topic: Topic = "medical"
    advice: Words | None = None


class RemoveRule(_Operation, frozen=True, kw_only=True, tag="remove_rule"):
    """Drop a rule of the clinic's own; built-in ones can only be switched off."""

    id: Name


class SetEscalation(_Operation, frozen=True, kw_only=True, tag="set_escalation"):
    """How one tier climbs."""

    tier: Tier
    plan: EscalationPlan


class SetRestriction(_Operation, frozen=True, kw_only=True, tag="set_restriction"):
    """A restriction after a session is to be this; its id stays, its source becomes the clinic."""

    restriction: Restriction


class AddRestriction(_Operation, frozen=True, kw_only=True, tag="add_restriction"):
    """One more restriction after a session; id and source are given to it."""

    restriction: Restriction


class RemoveRestriction(_Operation, frozen=True, kw_only=True, tag="remove_restriction"):
    """Patients are no longer told this one."""

    id: Name


class SetUsual(_Operation, frozen=True, kw_only=True, tag="set_usual"):
    """The usual course of this `key` is to be this; its source becomes the clinic."""

    key: Name
    usual: Usual


class AddUsual(_Operation, frozen=True, kw_only=True, tag="add_usual"):
    """What is usual for one more question after some routes; its source is given to it."""

    usual: Usual


class RemoveUsual(_Operation, frozen=True, kw_only=True, tag="remove_usual"):
    """Nothing is said any more of what is usual there."""

    key: Name


class SetMidway(_Operation, frozen=True, kw_only=True, tag="set_midway"):
    """How many minutes the rest of a form may take after an answer that travelled on tap."""

    minutes: int


Operation = (
    SetTitle | SetScope | SetStep | AddStep | RemoveStep | Reword | SetItem | MoveItem | AddItem | RemoveItem | SetRule
    | SwitchRule | AddRule | RemoveRule | SetEscalation | AddQuestionnaire | RemoveQuestionnaire
    | SetRestriction | AddRestriction | RemoveRestriction | SetUsual | AddUsual | RemoveUsual | SetMidway
)  # fmt: skip


class Edit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Operations on the draft as it was at `revision`: all of them or none."""

    revision: int
    operations: Annotated[tuple[Operation, ...], Meta(min_length=1, max_length=50)]
