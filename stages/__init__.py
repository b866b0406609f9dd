"""The stages of a run, each a function or generator of records; `pipeline.py` shows progress and writes files."""
