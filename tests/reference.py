"""Where recorded outputs of other programs lie, for the tests that compare with them.

They are not part of the project. The environment variable FACESWAP_REFERENCE names their folder;
without it, `../shared/reference` beside the checkout. Where there is none, these tests skip.
"""

import os
from pathlib import Path

import pytest

REFERENCE = Path(
    os.environ.get("FACESWAP_REFERENCE", Path(__file__).parents[2] / "shared" / "reference")
)

needs_reference = pytest.mark.skipif(not REFERENCE.is_dir(), reason="no recorded reference data")
