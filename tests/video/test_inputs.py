"""Inputs: a strange but right clip is read, and anything else is called what it is."""

import os
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

import video
from tests.clips import make_clip, picture


def _clip_bytes(path, **settings):
    rng = np.random.default_rng(0)
    noise = [rng.integers(0, 256, (48, 64, 3)).astype(np.uint8) for _ in range(20)]
    return make_clip(path, noise, **settings).read_bytes()


def _sound_only(path):
    with av.open(str(path), "w", format="mp4") as out:
        stream = out.add_stream("aac", rate=8000, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
        frame.rate, frame.pts = 8000, 0
        out.mux(stream.encode(frame))
        out.mux(stream.encode(None))


def _sound_with_cover(path):
    """A song with the picture of its record."""
    with av.open(str(path), "w", format="mp4") as out:
        sound = out.add_stream("aac", rate=8000, layout="mono")
        cover = out.add_stream("mjpeg", rate=25)
        cover.width, cover.height, cover.pix_fmt = 64, 48, "yuvj420p"
        cover.disposition = av.stream.Disposition.attached_pic
        frame = av.VideoFrame.from_ndarray(picture(0), format="rgb24")
        frame.pts, frame.time_base = 0, Fraction(1, 25)
        out.mux(cover.encode(frame))
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
        frame.rate, frame.pts = 8000, 0
        out.mux(sound.encode(frame))
        out.mux(sound.encode(None))
        out.mux(cover.encode(None))


# what is saved as clip.mp4 -> words of the refusal
REFUSED = {
    "empty": (lambda p: p.touch(), "empty file"),
    "text": (lambda p: p.write_text("Dear diary,\nwhat a day: schön!\n" * 9), "text file"),
    "json": (lambda p: p.write_text('{"a": 1}'), "text file"),
    "pdf": (lambda p: p.write_bytes(b"%PDF-1.7\n%\xe2\xe3" + bytes(99)), "PDF"),
    "zip": (lambda p: p.write_bytes(b"PK\x03\x04" + bytes(99)), "ZIP"),
    "page": (lambda p: p.write_text("<!DOCTYPE html><html><p>404</html>"), "web page"),
    "zeros": (lambda p: p.write_bytes(bytes(9999)), "never finished"),
    "cut": (lambda p: p.write_bytes(_clip_bytes(p)[:9000]), "index (moov) is missing"),
    "cut early": (lambda p: p.write_bytes(_clip_bytes(p)[:40]), "index (moov) is missing"),
    "cut matroska": (
        lambda p: p.write_bytes(_clip_bytes(p.with_suffix(".mkv"))[:30]),
        "Matroska file that is cut short",
    ),
    "sound": (_sound_only, "audio file"),
    "song": (_sound_with_cover, "audio file"),
    "list": (lambda p: p.write_text("ffconcat version 1.0\nfile a.mp4\n"), "text file"),
    "playlist": (
        lambda p: p.write_text("#EXTM3U\n#EXT-X-TARGETDURATION:9\nhttp://x/a.ts\n"),
        "tex",
    ),
    "pipe": (os.mkfifo, "pipe"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_no_clip_is_called_what_it_is(tmp_path, what):
    make, words = REFUSED[what]
    path = tmp_path / "clip.mp4"
    make(path)
    with pytest.raises(video.NotAVideo) as refused:
        video.open_clip(path)
    assert words in str(refused.value) and str(path) in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_text_is_not_shown_as_a_film(tmp_path):
    """FFmpeg draws the letters of a .txt file."""
    (tmp_path / "notes.txt").write_text("nothing to see here\n" * 40)
    with pytest.raises(video.NotAVideo, match="text file"):
        video.open_clip(tmp_path / "notes.txt")


@pytest.mark.parametrize("path", ["/dev/null", "x" * 300 + ".mp4"])
def test_impossible_names_are_refused_at_once(path):
    with pytest.raises((video.NotAVideo, video.MissingInput)):
        video.open_clip(path)


@pytest.mark.parametrize("name", ["a b ü ' %d.mp4", "-a.mp4", "12:30.mp4", ".a.mp4", "A.MP4"])
def test_any_name_is_read_and_written(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    make_clip(tmp_path / "source.mp4", [picture(n) for n in range(4)], sound=True)
    os.rename("source.mp4", name)
    clip = video.open_clip(name)
    out = Path(f"new-{name}") if name[0] not in ".-" else Path(f"{name[0]}new{name}")
    with video.open_writer(out, clip, comment="Synthetic media: a test") as writer:
        for frame in clip:
            writer.write(frame.image, frame.time)
    assert len(list(video.open_clip(out))) == 4 and video.says_synthetic(out)
    assert sorted(os.listdir()) == sorted([name, str(out)])


def test_a_link_is_read(tmp_path):
    make_clip(tmp_path / "a.mp4", [picture(n) for n in range(3)])
    (tmp_path / "link.mp4").symlink_to("a.mp4")
    assert len(list(video.open_clip(tmp_path / "link.mp4"))) == 3


@pytest.mark.parametrize("name, codec", [("a.asf", "wmv2"), ("a.flv", "flv")])
def test_old_containers_are_not_cut_short(tmp_path, name, codec):
    images = [picture(n) for n in range(12)]
    path = make_clip(tmp_path / name, images, [Fraction(n + 2, 25) for n in range(12)], codec=codec)
    clip = video.open_clip(path)
    assert len(list(clip)) == 12 and clip.notes == []


@pytest.mark.parametrize("suffix", ["mkv", "mp4"])
@pytest.mark.parametrize("sound", [False, True])
def test_a_variable_rate_is_not_cut_short(tmp_path, suffix, sound):
    times = [Fraction(t, 25) for t in (0, 1, 2, 3, 4, 20, 40, 45, 46, 47, 48, 49)]
    path = make_clip(tmp_path / f"a.{suffix}", [picture(n) for n in range(12)], times, sound=sound)
    clip = video.open_clip(path)
    assert len(list(clip)) == 12 and clip.notes == []


@pytest.mark.parametrize("suffix", ["mkv", "mp4", "ts"])
def test_the_frames_of_a_file_that_begins_late_are_estimated_right(tmp_path, suffix):
    times = [Fraction(20000) + Fraction(n, 25) for n in range(25)]
    images = [picture(n) for n in range(25)]
    clip = video.open_clip(make_clip(tmp_path / f"late.{suffix}", images, times))
    assert clip.frames == pytest.approx(25, abs=2)
    assert len(list(clip)) == 25 and clip.notes == []


def test_sound_that_goes_on_after_the_pictures_is_kept(tmp_path):
    times = [Fraction(n, 25) for n in range(9)] + [Fraction(3)]
    for suffix in ("mkv", "mp4"):
        path = make_clip(
            tmp_path / f"a.{suffix}", [picture(n) for n in range(10)], times, sound=True
        )
        with av.open(str(path)) as container, av.open(str(tmp_path / f"b.{suffix}"), "w") as out:
            copies = [out.add_stream_from_template(s) for s in container.streams]
            for packet in container.demux():
                is_last = packet.stream.type == "video" and (packet.pts or 0) * packet.time_base > 2
                if packet.size and not is_last:
                    packet.stream = copies[packet.stream.index]
                    out.mux(packet)
        clip = video.open_clip(tmp_path / f"b.{suffix}")
        assert len(list(clip)) == 9 and clip.notes == []


def test_an_edit_list_that_hides_frames_is_not_cut_short(tmp_path):
    """The first second lies before time 0, so nobody is to see it."""
    images = [picture(n) for n in range(50)]
    source = make_clip(tmp_path / "a.mp4", images, options={"bf": "0", "g": "50"})
    with av.open(str(source)) as container, av.open(str(tmp_path / "b.mp4"), "w") as out:
        copy = out.add_stream_from_template(container.streams.video[0])
        for packet in container.demux(container.streams.video[0]):
            if packet.size:
                shift = round(1 / packet.time_base)
                packet.pts, packet.dts, packet.stream = packet.pts - shift, packet.dts - shift, copy
                out.mux(packet)
    clip = video.open_clip(tmp_path / "b.mp4")
    frames = list(clip)
    assert len(frames) == 25 and frames[0].time == 0 and clip.notes == []
    assert np.abs(frames[0].image.astype(int) - picture(25)).mean() < 4


@pytest.mark.parametrize("name", ["a.webp", "a.png", "a.gif"])
def test_an_animated_image_is_a_clip_with_its_own_times(tmp_path, name):
    images = [Image.fromarray(picture(8 * n)) for n in range(4)]
    durations = [100, 200, 50, 150]
    images[0].save(
        tmp_path / name, save_all=True, append_images=images[1:], duration=durations, lossless=True
    )
    clip = video.open_clip(tmp_path / name)
    frames = list(clip)
    assert [f.time for f in frames] == [Fraction(t, 1000) for t in (0, 100, 300, 350)]
    assert clip.frames == 4 and clip.size == (64, 48)
    for frame, image in zip(frames, images, strict=True):
        assert np.abs(frame.image.astype(int) - np.asarray(image)).mean() < (
            8 if "gif" in name else 1
        )


def test_a_still_image_stays_one(tmp_path):
    Image.fromarray(picture(3)).save(tmp_path / "a.webp", lossless=True)
    (frame,) = video.open_clip(tmp_path / "a.webp")
    np.testing.assert_array_equal(frame.image, picture(3))


def test_an_interlaced_clip_is_read_with_a_note(tmp_path):
    options = {"flags": "+ildct+ilme", "x264-params": "tff=1"}
    clip = video.open_clip(
        make_clip(tmp_path / "a.mp4", [picture(n) for n in range(4)], options=options)
    )
    assert len(list(clip)) == 4 and "interlaced" in clip.notes[0]


@pytest.mark.parametrize("rate, count", [(1000, 30), (Fraction(1, 10), 4), (25, 1)])
def test_any_rate_and_one_frame_are_copied(tmp_path, rate, count):
    times = [Fraction(n) / rate for n in range(count)]
    images = [picture(n) for n in range(count)]
    clip = video.open_clip(make_clip(tmp_path / "a.mp4", images, times, rate=rate))
    for name in ("b.mp4", "b.mkv", "b.gif", "frames"):
        with video.open_writer(tmp_path / name, clip) as writer:
            for frame in clip:
                writer.write(frame.image, frame.time)
        copy = video.open_clip(tmp_path / name)
        assert len(list(copy)) == count and copy.notes == []
        if name == "b.mp4":
            assert [f.time for f in copy] == times
        assert bool(writer.notes) == (name == "b.gif" and rate == 1000)


def test_transparency_that_the_decoder_drops_is_noted(tmp_path):
    with av.open(str(tmp_path / "a.webm"), "w") as out:
        stream = out.add_stream("libvpx-vp9", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuva420p"
        stream.metadata["alpha_mode"] = "1"
        frame = av.VideoFrame.from_ndarray(picture(0), format="rgb24").reformat(format="yuva420p")
        frame.pts, frame.time_base = 0, Fraction(1, 25)
        out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    clip = video.open_clip(tmp_path / "a.webm")
    assert len(list(clip)) == 1 and "transparent" in clip.notes[0]
