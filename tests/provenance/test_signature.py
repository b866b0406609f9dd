"""Signed files are valid to the library's reader and to one of our own, until a byte changes."""

import json
import random
import re
import shutil
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from PIL import Image

import video
from files import digest, list_by_number
from provenance import __main__ as command
from provenance import credentials, record, sign, verify
from provenance.credentials import SigningError
from provenance.local_chain import TEST_NAME, make_test_certificate
from report.signs import describe_signs
from tests.clips import describe_file, make_film, picture, sound_packets
from tests.provenance import independent

FRAMES, SIZE = 5, (64, 48)
NAMES = "film.mp4", "clip.mov", "clip.gif", "pictures"
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def chain(tmp_path_factory):
    """The folder of a test certificate."""
    folder = tmp_path_factory.mktemp("chain") / "test"
    make_test_certificate(folder)
    return folder


@pytest.fixture(scope="module")
def signer(chain):
    return credentials.load(chain / "certificate.pem", chain / "key.pem")


@pytest.fixture(scope="module")
def made(tmp_path_factory, signer):
    """Outputs of all kinds that can be signed, each signed, and unsigned in the folder "before"."""
    folder = tmp_path_factory.mktemp("made")
    (folder / "before").mkdir()
    inputs = {}
    for role in ("target", "donor"):
        inputs[role] = folder / f"{role}.mp4"
        inputs[role].write_text(role)
    for name in NAMES:
        output = folder / name
        if name == "film.mp4":
            make_film(output)
        else:
            _write(output)
        record.write(output, record.Record("Synthetic media", FRAMES, {"seed": 0}, [1], 1, inputs))
        copy = shutil.copytree if output.is_dir() else shutil.copy
        copy(output, folder / "before" / name)
        assert sign.sign(output, signer) == digest(folder / "before" / name)
    return folder


def _write(output):
    like = video.Clip(output, SIZE, Fraction(25), FRAMES, Fraction(1, 25))
    with video.open_writer(output, like, comment=record.STATEMENT_REPLACED) as writer:
        for number in range(FRAMES):
            writer.write(picture(number, SIZE), Fraction(number, 25))


def _files(output):
    return list_by_number(output) if output.is_dir() else [output]


@pytest.mark.parametrize("name", NAMES)
def test_both_readers_call_a_signed_file_valid(made, chain, name):
    root = (chain / "root.pem").read_text()
    for file in _files(made / name):
        found = verify.read(file)
        assert found.state == "valid" and not found.problems and found.says_synthetic
        assert found.subject == TEST_NAME and found.generator.startswith("faceswap-np ")
        assert verify.read(file, root).state == "trusted"
        independent.check(file, chain / "root.pem")


@pytest.mark.parametrize("name", NAMES)
def test_the_manifest_says_how_the_file_was_made(made, chain, name):
    first = _files(made / name)[0]
    said = independent.check(first, chain / "root.pem")
    opened, edited = said["c2pa.actions.v2"]["actions"]
    assert (opened["action"], edited["action"]) == ("c2pa.opened", "c2pa.edited")
    assert edited["digitalSourceType"].endswith("/trainedAlgorithmicMedia")
    assert abs(datetime.now(UTC) - edited["when"]) < timedelta(minutes=10)
    target, donor = said["c2pa.ingredient.v3"], said["c2pa.ingredient.v3__1"]
    assert (target["relationship"], donor["relationship"]) == ("parentOf", "inputTo")
    for ingredient, role in ((target, "target"), (donor, "donor")):
        assert ingredient["dc:title"] == f"{role}.mp4"
        assert ingredient["instanceID"] == f"sha256:{digest(made / f'{role}.mp4')}"
        assert "thumbnail" not in ingredient and "data" not in ingredient
    own = said[sign.RECORD_LABEL]
    assert own["statement"] == "Synthetic media" and own["settings"] == {"seed": 0}
    assert own["unsigned_sha256"] == digest(made / "before" / first.relative_to(made))
    assert str(made).encode() not in first.read_bytes()


