"""Everybody at once: the column engine, which runs a pack's clauses over a whole workforce, and what runs it.

It imports neither durable-rules nor the service. NumPy, Arrow and DuckDB are the extra ``workforce``.
"""
