"""Colleagues and the call list: the last admin stays, a disabled colleague is out at once, pages reach somebody."""

from typing import Any

import pytest

from tests.api.instance import Browser, Instance

NEW = {
    "name": "Iris",
    "email": "iris@example.org",
    "role": "nurse",
    "password": "a long password",
    "phone": "600 000 009",
}


async def change(browser: Browser, instance: Instance, who: str, **body: Any) -> Any:
    return await browser.call("PATCH", f"/api/staff/{instance.ids.staff[who]}", body)


async def test_an_added_colleague_can_sign_in(instance: Instance) -> None:
    lena = await instance.as_staff("lena")
    answer = await lena.post("/api/staff", NEW)
    assert answer.status_code == 201
    assert answer.json() == {
        "id": answer.json()["id"], "name": "Iris", "role": "nurse", "email": "iris@example.org",
        "phone_masked": "+34 ••• 09", "disabled": False, "on_call_list": False,
    }  # fmt: skip
    assert (await instance.browser().sign_in("iris", "a long password")).status_code == 200
    listed = (await lena.get("/api/staff")).json()["items"]
    assert [one["name"] for one in listed] == ["Iris", "Lena", "Nora", "Omar", "Vera"]


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ({"password": "eleven char"}, "password"),
        ({"email": "iris"}, "email"),
        ({"phone": "12"}, "phone"),
        ({"role": "owner"}, "role"),
        ({"name": " "}, "name"),
        ({"language": "xx"}, "language"),
        ({"admin": True}, "admin"),
    ],
)
async def test_wrong_fields_of_a_colleague_are_named(instance: Instance, field: dict[str, Any], wrong: str) -> None:
    lena = await instance.as_staff("lena")
    answer = await lena.post("/api/staff", {**NEW, **field})
    assert (answer.status_code, [e["field"] for e in answer.json()["errors"]]) == (422, [wrong])


async def test_an_e_mail_is_used_once_on_the_whole_instance(instance: Instance) -> None:
    lena = await instance.as_staff("lena")
    here = await lena.post("/api/staff", {**NEW, "email": "NORA@example.org"})
    elsewhere = await lena.post("/api/staff", {**NEW, "email": "zoe@example.org"})
    assert (here.status_code, elsewhere.status_code) == (409, 409)
    assert here.content == elsewhere.content


async def test_a_disabled_colleague_is_out_with_the_next_call_and_off_the_call_list(instance: Instance) -> None:
    lena, nora = await instance.as_staff("lena"), await instance.as_staff("nora")
    staff = instance.ids.staff
    await lena.call("PUT", "/api/clinic/call-list", {"staff_ids": [str(staff["nora"]), str(staff["lena"])]})
    answer = await change(lena, instance, "nora", disabled=True)
    assert (answer.status_code, answer.json()["disabled"], answer.json()["on_call_list"]) == (200, True, False)
    assert (await nora.get("/api/me")).status_code == 401
    assert (await instance.browser().sign_in("nora")).status_code == 401
    shown = (await lena.get("/api/clinic/call-list")).json()
    assert [one["name"] for one in shown["items"]] == ["Lena"]
    assert shown["warning"]


async def test_a_disabled_colleague_can_be_enabled_again(instance: Instance) -> None:
    lena = await instance.as_staff("lena")
    await change(lena, instance, "nora", disabled=True)
    assert (await change(lena, instance, "nora", disabled=False)).json()["disabled"] is False
    assert (await instance.browser().sign_in("nora")).status_code == 200


async def test_a_change_of_role_ends_sign_ins(instance: Instance) -> None:
    lena, nora = await instance.as_staff("lena"), await instance.as_staff("nora")
    assert (await change(lena, instance, "nora", role="viewer")).json()["role"] == "viewer"
    assert (await nora.get("/api/me")).status_code == 401


async def test_a_wrong_contact_is_corrected_and_the_old_e_mail_is_free_again(instance: Instance) -> None:
    lena, nora = await instance.as_staff("lena"), await instance.as_staff("nora")
    answer = await change(lena, instance, "nora", email=" Nora.Berg@Example.org ", phone="600 000 077")
    assert (answer.status_code, answer.json()["email"]) == (200, "Nora.Berg@Example.org")
    assert answer.json()["phone_masked"] == "+34 ••• 77"
    assert (await nora.get("/api/me")).status_code == 200
    assert (await instance.browser().sign_in("nora")).status_code == 401
    assert (await instance.browser().sign_in("nora.berg")).status_code == 200
    assert (await lena.post("/api/staff", {**NEW, "email": "nora@example.org"})).status_code == 201


async def test_a_contact_in_use_or_wrong_changes_nothing(instance: Instance) -> None:
    lena = await instance.as_staff("lena")
    for taken in ("omar@example.org", "zoe@example.org"):
        assert (await change(lena, instance, "nora", email=taken, phone="600 000 077")).status_code == 409
    wrong = await change(lena, instance, "nora", email="nora", phone="600 000 077")
    assert (wrong.status_code, [e["field"] for e in wrong.json()["errors"]]) == (422, ["email"])
    (nora,) = [one for one in (await lena.get("/api/staff")).json()["items"] if one["name"] == "Nora"]
    assert (nora["email"], nora["phone_masked"]) == ("nora@example.org", None)
    assert (await instance.browser().sign_in("nora")).status_code == 200


