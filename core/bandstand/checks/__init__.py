"""Checks of a pack beyond its shape and references: a file for each family, giving problems with what shows them."""
