"""Videos made here by PyAV go through; what comes out is read by PyAV again, and once by OpenCV."""

import signal
import subprocess
import sys
from fractions import Fraction

import av
import cv2
import keras
import numpy as np
import pytest

from tfgan_zoo import data, inference, networks, zoo
from tfgan_zoo.data import video_color, videos
from tfgan_zoo.inference import video

TICKS = Fraction(1, 12800)
STEP = 512


@pytest.fixture(name="network", scope="module")
def _network():
    """Its changes show, and are smooth enough for a codec."""
    keras.utils.set_random_seed(0)
    made = networks.ResUNet(3, widths=(8, 12), blocks=(1, 1))
    made.tail.kernel.assign(0.1 * made.tail.kernel)
    made.tail.bias.assign(np.full(12, 0.05))
    return made


@pytest.fixture(name="restorer", scope="module")
def _restorer(network):
    return inference.KerasRestorer(network)


def make(path, frames, *, codec="libx264", pixel_format="yuv420p", sound=True, steps=None, **settings):
    """A video of frames in [0, 1], shown for 40 ms each, or for `steps` units, with a tone; from second `start` on."""
    start, timecode = settings.pop("start", 0), settings.pop("timecode", None)
    fast = settings.pop("faststart", False) and path.suffix == ".mp4"
    with av.open(str(path), "w", options={"movflags": "faststart"} if fast else {}) as out:
        stream = out.add_stream(codec, rate=25, options={"crf": "12"} if codec == "libx264" else {})
        stream.height, stream.width = frames[0].shape[:2]
        stream.pix_fmt, stream.codec_context.time_base = pixel_format, TICKS
        stream.set_display_rotation(settings.pop("rotation", 0))
        for name, value in settings.items():
            setattr(stream.codec_context, name, value)
        tone = out.add_stream("aac", rate=48000) if sound else None
        out.metadata["title"], pts = "a test", int(start / TICKS)
        if timecode:
            stream.metadata["timecode"] = timecode
        for pixels, step in zip(frames, steps or [STEP] * len(frames), strict=True):
            frame = av.VideoFrame.from_ndarray(np.round(255 * pixels).astype(np.uint8), "rgb24")
            frame.pts, frame.time_base = pts, TICKS
            pts += step
            out.mux(stream.encode(frame))
        out.mux(stream.encode())
        if sound:
            wave = np.sin(np.arange(int(48000 * (pts * TICKS - start))) / 20).astype(np.float32)
            for first in range(0, len(wave), 1024):
                chunk = av.AudioFrame.from_ndarray(np.stack([wave[first : first + 1024]] * 2), "fltp", "stereo")
                chunk.sample_rate, chunk.pts, chunk.time_base = 48000, 48000 * start + first, Fraction(1, 48000)
                out.mux(tone.encode(chunk))
            out.mux(tone.encode())
    return path


def moving(photo, count=60):
    return [np.roll(photo, 2 * number, axis=1) for number in range(count)]


def read(path):
    """Seconds and pixels of every frame."""
    with av.open(str(path)) as container:
        frames = [
            (float(frame.pts * frame.time_base), video_color.to_rgb(frame)) for frame in container.decode(video=0)
        ]
    return [when for when, _ in frames], np.stack([pixels for _, pixels in frames])


def sound_of(path):
    with av.open(str(path)) as container:
        return [(packet.pts, bytes(packet)) for packet in container.demux(audio=0) if packet.size]


def test_each_frame_is_restored_and_all_else_is_kept(photo, tmp_path, network, restorer):
    steps = [STEP * int(n) for n in np.random.default_rng(0).integers(1, 4, 60)]
    source = make(tmp_path / "in.mp4", moving(photo), steps=steps, rotation=90, colorspace=1, color_range=2)
    done = []
    inference.restore_video(restorer, source, tmp_path / "out.mp4", progress=done.append)
    before, after = read(source), read(tmp_path / "out.mp4")
    assert sum(done) == 60 and after[0] == before[0] and len(set(np.diff(before[0]).round(5))) == 3
    expected = np.clip(np.asarray(network(before[1])), 0, 1)
    # In luma, since the chroma of a restored frame is halved again.
    changed, wrong = (np.abs((other - expected) @ [0.2126, 0.7152, 0.0722]).mean() for other in (before[1], after[1]))
    assert changed > 0.02 > 0.008 > wrong
    assert sound_of(source) == sound_of(tmp_path / "out.mp4")
    clip = videos.Clip(tmp_path / "out.mp4")
    assert clip.full and clip.colors[0] == 1 and clip.matrix == videos.Clip(source).matrix
    with av.open(str(tmp_path / "out.mp4")) as container:
        assert container.metadata["title"] == "a test" and next(container.decode(video=0)).rotation == 90
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.mp4", "out.mp4"]
    reader = cv2.VideoCapture(str(tmp_path / "out.mp4"))
    assert sum(iter(lambda: reader.read()[0], False)) == 60


