"""Help numbers grow old: the build warns at 90 days and fails at 180."""

import warnings
from datetime import UTC, datetime

from server.patients.help import FAIL_AFTER_DAYS, WARN_AFTER_DAYS, load_help, stale_help


def test_no_help_number_is_too_old_to_trust() -> None:
    today = datetime.now(UTC).date()
    assert load_help()
    assert stale_help(today, FAIL_AFTER_DAYS) == (), "check these numbers and update checked_on"
    if old := stale_help(today, WARN_AFTER_DAYS):
        with warnings.catch_warnings():
            warnings.simplefilter("default")
            warnings.warn(f"{len(old)} help numbers want checking soon", stacklevel=1)
