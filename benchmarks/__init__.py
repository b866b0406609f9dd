import files  # noqa: F401  # first: Ctrl-C may come while the rest is imported
