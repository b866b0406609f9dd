"""For all tests."""

import pytest


@pytest.fixture(autouse=True, scope="session")
def no_measuring():
    """Runs do not measure their results for their pages: that takes a second each.

    tests/report has runs that do. So have all that are processes of their own.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("report.watch.measure", lambda run: None)
        yield
