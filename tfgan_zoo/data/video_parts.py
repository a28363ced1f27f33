"""A video written in parts, so that one that was interrupted is gone on with, and joined at its end.

A part is a run of encoded frames that needs no other: `NUMBER.bin` with the packets, and
`NUMBER.json` with their times, which is written last and so says that the part is whole. NUMBER
is that of its first frame. `NUMBER.npz` holds what the part after it has to know of the frames before.
"""

import heapq
import io
import itertools
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np

from tfgan_zoo.data import replacing, video_color
from tfgan_zoo.data.videos import Clip, VideoError, configure, encoder, named

_NOT_OURS = ("major_brand", "minor_version", "compatible_brands", "encoder")
"""What a muxer writes about itself."""

_FORMATS = {".mp4": "mp4", ".m4v": "mp4", ".mov": "mov", ".mkv": "matroska", ".webm": "webm"}


class Parts:
    """The parts of one video, in a hidden folder beside it.

    Args:
        target: the video that they will become.
        job: what the parts depend on, as JSON holds it.
        anew: throws away what another job left there.

    Attributes:
        frames: how many are finished.

    Raises:
        VideoError: parts of another job, without `anew`, or no room or right to write.
    """

    def __init__(self, target: str | os.PathLike, job: dict, anew: bool = False):
        self.target = Path(target)
        self.folder = self.target.with_name(f".{self.target.name}.parts")
        record = self.folder / "job.json"
        if record.exists() and json.loads(record.read_text()) != job:
            if not anew:
                raise VideoError(
                    f"{self.folder} holds an interrupted run with other settings; --overwrite throws it away"
                )
            self.remove()
        with named(self.target):
            self.folder.mkdir(exist_ok=True)
            if not record.exists():
                replacing.text(record, json.dumps(job))
        self.indices = sorted(self.folder.glob("[0-9]*.json"))
        self.frames = sum(len(json.loads(path.read_text())) for path in self.indices)

    def state(self) -> dict[str, np.ndarray]:
        """What was last given to `add`; empty at the start."""
        if not self.indices:
            return {}
        with np.load(self.indices[-1].with_suffix(".npz")) as arrays:
            return dict(arrays)

    def add(self, packets: list[av.Packet], state: dict[str, np.ndarray]) -> None:
        """Writes a part and what the next one needs to know; only the newest state is kept."""
        index = self.folder / f"{self.frames:09}.json"
        index.with_suffix(".bin").write_bytes(b"".join(bytes(packet) for packet in packets))
        with open(index.with_suffix(".npz"), "wb") as file:
            np.savez(file, **state)
        rows = [(p.pts, p.duration or 0, p.is_keyframe, p.size) for p in packets]
        replacing.text(index, json.dumps(rows))
        if self.indices:
            self.indices[-1].with_suffix(".npz").unlink(missing_ok=True)
        self.indices.append(index)
        self.frames += len(packets)

    def times(self) -> list[tuple[int, int]]:
        """Times and durations of all packets in the order of decoding."""
        return [tuple(row[:2]) for index in self.indices for row in json.loads(index.read_text())]

    def packets(self) -> Iterator[tuple[int, int, bool, bytes]]:
        """Times, durations, whether a key frame, and bytes of all packets in the order of decoding."""
        for index in self.indices:
            with open(index.with_suffix(".bin"), "rb") as file:
                for pts, duration, key, size in json.loads(index.read_text()):
                    yield pts, duration, key, file.read(size)

    def remove(self) -> None:
        """Deletes the parts."""
        shutil.rmtree(self.folder)


class PartEncoder:
    """Encodes frames into the packets of one part.

    Args:
        target: the video; its suffix decides the codec.
        clip: of which the frames keep timing, colours and chroma resolution.
        scale: how many times larger than its frames they are.
    """

    def __init__(self, target: str | os.PathLike, clip: Clip, scale: int = 1):
        name, options = encoder(target, clip)
        self.target, self.clip, self.context = target, clip, av.CodecContext.create(name, "w")
        configure(self.context, clip, scale)
        self.context.options = options
        self.context.flags |= av.codec.context.Flags.global_header
        self.packets: list[av.Packet] = []

    def add(self, pixels: np.ndarray, pts: int, duration: int) -> None:
        """Encodes (height, width, 3), float32 in [0, 1]."""
        frame = video_color.from_rgb(pixels, self.context.pix_fmt, self.clip.colorspace, self.clip.full)
        frame.pts, frame.duration, frame.time_base = pts, duration, self.clip.time_base
        with named(self.target):
            self.packets += self.context.encode(frame)

    def finish(self) -> list[av.Packet]:
        """The packets, in the order of decoding."""
        with named(self.target):
            return self.packets + self.context.encode(None)


