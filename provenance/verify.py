"""Reading the C2PA signature of a file, by the consortium's library; nothing is asked of a network.

valid    the file and its manifest are as they were when they were signed
trusted  and the certificate leads to one of the roots that the caller trusts
invalid  the file or the manifest was changed since, or the certificate is not right
unknown  there is a manifest, and the extra `sign` is not installed, so that nobody looked
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from .credentials import SigningError, require_packages
from .sign import C2PA_SETTINGS, HASH_SCHEME, flatten

MANIFEST_MARK = b"jumdc2pa"  # in each manifest store: a JUMBF description box, and the UUID's start
MAX_TEXT = 200  # characters of a name that somebody else wrote; by choice
CHUNK_BYTES = 1 << 22  # read at once; by choice
# Digital source types (IPTC) of what no camera took, or only in part
SYNTHETIC_SOURCES = {
    "trainedAlgorithmicMedia",
    "compositeWithTrainedAlgorithmicMedia",
    "compositeSynthetic",
    "algorithmicMedia",
    "virtualRecording",
}
UNTRUSTED = "signingCredential.untrusted"  # the library's code for a root that is not on the list
# What the library's codes of failures mean, where its own words do not say it
FAILURES = {
    "assertion.dataHash.mismatch": "the file was changed after it was signed",
    "assertion.bmffHash.mismatch": "the file was changed after it was signed",
    "assertion.hashedURI.mismatch": "the manifest was changed after it was signed",
    "claimSignature.mismatch": "the manifest was changed after it was signed",
    "signingCredential.expired": "the certificate has expired, and no timestamp says that it was "
    "signed before",
}


@dataclass(frozen=True)
class Signature:
    """What a file's signature says. Believe the rest only if `state` is valid or trusted."""

    state: str  # "valid", "trusted", "invalid" or "unknown"; see above
    problems: list[str] = field(default_factory=list)  # why it is invalid, or unknown
    subject: str = ""  # whose certificate it is
    issuer: str = ""  # who gave that
    generator: str = ""  # the program that signed
    when: str = ""  # as the signer says; ISO 8601
    timestamped: bool = False  # whether an authority says when
    sources: list[str] = field(default_factory=list)  # IPTC's digital source types, of all actions
    ingredients: list[dict] = field(default_factory=list)  # {"name", "role", "sha256"}

    @property
    def holds(self) -> bool:
        """Whether the file is as it was when it was signed."""
        return self.state in ("valid", "trusted")

    @property
    def says_synthetic(self) -> bool:
        """Whether the signature holds, and says that not all was taken by a camera."""
        return self.holds and not SYNTHETIC_SOURCES.isdisjoint(self.sources)


def read(path: Path, roots: str = "") -> Signature | None:
    """The signature of a file; None if it has none.

    roots  certificates in PEM whose holders are trusted to know whom they give certificates to
    """
    if not _holds_manifest(path):
        return None
    try:
        require_packages("checking a signature")
    except SigningError as error:
        return Signature("unknown", [str(error)])
    import c2pa

    settings = C2PA_SETTINGS | {"trust": C2PA_SETTINGS["trust"] | {"trust_anchors": roots}}
    context = c2pa.Context.from_dict(settings if roots else C2PA_SETTINGS)
    try:
        with (
            context,
            open(path, "rb") as stream,
            c2pa.Reader(None, stream, context=context) as found,
        ):
            return _describe(json.loads(found.json()), json.loads(found.crjson()))
    except c2pa.C2paError as error:
        return Signature("invalid", [f"the manifest is damaged ({flatten(error)})"])


def _holds_manifest(path: Path) -> bool:
    """Whether anything in a file looks like a manifest."""
    tail = b""
    with open(path, "rb") as stream:
        while chunk := stream.read(CHUNK_BYTES):
            if MANIFEST_MARK in tail + chunk:
                return True
            tail = chunk[-len(MANIFEST_MARK) :]
    return False


