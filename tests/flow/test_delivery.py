"""Messages go out at least once and come to rest only with a receipt, a fallback or a loud end."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from server import worker
from server.demo.faults import Fault
from server.flow import notifications
from server.flow.checkins import checkins_due
from server.flow.notifications import BEGIN_FOR_S, deliver, notifications_due
from server.kit.actor import Actor
from server.notifications import queries as outbox
from server.notifications.channels import Providers
from server.notifications.channels.base import Sender
from server.notifications.channels.gates import AT_ONCE
from server.notifications.model import Message, Outcome
from server.notifications.rules import BARE_AFTER, CRASH_LIMIT
from server.worker import SEND_LANES, Engine, cycle, drain, send_all
from tests.flow.story import ANAS_PHONE, CALM, LENA, NORA, OMAR, Story

OMARS_MAIL = "omar@example.org"
BY_ID = "select state, attempts, crashes, channels, channel_index, last_error from notifications where id = $1"
ALL_MESSAGES = "select * from notifications order by id"
FIRST_PAGE = "select id from notifications where kind = 'page'"
FORGERIES = """
select clinic_id, object_id, actor_kind, count(*)::int as times from audit_log
where action = 'message.forged_report' group by 1, 2, 3
"""
COPIES = """
insert into notifications (clinic_id, id, kind, template, priority, to_kind, patient_id, staff_id, alert_id, dedupe_key,
                           channels, state, next_attempt_at, created_at, expires_at)
select clinic_id, gen_random_uuid(), kind, template, priority, to_kind, patient_id, staff_id, alert_id, dedupe_key || i,
       channels, state, next_attempt_at, created_at, expires_at
