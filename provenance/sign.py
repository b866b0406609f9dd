"""Signing a finished output with C2PA: a manifest in it says how it was made, and who says so.

The manifest holds hashes of the file's bytes and what the record says. All of it is signed, so that
nobody can change one without the other. Nothing is asked of a network: no timestamp, no status of
the certificate. See docs/provenance.md, and the C2PA specification 2.2 (spec.c2pa.org).
"""

from __future__ import annotations

import errno
import io
import json
import os
import shutil
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from PIL import Image

from files import atomic_file, digest, list_by_number, real_path
from files.quiet_start import PROGRAM

from . import record
from .credentials import Credentials, SigningError

PROGRAM_VERSION = "0.1.0"  # as in setup.cfg; a test compares them
# Formats to which C2PA can bind a manifest, by suffix (specification, annex A); "" is a folder
SIGNED_FORMATS = {
    ".mp4": "video/mp4",
    ".mov": "video/quicktime",
    ".gif": "image/gif",
    ".png": "image/png",
}
OTHER_FORMAT = "name an output that ends in .mp4, .mov or .gif, or a folder for PNG"
# Of the edit: what it put in was drawn by a trained net. The library has no say in which one is
# right; IPTC's compositeWithTrainedAlgorithmicMedia is for the whole of such a clip, and that the
# rest is filmed is said by the action "opened" and its ingredient.
TRAINED_MEDIA = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
CREATED = {"action": "c2pa.created", "digitalSourceType": TRAINED_MEDIA}  # of what is tried out
RECORD_LABEL = f"{PROGRAM}.record"  # of the assertion with what our record says
HASH_SCHEME = "sha256:"  # of an ingredient's instance identifier: the hash of the file
# For what a certificate has to be: e-mail protection, document signing, signing of claims by C2PA
# and by Microsoft (specification, "X.509 certificates"; the trust configuration of c2patool)
SIGNING_USES = (
    "1.3.6.1.5.5.7.3.4",
    "1.3.6.1.5.5.7.3.36",
    "1.3.6.1.4.1.62558.2.1",
    "1.3.6.1.4.1.311.76.59.1.9",
)
MAX_LIBRARY_MB = 64  # of a file that the library copies into memory, else to a temporary file
# An identity assertion may name a web address to look its keys up, so these are not decoded.
C2PA_SETTINGS = {
    "core": {
        "backing_store_memory_threshold_in_mb": MAX_LIBRARY_MB,
        "allowed_network_hosts": [],
        "decode_identity_assertions": False,
    },
    "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False, "verify_trust": True},
    "builder": {"thumbnail": {"enabled": False}},
    "trust": {"trust_config": "\n".join(SIGNING_USES)},
}


def check_format(output: Path) -> None:
    """Raise SigningError if C2PA cannot sign an output of this name."""
    suffix = output.suffix.lower()
    if suffix and suffix not in SIGNED_FORMATS:
        why = "C2PA has no way to bind a manifest to Matroska" if suffix == ".mkv" else "no format"
        raise SigningError(f"{output} cannot be signed: {why}; {OTHER_FORMAT}")


def check_credentials(credentials: Credentials, certificate: Path) -> None:
    """Raise SigningError if C2PA does not accept what this certificate signs.

    Signs a picture of one pixel in memory, and reads it as everybody will.
    """
    import c2pa

    picture, signed = io.BytesIO(), io.BytesIO()
    Image.new("RGB", (1, 1)).save(picture, "png")
    try:
        _sign_stream(picture, signed, ".png", {"assertions": [_actions(CREATED)]}, credentials)
        context = c2pa.Context.from_dict(C2PA_SETTINGS)
        with context, c2pa.Reader("image/png", signed, context=context) as reader:
            if reader.get_validation_state() != "Invalid":
                return
            why = json.loads(reader.json())["validation_status"][-1]["explanation"]
    except c2pa.C2paError as error:
        why = flatten(error)
    raise SigningError(
        f"{certificate} cannot sign for C2PA ({why}); it needs an extended key usage such as "
        "emailProtection or documentSigning, and the chain up to its root"
    )


def sign(
    output: Path,
    credentials: Credentials,
    progress: Callable[[list[Path]], Iterable[Path]] = iter,
) -> str:
    """Sign a finished output in place, whole or not at all; returns the SHA-256 that it had before.

    output    a clip, or a folder whose pictures get a signature each; its record lies beside it,
              and says afterwards who signed
    progress  gives the files that are signed, in turn, and may show how far that is

    Raises SigningError, or OSError if a file cannot be written.
    """
    made, unsigned = record.load(output), digest(output)
    if output.is_dir():
        _sign_pictures(real_path(output), made, credentials, progress)
    else:
        for file in progress([real_path(output)]):
            with atomic_file(file) as signed:
                _sign_into(signed, file, made, credentials)
    record.note_signature(output, unsigned, credentials.describe())
    return unsigned


