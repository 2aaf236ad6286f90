"""Packs: loaded, validated, checked, and listed."""
