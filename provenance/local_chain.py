"""A test certificate: a chain made here, by which signing can be tried. It proves nothing.

Anybody can make another one with the same names. The key of its root is thrown away, so that no
second certificate can come from it.
"""

from __future__ import annotations

import errno
import os
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from .credentials import SigningError, require_packages

TEST_ROOT_NAME = "TEST ROOT, PROVES NOTHING"
TEST_NAME = "TEST CERTIFICATE, PROVES NOTHING"
TEST_ORGANISATION = "made on this machine by faceswap-np, anybody can"
TEST_DAYS = 3650  # of validity: without a timestamp, a signature ends with its certificate
CHAIN_NAMES = "certificate.pem", "key.pem", "root.pem"
PRIVATE_MODE = 0o600  # of files that only their owner may read


def make_test_certificate(folder: Path) -> tuple[Path, Path]:
    """Make a test certificate in a folder, or find it there; returns it and its key.

    certificate.pem  to sign with
    key.pem          its private key; only the owner can read it
    root.pem         who vouches for it: for `python -m provenance --trust`

    Nothing that is there is replaced. Raises SigningError if it is something else.
    """
    require_packages("--test-certificate")
    paths = [folder / name for name in CHAIN_NAMES]
    if not all(path.is_file() for path in paths):
        _place(folder, dict(zip(CHAIN_NAMES, _make_chain(), strict=True)))
        told = f"a TEST CERTIFICATE in {folder}: it proves NOTHING, as anybody can make one"
        print(f"{told}; use it to try signing, and for nothing else", file=sys.stderr)
    return paths[0], paths[1]


def _place(folder: Path, contents: dict[str, bytes]) -> None:
    """Make the folder with these files, all at once: another program may do the same."""
    try:
        if folder.is_dir() and any(folder.iterdir()):
            raise FileExistsError(errno.ENOTEMPTY, "it holds other files")
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(
            prefix=".part-", dir=folder.parent, ignore_cleanup_errors=True
        ) as aside:
            for name, content in contents.items():
                with open(Path(aside, name), "wb", opener=_open_private) as file:
                    file.write(content)
            if folder.exists():
                folder.rmdir()
            os.rename(aside, folder)
    except OSError as error:
        if not all((folder / name).is_file() for name in contents):  # nobody else was quicker
            raise SigningError(
                f"{folder}: {error.strerror}; name a new folder for the certificate"
            ) from None


def _open_private(path: str, flags: int) -> int:
    return os.open(path, flags, PRIVATE_MODE)


def _make_chain() -> tuple[bytes, bytes, bytes]:
    """A certificate, its key, and the root's certificate, in PEM."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtendedKeyUsageOID

    key, root_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    pem, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    root = _describe(TEST_ROOT_NAME, root_key, root_key, is_root=True)
    own = _describe(TEST_NAME, key, root_key, is_root=False)
    use = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])
    own = own.add_extension(use, critical=False)
    signed = [one.sign(root_key, hashes.SHA256()).public_bytes(pem) for one in (own, root)]
    return signed[0], key.private_bytes(pem, form, serialization.NoEncryption()), signed[1]


def _describe(name: str, key, root_key, is_root: bool):
    """An unsigned certificate of C2PA's profile (specification, "X.509 certificates")."""
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    def name_of(text: str) -> x509.Name:
        organisation = x509.NameAttribute(NameOID.ORGANIZATION_NAME, TEST_ORGANISATION)
        return x509.Name([organisation, x509.NameAttribute(NameOID.COMMON_NAME, text)])

    uses = dict.fromkeys(
        ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment",
         "key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"), False
    )  # fmt: skip
    uses["key_cert_sign" if is_root else "digital_signature"] = True
    now = datetime.now(UTC)
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key())
    return (
        x509.CertificateBuilder()
        .subject_name(name_of(name))
        .issuer_name(name_of(TEST_ROOT_NAME))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))  # other machines' clocks may be behind
        .not_valid_after(now + timedelta(days=TEST_DAYS))
        .add_extension(x509.BasicConstraints(is_root, None), critical=True)
        .add_extension(x509.KeyUsage(**uses), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(issuer, critical=False)
    )
