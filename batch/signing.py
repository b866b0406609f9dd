"""--sign: all swaps of a set are signed with one certificate, by the processes that make them.

The key goes to no worker: each machine has to see it under the same path.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from provenance import credentials, sign
from provenance.credentials import SigningError
from provenance.local_chain import CHAIN_NAMES, make_test_certificate

SHOWN_DIGITS = 16  # of a fingerprint in a message, as many as a key has; by choice


@dataclass(frozen=True)
class Signer:
    """The certificate of a set and its key, by their places; what is in them is read by each job.

    fingerprint  the certificate's SHA-256; empty if a dry run would have to make it
    """

    certificate: Path  # absolute
    key: Path  # absolute
    fingerprint: str

    @property
    def words(self) -> list[str]:
        """The option of pipeline.py."""
        return ["--sign", str(self.certificate), str(self.key)]

    @property
    def paths(self) -> tuple[Path, Path]:
        """Both places."""
        return self.certificate, self.key


def find_signer(
    pair: list[Path] | None, test_folder: Path | None, make: bool = True
) -> Signer | None:
    """What --sign or --test-certificate names, checked as pipeline.py does; None without both.

    pair         the certificate and its key
    test_folder  the folder of a test certificate, which is made unless it is there
    make         False: it is not made

    Raises SigningError if it cannot sign.
    """
    if test_folder:
        if not make and not test_folder.exists():
            credentials.require_packages("--test-certificate")
            return Signer(*(test_folder.absolute() / name for name in CHAIN_NAMES[:2]), "")
        pair = make_test_certificate(test_folder)
    if not pair:
        return None
    found = credentials.load(*pair)
    sign.check_credentials(found, pair[0])
    return Signer(*(path.absolute() for path in pair), found.fingerprint)


def find_problem(signer: Signer) -> str:
    """On a worker: why it cannot sign with this certificate; empty if it can."""
    try:
        found = credentials.load(*signer.paths)
    except SigningError as error:
        return str(error)
    if found.fingerprint == signer.fingerprint:
        return ""
    return f"{signer.certificate} is another certificate there than here"
