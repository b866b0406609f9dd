"""The page of a run in each state: whole, and it says what is not there yet."""

import json
import re
import shutil
from html.parser import HTMLParser

import pytest

from report import ReportError, measure, page, read_folder, write_page
from report.folder import MissingRun
from stages.presets import PRESETS
from stages.run_record import RunError

from .conftest import BLANK, FADED, FRAMES, as_demo, edit_record, undo

EARLIER = {
    "detections": ("write", "train", "align target", "align donor", "choose donor"),
    "training": ("write", "train"),
    "trained": ("write",),
}
VOID = {"meta", "link", "img", "input", "br", "rect", "path", "use"}


class Checker(HTMLParser):
    """Reads a page; `open` holds the elements that were not closed, `texts` all texts."""

    def __init__(self):
        super().__init__()
        self.open, self.ids, self.addresses, self.texts = [], [], [], []

    def handle_starttag(self, tag, attributes):
        named = dict(attributes)
        self.ids += [named["id"]] if "id" in named else []
        self.addresses += [named[k] for k in ("src", "href") if named.get(k)]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        self.handle_endtag(tag)

    def handle_data(self, data):
        self.texts.append(data)


def check_whole(html):
    """A page is whole: it can be read to its end, ids are unique, and nothing is far away."""
    checker = Checker()
    checker.feed(html)
    assert checker.open == [] and html.rstrip().endswith("</html>")
    assert len(checker.ids) == len(set(checker.ids))
    assert not [a for a in checker.addresses if re.match(r"\w+://|//", a)]
    json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', html)[1])
    return " ".join(" ".join(checker.texts).split())


def test_a_finished_run_has_a_page_that_shows_everything(made):
    file = made / "run" / "index.html"
    text = check_whole(file.read_text())
    assert f"replaced in {FRAMES - 3} of {FRAMES} frames" in text
    assert "A face in this clip was replaced by a computer program" in text
    assert f"Frame {BLANK}" in text and "no face found" in text
    assert f"{FADED[0]} to {FADED[1]}" in text and "the face fades" in text
    assert "Strongest direction" in text and "From target to donor" in text
    assert f"looked for in {FRAMES - 3} frames of the output and found" in text
    assert "Its metadata say" in text and "The record beside it fits, byte for byte" in text
    assert 'src="../target.mp4"' in file.read_text() and 'src="../out.mp4"' in file.read_text()
    assert "not begun" not in text and "not written yet" not in text
    assert file.stat().st_size < 5_000_000


@pytest.mark.parametrize("state", EARLIER)
def test_an_unfinished_run_has_a_page_that_says_what_is_missing(run_copy, state):
    undo(run_copy, *EARLIER[state])
    if state == "detections":
        for name in ("losses.csv", "previews", "donor/manifest.jsonl", "target/faces"):
            path = run_copy / name
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    text = check_whole(write_page(read_folder(run_copy)).read_text())
    assert "The swap is not written yet" in text
    assert ("There is no curve" in text or "no curve yet" in text) == (state == "detections")
    assert "It is measured when the output is finished" in text
    assert "To go on with it:" in text
    step = {"detections": "Find faces", "training": "Learn both", "trained": "Swap and write"}
    assert f"{step[state]} now" in text


def test_a_first_look_is_shown_until_the_output_is_there(run_copy):
    assert "A first look" not in check_whole((run_copy / "index.html").read_text())
    undo(run_copy, "write")
    text = check_whole(page.render_page(read_folder(run_copy)))
    assert "A first look: above frames of the target" in text
    assert text.count("As the nets see the face") == 2
    (run_copy / "preview.png").write_bytes(b"no picture")
    assert "A first look" not in check_whole(page.render_page(read_folder(run_copy)))


def test_a_run_that_has_only_begun_has_a_page(run_copy):
    edit_record(run_copy, lambda record: record.update(stages={}, results={}))
    for path in run_copy.iterdir():
        if path.name not in ("run.json", "log.txt"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    text = check_whole(write_page(read_folder(run_copy)).read_text())
    assert "The swap is not written yet" in text and "Nobody is known" in text


def test_the_page_of_a_demo_explains_where_doing_nothing_wins(run_copy):
    text = check_whole(write_page(read_folder(as_demo(run_copy))).read_text())
    assert "nobody in it is real" in text and "Against the true swap" in text
    assert "Doing nothing wins: The untouched face has all the details" in text
    assert "Doing nothing does as well: The target already does" in text


def test_clips_that_are_gone_are_not_linked_and_their_stills_stay(run_copy):
    (run_copy.parent / "target.mp4").unlink()
    (run_copy.parent / "out.mp4").unlink()
    edit_record(run_copy, lambda record: record["settings"].update(target="/gone", output="/gone"))
    html = write_page(read_folder(run_copy)).read_text()
    check_whole(html)
    assert "<video" not in html and "data:image/webp" in html


def test_a_name_cannot_become_part_of_the_page(run_copy):
    name = "<script>alert(1)</script>'\".mp4"
    edit_record(run_copy, lambda record: record["settings"].update(output=f"/x/{name}"))
    html = write_page(read_folder(run_copy)).read_text()
    check_whole(html)
    assert "<script>alert" not in html
    assert "<" not in page.to_script({"a": "</script>"})


def test_the_measures_are_kept_and_made_anew_for_another_output(run_copy):
    run = read_folder(run_copy)
    kept = measure.read_measured(run)
    assert set(kept["quality"]) == set(page.words.MEANINGS)
    assert all(value is not None for value in kept["quality"].values())
    assert str(BLANK) in kept["stills"]
    edit_record(run_copy, lambda record: record["results"]["output"].update(sha256="0" * 64))
    assert measure.read_measured(read_folder(run_copy)) is None
    (run_copy / "report.json").write_text("{")
    assert measure.read_measured(run) is None


@pytest.mark.parametrize(
    "name, content, error, remedy",
    [
        ("run.json", "{", RunError, "is damaged"),
        ("run.json", '{"results": {}, "format": 1}', RunError, "an earlier version"),
        ("losses.csv", "round,phase\n1,faces\n2,x,1,1\n", ReportError, "losses.csv, line 2"),
        ("figures.json", "[]", ReportError, "delete it"),
        ("target/manifest.jsonl", "x\n", ValueError, "detect anew"),
        ("target/manifest.jsonl", "", ValueError, "detect anew"),
    ],
)
def test_a_damaged_file_is_named_with_a_remedy(run_copy, name, content, error, remedy):
    (run_copy / name).write_text(content)
    with pytest.raises(error, match=remedy):
        read_folder(run_copy)


def test_a_folder_that_is_no_run_is_refused(tmp_path):
    for folder in (tmp_path, tmp_path / "missing"):
        with pytest.raises(MissingRun, match=str(folder)):
            read_folder(folder)


def test_a_row_of_losses_that_a_kill_cut_off_is_left_out(run_copy):
    with open(run_copy / "losses.csv", "a") as file:
        file.write("3,fac")
    assert [epoch.round for epoch in read_folder(run_copy).losses] == [1, 2]


def test_every_preset_has_its_preview_rows():
    assert {preset.net for preset in PRESETS.values()} == page.PREVIEW_ROWS.keys()
