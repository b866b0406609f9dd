"""The stages of a run, in order: detect, align, train, convert, write. Each takes a `Run`."""
