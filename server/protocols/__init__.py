"""Versioned clinical documents: what is asked, when, what an answer means, and who is called."""
