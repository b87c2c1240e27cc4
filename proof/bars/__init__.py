"""The bars that need more than random kills, each with the mutants that must fail it."""