async def test_a_language_once_chosen_is_the_colleagues_everywhere(instance: Instance) -> None:
    nora, elsewhere = await instance.as_staff("nora"), await instance.as_staff("nora")
    assert (await nora.call("PATCH", "/api/me", {"language": "es"})).json()["language"] == "es"
    assert (await elsewhere.get("/api/me")).json()["language"] == "es"
    assert (await (await instance.as_staff("omar")).get("/api/me")).json()["language"] == "en"
    assert (await nora.call("PATCH", "/api/me", {"language": "xx"})).status_code == 422


async def test_the_last_admin_stays(instance: Instance) -> None:
    lena = await instance.as_staff("lena")
    assert (await change(lena, instance, "lena", disabled=True)).status_code == 409
    assert (await change(lena, instance, "lena", role="nurse")).status_code == 409
    await change(lena, instance, "omar", role="admin")
    assert (await change(lena, instance, "lena", role="nurse")).status_code == 200


async def test_colleagues_of_another_clinic_do_not_exist(instance: Instance) -> None:
    zoe = await instance.as_staff("zoe")
    assert [one["name"] for one in (await zoe.get("/api/staff")).json()["items"]] == ["Zoe"]
    assert (await change(zoe, instance, "nora", disabled=True)).status_code == 404
    answer = await zoe.call("PUT", "/api/clinic/call-list", {"staff_ids": [str(instance.ids.staff["nora"])]})
    assert answer.status_code == 422


async def test_the_call_list_takes_what_it_gave(instance: Instance) -> None:
    lena = await instance.as_staff("lena")
    wanted = [str(instance.ids.staff[who]) for who in ("nora", "lena")]
    shown = (await lena.call("PUT", "/api/clinic/call-list", {"staff_ids": wanted})).json()
    again = await lena.call("PUT", "/api/clinic/call-list", shown | {"items": shown["items"][::-1]})
    assert [entry["staff_id"] for entry in again.json()["items"]] == wanted[::-1]
    for wrong in ({}, {"staff_ids": wanted, "items": shown["items"]}):
        assert (await lena.call("PUT", "/api/clinic/call-list", wrong)).status_code == 422


async def test_the_call_list_keeps_its_order_and_shows_masked_contacts(instance: Instance) -> None:
    lena = await instance.as_staff("lena")
    wanted = [str(instance.ids.staff[who]) for who in ("nora", "omar", "lena")]
    answer = await lena.call("PUT", "/api/clinic/call-list", {"staff_ids": wanted})
    assert [one["staff_id"] for one in answer.json()["items"]] == wanted
    assert (answer.json()["reachable"], answer.json()["warning"]) == (3, None)
    assert answer.json()["items"][2]["phone_masked"] == "+34 ••• 01"
    assert "600000001" not in answer.text
    assert "lena@" not in answer.text
    nora = await instance.as_staff("nora")
    assert (await nora.get("/api/me")).json()["call_list"] == {"reachable": 3, "warning": None}


async def test_who_cannot_be_paged_is_not_taken(instance: Instance) -> None:
    lena, staff = await instance.as_staff("lena"), instance.ids.staff
    for wrong in ([str(staff["vera"])], [str(staff["nora"])] * 2, [str(instance.ids.harbor)], ["x"], None):
        assert (await lena.call("PUT", "/api/clinic/call-list", {"staff_ids": wrong})).status_code == 422
    shown = (await lena.get("/api/clinic/call-list")).json()
    assert ([one["name"] for one in shown["items"]], shown["reachable"]) == (["Lena"], 1)


@pytest.mark.parametrize("who", ["omar", "nora", "vera"])
async def test_only_admins_manage_the_clinic(instance: Instance, who: str) -> None:
    browser = await instance.as_staff(who)
    assert (await browser.get("/api/staff")).status_code == 403
    assert (await browser.post("/api/staff", NEW)).status_code == 403
    assert (await change(browser, instance, "nora", role="admin")).status_code == 403
    assert (await browser.call("PUT", "/api/clinic/call-list", {"staff_ids": []})).status_code == 403


async def test_a_protocol_is_signed_once_by_name(instance: Instance) -> None:
    omar, nora = await instance.as_staff("omar"), await instance.as_staff("nora")
    listed = (await nora.get("/api/protocols")).json()["items"]
    assert listed
    assert all(one["needs_sign_off"] for one in listed)
    path = f"/api/protocols/{listed[0]['key']}/{listed[0]['version']}/sign-off"
    assert (await nora.post(path, {})).status_code == 403
    signed = await omar.post(path, {})
    assert (signed.status_code, signed.json()["signed_by"]["name"]) == (200, "Omar")
    assert signed.json()["needs_sign_off"] is False
    assert (await omar.post(path, {})).status_code == 409
    assert (await omar.post("/api/protocols/none/1/sign-off", {})).status_code == 404
