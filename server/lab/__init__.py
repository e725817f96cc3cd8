"""The rule lab: what a protocol version would have made of answers that are there, before anybody signs it off."""
