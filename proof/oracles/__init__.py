"""The rules, worked out a second time in another way: what the app's own results must equal."""
