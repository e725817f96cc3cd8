"""Staff, roles, sign-in, phones' credentials and the guard on every route."""
