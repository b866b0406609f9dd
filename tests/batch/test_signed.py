"""Signed sets: what is signed, by whom, and that nothing else in the tables changes."""

import json
import shutil

import c2pa
import pandas as pd
import pytest

from batch.__main__ import main
from batch.dataset import assemble
from batch.set_settings import SetError, settle
from batch.signing import Signer, find_problem, find_signer
from examples.drawn import Look, draw_face
from files import digest
from provenance import __main__ as provenance
from provenance import credentials, sign, verify
from provenance.local_chain import TEST_NAME, make_test_certificate
from stages.truth import truth_clips, write_clips_table
from tests.clips import make_clip

from .session import run

METHOD = "manipulated_sequences/faceswap-np"
SWAP = f"{METHOD}/c23/videos/000_001.mp4"


@pytest.fixture(scope="module")
def chain(tmp_path_factory):
    """The folder of a test certificate."""
    folder = tmp_path_factory.mktemp("chain") / "test"
    make_test_certificate(folder)
    return folder


@pytest.fixture(scope="module")
def folder(chain, tmp_path_factory):
    """A folder with jobs.csv and a signed set of one swap by the pipeline."""
    folder = tmp_path_factory.mktemp("signed")
    for name, look in (("a", Look()), ("b", Look(skin=(120, 80, 60), hair=(20, 15, 12)))):
        faces = [draw_face(centre=(80 + n / 3, 60), mouth=n % 2, look=look) for n in range(16)]
        make_clip(folder / f"{name}.mp4", faces)
    row = "a.mp4,b.mp4,--preset seed --rounds 1 --batch 4 --frames 0:4"
    (folder / "jobs.csv").write_text(f"target,donor,options\n{row}\n")
    words = ["--workers", "1", "--test-certificate", str(chain)]
    code, _, problems = run(folder, *words, stand_in=False)
    assert code == 0, problems
    return folder


def test_a_clip_in_its_place_is_valid_to_every_reader(folder, chain, monkeypatch, capsys):
    clip = folder / "set" / SWAP
    with c2pa.Reader(clip) as reader:
        assert reader.get_validation_state() == "Valid"
        assert TEST_NAME in reader.json()
    monkeypatch.setattr(provenance, "find_marks", lambda *_: [])
    assert provenance.main([str(clip), "--json", "--trust", str(chain / "root.pem")]) == 0
    assert json.loads(capsys.readouterr().out)["signature"]["state"] == "trusted"
    data = bytearray(clip.read_bytes())
    data[data.rindex(b"mdat") + 30] ^= 1
    (folder / "changed.mp4").write_bytes(data)
    assert verify.read(folder / "changed.mp4").state == "invalid"


def test_swaps_are_signed_and_nothing_else(folder, chain):
    index = pd.read_parquet(folder / "set" / "index.parquet")
    for row in index.itertuples():
        signed = verify.read(folder / "set" / row.path)
        assert digest(folder / "set" / row.path) == row.sha256
        assert (signed is not None) == (row.label == "fake") == isinstance(row.signature, str)
        if signed:
            assert signed.state == "valid" and row.unsigned_sha256 != row.sha256
            signer = credentials.load(chain / "certificate.pem", chain / "key.pem")
            assert json.loads(row.signature) == signer.describe()
    assert (index.label == "fake").sum() == 4
    (swap,) = (folder / "set" / "work" / "swaps").iterdir()
    assert verify.read(swap / "swap.mp4").state == "valid"
    assert verify.read(folder / "set" / METHOD / "masks/videos/000_001.mp4") is None


def test_the_datasheet_says_who_signed_and_what_that_proves(folder, example):
    sheet = " ".join((folder / "set" / "README.md").read_text().split())
    assert f"- 1 by {TEST_NAME}" in sheet and "It proves nothing" in sheet
    assert "Untouched clips and clips of masks are not signed" in sheet
    assert "A signature is in the swaps only, and gives the label away" in sheet
    sheet = (example / "README.md").read_text()
    assert "No clip is signed." in sheet and "test certificate" not in sheet


