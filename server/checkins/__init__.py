"""From a treatment session to the check-ins that must happen, and what is due on each."""