def join(parts: Parts, clip: Clip, scale: int = 1) -> list[str]:
    """Joins the parts, with the sound and whatever else of the clip the format holds, into the target.

    Returns:
        What is left out or was changed, in words.

    Raises:
        VideoError: if it cannot be written; the parts then stay.
    """
    joined = parts.folder / f"joined{parts.target.suffix}"
    container_format = _FORMATS[joined.suffix.lower()]
    with named(parts.target), clip.open() as source:
        main = source.streams.best("video")
        others = [stream for stream in source.streams if stream.index != main.index]
        held = []
        for stream in others:
            if _holds(container_format, parts, clip, scale, [*held, stream]):
                held.append(stream)
        with av.open(str(joined), "w", format=container_format) as out:
            video = _video_stream(out, parts, clip, scale)
            video.metadata.update(_metadata(main))
            copies = {stream.index: _Copied(out, stream, clip.start) for stream in held}
            out.metadata.update(_metadata(source))
            out.set_chapters(source.chapters())
            for packet in heapq.merge(_video(parts, clip, video), _others(source, copies), key=_seconds):
                out.mux(packet)
        said = [_said(stream, copies.get(stream.index), parts.target.suffix) for stream in others]
        os.replace(joined, parts.target)
    return [message for message in said if message]


def _said(stream, copied, suffix) -> str:
    """What is to be told of a stream of the source; nothing if it went as it was."""
    called = f"{stream.type} ({stream.name})"
    if copied:
        return f"{called}: its times stepped back, and now go on" if copied.stepped else ""
    # Muxers make the track of a timecode themselves, of the video's.
    made_anew = stream.type == "data" and "timecode" in stream.metadata
    return "" if made_anew else f"{called} is left out: {suffix} does not hold it as it is"


def _video_stream(out, parts, clip, scale):
    name, options = encoder(parts.target, clip)
    video = out.add_stream(name, clip.rate, options)
    configure(video.codec_context, clip, scale)
    if name == "libx265" and out.format.name in ("mp4", "mov"):
        # Apple's players know HEVC by this tag alone.
        video.codec_context.codec_tag = "hvc1"
    video.time_base = clip.time_base
    video.set_display_matrix(clip.matrix)
    return video


def _video(parts, clip, stream) -> Iterator[av.Packet]:
    """The packets of all parts. They are decoded in the order of their times, a few frames ahead of being shown."""
    shown = [pts for pts, _ in parts.times()]
    ordered = sorted(shown)
    ranks = {pts: rank for rank, pts in enumerate(ordered)}
    ahead = max(number - ranks[pts] for number, pts in enumerate(shown))
    step = ordered[1] - ordered[0] if ahead else 0
    decoded = itertools.chain((ordered[0] - step * (ahead - number) for number in range(ahead)), ordered)
    start = round(clip.start / clip.time_base)
    for (pts, duration, key, content), dts in zip(parts.packets(), decoded, strict=False):
        packet = av.Packet(content)
        packet.stream, packet.time_base = stream, clip.time_base
        packet.pts, packet.dts, packet.duration, packet.is_keyframe = pts - start, dts - start, duration, key
        yield packet


def _others(source, copies: dict) -> Iterator[av.Packet]:
    streams = [stream for stream in source.streams if stream.index in copies]
    for packet in source.demux(streams) if streams else ():
        if packet.dts is not None:
            yield copies[packet.stream.index](packet)


class _Copied:
    """A stream that is copied: its packets with times that only increase, which muxers ask for.

    Attributes:
        stepped: whether that had to be seen to.
    """

    def __init__(self, out, stream, start: float):
        self.stream, self.audible = _copy(out, stream), stream.type == "audio"
        self.start = round(start / stream.time_base)
        self.next, self.stepped = None, False

    def __call__(self, packet: av.Packet) -> av.Packet:
        shift = -self.start
        if self.next is not None and packet.dts + shift < self.next:
            shift, self.stepped = self.next - packet.dts, True
        packet.dts += shift
        if packet.pts is not None:
            packet.pts += shift
        # Rounded durations of sound that never stepped may reach over the next packet.
        self.next = packet.dts + (max(packet.duration or 0, 1) if self.stepped and self.audible else 1)
        packet.stream = self.stream
        return packet


def _seconds(packet) -> float:
    return float(packet.dts * packet.time_base)


def _holds(container_format: str, parts, clip, scale, streams) -> bool:
    """Whether a format takes streams as they are beside the video: tried, since only its header says."""
    if streams[-1].type in ("video", "data"):
        return False
    try:
        with av.open(io.BytesIO(), "w", format=container_format) as trial:
            _video_stream(trial, parts, clip, scale)
            for stream in streams:
                _copy(trial, stream)
            trial.start_encoding()
    except (av.FFmpegError, ValueError):
        return False
    return True


def _copy(out, stream):
    copied = out.add_stream_from_template(stream, opaque=True)
    copied.metadata.update(_metadata(stream))
    copied.disposition = stream.disposition
    return copied


def _metadata(holder) -> dict[str, str]:
    return {key: value for key, value in holder.metadata.items() if key.lower() not in _NOT_OURS}
