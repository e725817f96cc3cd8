"""Answers: checked, judged by the rules of the protocol version, and turned into advice."""