@pytest.mark.parametrize(
    ("source", "target", "codec"),
    [
        ({"codec": "mjpeg", "pixel_format": "yuvj420p", "name": "in.avi", "sound": False}, "out.mov", "h264"),
        ({"codec": "libx264", "pixel_format": "yuv420p10le", "name": "in.mkv"}, "out.mp4", "hevc"),
        ({"codec": "mpeg4", "name": "in.m4v"}, "out.mkv", "h264"),
        ({"codec": "libvpx-vp9", "name": "in.webm", "sound": False}, "out.webm", "vp9"),
    ],
)
def test_formats(photo, tmp_path, restorer, source, target, codec):
    clip = make(tmp_path / source.pop("name"), moving(photo, 10), **source)
    inference.restore_video(restorer, clip, tmp_path / target)
    with av.open(str(tmp_path / target)) as container:
        assert container.streams.video[0].codec_context.name == codec
        assert container.streams.video[0].format.name.endswith("10le") == (codec == "hevc")
    before, after = read(clip), read(tmp_path / target)
    np.testing.assert_allclose(np.diff(after[0]), np.diff(before[0]), atol=1e-9)
    assert len(after[1]) == 10 and np.abs(after[1] - before[1]).mean() < 0.1


def test_what_the_format_does_not_hold_is_said(photo, tmp_path, restorer):
    said = []
    source = make(tmp_path / "in.mp4", moving(photo, 5))
    inference.restore_video(restorer, source, tmp_path / "out.webm", report=said.append)
    assert said == ["audio (aac) is left out: .webm does not hold it as it is"]


def test_an_enlarging_network_makes_a_larger_video(photo, tmp_path):
    class Twice:
        scale, sigma, strength, ensemble, tile = 2, None, 1.0, False, None

        def fingerprint(self):
            return "twice"

        def __call__(self, picture, out):
            out[:] = picture.pixels(0, 0, picture.height, picture.width).repeat(2, axis=0).repeat(2, axis=1)

    source = make(tmp_path / "in.mp4", moving(photo, 6))
    inference.restore_video(Twice(), source, tmp_path / "out.mp4", smooth=0.5)
    before, after = read(source), read(tmp_path / "out.mp4")
    assert after[1].shape == (6, 192, 256, 3)
    assert np.abs(after[1] - before[1].repeat(2, axis=1).repeat(2, axis=2)).mean() < 0.02


def damage(path, number):
    """Overwrites the packet of one frame, in order of decoding, with noise; returns its time."""
    with av.open(str(path)) as container:
        packet = [p for p in container.demux(video=0) if p.size][number]
        place, size, when = packet.pos, packet.size, float(packet.pts * packet.time_base)
    content = bytearray(path.read_bytes())
    content[place : place + size] = np.random.default_rng(0).integers(0, 256, size, np.uint8).tobytes()
    path.write_bytes(content)
    return when


@pytest.mark.parametrize("codec", ["mjpeg", "libx264"])
def test_a_frame_that_fails_to_decode_is_reported_and_the_one_before_repeated(photo, tmp_path, restorer, codec):
    name, pixel_format = ("in.avi", "yuvj420p") if codec == "mjpeg" else ("in.mp4", "yuv420p")
    source = make(tmp_path / name, moving(photo, 30), codec=codec, pixel_format=pixel_format)
    whole = read(source)
    lost, said = damage(source, 12), []
    inference.restore_video(restorer, source, tmp_path / "out.mp4", report=said.append)
    after = read(tmp_path / "out.mp4")
    np.testing.assert_allclose(after[0], whole[0], atol=1e-9)
    place = int(np.argmin(np.abs(np.array(whole[0]) - lost)))
    assert f"from second {lost:.2f} on 1 frames could not be decoded" in said[0]
    steps = np.abs(np.diff(after[1], axis=0)).mean(axis=(1, 2, 3))
    assert steps[place - 1] < 0.3 * np.median(steps)


class Same:
    """A restorer that changes nothing."""

    scale, sigma, strength, ensemble, tile = 1, None, 1.0, False, None

    def fingerprint(self):
        return "same"

    def __call__(self, picture, out):
        out[:] = picture.pixels(0, 0, picture.height, picture.width)


def test_frames_lost_at_the_beginning_are_replaced_by_the_first_and_reported(photo, tmp_path):
    source = make(tmp_path / "in.avi", moving(photo, 10), codec="mjpeg", pixel_format="yuvj420p", sound=False)
    whole, said = read(source), []
    for number in (2, 1, 0):
        damage(source, number)
    inference.restore_video(Same(), source, tmp_path / "out.mp4", report=said.append)
    after = read(tmp_path / "out.mp4")
    np.testing.assert_allclose(after[0], whole[0], atol=1e-9)
    assert np.abs(after[1][:3] - whole[1][3]).mean() < 0.02
    assert said == [f"{source}: from second 0.00 on 3 frames are damaged in the file"]


