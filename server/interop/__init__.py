"""What comes from and goes to other systems: files of sessions, questionnaires in FHIR."""
