"""The HTTP interface, tried from outside on real databases."""
