"""A second reader of C2PA, for tests: enough of the specification 2.2 to check a signature.

It shares nothing with the library that signs. It reads the boxes (JUMBF, ISO 19566-5), CBOR, and
the signature (COSE_Sign1, RFC 9052) by itself; only the elliptic curve is that of `cryptography`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import cbor2
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

C2PA_UUID = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")  # of the box in an MP4 (annex A.5)
ES256, X5CHAIN = -7, 33  # COSE's numbers of the algorithm and of the certificates (RFC 9053, 9360)


class Broken(Exception):
    """What is wrong with a signature."""


def check(path: Path, root: Path) -> dict:
    """Check a file's manifest against the file and a root's certificate; returns its assertions.

    Raises Broken.
    """
    data = path.read_bytes()
    boxes = _read_store(_find_store(data))
    claim = cbor2.loads(_content(boxes["c2pa.claim.v2"]))
    _check_signature(boxes, root)
    listed = claim["created_assertions"] + claim.get("gathered_assertions", [])
    assertions = {}
    for link in listed:
        label = link["url"].rsplit("/", 1)[-1]
        if hashlib.sha256(boxes[label]).digest() != link["hash"]:
            raise Broken(f"assertion {label} is not the one in the claim")
        assertions[label] = cbor2.loads(_content(boxes[label]))
    binding = next(label for label in assertions if label.startswith("c2pa.hash."))
    kind = _hash_boxes if "bmff" in binding else _hash_rest
    if kind(data, assertions[binding]["exclusions"]) != assertions[binding]["hash"]:
        raise Broken("the file is not the one that was signed")
    return assertions


def _find_store(data: bytes) -> bytes:
    """The manifest store in the bytes of a file, by its format (annex A)."""
    if data[:4] == b"\x89PNG":
        at = data.index(b"caBX")
        return data[at + 4 : at + 4 + int.from_bytes(data[at - 4 : at], "big")]
    if data[:3] == b"GIF":
        at = data.index(b"\x21\xff\x0bC2PA_GIF\x01\x00\x00") + 14
        blocks = b""
        while length := data[at]:
            blocks, at = blocks + data[at + 1 : at + 1 + length], at + 1 + length
        return blocks
    for _, kind, content in _boxes(data):
        if kind == b"uuid" and content[:16] == C2PA_UUID:
            purpose, rest = content[20:].split(b"\0", 1)  # after version and flags
            if purpose == b"manifest":
                return rest[8:]  # after the place of further hashes
    raise Broken("no manifest store")


def _boxes(data: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """The place, the type and the content of each box (ISO 14496-12, 4.2)."""
    at = 0
    while at < len(data):
        size, head = int.from_bytes(data[at : at + 4], "big"), 8
        if size == 1:
            size, head = int.from_bytes(data[at + 8 : at + 16], "big"), 16
        size = size or len(data) - at
        yield at, data[at + 4 : at + 8], data[at + head : at + size]
        at += size


def _read_store(store: bytes) -> dict[str, bytes]:
    """What the last manifest of a store holds: the content of each labelled box."""
    _, kind, content = next(_boxes(store))
    assert kind == b"jumb" and _label(content) == "c2pa"
    manifest = [inner for _, kind, inner in _boxes(content) if kind == b"jumb"][-1]
    return dict(_walk(manifest))


def _walk(content: bytes) -> Iterator[tuple[str, bytes]]:
    for _, kind, inner in _boxes(content):
        if kind == b"jumb":
            yield _label(inner), inner
            yield from _walk(inner)


def _label(content: bytes) -> str:
    """The label in a superbox's description box."""
    _, kind, described = next(_boxes(content))
    assert kind == b"jumd" and described[16] & 2
    return described[17:].split(b"\0", 1)[0].decode()


def _content(superbox: bytes) -> bytes:
    """The CBOR in a labelled box."""
    return next(content for _, kind, content in _boxes(superbox) if kind == b"cbor")


def _check_signature(boxes: dict[str, bytes], root: Path) -> None:
    """Check the signature of the claim, and that its certificate comes from the root."""
    message = cbor2.loads(_content(boxes["c2pa.signature"]))
    protected, _, payload, signature = message.value
    header = cbor2.loads(protected)
    assert message.tag == 18 and payload is None and header[1] == ES256
    chain = header[X5CHAIN]
    certificate = x509.load_der_x509_certificate(chain if isinstance(chain, bytes) else chain[0])
    signed = cbor2.dumps(["Signature1", protected, b"", _content(boxes["c2pa.claim.v2"])])
    r, s = (int.from_bytes(half, "big") for half in (signature[:32], signature[32:]))
    try:
        certificate.verify_directly_issued_by(x509.load_pem_x509_certificate(root.read_bytes()))
        key = certificate.public_key()
        key.verify(encode_dss_signature(r, s), signed, ec.ECDSA(hashes.SHA256()))
    except Exception as error:  # cryptography has several kinds
        raise Broken(f"the signature is wrong: {error!r}") from None


def _hash_rest(data: bytes, exclusions: list[dict]) -> bytes:
    """The hash of all bytes but the excluded ones (c2pa.hash.data)."""
    sha, at = hashlib.sha256(), 0
    for one in sorted(exclusions, key=lambda one: one["start"]):
        sha.update(data[at : one["start"]])
        at = one["start"] + one["length"]
    sha.update(data[at:])
    return sha.digest()


def _hash_boxes(data: bytes, exclusions: list[dict]) -> bytes:
    """The hash of the outermost boxes but the excluded ones, each after its place (c2pa.hash.bmff).

    The exclusions of our files name outermost boxes only, some by their first bytes.
    """
    sha, ends = hashlib.sha256(), [at for at, _, _ in _boxes(data)][1:] + [len(data)]
    for (at, kind, _), end in zip(_boxes(data), ends, strict=True):
        box = data[at:end]
        if not any(_is_excluded(box, f"/{kind.decode()}", one) for one in exclusions):
            sha.update(at.to_bytes(8, "big") + box)
    return sha.digest()


def _is_excluded(box: bytes, path: str, exclusion: dict) -> bool:
    beginnings = exclusion.get("data") or []
    return path == exclusion["xpath"] and all(
        box[one["offset"] :].startswith(one["value"]) for one in beginnings
    )
