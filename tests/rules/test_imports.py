"""Reading files of sessions: what a cell may say, what is wrong where, who is meant."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from server.interop.cells import Place
from server.interop.model import SessionRow, Sheet, Who
from server.interop.overlaps import close_together
from server.interop.rules import People, Unreadable, capped, find_patient, read_sessions, twice

MADRID = Place("Europe/Madrid", "ES")
HEADER = "phone,drug,route,dose_mg,indication,started_at,ended_at"
GOOD = "600111222,ketamine,iv,40,depression,2026-03-02 09:00,2026-03-02 09:40"


def read(*lines: str, most: int = 100) -> Sheet:
    return read_sessions("\n".join(lines).encode(), MADRID, most)


def read_one(column: str, text: str) -> Sheet:
    """A good row with one more cell."""
    return read(f"{HEADER},{column}", f'{GOOD},"{text}"')


def test_a_row_becomes_a_session() -> None:
    sheet = read(f"{HEADER},risk,note", f'{GOOD},sedative; alone_tonight,"calm, ""well"""')
    assert sheet.wrong == []
    (row,) = sheet.rows
    assert (row.number, row.who) == (2, Who(phone="+34600111222"))
    assert row.session.started_at == datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
    assert row.session.risk == ["sedative", "alone_tonight"]
    assert row.session.note == 'calm, "well"'
    assert row.session.setting is None


@pytest.mark.parametrize("phase", ["induction", "maintenance", "booster", ""])
def test_a_row_may_say_its_phase(phase: str) -> None:
    assert read_one("phase", phase).rows[0].session.phase == (phase or None)


@pytest.mark.parametrize("mark", [";", "\t"])
def test_semicolons_and_tabs_separate_too_and_a_byte_order_mark_is_nothing(mark: str) -> None:
    text = "\ufeff" + HEADER.replace(",", mark) + "\r\n" + GOOD.replace(",", mark) + "\r\n\r\n"
    assert len(read_sessions(text.encode(), MADRID, 10).rows) == 1


