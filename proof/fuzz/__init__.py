"""Hostile input: everything that outsiders reach, put to generated cases by the thousand.

A *target* is a place that outsiders reach, with the cases made for it. The *judge* says what a case
may never bring about. `python -m proof.fuzz` runs them all; docs/hostile-input.md shows the result.
"""
