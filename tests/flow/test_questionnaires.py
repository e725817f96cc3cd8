"""A clinic brings its questionnaires: what is taken, what is refused, who may, and that it stays theirs."""

from base64 import b64encode
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from server.questionnaire_files import run_import
from server.settings import from_env
from tests.api.instance import KEY
from tests.flow.story import Story
from tests.rules.fhir_files import choice, form, instrument_file, item, when, written

FHIR = "application/fhir+json"
STORED = "select key, version, imported_by is not null as named from questionnaires order by key, version"


async def send(
    story: Story, file: dict[str, Any] | bytes, who: str = "omar", media: str = FHIR, query: str = ""
) -> httpx.Response:
    content = file if isinstance(file, bytes) else written(file)
    headers = {"X-Afterglow": "1", "Content-Type": media}
    return await story.staff(who).http.post(f"/api/questionnaires/import{query}", content=content, headers=headers)


async def listed(story: Story, who: str = "vera") -> dict[str, Any]:
    items = (await story.staff(who).get("/api/questionnaires")).json()["items"]
    return {one["id"]: one for one in items}


async def test_a_known_instrument_comes_with_its_scores_and_cut_offs(story: Story) -> None:
    sent = await send(story, instrument_file("phq9"))
    assert sent.status_code == 201, sent.text
    shown = sent.json()["questionnaire"]
    assert (shown["id"], shown["instrument"], shown["recall_days"]) == ("phq9@1", "PHQ-9", 14)
    assert shown["opens_screening"]
    assert [band["least"] for band in shown["scores"][0]["bands"]] == [0, 5, 10, 15, 20]
    assert shown["items"][9] == shown["items"][-1]
    assert [option.get("act") for option in shown["items"][9]["options"]] == [None, "crisis", "crisis", "crisis"]
    assert shown["needs_check"]
    assert [note["place"] for note in shown["notes"]] == ["item[1] (total)"]
    assert await story.rows(STORED) == [{"key": "phq9", "version": 1, "named": True}]
    audited = await story.rows("select detail from audit_log where action = 'questionnaire_imported'")
    assert [row["detail"] for row in audited] == [{"key": "phq9", "version": 1}]


async def test_patients_who_read_another_language_are_counted(story: Story) -> None:
    file = instrument_file("gad7", language="es-MX")
    notes = (await send(story, file)).json()["questionnaire"]["notes"]
    assert notes[-1] == {
        "place": "language", "message": "Some words are not in English, which 1 of your patients read.",
    }  # fmt: skip
    unsaid = (await send(story, {name: value for name, value in form(item("a")).items() if name != "language"})).json()
    assert unsaid["questionnaire"]["notes"][0]["place"] == "language"


async def test_a_newer_file_is_a_new_version_and_the_same_file_is_not(story: Story) -> None:
    assert (await send(story, form(item("a")))).status_code == 201
    again = await send(story, form(item("a"), version="2"))
    assert (again.status_code, again.json()["new"], again.json()["questionnaire"]["id"]) == (200, False, "aform@1")
    newer = await send(story, form(item("a"), item("b")))
    assert (newer.status_code, newer.json()["questionnaire"]["id"]) == (201, "aform@2")
    assert {"aform@2", "safe@1"} <= (await listed(story)).keys()
    assert "aform@1" not in await listed(story)
    older = (await story.staff("vera").get("/api/questionnaires/aform@1")).json()
    assert [one["id"] for one in older["items"]] == ["aform_a"]


async def test_what_cannot_be_taken_is_named_and_nothing_is_stored(story: Story) -> None:
    refused = await send(story, form(item("a"), item("b", "attachment"), choice("c", "x", enableWhen=[when("z", "=")])))
    assert refused.status_code == 422
    assert refused.headers["content-type"] == "application/problem+json"
    assert {error["field"] for error in refused.json()["errors"]} == {
        "item[1] (b)", "item[2] (c)", "item[2] (c).enableWhen",
    }  # fmt: skip
    assert await story.rows(STORED) == []


@pytest.mark.parametrize(
    ("content", "media", "query", "status"),
    [
        (b"{", FHIR, "", 400),
        (b"[" * 100_000, FHIR, "", 400),
        (b"[]", FHIR, "", 422),
        (b'{"resourceType": "Patient"}', FHIR, "", 422),
        (written(form(item("a"))), "application/json", "", 415),
        (written(form(item("a"))), FHIR, "?instrument=nothing", 422),
        (b" " * 600_000, FHIR, "", 413),
    ],
)  # fmt: skip
async def test_what_is_no_questionnaire_is_refused(
    story: Story, content: bytes, media: str, query: str, status: int
) -> None:
    sent = await send(story, content, media=media, query=query)
    assert (sent.status_code, sent.headers["content-type"]) == (status, "application/problem+json")