@pytest.mark.parametrize("name", NAMES)
def test_a_signature_changes_no_picture(made, name):
    before, after = (list(video.open_clip(folder / name)) for folder in (made / "before", made))
    assert len(before) == len(after) > 0
    for was, now in zip(before, after, strict=True):
        assert was.time == now.time and np.array_equal(was.image, now.image)
    assert video.read_comment(made / name) == video.read_comment(made / "before" / name) != ""


def test_a_signature_changes_no_sound_no_subtitle_no_chapter_and_no_tag(made):
    before, after = made / "before" / "film.mp4", made / "film.mp4"
    assert sound_packets(after) == sound_packets(before) != []
    assert describe_file(after) == describe_file(before)
    assert describe_file(after)["texts"] and describe_file(after)["chapters"]


def test_a_signed_gif_still_moves(made):
    with Image.open(made / "clip.gif") as image:
        assert image.n_frames == FRAMES and image.info["duration"] == 40 and image.info["loop"] == 0


def _place_in_pictures(data):
    """A place in a file's bytes where its pictures are."""
    if data[:3] == b"GIF":
        return len(data) - 20
    return data.rindex(b"IDAT" if data[:4] == b"\x89PNG" else b"mdat") + 30


@pytest.mark.parametrize("name", NAMES)
def test_a_flipped_bit_in_the_pictures_makes_it_invalid(made, chain, tmp_path, name):
    file = _files(made / name)[0]
    data = bytearray(file.read_bytes())
    data[_place_in_pictures(data)] ^= 1
    changed = tmp_path / file.name
    changed.write_bytes(data)
    found = verify.read(changed, (chain / "root.pem").read_text())
    assert found.state == "invalid" and not found.says_synthetic
    assert found.problems == ["the file was changed after it was signed"]
    with pytest.raises(independent.Broken, match="not the one that was signed"):
        independent.check(changed, chain / "root.pem")


def test_a_changed_word_in_the_manifest_makes_it_invalid(made, chain, tmp_path):
    data = (made / "clip.gif").read_bytes()
    changed = tmp_path / "clip.gif"
    changed.write_bytes(data.replace(b"target.mp4", b"tarGet.mp4"))
    assert changed.read_bytes() != data
    found = verify.read(changed)
    assert found.state == "invalid"
    assert found.problems == ["the manifest was changed after it was signed"]
    with pytest.raises(independent.Broken, match="assertion"):
        independent.check(changed, chain / "root.pem")


def test_a_manifest_of_another_file_is_invalid(made, tmp_path):
    """Somebody moves a whole manifest, with a good signature, to another picture."""
    first, second = (file.read_bytes() for file in _files(made / "pictures")[:2])

    def cut(data):  # the manifest's chunk: length, name, content, checksum
        at = data.index(b"caBX") - 4
        return at, at + 12 + int.from_bytes(data[at : at + 4], "big")

    (a, b), (c, d) = cut(first), cut(second)
    (tmp_path / "mixed.png").write_bytes(second[:c] + first[a:b] + second[d:])
    assert verify.read(tmp_path / "mixed.png").state == "invalid"


def test_the_root_of_another_is_not_trusted(made, tmp_path):
    make_test_certificate(tmp_path / "other")
    root = (tmp_path / "other" / "root.pem").read_text()
    assert verify.read(made / "clip.gif", root).state == "valid"


def test_no_damage_ends_the_reader(made, tmp_path):
    file = _files(made / "pictures")[0]
    data, rng = file.read_bytes(), random.Random(5)
    at = data.index(b"caBX")
    states = set()
    for _ in range(150):
        changed = bytearray(data)
        changed[rng.randrange(at - 4, data.index(b"IDAT"))] ^= 1 << rng.randrange(8)
        (tmp_path / "a.png").write_bytes(changed)
        found = verify.read(tmp_path / "a.png")
        states.add(found and found.state)
        assert all(line.isprintable() for line in verify.describe(found))
    assert "invalid" in states and states <= {"invalid", "valid", None}  # valid: in the padding


