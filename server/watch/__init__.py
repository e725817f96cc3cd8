"""The watcher: a patient and a colleague made up by it go through the whole loop from outside, again and again."""
