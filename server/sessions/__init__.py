"""Treatment sessions: what was given, when, how the patient left."""