@pytest.mark.parametrize(
    ("written", "utc"),
    [
        ("2026-07-01 10:00", datetime(2026, 7, 1, 8, tzinfo=UTC)),
        ("2026-01-01T10:00:30", datetime(2026, 1, 1, 9, 0, 30, tzinfo=UTC)),
        ("2026-07-01T10:00Z", datetime(2026, 7, 1, 10, tzinfo=UTC)),
        ("2026-07-01 10:00 -05:00", datetime(2026, 7, 1, 15, tzinfo=UTC)),
        ("2026-10-25 02:30+01:00", datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
    ],
)
def test_times_are_instants_or_the_clinics_clocks(written: str, utc: datetime) -> None:
    assert read_one("discharged_at", written).rows[0].session.discharged_at == utc


@pytest.mark.parametrize("written", ["2026-10-25 02:30", "2026-03-29 02:30"])
def test_a_time_that_the_clocks_skip_or_repeat_needs_its_offset(written: str) -> None:
    assert read_one("discharged_at", written).wrong == [
        ("row 2, discharged_at", "The clocks changed at that time: add the offset, such as +01:00.")
    ]


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("discharged_at", "02/03/2026 10:00"), ("discharged_at", "2026-02-30 10:00"), ("setting", "office"),
        ("discharged_at", "0001-01-01 00:00+02:00"), ("risk", "Alone tonight"), ("other_indications", "sadness"),
        ("patient_id", "17"), ("date_of_birth", "9 March 1984"), ("phase", "end"), ("note", "x" * 4001),
        ("staying_with", "a\x07b"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_by_row_and_column_and_never_repeated(column: str, text: str) -> None:
    ((place, message),) = read_one(column, text).wrong
    assert place == f"row 2, {column}"
    assert text not in message


@pytest.mark.parametrize("dose", ["0", "-5", "1e3", "nan", "40,5", "2001", "many", "0.001"])
def test_a_dose_is_milligrams(dose: str) -> None:
    assert [place for place, _ in read(HEADER, GOOD.replace("40,dep", f'"{dose}",dep')).wrong] == ["row 2, dose_mg"]


def test_everything_that_is_wrong_is_told_at_once() -> None:
    sheet = read(HEADER, GOOD, GOOD.replace("iv", "nose").replace("depression", ""), "", GOOD + ",more", ",,,,,,x")
    assert [place for place, _ in sheet.wrong] == [
        "row 3, route", "row 3, indication", "row 5", "row 6, ended_at", "row 6, drug", "row 6, route",
        "row 6, dose_mg", "row 6, indication", "row 6, started_at", "row 6",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("header", "place"),
    [
        (HEADER + ",colour", "row 1, column 8"),
        (HEADER + ",drug", "row 1, drug"),
        (HEADER.replace("dose_mg,", ""), "row 1, dose_mg"),
        (HEADER.replace("phone", "name"), "row 1"),
    ],
)
def test_a_header_that_does_not_fit_is_explained(header: str, place: str) -> None:
    sheet = read(header, GOOD)
    assert sheet.rows == []
    assert place in [where for where, _ in sheet.wrong]


@pytest.mark.parametrize(
    "content", [HEADER.encode(), b"\xff\xfe", f'{HEADER}\n"never closed'.encode(), f"{HEADER}\n\n\n".encode()]
)
def test_what_is_no_file_of_sessions_is_refused_whole(content: bytes) -> None:
    with pytest.raises(Unreadable):
        read_sessions(content, MADRID, 10)


def test_a_file_that_is_too_long_is_refused() -> None:
    assert len(read(HEADER, GOOD, GOOD, most=2).rows) == 2
    with pytest.raises(Unreadable, match="more than 2 rows"):
        read(HEADER, GOOD, GOOD, GOOD, most=2)


ANA, TWIN = uuid4(), uuid4()
PEOPLE = People(
    frozenset({ANA, TWIN}),
    {b"shared": frozenset({ANA, TWIN}), b"own": frozenset({ANA})},
    {("ana ruiz", "1984-03-09"): frozenset({ANA}), ("eva ruiz", "1984-03-09"): frozenset({TWIN})},
)


@pytest.mark.parametrize(
    ("patient_id", "phone", "name", "expected"),
    [
        (ANA, None, None, ANA), (None, b"own", None, ANA), (None, None, "eva ruiz", TWIN),
        (None, b"shared", "eva ruiz", TWIN), (None, b"shared", None, "phone"), (uuid4(), None, None, "patient_id"),
        (None, b"nobody's", None, "phone"), (None, None, "ana", "name"), (TWIN, b"own", None, "patient_id"),
        (None, b"own", "eva ruiz", "phone"),
    ],
)  # fmt: skip
def test_a_patient_is_whom_everything_given_fits(
    patient_id: UUID | None, phone: bytes | None, name: str | None, expected: UUID | str
) -> None:
    born = datetime(1984, 3, 9, tzinfo=UTC).date()
    who = Who(patient_id=patient_id, name=name, date_of_birth=born if name else None)
    found, (column, _) = find_patient(PEOPLE, who, phone, name)
    assert (found or column) == expected


def test_a_session_is_recorded_once() -> None:
    (first,) = read(HEADER, GOOD).rows
    second = SessionRow(3, first.who, first.session)
    assert twice([(first, ANA), (second, TWIN)], {}) == []
    assert [place for place, _ in twice([(first, ANA), (second, ANA)], {})] == ["row 3, started_at"]
    assert [place for place, _ in twice([(first, ANA)], {ANA: {first.session.started_at}})] == ["row 2, started_at"]


def test_nobody_reads_a_thousand_errors() -> None:
    wrong = [(f"row {i}", "") for i in range(1000)]
    assert capped(wrong)[-1] == ("file", "900 more are wrong.")
    assert len(capped(wrong)) == 101


def test_what_comes_close_is_told_once_and_only_of_one_patient() -> None:
    day = ["08:00,2026-03-02 12:00", "09:00,2026-03-02 09:40", "11:00,2026-03-02 11:40", "13:00,2026-03-02 13:40"]
    rows = read(HEADER, *(f"600111222,ketamine,iv,40,depression,2026-03-02 {times}" for times in day)).rows
    told = close_together([(row, ANA) for row in rows], {}, "Europe/Madrid")
    assert [sentence.partition(" of ")[0] for sentence in told] == [
        "Row 3, started_at: overlaps in time with row 2", "Row 4, started_at: overlaps in time with row 2",
        "Row 5, started_at: is on the same day as row 4",
    ]  # fmt: skip
    stored = [(row.session.started_at, row.session.ended_at) for row in rows[:3]]
    assert close_together([(rows[3], TWIN)], {ANA: stored}, "Europe/Madrid") == []
    assert len(close_together([(rows[3], ANA)], {ANA: stored}, "Europe/Madrid")) == 1


def test_of_a_row_that_cannot_be_read_the_patient_is_looked_for_all_the_same() -> None:
    sheet = read(HEADER, GOOD.replace("iv", "nasal"), GOOD.replace("600111222", "1").replace("iv", "nasal"))
    assert sheet.rows == []
    assert sheet.meant == [(2, Who(phone="+34600111222"))]
