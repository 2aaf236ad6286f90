"""Checks of a pack beyond its shape and references: one file for each family, each giving problems with what shows them."""
