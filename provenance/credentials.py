"""A certificate and its private key, as PEM files, checked before anything is signed with them.

The packages of the extra `sign` are imported inside the functions: other commands start without.
"""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

SIGN_PACKAGES = {"c2pa": "c2pa-python", "cryptography": "cryptography"}  # by their modules
# What C2PA calls the signature of a key on an elliptic curve, by the curve (specification,
# "Digital signatures")
CURVE_ALGORITHMS = {"secp256r1": "es256", "secp384r1": "es384", "secp521r1": "es512"}
MIN_RSA_BITS = 2048  # of an RSA key (specification, "Digital signatures")
TWO_FILES = "--sign takes a certificate and its key, two files in PEM"


class SigningError(Exception):
    """An output cannot be signed; the message says why, and what would help."""


@dataclass(frozen=True)
class Credentials:
    """What an output is signed with. The key is in no text that Python makes of this."""

    chain: bytes  # PEM: the certificate, then those that vouch for it, in order
    key: bytes = field(repr=False)  # PEM
    algorithm: str  # as C2PA names it, such as "es256"
    subject: str  # whose certificate it is
    issuer: str  # who gave it
    fingerprint: str  # the SHA-256 of the certificate, 64 hexadecimal digits

    def describe(self) -> dict[str, str]:
        """Who signed, for records: nothing in it is secret."""
        names = {"subject": self.subject, "issuer": self.issuer}
        return names | {"certificate_sha256": self.fingerprint, "algorithm": self.algorithm}


def require_packages(what: str) -> None:
    """Raise SigningError, which says what to install, unless the extra `sign` is there.

    what  needs it, as the beginning of the message: "--sign"
    """
    for module, package in SIGN_PACKAGES.items():
        if importlib.util.find_spec(module) is None:
            raise SigningError(
                f"{what} needs the package {package}; install it with: pip install '.[sign]'"
            )


def load(certificate: Path, key: Path) -> Credentials:
    """Read a certificate (or a chain, its own certificate first) and its private key.

    Raises SigningError if a file cannot be read, the key is not the certificate's, or the
    certificate is not valid today.
    """
    require_packages("--sign")
    from cryptography.hazmat.primitives import hashes, serialization

    certificates, private = _read_certificates(certificate), _read_key(key)
    own = certificates[0]
    if private.public_key() != own.public_key():
        raise SigningError(
            f"{key} is not the key of {certificate}; name the one that its first certificate was "
            "made for"
        )
    _check_dates(certificate, own.not_valid_before_utc, own.not_valid_after_utc)
    pem = serialization.Encoding.PEM
    form = serialization.PrivateFormat.PKCS8
    return Credentials(
        b"".join(one.public_bytes(pem) for one in certificates),
        private.private_bytes(pem, form, serialization.NoEncryption()),
        _find_algorithm(key, private),
        _tell_name(own.subject),
        _tell_name(own.issuer),
        own.fingerprint(hashes.SHA256()).hex(),
    )


def read_roots(path: Path) -> str:
    """The certificates in a PEM file, as text. Raises SigningError."""
    require_packages("--trust")
    try:
        _read_certificates(path)
        return path.read_text(encoding="utf-8")
    except (SigningError, UnicodeDecodeError):
        raise SigningError(f"--trust {path}: no certificate in PEM can be read there") from None


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SigningError(f"{path}: {error.strerror}; {TWO_FILES}") from None


def _read_certificates(path: Path) -> list:
    """The certificates in a PEM file, at least one."""
    from cryptography import x509

    try:
        return x509.load_pem_x509_certificates(_read(path))
    except ValueError:
        raise SigningError(f"{path} holds no certificate; {TWO_FILES}, in this order") from None


def _read_key(path: Path):
    """The private key in a PEM file."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import serialization

    try:
        return serialization.load_pem_private_key(_read(path), None)
    except TypeError:
        raise SigningError(
            f"{path} is protected by a password; name a copy without one (openssl pkey -in KEY "
            "-out COPY)"
        ) from None
    except (ValueError, UnsupportedAlgorithm):
        raise SigningError(f"{path} holds no private key; {TWO_FILES}, in this order") from None


def _check_dates(path: Path, first: datetime, last: datetime) -> None:
    """Raise SigningError if a certificate is not valid today."""
    if datetime.now(UTC) > last:
        raise SigningError(f"{path} expired on {last:%Y-%m-%d}; get a new certificate")
    if datetime.now(UTC) < first:
        raise SigningError(f"{path} is not valid before {first:%Y-%m-%d}; is the clock right?")


def _find_algorithm(path: Path, key) -> str:
    """The signature that C2PA allows with a key of this kind. Raises SigningError if none."""
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

    if isinstance(key, ed25519.Ed25519PrivateKey):
        return "ed25519"
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size >= MIN_RSA_BITS:
        return "ps256"
    if isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.name in CURVE_ALGORITHMS:
        return CURVE_ALGORITHMS[key.curve.name]
    raise SigningError(
        f"{path} is of a kind that C2PA does not allow; use P-256, P-384, P-521, Ed25519, or RSA "
        f"with at least {MIN_RSA_BITS} bits"
    )


def _tell_name(name) -> str:
    """The common name in an x509.Name, or all of it where there is none."""
    from cryptography.x509.oid import NameOID

    common = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(common[0].value) if common else name.rfc4514_string()