@pytest.mark.parametrize(("name", "told"), [("in.mp4", "frames of 60 came"), ("in.mkv", "may end early")])
def test_a_file_that_was_cut_off_is_reported(photo, tmp_path, name, told):
    source, said = make(tmp_path / name, moving(photo), faststart=True), []
    whole = source.read_bytes()
    source.write_bytes(whole[: int(0.5 * len(whole))])
    inference.restore_video(Same(), source, tmp_path / "out.mp4", report=said.append)
    assert len(read(tmp_path / "out.mp4")[0]) < 50 and any(told in message for message in said)


def test_a_broadcast_clock_does_not_become_hours_of_nothing(photo, tmp_path):
    source = make(tmp_path / "in.ts", moving(photo, 25), start=20000)
    inference.restore_video(Same(), source, tmp_path / "out.mp4")
    with av.open(str(source)) as before, av.open(str(tmp_path / "out.mp4")) as after:
        assert before.start_time > 19990 * av.time_base and after.start_time < av.time_base
        assert after.duration < 2 * av.time_base
        starts = [
            [float(stream.start_time * stream.time_base) for stream in (*one.streams.video, *one.streams.audio)]
            for one in (before, after)
        ]
    assert starts[1][1] - starts[1][0] == pytest.approx(starts[0][1] - starts[0][0], abs=0.03)


def test_a_timecode_is_kept_and_its_track_made_anew(photo, tmp_path):
    source, said = make(tmp_path / "in.mov", moving(photo, 6), timecode="01:00:00:00"), []
    for name in ("out.mov", "out.mkv"):
        inference.restore_video(Same(), source, tmp_path / name, report=said.append)
        with av.open(str(tmp_path / name)) as container:
            assert len(container.streams.audio) == 1
            kept = {**container.metadata, **container.streams.video[0].metadata}
            assert "01:00:00:00" in {name.lower(): text for name, text in kept.items()}["timecode"]
    assert said == []


def test_sound_whose_time_steps_back_goes_on(photo, tmp_path):
    part, said = make(tmp_path / "part.ts", moving(photo, 25)), []
    source = tmp_path / "in.ts"
    source.write_bytes(2 * part.read_bytes())
    inference.restore_video(Same(), source, tmp_path / "out.mp4", report=said.append)
    assert said == ["audio (aac): its times stepped back, and now go on"]
    assert len(read(tmp_path / "out.mp4")[0]) == 50
    assert len(sound_of(tmp_path / "out.mp4")) == len(sound_of(source))


def test_what_pixels_lose_is_said(photo, tmp_path):
    source, said = make(tmp_path / "in.mov", moving(photo, 3), codec="prores_ks", pixel_format="yuva444p10le"), []
    inference.restore_video(Same(), source, tmp_path / "out.mov", report=said.append)
    assert [message.rpartition(": ")[2] for message in said] == ["transparency"]
    with av.open(str(tmp_path / "out.mov")) as container:
        assert container.streams.video[0].format.name == "yuv444p10le", "the chroma is whole still"
    deep, said = make(tmp_path / "in.mkv", moving(photo, 3), pixel_format="yuv422p10le", sound=False), []
    inference.restore_video(Same(), deep, tmp_path / "out.webm", report=said.append)
    assert [message.rpartition(": ")[2] for message in said] == ["10 bits a channel, of which 8 stay"]


SCRIPT = """
import sys, time, numpy as np
from tfgan_zoo import inference, zoo
from tfgan_zoo.inference import video
video.PART = 8
restorer = inference.KerasRestorer(zoo.load(sys.argv[3]))
def slowly(count):
    print(count, flush=True)
    time.sleep(0.05)
inference.restore_video(restorer, sys.argv[1], sys.argv[2], smooth=0.5, progress=slowly)
"""


