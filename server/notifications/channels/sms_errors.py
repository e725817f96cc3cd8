"""What the provider's error numbers mean for us: another number, another try, or another set-up."""

from server.notifications.model import Outcome

NO_TEXTS = "sms_21610"
"""The person replied STOP: for staff an incident, for a patient a change of channel that the clinic sees."""

# The set-up of the account: no message will pass until the operator has changed it.
CONFIGURATION = frozenset({20003, 21212, 21408, 21603, 21606, 21607, 21608, 21611, 21660, 30002, 30032, 30034})
# Queue full, phone off or out of reach, unknown network trouble, expired in the queue, provider's own fault.
TEMPORARY = frozenset({20429, 30001, 30003, 30008, 30017, 30036, 30500})


def from_code(code: int | None) -> Outcome:
    """The outcome for an error number of the API or of a status callback.

    What is not known to be temporary or ours to set up (landline 21614 and 30006, invalid 21211, STOP 21610, blocked
    30004, filtered 30007, ...) is permanent: the next channel is better than the same refusal again.
    """
    if code is None:
        return Outcome("permanent", error_code="sms_refused")
    if code in CONFIGURATION:
        return Outcome("configuration", error_code=f"sms_{code}")
    return Outcome("temporary" if code in TEMPORARY else "permanent", error_code=f"sms_{code}")