def test_signed_twice_is_signed_once(made, signer, tmp_path):
    for name in ("clip.gif", "clip.gif.json"):
        shutil.copy(made / "before" / name if name == "clip.gif" else made / name, tmp_path / name)
    for _ in range(2):
        sign.sign(tmp_path / "clip.gif", signer)
        assert verify.read(tmp_path / "clip.gif").state == "valid"
    assert (tmp_path / "clip.gif").read_bytes().count(b"C2PA_GIF") == 1


def test_the_record_tells_of_the_signature(made, signer):
    for name in NAMES:
        beside = record.read(made / name)
        assert beside["fits"] and beside["signed"] is True
        assert beside["output"]["unsigned_sha256"] == digest(made / "before" / name)
        assert beside["signature"] == signer.describe()
        assert beside["signature"]["algorithm"] == "es256"


@pytest.fixture
def no_search(monkeypatch):
    monkeypatch.setattr(command, "find_marks", lambda *_: [])


def _lines(found):
    return [x.split(": ", 1)[1].strip() for x in command.describe(found) if "signature:" in x]


def test_the_command_tells_of_signatures(made, chain, tmp_path, no_search, capsys):
    for name in NAMES:
        said = " | ".join(_lines(command.examine(made / name, None, 30)))
        assert said.startswith("valid, by an unknown issuer")
        assert TEST_NAME in said and "by the signer's own clock" in said
        assert "made from target target.mp4, SHA-256 " in said
    trust = ["--trust", str(chain / "root.pem"), "--json"]
    assert command.main([str(made / "clip.gif"), *trust]) == 0
    found = json.loads(capsys.readouterr().out)["signature"]
    assert found["state"] == "trusted" and found["ingredients"][1]["name"] == "donor.mp4"
    assert _lines(command.examine(made / "before" / "clip.gif", None, 30)) == ["none"]


def test_only_a_valid_signature_counts_as_a_sign(made, signer, tmp_path, no_search, capsys):
    """Nothing but the signature says here that the picture is made."""
    path, inputs = tmp_path / "a.png", {"target": made / "target.mp4", "donor": made / "donor.mp4"}
    Image.fromarray(picture(3)).save(path)
    record.write(path, record.Record("Synthetic media", 1, {}, [0], True, inputs))
    sign.sign(path, signer)
    record.record_path(path).unlink()
    assert command.main([str(path)]) == 0
    with open(path, "ab") as file:
        file.write(b"more")
    assert command.main([str(path)]) == 1
    said = capsys.readouterr().out
    assert "INVALID, and counts for nothing: the file was changed after" in said


def test_pictures_of_which_one_was_changed_are_counted(made, tmp_path, no_search):
    shutil.copytree(made / "pictures", tmp_path / "p")
    file = tmp_path / "p" / "000002.png"
    data = bytearray(file.read_bytes())
    data[_place_in_pictures(data)] ^= 1
    file.write_bytes(data)
    shutil.copy(made / "before" / "pictures" / "000003.png", tmp_path / "p" / "000003.png")
    found = command.examine(tmp_path / "p", None, 30)
    assert found["signature"]["state"] == "invalid"
    assert any("1 invalid, 1 none, 3 valid" in note for note in found["notes"])


@pytest.fixture
def without_extra(monkeypatch):
    found = credentials.importlib.util.find_spec
    monkeypatch.setattr(
        credentials.importlib.util,
        "find_spec",
        lambda name: None if name == "c2pa" else found(name),
    )


def test_without_the_extra_a_signature_is_noticed(made, chain, no_search, without_extra):
    (said,) = _lines(command.examine(made / "clip.gif", None, 30))
    assert "nobody has checked" in said and "pip install '.[sign]'" in said
    assert _lines(command.examine(made / "before" / "clip.gif", None, 30)) == ["none"]
    with pytest.raises(SigningError, match="--sign needs .* pip install '..sign.'"):
        credentials.load(chain / "certificate.pem", chain / "key.pem")


def test_the_version_is_that_of_the_package():
    version = re.search(r"^version = (.*)$", (ROOT / "setup.cfg").read_text(), re.MULTILINE)[1]
    assert sign.PROGRAM_VERSION == version


