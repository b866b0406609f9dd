"""Untouched clips beside swaps of the pipeline: coded alike, so that only pixels differ."""

import csv
import json
from fractions import Fraction

import av
import numpy as np
import pytest

import video
from batch.originals import is_written, write_original
from stages.truth import TRUTH_RATE_FACTORS
from tests.clips import make_clip, picture, sound_packets


@pytest.fixture(params=["whole", "part"])
def folders(request):
    """The truth of a swap, the folder of its original, and the number of frames."""
    if request.param == "whole":
        work = request.getfixturevalue("example") / "work"
        return work / "swaps" / f"{1:016x}" / "truth", work / "originals" / f"{6:016x}", 6
    work = request.getfixturevalue("real") / "work"
    return work / "swaps" / ("a" * 16) / "truth", work / "originals" / f"{6:016x}-3-12-1", 9


def _rows(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _describe_streams(path):
    """All that a container says of itself and its streams, but for sizes, bit rates and tags."""
    with av.open(str(path)) as container:
        told = [container.format.name, sorted(container.metadata.keys() - {"description"})]
        for stream in container.streams:
            codec = stream.codec_context
            told += [stream.type, codec.name, codec.profile, stream.time_base, stream.frames]
            told += [stream.start_time, stream.duration, codec.extradata]
            if stream.type == "video":
                told += [codec.width, codec.height, codec.pix_fmt, stream.average_rate]
                told += [codec.color_range, codec.colorspace, codec.color_trc]
        return told


def _read_encoder_options(path):
    """What x264 writes into the stream about itself."""
    data = path.read_bytes()
    start = data.index(b"x264 - core")
    return data[start : data.index(b"\0", start)]


@pytest.mark.parametrize("factor", TRUTH_RATE_FACTORS)
def test_an_original_is_coded_as_its_swap(folders, factor):
    swap, clip = (folder / f"crf{factor}.mp4" for folder in folders[:2])
    assert _describe_streams(clip) == _describe_streams(swap)
    assert _read_encoder_options(clip) == _read_encoder_options(swap)
    assert sound_packets(clip) == sound_packets(swap) != []


def test_the_same_frames_are_in_both_and_the_swap_has_their_hashes(folders):
    swap, clip = (_rows(folder / "index.csv") for folder in folders[:2])
    assert len(clip) == folders[2]
    for column in ("frame", "source_frame", "time", "source_sha256"):
        assert [row[column] for row in clip] == [row[column] for row in swap]
    assert {row["label"] for row in clip} == {"real"}


def test_a_rendered_clips_copies_say_that_it_is_synthetic(folders):
    _, folder, count = folders
    for factor in TRUTH_RATE_FACTORS:
        assert video.says_synthetic(folder / f"crf{factor}.mp4")
        record = json.loads((folder / f"crf{factor}.mp4.json").read_text())
        assert record["synthetic"] and record["replaced_frames"] == []
        assert record["output"]["frames"] == count


def test_a_genuine_clips_copies_do_not_and_say_what_they_are(tmp_path):
    clip = make_clip(tmp_path / "clip.mp4", [picture(n) for n in range(8)], sound=True)
    write_original(clip, tmp_path / "original", (2, None), every=3)
    assert is_written(tmp_path / "original")
    names = {path.name for path in (tmp_path / "original").iterdir()}
    clips = {f"crf{factor}.mp4" for factor in TRUTH_RATE_FACTORS}
    assert names == clips | {"index.csv", "clips.csv", "original.json"}
    assert video.read_comment(tmp_path / "original/crf23.mp4").startswith("An untouched clip")
    rows = _rows(tmp_path / "original/index.csv")
    assert [row["source_frame"] for row in rows] == ["2", "5"]
    frames = list(video.open_clip(tmp_path / "original/crf18.mp4"))
    assert [frame.time for frame in frames] == [0, Fraction(3, 25)]
    for frame, number in zip(frames, (2, 5), strict=True):
        assert np.abs(frame.image.astype(int) - picture(number)).mean() < 3


def test_a_second_time_gives_the_same_bytes(tmp_path):
    clip = make_clip(tmp_path / "clip.mp4", [picture(n) for n in range(5)])
    folder = tmp_path / "original"
    write_original(clip, folder)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    write_original(clip, folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_no_frame_is_refused(tmp_path):
    clip = make_clip(tmp_path / "clip.mp4", [picture(n) for n in range(3)])
    with pytest.raises(video.NoFrames, match="has no frame in 7:9"):
        write_original(clip, tmp_path / "original", (7, 9))
    assert not is_written(tmp_path / "original")
