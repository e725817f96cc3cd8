"""Whatever dies, nothing is lost and nothing goes silent: faults against real processes and a real PostgreSQL."""