@pytest.mark.parametrize(("who", "status"), [("lena", 201), ("omar", 201), ("nora", 403), ("vera", 403)])
async def test_who_may_bring_one(story: Story, who: str, status: int) -> None:
    assert (await send(story, form(item("a")), who=who)).status_code == status
    assert (await story.staff(who).get("/api/questionnaires")).status_code == 200


async def test_the_clinic_says_what_it_is_where_no_code_does(story: Story) -> None:
    file = instrument_file("pcl5", codes=False)
    assert (await send(story, file)).json()["questionnaire"]["instrument"] is None
    taken = (await send(story, file, query="?instrument=pcl5")).json()["questionnaire"]
    assert (taken["instrument"], [score["most"] for score in taken["scores"]]) == ("PCL-5", [80, 20, 8, 28, 24])
    refused = await send(story, file, query="?instrument=gad7")
    assert (refused.status_code, refused.json()["errors"]) == (
        422, [{"field": "item", "message": "Has 20 questions, and this instrument has 7."}]
    )  # fmt: skip
    as_it_is = await send(story, instrument_file("gad7"), query="?instrument=none")
    assert (as_it_is.json()["questionnaire"]["key"], as_it_is.json()["questionnaire"]["scored"]) == ("formgad7", False)


async def test_fhir_gives_the_same_questions_back(story: Story) -> None:
    await send(story, instrument_file("phq9"))
    back = await story.staff("vera").get("/api/questionnaires/phq9@1?format=fhir")
    assert (back.status_code, back.headers["content-type"]) == (200, FHIR)
    assert back.json()["code"] == [{"system": "http://loinc.org", "code": "44249-1"}]
    assert [one["linkId"] for one in back.json()["item"]] == ["intro", *(f"/{n}" for n in range(1, 10))]
    again = await send(story, back.content)
    assert (again.status_code, again.json()["new"]) == (200, False)


async def test_those_of_the_protocols_are_there_and_come_as_fhir_too(story: Story) -> None:
    found = await listed(story)
    assert (found["safe@1"]["origin"], found["week@1"]["scored"]) == ("protocol", True)
    for name in found:
        back = await story.staff("vera").get(f"/api/questionnaires/{name}?format=fhir")
        assert back.json()["resourceType"] == "Questionnaire", name
        again = await send(story, back.content)
        assert again.status_code == 201, again.text
        assert again.json()["questionnaire"]["key"] == f"{name.partition('@')[0]}own"


@pytest.mark.parametrize("name", ["phq9@1", "phq9", "@", "safe@99999999", "x@1"])
async def test_what_is_not_there_is_not_found(story: Story, name: str) -> None:
    assert (await story.staff("vera").get(f"/api/questionnaires/{name}")).status_code == 404


async def test_another_clinic_sees_nothing_of_it(story: Story) -> None:
    await send(story, form(item("a")))
    other = story.staff("zoe")
    assert "aform@1" not in {one["id"] for one in (await other.get("/api/questionnaires")).json()["items"]}
    assert (await other.get("/api/questionnaires/aform@1")).status_code == 404


async def test_a_published_version_never_changes(story: Story) -> None:
    await send(story, form(item("a")))
    conn = await asyncpg.connect(story.instance.urls.web_url)
    try:
        for statement in ("update questionnaires set version = 2", "delete from questionnaires"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await conn.execute(statement)
    finally:
        await conn.close()


async def test_the_command_line_takes_the_same_files(
    story: Story, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "key").write_bytes(b64encode(KEY))
    settings = from_env({
        "AFTERGLOW_DATA": str(tmp_path), "DATABASE_OWNER_URL": story.instance.urls.owner_url,
        "AFTERGLOW_KEY_FILE": str(tmp_path / "key"),
    })  # fmt: skip
    file = tmp_path / "form.json"
    file.write_bytes(written(instrument_file("phq9")))
    assert await run_import(settings, file, "Harbor Clinic", None) == 0
    assert "Taken as phq9@1: 10 items, scored as PHQ-9." in capsys.readouterr().out
    file.write_bytes(written(form(item("a", "url"))))
    assert await run_import(settings, file, "Harbor Clinic", None) == 1
    assert "item[0] (a): Asks for an address on the web." in capsys.readouterr().err
    assert await story.rows(STORED) == [{"key": "phq9", "version": 1, "named": True}]
