"""The page of a run, RUN/index.html: one file that opens from disk. `python -m report RUN`.

Read `page.py` first: it says what the page shows, and where each part comes from.
"""

import files  # noqa: F401  # first: Ctrl-C may come while the rest is imported

from .folder import MissingRun, ReportError, RunFolder, read_folder
from .page import PAGE_NAME, write_page
from .watch import PageWatcher