def test_a_test_certificate_says_so_and_is_never_replaced(tmp_path, capsys):
    folder = tmp_path / "new" / "test"
    assert command.main(["--test-certificate", str(folder)]) == 0
    printed = capsys.readouterr()
    assert f"--sign {folder}/certificate.pem {folder}/key.pem" in printed.out
    assert "TEST CERTIFICATE" in printed.err and "NOTHING" in printed.err
    assert stat.S_IMODE((folder / "key.pem").stat().st_mode) == 0o600
    before = {file: file.read_bytes() for file in folder.iterdir()}
    assert command.main(["--test-certificate", str(folder)]) == 0
    assert {file: file.read_bytes() for file in folder.iterdir()} == before
    (folder / "certificate.pem").unlink()
    assert command.main(["--test-certificate", str(folder)]) == 13
    assert "holds other files" in capsys.readouterr().err
    assert (folder / "key.pem").read_bytes() == before[folder / "key.pem"]
    assert [path.name for path in folder.parent.iterdir()] == ["test"]


def test_many_jobs_that_start_at_once_make_one_certificate(tmp_path):
    with ThreadPoolExecutor(6) as pool:
        made = list(pool.map(make_test_certificate, [tmp_path / "test"] * 12))
    assert len(set(made)) == 1
    credentials.load(*made[0])
    assert [path.name for path in tmp_path.iterdir()] == ["test"]


def test_a_file_where_the_certificate_belongs_is_refused_and_left(tmp_path):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(SigningError, match="file: .*; name a new folder"):
        make_test_certificate(tmp_path / "file")
    assert (tmp_path / "file").read_text() == "mine"


def test_a_full_disk_is_told_and_leaves_the_unsigned_file(made, signer, tmp_path):
    """The limit on the size of files stands for the disk; in a process of its own."""
    for name in ("clip.gif", "clip.gif.json"):
        shutil.copy(made / name, tmp_path / name)
    shutil.copy(made / "before" / "clip.gif", tmp_path / "clip.gif")
    code = f"""
import resource, signal
from pathlib import Path
from provenance import credentials, sign
from provenance.local_chain import make_test_certificate
signer = credentials.load(*make_test_certificate(Path({str(tmp_path / "test")!r})))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (4000, 4000))
try:
    sign.sign(Path({str(tmp_path / "clip.gif")!r}), signer)
except OSError as error:
    print(error.filename, error.strerror)
"""
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert ended.stdout.startswith(str(tmp_path / "clip.gif"))
    assert digest(tmp_path / "clip.gif") == digest(made / "before" / "clip.gif")
    assert not list(tmp_path.glob(".part-*"))


def test_wrong_roots_are_refused(made, tmp_path, capsys):
    for path in (tmp_path / "nowhere.pem", made / "clip.gif"):
        assert command.main([str(made / "clip.gif"), "--trust", str(path)]) == 13
        assert str(path) in capsys.readouterr().err


KEYS = {
    "es256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "es384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "es512": lambda: ec.generate_private_key(ec.SECP521R1()),
    "ed25519": ed25519.Ed25519PrivateKey.generate,
    "ps256": lambda: rsa.generate_private_key(65537, 2048),
}


def _save(folder, key, first=-1, last=1, use="1.3.6.1.5.5.7.3.4", form="PKCS8", password=None):
    """Write a certificate for this key, valid from day to day counted from today, and the key."""
    root = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.oid.NameOID.ORGANIZATION_NAME, "Somebody")])
    other = x509.Name([x509.NameAttribute(x509.oid.NameOID.ORGANIZATION_NAME, "Some root")])
    no = dict.fromkeys(
        "content_commitment key_encipherment data_encipherment key_agreement key_cert_sign "
        "crl_sign encipher_only decipher_only".split(),
        False,
    )
    now = datetime.now(UTC)
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(root.public_key())
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(other)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + timedelta(days=first))
        .not_valid_after(now + timedelta(days=last))
        .add_extension(x509.BasicConstraints(False, None), True)
        .add_extension(x509.KeyUsage(digital_signature=True, **no), True)
        .add_extension(x509.ExtendedKeyUsage([x509.ObjectIdentifier(use)]), False)
        .add_extension(issuer, False)
        .sign(root, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "c.pem").write_bytes(certificate.public_bytes(pem))
    hidden = serialization.NoEncryption()
    if password:
        hidden = serialization.BestAvailableEncryption(password)
    form = getattr(serialization.PrivateFormat, form)
    (folder / "k.pem").write_bytes(key.private_bytes(pem, form, hidden))
    return folder / "c.pem", folder / "k.pem"


