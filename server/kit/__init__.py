"""Domain-free parts: clock, database, cryptography, errors, audit."""
