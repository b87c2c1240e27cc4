"""The proof: what the app is put to, and what it is measured against.

Everything here runs the real app from outside or beside it, and nothing of the app knows it. The
tests use the same servers and oracles; `make chaos`, `make fuzz` and `make bench` print tables.
"""
