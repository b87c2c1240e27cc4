"""Faults survived, with real processes: they are killed at random moments, and Slack misbehaves.

A `history` is made from a seed up front; `play` lets the processes live through it on a `stage` (a
sandbox, a database, people); a `witness` notes what really happened; the `verdict` compares that
with what the app stored. `shrinking` finds the shortest history that still does harm, `mutants`
take parts out of the app to see the harness notice, and `usual_designs` are what people usually
write instead.
"""
