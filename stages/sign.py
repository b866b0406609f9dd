"""The end of a run with --sign: what it wrote is signed, once, after everything else.

A signature changes the bytes, and no two are the same. So the run's results and the record of the
output have two hashes: `sha256` of the file that lies there, and `unsigned_sha256` of what it was
before, which a replay compares.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from files import digest
from provenance import credentials, sign
from provenance.credentials import Credentials

from .run import Run
from .settings import Settings
from .truth import truth_clips, write_clips_table


def check_signing(settings: Settings) -> None:
    """Raise SigningError if the output cannot be signed as the settings ask; signs nothing."""
    if settings.sign:
        sign.check_format(settings.output)
        sign.check_credentials(credentials.load(*settings.sign), settings.sign[0])


@contextmanager
def signing(run: Run) -> Iterator[None]:
    """A context in which the stage "write" is made; at its end, what it wrote is signed if asked.

    What is signed with this certificate already is left alone. Without --sign a signature stays.
    Raises SigningError.
    """
    signer = credentials.load(*run.settings.sign) if run.settings.sign else None
    if signer and _find_signer(run) not in (None, signer.fingerprint):
        run.tell("signed with another certificate before: the output is written anew")
        _reopen(run)
    yield
    if signer and _find_signer(run) is None:
        _sign(run, signer)


def _find_signer(run: Run) -> str | None:
    """The fingerprint of the certificate that the output is signed with; None if it is not."""
    output = run.record["results"].get("output", {})
    return output.get("signature", {}).get("certificate_sha256")


def _reopen(run: Run) -> list[str]:
    """Call the stage "write" unfinished, so that it is made anew unless it is finished again.

    A kill may come between two files. Returns the names of the files whose content was checked.
    """
    checked = run.record["stages"].get("write", {}).pop("sha256", {})
    run.save()
    return list(checked)


def _sign(run: Run, signer: Credentials) -> None:
    """Sign the output and the clips of the truth, and record their new hashes."""
    settings, checked = run.settings, _reopen(run)
    unsigned = sign.sign(
        settings.output, signer, lambda files: run.progress(files, "sign", len(files))
    )
    if settings.truth:
        for clip in truth_clips(settings.truth).values():
            sign.sign(clip, signer)
        write_clips_table(settings.truth)
    hashes = {"sha256": digest(settings.output), "unsigned_sha256": unsigned}
    output = run.record["results"]["output"] | hashes | {"signature": signer.describe()}
    run.record["stages"]["write"]["sha256"] = {name: digest(run.path / name) for name in checked}
    run.result(output=output)
    run.tell(f"{settings.output}: signed by {signer.subject}, certified by {signer.issuer}")
