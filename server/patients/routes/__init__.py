"""Patients, their invitations and phones over HTTP."""

from server.patients.routes import enrolment, my, patients, phones

ROUTES = [*patients.ROUTES, *phones.ROUTES, *enrolment.ROUTES, *my.ROUTES]
