"""Spark in the place of DuckDB, for companies whose tickets lie in a warehouse: rendering, session, tables."""
