"""Locks and signatures: which packs a trust has agreed to, who vouches for them, and the last good ones, kept."""
