"""Patients, their invitations and phones over HTTP."""

from server.patients.routes import enrolment, my, patients, pauses, phones

HANDLERS = [*patients.HANDLERS, *phones.HANDLERS, *enrolment.HANDLERS, *my.HANDLERS, *pauses.HANDLERS]