def test_no_file_of_the_set_has_the_path_of_the_key(folder, chain):
    for path in (folder / "set").rglob("*"):
        if path.suffix in (".json", ".csv", ".parquet", ".mp4", ".md"):
            assert str(chain).encode() not in path.read_bytes(), path


def test_a_set_goes_on_with_the_same_certificate_only(folder, chain, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(folder)
    pair = ["--sign", str(chain / "certificate.pem"), str(chain / "key.pem")]
    words = ["jobs.csv", "-o", "set"]
    before = (folder / "set" / "index.csv").read_bytes()
    assert main([*words, *pair]) == 0 and "skipped, done before" in capsys.readouterr().out
    assert (folder / "set" / "index.csv").read_bytes() == before
    for more, said in (
        ([], "was begun with --sign, and its swaps are signed"),
        (["--test-certificate", str(tmp_path / "other")], "was begun with another certificate"),
        (["--test-certificate", str(tmp_path / "none"), "--dry-run"], "now it is one to be made"),
    ):
        assert main([*words, *more]) == 7
        told = capsys.readouterr().err
        assert said in told and "begin another set" in told
    assert not (tmp_path / "none").exists()


def test_a_set_that_was_begun_unsigned_stays_so(tmp_path, chain):
    signer = find_signer(None, chain)
    assert settle(tmp_path, None, None) == settle(tmp_path, 1, None) == 1
    with pytest.raises(SetError, match="was begun without --sign, .*leave it out, or begin"):
        settle(tmp_path, None, signer)


def test_what_cannot_sign_is_refused_before_anything_is_made(tmp_path, chain, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "jobs.csv").write_text("target,donor\nactors:1,actors:2\n")
    certificate, key, other = (str(chain / f"{n}.pem") for n in ("certificate", "key", "root"))
    for pair, said in (
        ([key, certificate], "key.pem holds no certificate"),
        ([other, key], "key.pem is not the key of"),
        (["none.pem", key], "none.pem: No such file"),
    ):
        assert main(["jobs.csv", "-o", "set", "--sign", *pair]) == 13
        told = capsys.readouterr().err
        assert said in told and told.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["jobs.csv"]


def test_a_worker_needs_the_same_certificate_and_its_key(tmp_path, chain):
    signer = find_signer([chain / "certificate.pem", chain / "key.pem"], None)
    assert find_problem(signer) == ""
    make_test_certificate(tmp_path / "other")
    other = Signer(*(tmp_path / "other" / path.name for path in signer.paths), signer.fingerprint)
    assert "is another certificate there" in find_problem(other)
    other.key.unlink()
    assert "key.pem: No such file" in find_problem(other)


def _sign_all(work, signer):
    """Sign the swaps of a work/ as the pipeline does."""
    for folder in (work / "work" / "swaps").glob("*/truth"):
        for clip in truth_clips(folder).values():
            sign.sign(clip, signer)
        write_clips_table(folder)


def test_a_signature_changes_nothing_else_in_the_tables(example, work, jobs, chain):
    signer = credentials.load(chain / "certificate.pem", chain / "key.pem")
    again = work.with_name("again")
    shutil.copytree(work, again)
    for folder in (work, again):
        _sign_all(folder, signer)
        assemble(folder, lambda: jobs, 0)
    for name in ("frames.csv", "frames.parquet", "splits/train.json"):
        assert (work / name).read_bytes() == (example / name).read_bytes()
    plain, one, other = (pd.read_csv(set_ / "index.csv") for set_ in (example, work, again))
    changed = {"bytes", "sha256", "unsigned_sha256", "signature"}
    for table in (one, other):
        pd.testing.assert_frame_equal(
            table.drop(columns=list(changed)), plain.drop(columns=list(changed))
        )
        fake = table.label == "fake"
        assert (table.unsigned_sha256[fake] == plain.sha256[fake]).all()
        assert (table.sha256[~fake] == plain.sha256[~fake]).all()
        assert (table.sha256[fake] != plain.sha256[fake]).all()
    differing = {name for name in one if not one[name].equals(other[name])}
    assert differing <= {"sha256", "bytes"} and "sha256" in differing
    assert (work / "README.md").read_bytes() == (again / "README.md").read_bytes()
