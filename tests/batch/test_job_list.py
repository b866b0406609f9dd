"""The file of jobs: what is refused, and which rows ask for the same swap."""

import pytest

import video
from batch.job_list import JobList
from batch.jobs_file import JobsError
from batch.row_options import read_options
from batch.sources import Rendering
from batch.stamps import Stamps
from stages.settings import OptionError


@pytest.fixture
def folder(tmp_path):
    for name in ("anna", "bob"):
        (tmp_path / f"{name}.mp4").write_text(name)
    (tmp_path / "copy.mp4").write_text("anna")
    (tmp_path / "empty").mkdir()
    return tmp_path


def _read(folder, *rows, header="target,donor,options", rendering=None):
    file = folder / "jobs.csv"
    file.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    with JobList(file, rendering or Rendering()) as jobs, Stamps(folder / "stamps") as stamps:
        jobs.check(stamps)
        return list(jobs), jobs.repeated


@pytest.mark.parametrize(
    "header, row, words",
    [
        ("target,options", "anna.mp4,", "no column donor"),
        ("target,donor,colour", "anna.mp4,bob.mp4,red", "column 'colour'"),
        ("target,donor,donor", "anna.mp4,bob.mp4,bob.mp4", "twice"),
        ("target,donor", "anna.mp4,", "row 1 has no donor"),
        ("target,donor", "anna.mp4,bob.mp4,--seed 1", "3 cells for 2 columns"),
        ("target,donor,options", "anna.mp4,bob.mp4,--rounds -1", "row 1: .*--rounds"),
        ("target,donor,options", "anna.mp4,bob.mp4,--nosuch", "row 1: .*--nosuch"),
        ("target,donor,options", "anna.mp4,bob.mp4,-o x.mp4", "row 1: -o is the same"),
        ("target,donor,options", "anna.mp4,bob.mp4,--run x", "row 1: --run is"),
        ("target,donor,options", "anna.mp4,bob.mp4,--thr 1", "row 1: --threads is"),
        ("target,donor,options", "anna.mp4,bob.mp4,--sign a b", "whole set with --sign"),
        ("target,donor,options", "anna.mp4,bob.mp4,--test x", "sign the whole set"),
        ("target,donor,options", "anna.mp4,bob.mp4,--preview", "row 1: --preview is"),
        ("target,donor,options", "anna.mp4,bob.mp4,--help", "row 1: --help is"),
        ("target,donor,options", "anna.mp4,bob.mp4,'--seed", "row 1: .*quotation"),
        ("target,donor", "actors:x,bob.mp4", "row 1: actors:x is no actor"),
        ("target,donor", "", "no rows"),
    ],
)
def test_a_wrong_row_is_refused_by_name(folder, header, row, words):
    before = set(folder.iterdir())
    with pytest.raises(JobsError, match=words):
        _read(folder, row, header=header)
    made = {path.name for path in set(folder.iterdir()) - before}
    assert made == {"jobs.csv", "stamps"}


@pytest.mark.parametrize("clip, words", [("carl.mp4", "does not exist"), ("empty", "no pictures")])
def test_a_missing_clip_is_refused_by_name(folder, clip, words):
    with pytest.raises(video.MissingInput, match=f"row 2: .*{clip} {words}|row 2: .*{words}"):
        _read(folder, "anna.mp4,bob.mp4", f"anna.mp4,{clip}")


def test_a_missing_file_and_one_that_is_no_table(folder):
    with JobList(folder / "none.csv", Rendering()) as jobs, Stamps(folder / "stamps") as stamps:
        with pytest.raises(video.MissingInput, match=r"none\.csv"):
            jobs.check(stamps)
    (folder / "bytes.csv").write_bytes(b"target,donor\n\xff\xfe,b\n")
    with JobList(folder / "bytes.csv", Rendering()) as jobs, Stamps(folder / "stamps") as stamps:
        with pytest.raises(JobsError, match="UTF-8"):
            jobs.check(stamps)


