"""Whole packs drawn at random, of every kind of rule and whatever else a pack can have; and people with evidence."""
