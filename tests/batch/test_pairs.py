"""python -m batch pairs: a file with all pairs of the people in a folder, in groups."""

import csv

import pytest

from batch.__main__ import main


def _people(folder, count, clips=1):
    for person in range(count):
        (folder / f"p{person}").mkdir(parents=True)
        for clip in range(clips):
            (folder / f"p{person}" / f"{clip}.mp4").write_text(f"{person} {clip}")
    return folder


def _rows(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_people_are_dealt_into_groups_and_paired_within_them(tmp_path, capsys):
    people, file = _people(tmp_path / "people", 12), tmp_path / "jobs.csv"
    assert main(["pairs", str(people), "-o", str(file), "--options", "--rounds 9"]) == 0
    rows = _rows(file)
    linked = {person: {person} for person in (f"p{n}" for n in range(12))}
    for row in rows:
        a, b = row["target_person"], row["donor_person"]
        assert a != b and row["options"] == "--rounds 9"
        assert (tmp_path / row["target"]).read_text() == f"{a[1:]} 0"
        together = linked[a] | linked[b]
        for person in together:
            linked[person] = together
    groups = {frozenset(group) for group in linked.values()}
    assert len(groups) == 3 and sum(map(len, groups)) == 12
    assert len(rows) == sum(len(group) * (len(group) - 1) for group in groups)
    assert f"{12 * 11 - len(rows)} pairs between" in capsys.readouterr().err
    first = file.read_bytes()
    main(["pairs", str(people), "-o", str(file), "--options", "--rounds 9"])
    assert file.read_bytes() == first
    main(["pairs", str(people), "-o", str(file), "--options", "--rounds 9", "--seed", "1"])
    assert file.read_bytes() != first


def test_all_pairs_and_few_people_are_one_group(tmp_path, capsys):
    people, file = _people(tmp_path / "people", 3, clips=2), tmp_path / "jobs.csv"
    (people / "solo.mkv").write_text("solo")
    (people / "notes.txt").write_text("none")
    assert main(["pairs", str(people), "-o", str(file)]) == 0
    assert len(_rows(file)) == 3 * 2 * 4 + 3 * 2 * 2
    assert "only one split" in capsys.readouterr().err
    assert {row["donor_person"] for row in _rows(file)} == {"p0", "p1", "p2", "solo"}
    many = _people(tmp_path / "many", 8)
    assert main(["pairs", str(many), "-o", str(file), "--all"]) == 0
    assert len(_rows(file)) == 8 * 7


def test_a_folder_of_pictures_is_a_clip(tmp_path):
    for name in ("people/a/clip", "people/b"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "0001.png").write_text(name)
    assert main(["pairs", str(tmp_path / "people"), "-o", str(tmp_path / "jobs.csv")]) == 0
    clips = {(row["target"], row["target_person"]) for row in _rows(tmp_path / "jobs.csv")}
    assert clips == {("people/a/clip", "a"), ("people/b", "b")}


@pytest.mark.parametrize("count, code, words", [(0, 3, "no folder"), (1, 2, "clips of p0 only")])
def test_too_few_people_are_refused(tmp_path, capsys, count, code, words):
    people = _people(tmp_path / "people", count)
    assert main(["pairs", str(people), "-o", str(tmp_path / "jobs.csv")]) == code
    assert words in capsys.readouterr().err and not (tmp_path / "jobs.csv").exists()
