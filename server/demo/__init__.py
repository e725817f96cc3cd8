"""A clinic to try out, and simulators that speak the real protocols. Imported only by `up --demo` and by tests."""
