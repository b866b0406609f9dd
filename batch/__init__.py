"""Many swaps on many machines, with Dask: a CSV file of jobs -> a labelled data set."""

import files  # noqa: F401  # first: Ctrl-C may come while the rest is imported