def test_rows_that_ask_for_the_same_are_one_job(folder):
    rows = "anna.mp4,bob.mp4,--rounds 1 --seed 2", "anna.mp4,bob.mp4,--seed=2 --rounds=1"
    works, repeated = _read(folder, *rows, "copy.mp4,bob.mp4,--seed 2 --rounds 1")
    assert [work.job.row for work in works] == [1]
    assert repeated == [(1, 2), (1, 3)]  # the content counts, and not the name
    works, _ = _read(folder, "anna.mp4,bob.mp4,", "bob.mp4,anna.mp4,", "anna.mp4,bob.mp4,--seed 1")
    assert len({work.job.key for work in works}) == 3


def test_a_clip_is_its_own_person_unless_named_and_never_two(folder):
    works, _ = _read(folder, "anna.mp4,actors:7,")
    job = works[0].job
    assert job.target.person == job.target.key and job.donor.person == "actors:7"
    header = "target,donor,target_person,donor_person"
    works, _ = _read(folder, "anna.mp4,bob.mp4,Anna,Bob", header=header)
    assert [works[0].job.target.person, works[0].job.donor.person] == ["Anna", "Bob"]
    with pytest.raises(JobsError, match="row 2: copy.mp4 shows Carla here and Anna in row 1"):
        _read(folder, "anna.mp4,bob.mp4,Anna,Bob", "copy.mp4,bob.mp4,Carla,Bob", header=header)


def test_a_performance_is_drawn_from_the_content_of_a_row(folder):
    one = _read(folder, "actors:7,bob.mp4,--seed 1")[0][0]
    moved = _read(folder, "anna.mp4,bob.mp4,", "actors:7,bob.mp4,--seed 1")[0][1]
    assert moved.job.key == one.job.key and moved.target.actor == one.target.actor
    other = _read(folder, "actors:7,bob.mp4,--seed 2")[0][0]
    assert other.target.actor.performance != one.target.actor.performance
    named = _read(folder, "actors:7:24,bob.mp4,")[0][0].target.actor
    assert (named.actor, named.performance) == (7, 24)
    larger = _read(folder, "actors:7:24,bob.mp4,", rendering=Rendering(size=64))[0][0]
    assert larger.target.actor.key != named.key


def test_a_search_is_shared_by_target_and_donor_if_it_is_the_same(folder):
    rows = "anna.mp4,bob.mp4,--seed 1", "bob.mp4,anna.mp4,--rounds 2", "bob.mp4,anna.mp4,--every 2"
    one, other, every = _read(folder, *rows)[0]
    assert one.target.search_key == other.donor.search_key == every.donor.search_key
    assert every.target.search_key != one.donor.search_key
    assert every.target.search == ("--every", "2", "--frames", "0:", "--learn-frames", "0:")


def test_options_have_one_form():
    assert (
        read_options("--seed 2 --preset seed").words == read_options("--preset=seed --seed=2").words
    )
    assert read_options("").words == () and read_options("--seed 0").words == ()
    assert read_options("--rounds 3").is_repeatable and not read_options("").is_repeatable
    with pytest.raises(OptionError, match="--detections"):
        read_options("--detections x")


def test_a_clip_is_hashed_again_only_after_a_change(folder, monkeypatch):
    with Stamps(folder / "stamps") as stamps:
        first = stamps.digest(folder / "anna.mp4")
    with Stamps(folder / "stamps") as stamps, monkeypatch.context() as patch:
        patch.setattr("batch.stamps.digest", None)
        assert stamps.digest(folder / "anna.mp4") == first
    (folder / "anna.mp4").write_text("another")
    with Stamps(folder / "stamps") as stamps:
        assert stamps.digest(folder / "anna.mp4") != first
    (folder / "stamps").write_text("damaged, and by far long enough to be no database" * 9)
    with Stamps(folder / "stamps") as stamps:
        assert stamps.digest(folder / "bob.mp4") != first
