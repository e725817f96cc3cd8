"""The people who are looked after: enrolment, contacts, companion, and the numbers that help them."""