@pytest.mark.parametrize("algorithm", KEYS)
def test_the_key_chooses_the_algorithm(tmp_path, algorithm):
    paths = _save(tmp_path, KEYS[algorithm]())
    loaded = credentials.load(*paths)
    assert loaded.algorithm == algorithm and "Somebody" in loaded.subject
    sign.check_credentials(loaded, paths[0])


@pytest.mark.parametrize("use", sign.SIGNING_USES)
def test_each_use_that_c2pa_knows_will_do(tmp_path, use):
    paths = _save(tmp_path, KEYS["es256"](), use=use)
    sign.check_credentials(credentials.load(*paths), paths[0])


def test_a_key_in_the_older_form_of_openssl_will_do(tmp_path):
    paths = _save(tmp_path, KEYS["es256"](), form="TraditionalOpenSSL")
    sign.check_credentials(credentials.load(*paths), paths[0])


def _load_and_check(folder, **how):
    paths = _save(folder, how.pop("key", None) or KEYS["es256"](), **how)
    sign.check_credentials(credentials.load(*paths), paths[0])


def test_what_cannot_sign_is_refused_in_one_line(tmp_path):
    expired = {"first": -9, "last": -2}
    for how, said in (
        (expired, r"c\.pem expired on 20\d\d-\d\d-\d\d; get a new certificate"),
        ({"first": 2, "last": 9}, r"c\.pem is not valid before 20"),
        ({"use": "1.3.6.1.5.5.7.3.1"}, r"c\.pem cannot sign for C2PA .*extended key usage"),
        ({"password": b"secret"}, r"k\.pem is protected by a password"),
        ({"key": ec.generate_private_key(ec.SECP256K1())}, r"k\.pem is of a kind that C2PA"),
        ({"key": rsa.generate_private_key(65537, 1024)}, r"k\.pem is of a kind that C2PA"),
    ):
        with pytest.raises(SigningError, match=said) as refused:
            _load_and_check(tmp_path, **how)
        assert "\n" not in str(refused.value) and "secret" not in str(refused.value)


def test_files_that_do_not_belong_together_are_refused_by_name(tmp_path, chain):
    certificate, key = _save(tmp_path, KEYS["es256"]())
    for pair, said in (
        ((certificate, chain / "key.pem"), "key.pem is not the key of .*c.pem"),
        ((key, certificate), "k.pem holds no certificate; .*in this order"),
        ((certificate, certificate), "c.pem holds no private key"),
        ((tmp_path / "none.pem", key), "none.pem: No such file"),
        ((certificate, tmp_path), "Is a directory"),
    ):
        with pytest.raises(SigningError, match=said):
            credentials.load(*pair)


def test_the_key_is_in_no_text(chain, signer):
    secret = (chain / "key.pem").read_text().splitlines()[1]
    for text in (repr(signer), str(signer), json.dumps(signer.describe())):
        assert secret[:20] not in text


@pytest.mark.parametrize("name", ["a.mkv", "a.avi"])
def test_formats_without_a_place_for_a_manifest_are_refused(name):
    with pytest.raises(
        SigningError, match=f"{name} cannot be signed: .*; name an output that ends"
    ):
        sign.check_format(Path(name))


def test_the_page_of_a_run_tells_of_the_signature(made):
    for folder, told in ((made, [f"It is signed (C2PA) by {TEST_NAME}"]), (made / "before", [])):
        for name in ("clip.gif", "pictures"):
            said = describe_signs(folder / name, {}, False)[3:]
            assert [line.partition(",")[0] for line in said] == [t.partition(",")[0] for t in told]
