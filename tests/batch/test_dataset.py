"""Assembling: the layout of FaceForensics++, again and again, with jobs that failed or are gone."""

import csv
import json
import os
import re
import shutil
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

import video
from batch.catalogue import DatasetError
from batch.dataset import assemble
from batch.jobs import Job, Source
from batch.splits import SPLITS

ROOT = Path(__file__).parents[2]


def _tree(folder: Path) -> dict[str, bytes]:
    """All files of a set but those of work/."""
    files = (path for path in folder.rglob("*") if path.is_file())
    names = {path.relative_to(folder).as_posix(): path for path in files}
    return {name: path.read_bytes() for name, path in names.items() if name[:5] != "work/"}


def make_jobs(count: int, groups: int) -> Iterator[Job]:
    """Jobs with new clips of the same people, in so many pairs; people are in one pair each."""
    for n in range(count):
        people = [
            Source(f"actors:{n}{k}", f"{k} of {n % groups}", f"{n}{k}".zfill(16)) for k in "ab"
        ]
        yield Job(n + 1, *people, ("--rounds", "1"), f"{n + 100:016x}")


def _multiply(work: Path, count: int, groups: int) -> list[Job]:
    """`make_jobs`, done: all have the work of the example's first job."""
    jobs = list(make_jobs(count, groups))
    for job in jobs:
        (work / "swaps" / job.key).symlink_to(work / "swaps" / f"{1:016x}")
        (work / "originals" / job.target.key).symlink_to(work / "originals" / f"{6:016x}")
    return jobs


class FaceForensicsLoader:
    """What programs for FaceForensics++ do: paths from the split's pairs of numbers."""

    def __init__(self, root, split, method, real="youtube", compression="c23"):
        self.root, self.method, self.real, self.compression = root, method, real, compression
        with open(os.path.join(root, "splits", f"{split}.json")) as file:
            self.pairs = json.load(file)

    def real_clips(self):
        folder = os.path.join(
            self.root, "original_sequences", self.real, self.compression, "videos"
        )
        numbers = sorted({number for pair in self.pairs for number in pair})
        return [os.path.join(folder, f"{number}.mp4") for number in numbers]

    def fake_clips_and_masks(self):
        folder = os.path.join(self.root, "manipulated_sequences", self.method)
        for a, b in [order for pair in self.pairs for order in (pair, pair[::-1])]:
            clip = os.path.join(folder, self.compression, "videos", f"{a}_{b}.mp4")
            yield clip, os.path.join(folder, "masks", "videos", f"{a}_{b}.mp4")


@pytest.mark.parametrize("compression", ["c18", "c23", "c28", "c35"])
def test_a_loader_of_faceforensics_finds_every_clip_and_mask(example, compression):
    loaders = [
        FaceForensicsLoader(example, split, "faceswap-np", "actors", compression)
        for split in SPLITS
    ]
    real = [path for loader in loaders for path in loader.real_clips()]
    fake = [found for loader in loaders for found in loader.fake_clips_and_masks()]
    assert (len(real), len(fake)) == (2, 2)
    index = pd.read_parquet(example / "index.parquet").query(f"compression == '{compression}'")
    paths = {os.path.join(example, path) for path in index.path}
    assert paths == {*real, *(clip for clip, _ in fake)}
    for path in real:
        assert len(list(video.open_clip(path))) == 6
    for clip, mask in fake:
        assert re.fullmatch(r"\d{3}_\d{3}\.mp4", os.path.basename(clip))
        sizes = [
            (video.open_clip(path).size, len(list(video.open_clip(path)))) for path in (clip, mask)
        ]
        assert sizes[0] == sizes[1]


def test_folders_of_videos_hold_nothing_but_videos(example):
    for folder in example.glob("*_sequences/*/*/videos"):
        assert {path.suffix for path in folder.iterdir()} == {".mp4"}


def test_the_same_jobs_give_the_same_bytes_again_and_elsewhere(example, work, jobs):
    expected = _tree(example)
    for _ in range(2):
        summary = assemble(work, lambda: iter(jobs), 0)
        assert _tree(work) == expected
    assert (summary.swaps, summary.originals, summary.frames) == (2, 2, 24)
    assert (summary.failed, summary.missing, summary.shares["train"]) == (0, 0, 2)


def test_another_process_gives_the_same_bytes(example, work, jobs):
    """Whatever the order of its sets (PYTHONHASHSEED), and in another folder."""
    code = (
        "import sys; from pathlib import Path; from batch.dataset import assemble; "
        "from batch.example import list_example_jobs; "
        "assemble(Path(sys.argv[1]), lambda: list_example_jobs([(6, 3)]), 0)"
    )
    environment = os.environ | {"PYTHONHASHSEED": "77", "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", code, work], env=environment, check=True)
    assert _tree(work) == _tree(example)


