"""Rule kinds: one file each, holding all that the kind means."""