def _describe(found: dict, details: dict) -> Signature:
    """The signature in what the library tells in its two forms."""
    label = found.get("active_manifest", "")
    manifest = found["manifests"].get(label, {})
    failures = found["validation_results"].get("activeManifest", {}).get("failure", [])
    problems = [
        FAILURES.get(f["code"], f["explanation"]) for f in failures if f["code"] != UNTRUSTED
    ]
    subject, issuer = _find_names(label, details)
    info, actions = manifest.get("signature_info", {}), list(_find_actions(manifest))
    told = [action["when"] for action in actions if "when" in action]
    generator = manifest.get("claim_generator_info", [{}])[0]
    return Signature(
        state=found["validation_state"].lower(),
        problems=list(dict.fromkeys(problems)),
        subject=_clean(subject or info.get("common_name") or ""),
        issuer=_clean(issuer),
        generator=_clean(f"{generator.get('name', '')} {generator.get('version', '')}".strip()),
        when=info.get("time") or (told[-1] if told else ""),
        timestamped="time" in info,
        sources=[
            a["digitalSourceType"].rsplit("/", 1)[-1] for a in actions if "digitalSourceType" in a
        ],
        ingredients=[_describe_ingredient(one) for one in manifest.get("ingredients", [])],
    )


def _find_names(label: str, details: dict) -> tuple[str, str]:
    """The common names of the certificate and of its issuer; an organisation's where none is."""
    for manifest in details.get("manifests", []):
        if manifest.get("label") == label:
            info = manifest.get("signature", {}).get("certificateInfo", {})
            names = (info.get(part, {}) for part in ("subject", "issuer"))
            return tuple(str(name.get("CN") or name.get("O") or "") for name in names)
    return "", ""


def _find_actions(manifest: dict) -> Iterator[dict]:
    for assertion in manifest.get("assertions", []):
        if assertion["label"].startswith("c2pa.actions"):
            yield from assertion["data"].get("actions", [])


def _clean(text: str) -> str:
    """A stranger's text without what a terminal would obey, and not longer than a line."""
    return "".join(c if c.isprintable() else "?" for c in text[:MAX_TEXT])


def _describe_ingredient(ingredient: dict) -> dict:
    identifier = ingredient.get("instance_id") or ""
    return {
        "name": _clean(ingredient.get("title") or ""),
        "role": "target" if ingredient.get("relationship") == "parentOf" else "donor",
        "sha256": identifier.removeprefix(HASH_SCHEME)
        if identifier.startswith(HASH_SCHEME)
        else None,
    }


def describe(signature: Signature | None) -> list[str]:
    """What a signature says, in lines of text."""
    if signature is None:
        return ["none"]
    if signature.state == "unknown":
        return [f"there is one, which nobody has checked: {signature.problems[0]}"]
    lines = [_tell_state(signature)]
    if signature.state == "invalid":
        return lines + ([f"it claims to be by {signature.subject}"] if signature.subject else [])
    if signature.subject:
        lines.append(f"signed by {signature.subject}; certified by {signature.issuer}")
    if signature.when:
        clock = "as a timestamp says" if signature.timestamped else "by the signer's own clock"
        lines.append(f"signed at {signature.when}, {clock}, with {signature.generator}")
    if signature.sources:
        lines.append(f"says that it is {', '.join(dict.fromkeys(signature.sources))}")
    for made_from in signature.ingredients:
        sha256 = f", SHA-256 {made_from['sha256'][:16]}..." if made_from["sha256"] else ""
        lines.append(f"made from {made_from['role']} {made_from['name']}{sha256}")
    return lines


def _tell_state(signature: Signature) -> str:
    if signature.state == "invalid":
        return f"INVALID, and counts for nothing: {'; '.join(signature.problems)}"
    if signature.state == "trusted":
        return "valid, and the issuer is trusted"
    return "valid, by an unknown issuer: anybody can sign so (see --trust)"
