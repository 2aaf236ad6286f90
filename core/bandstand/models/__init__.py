"""Plain values: what a framework, a piece of evidence and an evaluation are."""