def test_a_killed_run_is_gone_on_with_and_gives_the_same_file(photo, tmp_path, network, monkeypatch):
    preset = zoo.save(network, tmp_path / "preset", summary="a test")
    source = make(tmp_path / "in.mp4", moving(photo, 60), steps=[STEP, 3 * STEP] * 30)
    command = [sys.executable, "-c", SCRIPT, str(source), str(tmp_path / "out.mp4"), str(preset)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        for _ in range(22):
            process.stdout.readline()
        process.send_signal(signal.SIGKILL)
    assert not (tmp_path / "out.mp4").exists() and (tmp_path / ".out.mp4.parts").is_dir()
    monkeypatch.setattr(video, "PART", 8)
    restorer, counts = inference.KerasRestorer(zoo.load(preset)), []
    untiled = inference.KerasRestorer(restorer.network, tile=None)
    for other, smooth in ((restorer, 0.4), (untiled, 0.5)):
        with pytest.raises(videos.VideoError, match="other settings; --overwrite"):
            inference.restore_video(other, source, tmp_path / "out.mp4", smooth=smooth)
    said = []
    inference.restore_video(
        restorer, source, tmp_path / "out.mp4", smooth=0.5, progress=counts.append, report=said.append
    )
    assert counts[0] in (8, 16) and sum(counts) == 60
    assert said[0].endswith(f"out.mp4: going on after frame {counts[0]}")
    inference.restore_video(restorer, source, tmp_path / "once.mp4", smooth=0.5)
    resumed, once = read(tmp_path / "out.mp4"), read(tmp_path / "once.mp4")
    assert resumed[0] == once[0] == read(source)[0]
    np.testing.assert_array_equal(resumed[1], once[1])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.mp4", "once.mp4", "out.mp4", "preset"]
    inference.restore_video(restorer, source, tmp_path / "out.mp4", smooth=0.4, anew=True)


def test_memory_does_not_grow_with_the_length(photo, tmp_path, restorer, monkeypatch):
    """Frames and parts are let go: never more of them at once than in a short clip."""
    import tracemalloc

    peaks = []
    monkeypatch.setattr(video, "PART", 8)
    for count in (24, 96):
        source = make(tmp_path / f"{count}.mp4", moving(photo, count), sound=False)
        inference.restore_video(restorer, source, tmp_path / "out.mp4")
        tracemalloc.start()
        inference.restore_video(restorer, source, tmp_path / "out.mp4")
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.2 * peaks[0] < 30e6


def test_smoothing_reduces_the_flicker_of_a_preset(photo, tmp_path):
    rng = np.random.default_rng(0)
    frames = [np.clip(photo + rng.normal(0, 12 / 255, photo.shape), 0, 1) for _ in range(16)]
    source = make(tmp_path / "in.mp4", frames, sound=False)
    restorer, flicker = inference.KerasRestorer(zoo.load("resunet_photo")), []
    for smooth in (0.0, 0.8):
        inference.restore_video(restorer, source, tmp_path / "out.mp4", smooth=smooth)
        flicker.append(read(tmp_path / "out.mp4")[1][4:].std(axis=0).mean())
    assert flicker[1] < 0.6 * flicker[0]


@pytest.mark.parametrize(
    ("name", "options", "reason"),
    [
        ("none.mp4", {}, "is not a file"),
        ("text.mp4", {}, "not a video that can be read"),
        ("odd.mp4", {}, "of a codec that FFmpeg cannot decode"),
        ("sound.mp4", {}, "holds no video"),
        ("in.mp4", {"target": "out.avi"}, "not as .avi"),
        ("in.mp4", {"target": "nowhere/out.mp4"}, "cannot be written"),
        ("in.mp4", {"smooth": 1.5}, r"within \[0, 1\], got 1.5"),
        ("tiny.avi", {}, "at least 4 pixels"),
    ],
)
def test_wrong_use_is_refused_and_leaves_nothing(photo, tmp_path, restorer, name, options, reason):
    make(tmp_path / "in.mp4", moving(photo, 3))
    make(tmp_path / "tiny.avi", [photo[:2, :2]] * 3, codec="mjpeg", pixel_format="yuvj420p", sound=False)
    (tmp_path / "text.mp4").write_text("no video at all")
    (tmp_path / "odd.mp4").write_bytes((tmp_path / "in.mp4").read_bytes().replace(b"avc1", b"zzz9"))
    with av.open(str(tmp_path / "sound.mp4"), "w") as out:
        tone = out.add_stream("aac", rate=48000)
        silence = av.AudioFrame.from_ndarray(np.zeros((2, 1024), np.float32), "fltp", "stereo")
        silence.sample_rate = 48000
        out.mux(tone.encode(silence) + tone.encode())
    before = sorted(tmp_path.iterdir())
    target = tmp_path / options.pop("target", "out.mp4")
    with pytest.raises(ValueError, match=reason):
        inference.restore_video(restorer, tmp_path / name, target, **options)
    assert sorted(tmp_path.iterdir()) == before


def test_without_pyav_it_says_what_to_install(monkeypatch):
    monkeypatch.delitem(sys.modules, "tfgan_zoo.inference.video")
    for name in ("videos", "video_parts", "video_color"):
        monkeypatch.delitem(sys.modules, f"tfgan_zoo.data.{name}")
        monkeypatch.delattr(data, name)
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(ValueError, match="pip install 'tfgan_zoo"):
        _ = inference.restore_video
