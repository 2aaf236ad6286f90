"""Evidence, people and ragging sheets in and out of files."""
