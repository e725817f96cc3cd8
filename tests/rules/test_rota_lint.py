"""What is wrong with a rota is found before it matters, and said in both languages."""

from datetime import datetime, timedelta
from typing import get_args
from uuid import UUID

import msgspec
import pytest

from server.access.model import Hours
from server.alerts.rota_lint import Finding, Kind, Known, findings
from server.alerts.rota_model import Rota
from server.alerts.rota_words import FINDINGS, in_words
from tests.rules.answering import CLINIC
from tests.rules.test_rota import IVO, LENA, MADRID, NORA, OMAR, PIA, at, change, layer, rota

NOW = at(3, 12)
WELL = Known(fit=True, ways=2, verified=2)
EVERYBODY = {NORA: WELL, OMAR: WELL, PIA: WELL, LENA: msgspec.structs.replace(WELL, lead=True)}
WHOLE = rota(layer(NORA, OMAR, PIA))


def found(of: Rota, known: dict[UUID, Known] | None = None, now: datetime = NOW) -> list[Finding]:
    return findings(of, EVERYBODY if known is None else known, CLINIC.escalation, now)


def knowing(who: UUID, **changed: object) -> dict[UUID, Known]:
    return EVERYBODY | {who: msgspec.structs.replace(EVERYBODY[who], **changed)}


def test_a_whole_rota_has_nothing_wrong() -> None:
    assert found(WHOLE) == []


def test_gaps_are_found_within_the_hours_of_coverage_only() -> None:
    days = (Hours((1, 2, 3, 4, 5), "08:00", "18:00"),)
    mornings = (Hours((1, 2, 3, 4, 5), "08:00", "13:00"),)
    assert found(rota(layer(NORA, OMAR, PIA, hours=days), coverage=days)) == []
    gaps = found(rota(layer(NORA, OMAR, PIA, hours=mornings), coverage=days))
    assert [(gap.begins, gap.ends) for gap in gaps[:3]] == [(at(d, 13), at(d, 18)) for d in (3, 4, 5)]
    assert {gap.kind for gap in gaps} == {"gap"}
    assert len(gaps) == 5


def test_a_turn_of_somebody_who_cannot_be_paged_is_a_gap_of_one_piece() -> None:
    left = found(rota(layer(NORA, OMAR, PIA)), knowing(OMAR, fit=False))
    assert {f.kind for f in left} == {"gap", "left", "same_again"}
    assert (left[0].begins, left[0].ends) == (at(9, 8), at(16, 8))
    assert [f.kind for f in found(WHOLE, knowing(NORA, ways=0)) if f.staff_id] == ["unreachable"]


def test_two_layers_with_one_empty_are_no_gap() -> None:
    nights = (Hours((1, 2, 3, 4, 5, 6, 7), "20:00", "08:00"),)
    assert found(rota(layer(NORA, OMAR, hours=nights), layer(PIA, LENA))) == []


@pytest.mark.parametrize("verified", [0, 1])
def test_who_has_fewer_than_two_verified_channels_is_named(verified: int) -> None:
    assert found(WHOLE, knowing(PIA, verified=verified)) == [Finding(kind="few_verified", staff_id=PIA)]


def test_without_a_rota_the_call_list_is_looked_at() -> None:
    listed = {who: msgspec.structs.replace(one, listed=n) for n, (who, one) in enumerate(EVERYBODY.items(), 1)}
    assert [f.kind for f in found(rota(), listed)] == ["no_rota"]
    listed[OMAR] = msgspec.structs.replace(listed[OMAR], verified=0)
    assert [(f.kind, f.staff_id) for f in found(rota(), listed)][1:] == [("few_verified", OMAR)]


def test_a_step_that_calls_nobody_new_is_found() -> None:
    alone = found(rota(layer(LENA)))
    assert {(f.kind, f.tier) for f in alone} >= {("same_again", "emergency"), ("same_again", "urgent")}
    two = found(rota(layer(NORA, OMAR)))
    assert [(f.tier, f.step) for f in two if f.kind == "same_again"] == [("emergency", 2)]


def test_a_step_that_finds_nobody_is_found() -> None:
    """A plan that turns to the backup, where there is no second person at one of the hours ahead."""
    urgent = CLINIC.escalation.urgent
    first, *rest = urgent.steps
    steps = (first, msgspec.structs.replace(first, who=("backup",)), *rest)
    plans = msgspec.structs.replace(CLINIC.escalation, urgent=msgspec.structs.replace(urgent, steps=steps))
    two = rota(layer(NORA, OMAR))
    stands_in = rota(layer(NORA, OMAR), changes=(change(NORA, at(5, 8), at(5, 20), OMAR),))
    for of, empty in ((two, []), (stands_in, [("urgent", 2)]), (rota(layer(NORA)), [("urgent", 2)])):
        said = findings(of, EVERYBODY, plans, NOW)
        assert [(f.tier, f.step) for f in said if f.kind == "step_empty"] == empty


def test_the_call_list_behind_the_rota_counts() -> None:
    known = knowing(PIA, listed=1)
    assert found(rota(layer(NORA, OMAR)), known) == []


def test_the_call_list_is_looked_at_beside_the_rota() -> None:
    """A rota of two climbs to Ivo, who stands on the call list only: nobody else is left behind them."""
    two = rota(layer(NORA, OMAR))
    ivo = msgspec.structs.replace(WELL, listed=1)
    for state, wrong in (({"verified": 1}, "few_verified"), ({"ways": 0}, "unreachable"), ({"fit": False}, "left")):
        known = EVERYBODY | {IVO: msgspec.structs.replace(ivo, **state)}
        assert (wrong, IVO) in [(f.kind, f.staff_id) for f in found(two, known)]
    assert found(two, EVERYBODY | {IVO: ivo}) == []


def test_no_admin_who_can_be_paged_is_grave() -> None:
    first = found(WHOLE, knowing(LENA, ways=0))[0]
    assert (first.kind, first.grave) == ("lead_unreachable", True)


def test_a_change_in_the_place_of_somebody_who_is_not_on_call_does_nothing() -> None:
    idle = change(LENA, at(3, 20), at(4, 8), OMAR)
    assert Finding(kind="idle_change", staff_id=OMAR, begins=at(3, 20), ends=at(4, 8)) in found(
        rota(*WHOLE.layers, changes=(idle,))
    )
    assert found(rota(*WHOLE.layers, changes=(change(LENA, at(3, 20), at(4, 8), NORA),))) == []


def test_who_stands_in_but_left_is_found() -> None:
    kinds = {f.kind for f in found(rota(*WHOLE.layers, changes=(change(IVO, at(3, 20), at(4, 8)),)))}
    assert kinds == {"gap", "left"}


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("kind", get_args(Kind))
def test_each_finding_is_a_sentence(kind: Kind, language: str) -> None:
    assert set(FINDINGS[kind]) == {"en", "es"}
    finding = Finding(kind=kind, begins=NOW, ends=NOW + timedelta(hours=1), tier="urgent", step=2)
    said = in_words(finding, "Omar Haddad", MADRID, language)
    assert said.endswith(".")
    assert "{" not in said


def test_times_are_the_clinics() -> None:
    gap = Finding(kind="gap", begins=at(3, 12), ends=at(4, 8, 30))
    assert in_words(gap, "", MADRID, "en") == "Nobody is on call from Tue 3 Mar 12:00 to Wed 4 Mar 08:30."
    assert in_words(gap, "", MADRID, "es") == "No hay nadie de guardia desde mar 3 mar 12:00 hasta mié 4 mar 08:30."