from notifications, generate_series(1, 120) i where kind = 'page'
"""


async def urgent(story: Story) -> dict[str, Any]:
    """An urgent alert whose page is still in the outbox."""
    await story.record_session()
    answer = await story.phone.answer(await story.prompted(), CALM, a_sick="many")
    assert answer.status_code == 201, answer.text
    return await story.alert()


async def claimed_and_abandoned(story: Story) -> list[UUID]:
    """A worker takes what is due and dies."""
    async with story.engine.db.begin(Actor("engine", None)) as tx:
        return [message.id for message in await outbox.claim(tx, uuid4(), 50, "pages")]


@pytest.mark.parametrize("status", [500, 429, 503])
async def test_a_provider_in_trouble_is_tried_again(story: Story, status: int) -> None:
    await urgent(story)
    story.sms.faults.fail(status)
    await story.quiet()
    await story.wait(1)
    await story.quiet()
    await story.wait(2)
    await story.settle()
    await story.got(OMAR, "URGENT")


async def test_after_two_failures_the_next_channel_starts_beside_it(story: Story) -> None:
    await urgent(story)
    story.sms.faults.fail(500, times=2)
    await story.settle()
    await story.wait(3)
    await story.settle()
    mail = await story.got(OMARS_MAIL, "URGENT", channel="email")
    await story.wait(5)
    await story.settle()
    text = await story.got(OMAR, "URGENT", channel="sms")
    assert mail.link == text.link


async def test_a_long_pause_asked_for_by_the_provider_is_not_waited_out_alone(story: Story) -> None:
    await urgent(story)
    story.sms.faults.fail(429, retry_after_s=3600)
    await story.settle()
    await story.got(OMARS_MAIL, "URGENT")
    await story.wait(61)
    await story.settle()
    await story.got(OMAR, "URGENT")


async def test_a_number_that_can_never_work_goes_to_email_at_once(story: Story) -> None:
    await urgent(story)
    story.sms.faults.fail(400, code=21614)
    await story.settle()
    await story.got(OMARS_MAIL, "URGENT", channel="email")
    await story.wait(120)
    await story.quiet()


async def test_who_takes_the_alert_while_a_text_hangs_gets_no_mail_about_it(story: Story) -> None:
    await urgent(story)
    story.engine.senders["sms"]._timeout_s = 1.5  # type: ignore[attr-defined]
    story.sms.faults.hang(3.0, keep=False)
    sending = asyncio.create_task(story.settle())
    async with asyncio.timeout(20):
        while not story.sms.forms:
            await asyncio.sleep(0.01)
    await story.done("omar", await story.alert(), "acknowledge")
    await sending
    await story.quiet()
    pages = await story.rows("select state, channels from notifications where kind = 'page'")
    assert pages == [{"state": "cancelled", "channels": ["sms", "email"]}]


async def test_a_provider_that_hangs_is_left_and_the_text_found_again(story: Story) -> None:
    """Another channel starts at once. The text arrived although no answer came: it is looked up before it is sent once
    more, and found although its alert is older by then."""
    story.expected_errors.add("pages_late")
    await urgent(story)
    sender: Any = story.engine.senders["sms"]
    usual, sender._timeout_s = sender._timeout_s, 1.5
    story.sms.faults.hang(3.0, keep=True)
    await story.settle()
    sender._timeout_s = usual
    await story.got(OMAR, "URGENT", "0 min old", channel="sms")
    await story.got(OMARS_MAIL, "URGENT", channel="email")
    await story.wait(63)
    await story.quiet()
    pages = await story.rows("select state, channels from notifications where kind = 'page' order by created_at")
    assert pages == [{"state": "sent", "channels": ["sms", "email"]}, {"state": "sent", "channels": ["email"]}]
    assert len(story.sms.forms) == 2


async def test_a_page_reported_undelivered_goes_on_by_email(story: Story) -> None:
    await urgent(story)
    await story.settle()
    await story.got(OMAR, "URGENT")
    assert (await story.provider_reports("undelivered", ErrorCode="30003")).status_code == 204
    await story.settle()
    await story.got(OMARS_MAIL, "URGENT")
    again = await story.provider_reports("undelivered", ErrorCode="30003")
    assert again.status_code == 204
    await story.quiet()
    (page,) = await story.rows("select state, channel_index from notifications where kind = 'page'")
    assert page == {"state": "sent", "channel_index": 1}


async def test_a_page_that_nobody_can_get_moves_the_alert_on(story: Story) -> None:
    story.expected_errors.add("message_given_up")
    alert = await urgent(story)
    story.sms.faults.fail(400, code=21614)
    story.mail.faults.fail(550, stage="rcpt")
    await story.settle()
    await story.got(NORA, "URGENT  ", alert["reference"])
    for other in (NORA, LENA):
        notice = await story.got(other, "SYSTEM  a page was not delivered")
        assert alert["reference"] not in notice.body
    events = [event["kind"] for event in (await story.alert())["events"]]
    assert events == ["raised", "paged", "page_failed", "paged"]


async def test_a_last_channel_reported_undelivered_moves_the_alert_on(story: Story) -> None:
    story.expected_errors.add("message_given_up")
    alert = await urgent(story)
    await story.instance.owner.execute("update notifications set channels = '{sms}' where kind = 'page'")
    await story.settle()
    await story.got(OMAR, "URGENT")
    await story.provider_reports("failed", ErrorCode="30006")
    await story.settle()
    await story.got(NORA, "URGENT  ", alert["reference"])
    for other in (NORA, LENA):
        await story.got(other, "SYSTEM  a page was not delivered")


async def test_delivered_is_proof_and_nothing_takes_it_back(story: Story) -> None:
    await urgent(story)
    await story.settle()
    await story.got(OMAR, "URGENT")
    for status in ("delivered", "sent", "undelivered", "delivered"):
        assert (await story.provider_reports(status)).status_code == 204
    await story.quiet()
    (page,) = await story.rows("select state from notifications where kind = 'page'")
    assert page["state"] == "delivered"


async def test_a_forged_report_is_refused_and_changes_nothing(story: Story) -> None:
    await urgent(story)
    await story.settle()
    await story.got(OMAR, "URGENT")
    url = story.sms.forms[-1]["StatusCallback"]
    browser = story.instance.browser()
    params = {"MessageSid": "SM1", "MessageStatus": "failed", "To": OMAR}
    before = await story.rows(ALL_MESSAGES)
    for signature in ("", "AAAA", "0" * 28):
        answer = await browser.http.post(url, data=params, headers={"X-Twilio-Signature": signature})
        assert answer.status_code == 403
        assert answer.headers["content-type"] == "application/problem+json"
    await story.quiet()
    assert await story.rows(ALL_MESSAGES) == before
    assert [row["state"] for row in before if row["kind"] == "page"] == ["sent"]
    (written,) = await story.rows(FORGERIES)
    (page,) = await story.rows("select clinic_id, id from notifications where kind = 'page'")
    assert written == {"clinic_id": page["clinic_id"], "object_id": page["id"], "actor_kind": "system", "times": 3}


async def test_a_forged_report_on_a_message_of_nobody_or_of_another_clinic_is_written_nowhere(story: Story) -> None:
    await urgent(story)
    await story.settle()
    await story.got(OMAR, "URGENT")
    genuine = story.sms.forms[-1]["StatusCallback"]
    message, clinic = str((await story.rows(FIRST_PAGE))[0]["id"]), str(story.world.ids.harbor)
    assert message in genuine
    assert clinic in genuine
    others = str(story.world.ids.elsewhere)
    for url in (genuine.replace(message, str(uuid4())), genuine.replace(clinic, others), genuine.partition("&")[0]):
        answer = await story.instance.browser().http.post(url, data={"MessageSid": "SM1", "MessageStatus": "failed"})
        assert answer.status_code == 403
    assert await story.rows(FORGERIES) == []


async def test_nobody_can_be_reached_at_all_and_the_alert_goes_on(story: Story) -> None:
    story.expected_errors.add("message_given_up")
    alert = await urgent(story)
    story.sms.faults.fail(401, times=50)
    story.mail.faults.fail(550, times=50, stage="rcpt")
    await story.settle()
    after = await story.alert()
    assert (after["exhausted"], after["state"]) == (True, "open")
    story.sms.faults.clear()
    story.mail.faults.clear()
    await story.forward(minutes=11)
    for person in (OMAR, NORA, LENA):
        await story.got(person, "URGENT TO ALL", alert["reference"])


async def test_a_worker_killed_between_claim_and_record_loses_nothing(story: Story) -> None:
    await urgent(story)
    (page,) = await claimed_and_abandoned(story)
    await story.quiet()
    await story.wait(31)
    await story.settle()
    await story.got(OMAR, "URGENT")
    await story.quiet()
    (row,) = await story.rows(BY_ID, page)
    assert (row["state"], row["crashes"]) == ("sent", 1)


async def test_a_worker_killed_after_the_provider_took_it_sends_no_second_copy(story: Story) -> None:
    """The text is out, the record of it is not: the next worker finds it at the provider."""
    await urgent(story)
    async with story.engine.db.begin(Actor("engine", None)) as tx:
        (queued,) = await outbox.claim(tx, uuid4(), 50, "pages")
    await deliver(story.engine.db, story.engine.senders, story.engine.origin, [queued])
    await story.got(OMAR, "URGENT")
    await story.instance.owner.execute(
        "update notifications set state = 'queued', lease_token = $2, next_attempt_at = wall_now(), sent_at = null,"
        " provider_ref = null where id = $1", queued.id, uuid4(),
    )  # fmt: skip
    await story.quiet()
    (row,) = await story.rows(BY_ID, queued.id)
    assert (row["state"], row["crashes"]) == ("sent", 1)


async def test_a_slow_worker_cannot_overwrite_who_took_over(story: Story) -> None:
    await urgent(story)
    async with story.engine.db.begin(Actor("engine", None)) as tx:
        (slow,) = await outbox.claim(tx, uuid4(), 50, "pages")
    await story.wait(31)
    await story.settle()
    await story.got(OMAR, "URGENT")
    async with story.engine.db.begin(Actor("engine", slow.clinic_id)) as tx:
        assert not await outbox.mark_sent(tx, slow, "late")
        await outbox.mark_ended(tx, slow, "failed", "late")
    (row,) = await story.rows("select state, provider_ref from notifications where id = $1", slow.id)
    assert row["state"] == "sent"
    assert row["provider_ref"] != "late"


async def test_a_message_that_kills_its_senders_is_parked_and_the_alert_moves_on(story: Story) -> None:
    story.expected_errors.add("message_given_up")
    alert = await urgent(story)
    (page,) = await claimed_and_abandoned(story)
    for _ in range(CRASH_LIMIT - 1):
        await story.wait(31)
        assert await claimed_and_abandoned(story) == [page]
    await story.wait(31)
    await story.settle()
    (row,) = await story.rows(BY_ID, page)
    assert (row["state"], row["crashes"]) == ("parked", CRASH_LIMIT)
    await story.got(NORA, "URGENT  ", alert["reference"])
    for other in (NORA, LENA):
        await story.got(other, "SYSTEM  a page could not be sent")


async def test_a_page_whose_words_kill_goes_out_in_bare_ones(story: Story) -> None:
    alert = await urgent(story)
    for _ in range(BARE_AFTER):
        assert len(await claimed_and_abandoned(story)) == 1
        await story.wait(31)
    await story.settle()
    said = await story.got(OMAR, "URGENT  An alert is waiting")
    assert alert["reference"] not in said.body
    assert said.link is not None
    assert said.link.endswith("/team")
    await story.quiet()


async def test_poison_takes_no_neighbour_with_it(story: Story) -> None:
    """After a crash, messages go one at a time, beside the fresh ones."""
    await story.record_session()
    answer = await story.phone.answer(await story.prompted(), CALM, a_danger="chest_pain")
    assert answer.status_code == 201, answer.text
    assert len(await claimed_and_abandoned(story)) == 2
    await story.wait(31)
    assert len(await claimed_and_abandoned(story)) == 1
    await story.settle()
    assert len(story.messages.unexpected()) == 1
    await story.wait(31)
    await story.settle()
    await story.got(OMAR, "EMERGENCY")
    await story.got(NORA, "EMERGENCY")


async def test_two_workers_at_once_send_each_message_once(story: Story) -> None:
    await story.record_session()
    now = await story.now()
    await story.set_time(now.replace(hour=now.hour + 3))
    await asyncio.gather(cycle(story.engine), cycle(story.engine), cycle(story.engine))
    await drain(story.engine)
    await story.got(ANAS_PHONE, "Time to check in")
    await story.quiet()
    answer = await story.phone.answer(await story.phone.open(), CALM, a_danger="chest_pain")
    assert answer.status_code == 201, answer.text
    send = (story.engine.db, story.engine.senders, story.engine.origin)
    await asyncio.gather(*(notifications_due(*send, "pages") for _ in range(3)))
    await story.got(OMAR, "EMERGENCY")
    await story.got(NORA, "EMERGENCY")
    await story.forward(minutes=6)
    await story.got(LENA, "EMERGENCY  ")


async def test_a_prompt_that_cannot_go_by_text_goes_by_email(story: Story) -> None:
    changed = await story.staff("nora").call("PATCH", f"/api/patients/{story.ana}", {"email": "ana@example.org"})
    assert changed.status_code == 200, changed.text
    await story.record_session()
    story.sms.faults.fail(400, code=21610)
    await story.forward(hours=3)
    prompt = await story.got("ana@example.org", "Time to check in", channel="email")
    assert "/c#token=" in (prompt.link or "")


async def test_a_prompt_that_fails_is_shown(story: Story) -> None:
    story.expected_errors.add("message_given_up")
    await story.record_session()
    story.sms.faults.fail(400, code=21614, times=1)
    await story.forward(hours=3)
    (shown,) = await story.timeline("message")
    assert (shown["state"], shown["to"], shown["channel"]) == ("failed", "patient", "sms")
    await story.quiet()


async def test_an_answer_takes_back_the_prompts_that_wait(story: Story) -> None:
    await story.record_session()
    story.sms.faults.fail(500, times=1)
    await story.forward(hours=3)
    answer = await story.phone.answer(await story.phone.open(), CALM)
    assert answer.status_code == 201, answer.text
    await story.wait(600, turning=True)
    await story.quiet()


async def test_what_leaves_the_box_is_neutral(story: Story) -> None:
    """No name, drug, symptom or clinic in any message, header or form."""
    alert = await urgent(story)
    story.sms.faults._script.append(Fault(status=500))
    await story.settle()
    await story.wait(3)
    await story.settle()
    page = await story.got(OMAR, "URGENT")
    words = ("ana", "ruiz", "ketamine", "vomit", "threw", "harbor", "1984", "40 mg")
    for taken in story.sms.forms:
        said = " ".join(taken.values()).lower()
        assert not [word for word in words if word in said.split() or (word in said and len(word) > 3)]
    assert page.body.startswith(
        f"URGENT  {alert['reference']}  0 min old  ack by 13:30  https://localhost/team/alerts/"
    )


class Slow(Sender):
    """A provider that takes everything, and so long for each on a clock of its own: what a tick has time for does not
    depend on how busy the machine is."""

    def __init__(self, seconds: float) -> None:
        self.taken: list[UUID] = []
        self._seconds = seconds
        self._passed = 0.0

    def monotonic(self) -> float:
        return self._passed

    async def send(self, message: Message) -> Outcome:
        await asyncio.sleep(0)
        self._passed += self._seconds
        self.taken.append(message.id)
        return Outcome("accepted")

    async def close(self) -> None:
        return


async def test_a_slow_provider_is_not_mistaken_for_a_message_that_kills(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A tick takes no more than it can finish: nothing is cut off in the middle of a send and counted as a crash."""
    await story.record_session()
    check_in = await story.prompted()
    assert (await story.phone.answer(check_in, CALM, a_sick="many")).status_code == 201
    await story.instance.owner.execute(COPIES)
    await story.instance.owner.execute("update notifications set priority = 2 where kind = 'page'")
    # However the lanes share the copies, there is time to begin some of them and not all.
    slow = Slow(BEGIN_FOR_S / AT_ONCE)
    for module in (notifications, worker):
        monkeypatch.setattr(module, "monotonic", slow.monotonic)
    engine = Engine(story.engine.db, Providers({"sms": slow}), story.engine.origin)
    assert await send_all(engine, for_s=BEGIN_FOR_S / AT_ONCE) == 121
    left = await story.rows("select crashes, attempts, lease_token from notifications where state = 'queued'")
    assert len(left) == 121 - len(slow.taken)
    assert AT_ONCE <= len(slow.taken) <= 2 * SEND_LANES * AT_ONCE
    assert all(row == {"crashes": 0, "attempts": 0, "lease_token": None} for row in left)
    await drain(engine)
    states = await story.rows("select distinct state, crashes from notifications where kind = 'page'")
    assert states == [{"state": "sent", "crashes": 0}]
    assert len(slow.taken) == len(set(slow.taken)) == 121


async def test_no_prompt_goes_out_for_a_check_in_that_is_over(story: Story) -> None:
    """It was put in the outbox; before it was sent, somebody answered on another way."""
    await story.record_session()
    await story.set_time(await story.now() + timedelta(hours=3, minutes=1))
    await checkins_due(story.engine.db)
    await story.instance.owner.execute(
        "update check_ins set state = 'answered', next_action_at = null where state = 'open'"
    )
    await story.settle()
    await story.quiet()
    (prompt,) = await story.rows("select state from notifications where kind = 'prompt'")
    assert prompt["state"] == "cancelled"
