"""Two versions of a pack side by side: what changed in meaning, and whom it would move."""
