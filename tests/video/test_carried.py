"""What a clip's file holds besides pictures comes out again, or a note says that it does not."""

from fractions import Fraction

import av
import pytest

import video
from tests.clips import describe_file, make_clip, make_film, picture, sound_packets
from video import carried

STATEMENT = "Synthetic media: made by a test; more of it"


def _copy(source, path, interval=None):
    """Copy a clip, or the frames of an interval; returns the writer's notes."""
    clip = video.open_clip(source)
    with video.open_writer(path, clip, comment=STATEMENT, interval=interval) as writer:
        for frame in clip:
            if interval is None or interval.start <= frame.time < interval.end:
                writer.write(frame.image, frame.time)
    return writer.notes


STREAMS = [
    ("audio", "eng", None, False),
    ("audio", "deu", "Kommentar", True),
    ("subtitle", "fra", None, False),
]


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_streams_chapters_and_tags_come_out(tmp_path, suffix):
    source = make_film(tmp_path / f"a{suffix}", attachment=suffix == ".mkv")
    out = tmp_path / f"b{suffix}"
    assert _copy(source, out) == []
    made, was = describe_file(out), describe_file(source)
    assert made["streams"] == was["streams"] == STREAMS
    for name in ("chapters", "texts", "fonts"):
        assert made[name] == was[name] != [] or (name, suffix) == ("fonts", ".mp4")
    assert sound_packets(out) == sound_packets(source)
    assert made["tags"]["artist"] == "Somebody"
    assert made["tags"]["title"] == "A Film (Synthetic media: made by a test)"
    assert made["tags"]["comment"] == STATEMENT and video.says_synthetic(out)
    assert made["tags"]["description"] == "made at home"


def test_a_second_copy_does_not_pile_up_titles_and_has_the_same_bytes(tmp_path):
    for suffix in (".mp4", ".mkv"):
        source = make_film(tmp_path / f"a{suffix}", attachment=suffix == ".mkv")
        for name in ("b", "c"):
            _copy(source, tmp_path / f"{name}{suffix}")
        assert (tmp_path / f"b{suffix}").read_bytes() == (tmp_path / f"c{suffix}").read_bytes()
        _copy(tmp_path / f"b{suffix}", tmp_path / f"d{suffix}")
        titles = [describe_file(tmp_path / f"{name}{suffix}")["tags"]["title"] for name in "bd"]
        assert titles[0] == titles[1]


def test_what_the_format_cannot_hold_is_left_out_with_a_note(tmp_path):
    notes = _copy(make_film(tmp_path / "a.mkv", attachment=True), tmp_path / "b.mp4")
    made = describe_file(tmp_path / "b.mp4")
    assert made["streams"] == STREAMS[:2] and len(made["chapters"]) == 3
    assert len(notes) == 2 and all("a.mkv" in note and ".mkv can" in note for note in notes)
    assert "subtitle" in notes[0] and "attachment" in notes[1]
    for name in ("frames", "b.gif"):
        (note,) = _copy(tmp_path / "a.mkv", tmp_path / name)
        assert "sound, subtitles, chapters" in note and "a.mkv" in note


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_an_interval_cuts_every_stream_and_the_chapters(tmp_path, suffix):
    source, out = make_film(tmp_path / f"a{suffix}"), tmp_path / f"b{suffix}"
    _copy(source, out, video.Interval(Fraction(2, 5), Fraction(1)))
    made = describe_file(out)
    assert made["streams"] == STREAMS
    assert made["chapters"] == [(0, 0.1), (0.1, 0.6)]
    assert [(round(a, 3), round(b, 3)) for a, b, _ in made["texts"]] == [(0, 0.2), (0.4, 0.2)]
    packets = sound_packets(out)
    assert packets and packets == [p for p in sound_packets(source) if p in packets]
    assert len(packets) == pytest.approx(0.6 * 8000 / 1024, abs=1)
    assert [f.time for f in video.open_clip(out)][0] == 0


def test_a_file_that_begins_late_is_written_from_zero_in_step(tmp_path):
    """A recording of a broadcast begins at any time."""
    source = make_clip(tmp_path / "a.mp4", [picture(n) for n in range(25)], sound=True)
    late = tmp_path / "late.ts"
    with av.open(str(source)) as container, av.open(str(late), "w") as out:
        copies = [out.add_stream_from_template(stream) for stream in container.streams]
        for packet in container.demux():
            if packet.size:
                shift = round(10 / packet.time_base)
                packet.pts, packet.dts = packet.pts + shift, packet.dts + shift
                packet.stream = copies[packet.stream.index]
                out.mux(packet)
    _copy(late, tmp_path / "b.mp4")

    def begins(path):
        with av.open(str(path)) as container:
            return [float(s.start_time * s.time_base) for s in container.streams]

    was, now = begins(late), begins(tmp_path / "b.mp4")
    assert min(was) > 9 and min(now) < 0.1
    assert now[0] - now[1] == pytest.approx(was[0] - was[1], abs=0.002)
    times = [frame.time for frame in video.open_clip(late)]
    assert [f.time for f in video.open_clip(tmp_path / "b.mp4")] == times and times[0] < 0.2


def test_other_pictures_of_the_file_are_left_out_with_a_note(tmp_path):
    """They may show the face that was replaced."""
    path = tmp_path / "a.mkv"
    with av.open(str(path), "w") as out:
        streams = [out.add_stream("libx264", rate=25) for _ in range(2)]
        for stream in streams:
            stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for stream in streams:
            for n in range(3):
                frame = av.VideoFrame.from_ndarray(picture(n), format="rgb24")
                frame.pts, frame.time_base = n, Fraction(1, 25)
                out.mux(stream.encode(frame))
            out.mux(stream.encode(None))
    (note,) = _copy(path, tmp_path / "b.mp4")
    assert "video stream 1" in note and "a.mkv" in note


def test_sound_that_goes_back_in_time_does_not_end_the_run(tmp_path):
    source, broken = make_clip(tmp_path / "a.mkv", [picture(0)] * 25, sound=True), []
    with av.open(str(source)) as container:
        stream = container.streams.audio[0]
        for packet in container.demux(stream):
            if packet.size and len(broken) == 3:
                packet.pts = packet.dts = 0
            broken.append(packet)
        part = carried.Part(Fraction(0))
        source = _Demuxed(container, broken)
        kept = list(carried._copy_packets(source, {stream.index: stream}, part))
    assert len(kept) == len(broken) - 2  # without the one that goes back, and the end


class _Demuxed:
    """A container whose packets are given."""

    def __init__(self, container, packets):
        self.streams, self.packets = container.streams, packets

    def demux(self, streams):
        return iter(self.packets)


def test_a_packet_that_the_muxer_refuses_is_left_out_with_a_note(tmp_path, monkeypatch):
    """The whole run must not end because of the sound, after hours."""
    clip = video.open_clip(
        make_clip(tmp_path / "a.mp4", [picture(n) for n in range(9)], sound=True)
    )
    with video.open_writer(tmp_path / "b.mp4", clip) as writer:
        container = writer.container

        class Refusing:
            def mux(self, packets):
                if getattr(packets, "stream", None) is not None and packets.stream.type == "audio":
                    raise av.InvalidDataError(1, "broken")
                container.mux(packets)

            close = container.close

        writer.container = Refusing()
        for frame in clip:
            writer.write(frame.image, frame.time)
    assert len(list(video.open_clip(tmp_path / "b.mp4"))) == 9
    assert len(writer.notes) == 1 and "audio stream" in writer.notes[0]