def test_files_are_links_and_copies_where_links_fail(work, jobs, monkeypatch):
    path = "manipulated_sequences/faceswap-np/c23/videos/000_001.mp4"
    source = work / "work/swaps" / jobs[0].key / "truth/crf23.mp4"
    assemble(work, lambda: jobs, 0)
    assert os.path.samefile(work / path, source)
    expected = _tree(work)
    for folder in ("original_sequences", "manipulated_sequences", "records"):
        shutil.rmtree(work / folder)

    def refuse(*_):
        raise PermissionError(1, "no links here")

    monkeypatch.setattr(os, "link", refuse)
    assemble(work, lambda: jobs, 0)
    assert not os.path.samefile(work / path, source) and _tree(work) == expected
    before = (work / path).stat().st_ino
    assemble(work, lambda: jobs, 0)
    assert (work / path).stat().st_ino == before


def test_failed_jobs_are_rows_and_others_are_waited_for(work, jobs):
    reason = 'clip, "of" nobody'
    status = {"state": "failed", "code": 5, "reason": reason, "seconds": 2.0}
    (work / "work/swaps" / jobs[0].key / "status.json").write_text(json.dumps(status))
    later = replace(jobs[1], row=3, key="f" * 16, options=("--rounds", "2"))
    summary = assemble(work, lambda: [*jobs, later], 0)
    assert (summary.swaps, summary.failed, summary.missing) == (1, 1, 1)
    with open(work / "failures.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    values = ["1", "actors:6", "actors:3", "--rounds 1", "5", reason, jobs[0].key]
    assert [list(row.values()) for row in rows] == [values]
    clips = set(pd.read_parquet(work / "index.parquet").clip_id)
    assert clips == {"001", "faceswap-np/001_000", "000"}  # numbers as if nothing had failed
    assert json.loads((work / "splits/train.json").read_text()) == [["001", "000"]]


def test_clips_of_jobs_that_are_gone_are_removed_and_nothing_else(work, jobs):
    assemble(work, lambda: jobs, 0)
    ours = work / "manipulated_sequences/faceswap-np"
    others = [
        ours / "c23/videos/notes.txt",
        work / "manipulated_sequences/Deepfakes/c23/videos/000_001.mp4",
        work / "original_sequences/youtube/raw/videos/my clip.mp4",
        work / "mine.txt",
    ]
    for path in others:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("mine")
    assemble(work, lambda: jobs[:1], 0)
    assert [path.name for path in (ours / "c28/videos").iterdir()] == ["000_001.mp4"]
    assert [path.name for path in (ours / "masks/images").iterdir()] == ["000_001"]
    assert not (
        work / "records/manipulated_sequences/faceswap-np/c23/videos/001_000.mp4.json"
    ).exists()
    assert all(path.read_text() == "mine" for path in others)
    assert len(list((work / "work/swaps").iterdir())) == 2


def test_methods_are_what_options_make_and_repeated_pairs_get_another(work, jobs):
    seconds = [
        replace(jobs[0], row=3, options=("--seed", "4", "--rounds", "1"), key="c" * 16),
        replace(jobs[0], row=4, options=("--rounds", "2"), key="d" * 16),
        replace(jobs[0], row=5, options=("--rounds", "1"), key=jobs[0].key),  # the same job
    ]
    for job in seconds[:2]:
        shutil.copytree(work / "work/swaps" / jobs[0].key, work / "work/swaps" / job.key)
    summary = assemble(work, lambda: [*jobs, *seconds], 0)
    assert summary.swaps == 4 and summary.notes[0].startswith("1 rows repeat")
    index = pd.read_parquet(work / "index.parquet").query("crf == 23").dropna(subset="job")
    assert dict(zip(index.job, index.clip_id, strict=True)) == {
        jobs[0].key: "faceswap-np/000_001",
        jobs[1].key: "faceswap-np/001_000",
        "c" * 16: "faceswap-np-2/000_001",
        "d" * 16: "faceswap-np-3/000_001",
    }
    sheet = (work / "README.md").read_text()
    assert "| faceswap-np | 2 | `--rounds 1` |" in sheet
    assert "| faceswap-np-3 | 1 | `--rounds 2` |" in sheet
    assert json.loads((work / "splits/train.json").read_text()) == [["000", "001"]]


def test_no_person_is_in_two_splits(work):
    jobs = _multiply(work / "work", 60, groups=20)
    jobs.append(replace(jobs[0], row=61, donor=replace(jobs[1].donor), key="e" * 16))
    summary = assemble(work, lambda: jobs, 3)
    index = pd.read_parquet(work / "index.parquet")
    people = pd.concat([index[["split", f"{role}_person"]].set_axis(["split", "person"], axis=1)
                        for role in ("target", "donor")]).dropna()  # fmt: skip
    assert (people.groupby("person").split.nunique() == 1).all()
    assert sum(summary.shares.values()) == 60 and summary.missing == 1
    assert min(summary.shares.values()) >= 6 and not summary.notes
    for split in SPLITS:
        pairs = json.loads((work / f"splits/{split}.json").read_text())
        swaps = index[(index.split == split) & index.donor_id.notna()]
        assert {tuple(pair) for pair in pairs} == set(
            zip(swaps.target_id, swaps.donor_id, strict=True)
        )
    names = [int(name) for name in index.clip_id[index.donor_id.isna()].unique()]
    assert names == sorted(names)


def test_a_clip_under_two_names_is_in_one_split(work):
    jobs = _multiply(work / "work", 12, groups=12)
    same = [replace(job, target=replace(job.target, key=jobs[0].target.key)) for job in jobs]
    apart, together = assemble(work, lambda: jobs, 0), assemble(work, lambda: same, 0)
    assert min(apart.shares.values()) > 0
    assert together.shares == {"train": 12, "val": 0, "test": 0}
    assert "no swap is in val or test" in together.notes[0]
    assert together.notes[0] in (work / "README.md").read_text()


def _damage(name, text):
    def damage(swap):
        path = swap / name
        path.unlink() if text is None else path.write_text(text)

    return damage


@pytest.mark.parametrize(
    "damage, message",
    [
        (_damage("status.json", '{"state"'), "status.json is damaged"),
        (_damage("status.json", '{"state": "lost", "code": 0, "reason": ""}'), "state lost"),
        (_damage("truth/index.csv", None), "index.csv cannot be used"),
        (_damage("truth/index.csv", "frame,label\na,b\n"), "index.csv cannot be used"),
        (_damage("truth/clips.csv", "file\nx\n"), "clips.csv cannot be used"),
        (_damage("truth/crf28.mp4", None), "crf28.mp4 is missing; delete"),
        (_damage("truth/mask/000003.png", None), "000003.png is missing; delete"),
        (_damage("truth/crf23.mp4.json", "{"), "crf23.mp4.json cannot be used"),
    ],
)
def test_damaged_work_is_named_with_a_remedy_and_nothing_is_lost(work, jobs, damage, message):
    assemble(work, lambda: jobs, 0)
    before = (work / "index.csv").read_bytes()
    damage(work / "work/swaps" / jobs[1].key)
    with pytest.raises(DatasetError, match=message) as error:
        assemble(work, lambda: jobs, 0)
    assert jobs[1].key in str(error.value) and "delete" in str(error.value)
    assert (work / "index.csv").read_bytes() == before


def test_a_folder_with_other_files_is_refused(tmp_path, jobs):
    (tmp_path / "README.md").write_text("mine")
    with pytest.raises(DatasetError, match="holds README.md"):
        assemble(tmp_path, lambda: jobs, 0)
    assert [path.name for path in tmp_path.iterdir()] == ["README.md"]


def test_without_pyarrow_the_message_says_what_to_install(tmp_path, jobs, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(DatasetError, match=r"pip install '\.\[batch\]'"):
        assemble(tmp_path, lambda: jobs, 0)


def test_what_a_reader_wrote_into_the_datasheet_stays(work, jobs):
    assemble(work, lambda: jobs, 0)
    sheet = (work / "README.md").read_text()
    mine = "CC BY 4.0.\n\n| a | table |\n\\1 and {{ braces }} <!-- and a comment -->"
    default = "*Not filled in: licence of the clips, where they are from, who agreed to what.*"
    (work / "README.md").write_text(sheet.replace(default, mine).replace("2 face swaps", "9 swaps"))
    assemble(work, lambda: jobs, 0)
    assert (work / "README.md").read_text() == sheet.replace(default, mine)


def test_a_readme_that_is_not_ours_stays(work, jobs):
    assemble(work, lambda: jobs, 0)
    (work / "README.md").write_text("# My set\n")
    summary = assemble(work, lambda: jobs, 0)
    assert (work / "README.md").read_text() == "# My set\n"
    assert "not a datasheet of this program" in summary.notes[-1]


def test_the_datasheet_says_how_many_swaps_are_not_marked(example, real):
    assert "do not" not in (example / "README.md").read_text().split("## Every swap")[1][:600]
    assert "**those of 1 do not** (`--no-mark`)" in (real / "README.md").read_text()


def _peak(work, jobs) -> int:
    """Bytes that Python and NumPy held at most while the jobs were assembled."""
    tracemalloc.start()
    assemble(work, lambda: iter(jobs), 0)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def test_memory_is_flat_in_the_number_of_jobs(work, monkeypatch):
    """Python's and NumPy's; a job would take 10 kB if its frames and rows were kept."""
    monkeypatch.setattr("batch.tables.MAX_WAITING_TABLES", 8)
    jobs = _multiply(work / "work", 50, groups=10)
    _peak(work, jobs[:10])  # imports, caches, and as many small tables as wait at most
    few, many = _peak(work, jobs[:10]), _peak(work, jobs)
    assert many - few < 40 * 1500


@pytest.mark.slow
def test_memory_is_flat_in_thousands_of_jobs(work):
    """The peak of a process of its own, with all that pyarrow and SQLite hold."""
    _multiply(work / "work", 4000, groups=50)
    code = (
        "import sys, resource; from pathlib import Path; from batch.dataset import assemble; "
        "from tests.batch.test_dataset import make_jobs; "
        "assemble(Path(sys.argv[1]), lambda: make_jobs(int(sys.argv[2]), 50), 0); "
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    peaks = []
    for count in (40, 4000):
        command = [sys.executable, "-c", code, work, str(count)]
        done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
        peaks.append(int(done.stdout))
    assert peaks[1] - peaks[0] < 25 * 1024  # kB
