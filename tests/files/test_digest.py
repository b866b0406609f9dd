"""What the digest of a folder says: which pictures it holds, under which names."""

import hashlib

import pytest

import video
from files import digest, list_by_number
from tests.clips import picture


@pytest.fixture
def folder(tmp_path):
    from PIL import Image

    for number in (1, 2, 10):
        Image.fromarray(picture(number)).save(tmp_path / f"img{number}.png")
    return tmp_path


def test_the_digest_of_a_file_is_sha256sums(tmp_path):
    (tmp_path / "a").write_bytes(b"abc")
    assert digest(tmp_path / "a") == hashlib.sha256(b"abc").hexdigest()


@pytest.mark.parametrize(
    "name", [".DS_Store", "Thumbs.db", "desktop.ini", "._img1.png", ".hidden.png", "notes.txt"]
)
def test_files_that_are_no_pictures_do_not_count(folder, name):
    before, images = digest(folder), list_by_number(folder)
    (folder / name).write_bytes(b"\0\5\x16\7")
    assert digest(folder) == before and list_by_number(folder) == images
    assert [p.name for p in images] == ["img1.png", "img2.png", "img10.png"]
    assert len(list(video.open_clip(folder))) == 3


def _swap_two(folder):
    (folder / "img1.png").rename(folder / "x")
    (folder / "img2.png").rename(folder / "img1.png")
    (folder / "x").rename(folder / "img2.png")


@pytest.mark.parametrize(
    "change",
    [
        _swap_two,
        lambda f: (f / "img1.png").rename(f / "img3.png"),
        lambda f: (f / "img1.png").unlink(),
        lambda f: (f / "img4.png").write_bytes((f / "img1.png").read_bytes()),
        lambda f: (f / "img1.png").write_bytes((f / "img2.png").read_bytes()),
    ],
)
def test_a_change_of_the_pictures_changes_the_digest(folder, change):
    before = digest(folder)
    change(folder)
    assert digest(folder) != before