def flatten(error: Exception) -> str:
    """The library's message, which may have several lines, as one."""
    return " ".join(str(error).split())


def _sign_pictures(folder: Path, made: dict, credentials: Credentials, progress: Callable) -> None:
    """Sign the pictures into a folder beside theirs, which then takes its place."""
    aside, earlier = (folder.with_name(f".{kind}-{folder.name}") for kind in ("part", "old"))
    for leftover in (aside, earlier):
        shutil.rmtree(leftover, ignore_errors=True)
    aside.mkdir()
    try:
        for number, file in enumerate(progress(list_by_number(folder))):
            with open(aside / file.name, "w+b") as signed:
                _sign_into(signed, file, made | {"frame": number}, credentials)
        os.rename(folder, earlier)
        os.rename(aside, folder)
    finally:
        if not folder.exists():
            os.rename(earlier, folder)
        for leftover in (aside, earlier):
            shutil.rmtree(leftover, ignore_errors=True)


def _sign_into(signed: BinaryIO, file: Path, made: dict, credentials: Credentials) -> None:
    """Write a file with its manifest. Raises SigningError, or OSError."""
    import c2pa

    try:
        with open(file, "rb") as unsigned:
            manifest = _manifest(file, made)
            _sign_stream(unsigned, signed, file.suffix.lower(), manifest, credentials)
    except c2pa.C2paError.Io as error:  # a full disk, most often; the library tells no number
        raise OSError(errno.EIO, flatten(error), str(file)) from None
    except c2pa.C2paError as error:
        raise SigningError(
            f"{file} cannot be signed: {flatten(error)}; go on without --sign, or with another "
            "certificate"
        ) from None


def _sign_stream(
    unsigned: BinaryIO, signed: BinaryIO, suffix: str, manifest: dict, credentials: Credentials
) -> None:
    """Write a stream with its manifest. Raises c2pa.C2paError."""
    import c2pa

    chosen = credentials.algorithm.encode(), credentials.chain, credentials.key
    info = c2pa.C2paSignerInfo(*chosen, None)  # None: no authority for timestamps
    context = c2pa.Context.from_dict(C2PA_SETTINGS)
    # A name that is not UTF-8 has surrogates in Python, which the library does not read.
    text = json.dumps(manifest, ensure_ascii=False).encode("utf-8", "replace").decode()
    with context, c2pa.Signer.from_info(info) as signer, c2pa.Builder(text, context) as builder:
        # In a thread of its own: Ctrl-C raises in the main one, and there it would end a read that
        # the library has asked for. The library would take that for the end of the file.
        with ThreadPoolExecutor(1) as pool:
            work = builder.sign, signer, SIGNED_FORMATS[suffix], unsigned, signed
            pool.submit(*work).result()


def _manifest(file: Path, made: dict) -> dict:
    """The manifest of a swap; `made` is what its record says (see `provenance.record`)."""
    edit = {
        "action": "c2pa.edited",
        "when": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "digitalSourceType": TRAINED_MEDIA,
        "description": made["statement"],
        "parameters": {"ingredientIds": [role for role in made["inputs"] if role != "target"]},
    }
    opened = {"action": "c2pa.opened", "parameters": {"ingredientIds": ["target"]}}
    told = {name: made[name] for name in made if name not in ("output", "signed")}
    told |= {"unsigned_sha256": digest(file), "frames": made["output"]["frames"]}
    return {
        "claim_generator_info": [{"name": PROGRAM, "version": PROGRAM_VERSION}],
        "title": file.name,
        "ingredients": [_ingredient(role, **made["inputs"][role]) for role in made["inputs"]],
        "assertions": [
            _actions(opened, edit),
            {"label": RECORD_LABEL, "created": True, "data": told},
        ],
    }


def _actions(*actions: dict) -> dict:
    """The assertion of what was done, in order."""
    return {"label": "c2pa.actions.v2", "created": True, "data": {"actions": list(actions)}}


def _ingredient(role: str, name: str, sha256: str) -> dict:
    """An input by name and hash; nothing of the clip itself, which shows somebody."""
    return {
        "label": role,
        "title": name,
        "relationship": "parentOf" if role == "target" else "inputTo",
        "instance_id": f"{HASH_SCHEME}{sha256}",
        "description": f"the {role}; SHA-256 {sha256}",
    }
