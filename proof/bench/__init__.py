"""Work done in a given time: the app and what people usually write, side by side in one run."""
