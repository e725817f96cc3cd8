"""Faults that stories with simulated phones and a clock to turn prove exactly: they are played, not copied."""

import asyncio
import re
import sys

from tests.chaos.processes import ROOT
from tests.chaos.result import Result

PUSH, DELIVERY = "tests/flow/test_push.py", "tests/flow/test_delivery.py"
GONE = (
    f"{PUSH}::test_a_phone_that_is_gone_is_retired_and_a_text_goes_at_once",
    f"{PUSH}::test_one_that_signs_out_while_the_message_waits_gets_a_text",
)
UNSEEN = (
    f"{PUSH}::test_a_push_that_no_phone_shows_becomes_a_text_after_three_minutes",
    f"{PUSH}::test_a_routine_prompt_waits_a_quarter_of_an_hour_and_wakes_nobody",
    f"{PUSH}::test_a_late_receipt_comes_too_late_for_one_text_and_no_more",
    f"{PUSH}::test_two_workers_fall_back_once",
)
REPORTS = (
    f"{DELIVERY}::test_delivered_is_proof_and_nothing_takes_it_back",
    f"{DELIVERY}::test_a_forged_report_is_refused_and_changes_nothing",
    f"{DELIVERY}::test_a_forged_report_on_a_message_of_nobody_or_of_another_clinic_is_written_nowhere",
    f"{DELIVERY}::test_a_page_reported_undelivered_goes_on_by_email",
    f"{DELIVERY}::test_a_last_channel_reported_undelivered_moves_the_alert_on",
)
SUMMER_TIME = (
    "tests/flow/test_summer_time.py",
    "tests/rules/test_summer_time.py",
    "tests/rules/test_calendar.py",
    "tests/rules/test_rota.py",
    "tests/rules/test_checkins.py",
)
NOBODY = (
    "tests/flow/test_escalation.py::test_nobody_to_page_is_said_aloud_and_tried_again_each_minute",
    f"{DELIVERY}::test_nobody_can_be_reached_at_all_and_the_alert_goes_on",
    "tests/flow/test_rota.py::test_a_gap_in_the_hours_of_coverage_is_an_incident",
    "tests/flow/test_rota.py::test_a_colleague_who_left_is_passed_over",
    "tests/flow/test_page_answers.py::test_stop_from_who_is_on_call_is_an_incident_and_the_next_is_paged",
)
RESTORED = (
    "tests/test_backups.py::test_nothing_is_sent_before_an_admin_starts_sending",
    "tests/test_backups.py::test_a_database_that_wakes_up_in_another_system_is_held_once",
)
PASSED = re.compile(rb"(\d+) passed")


async def told(seed: int, tests: tuple[str, ...]) -> Result:
    """So many stories held, and none did not. The seed says nothing to them."""
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests]
    process = await asyncio.create_subprocess_exec(
        *words, cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    said, _ = await process.communicate()
    found = PASSED.search(said)
    assert process.returncode == 0, said.decode(errors="replace")[-2000:]
    assert found is not None
    count = int(found.group(1))
    return Result(faults=f"{count} stories", cases=count, lost=None, copies=None, also=", ".join(sorted(_files(tests))))


def _files(tests: tuple[str, ...]) -> set[str]:
    return {test.partition("::")[0] for test in tests}
