"""Benches: the whole product path beside the plainest thing PostgreSQL can do. Ratios count, seconds do not."""
