"""Video files in and out, by PyAV, which holds FFmpeg's libraries and is an extra of this package.

Everything here is numpy on the host: float32 in [0, 1], (height, width, 3), RGB order. A clip is
read frame by frame; nothing grows with its length.
"""

import contextlib
import dataclasses
import heapq
import os
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from tfgan_zoo.data import video_color

WRITTEN = (".mp4", ".m4v", ".mov", ".mkv", ".webm")

_CLOCKED = ("mpegts", "mpeg")
"""Formats whose times are those of a clock that runs for a day and not of the file."""

_ENCODERS = {
    "libx264": {"crf": "17", "preset": "medium"},
    "libx265": {"crf": "18", "preset": "medium", "x265-params": "log-level=none"},
    "libvpx-vp9": {"crf": "20", "b": "0", "cpu-used": "4", "row-mt": "1"},
}
"""Settings at which the loss is hard to see."""


class VideoError(ValueError):
    """A file that is not a video that can be used; the message names the file and the reason."""


@dataclasses.dataclass(frozen=True, eq=False)
class Frame:
    """A frame of a clip.

    Attributes:
        pts: when it is shown, in units of the clip's `time_base`.
        duration: for how long, in the same units; 0 if unknown.
        pixels: (height, width, 3), float32 in [0, 1]; None if it could not be decoded.
        damaged: whether the decoder had to guess parts of it, or all.
    """

    pts: int
    duration: int
    pixels: np.ndarray | None
    damaged: bool


class Clip:
    """An opened video file: its first video stream, and what else it carries.

    Attributes:
        height, width: in pixels, as stored: `matrix` turns them upright.
        count: of frames, as far as the file tells; 0 if it does not.
        exact: whether that is what the file holds, if it is whole.
        start: seconds at which its clock begins, where that is a broadcast's; 0 elsewhere.
        seconds: that it lasts, as far as the file tells; 0 if it does not.
        time_base: seconds in a unit of time, a fraction.
        rate: frames a second, on average, a fraction.
        mastered: whether it says for which screen and brightness its HDR was made.
        matrix: nine integers that players turn the picture by, or None.
        full: whether the levels reach from end to end, and not from 16 to 235.
        colors: numbers of matrix, primaries and transfer in ITU-T H.273, 2 for what is not said.
        colorspace: number of the matrix that is meant.

    Raises:
        VideoError: not a video, of an unknown codec, without a frame that can be decoded, or interlaced.
    """

    def __init__(self, path: str | os.PathLike):
        self.path = Path(path)
        if not self.path.is_file():
            raise VideoError(f"{self.path} is not a file")
        with self.open() as container:
            stream = container.streams.best("video")
            if stream.codec_context is None:
                raise VideoError(f"{self.path} is of a codec that FFmpeg cannot decode")
            first = next(self._decoded(container, stream), (None, None))[1]
            if first is None:
                raise VideoError(f"{self.path} holds no frame that can be decoded")
            if first.interlaced_frame:
                raise VideoError(f"{self.path} is interlaced; deinterlace it first")
            self.height, self.width = first.height, first.width
            self.time_base, self.rate = stream.time_base, stream.average_rate or Fraction(25)
            self.seconds = (container.duration or 0) / av.time_base
            self.count = stream.frames or round(self.seconds * self.rate)
            # Others' counts are guesses.
            self.exact = bool(stream.frames) and "mp4" in container.format.name
            clocked = container.format.name in _CLOCKED and container.start_time
            self.start = container.start_time / av.time_base if clocked else 0.0
            self.full = video_color.is_full(first)
            self.colors = (first.colorspace, first.color_primaries, first.color_trc)
            self.colorspace = video_color.matrix_number(first)
            self.aspect = stream.sample_aspect_ratio
            self.pixel_format = first.format
            sides = {side.type.name: side for side in first.side_data}
            self.mastered = bool({"MASTERING_DISPLAY_METADATA", "CONTENT_LIGHT_LEVEL"} & set(sides))
            self.matrix = np.frombuffer(sides["DISPLAYMATRIX"], np.int32).tolist() if "DISPLAYMATRIX" in sides else None

    def open(self) -> av.container.InputContainer:
        """The file, opened anew."""
        try:
            container = av.open(str(self.path), metadata_errors="replace")
        except (av.FFmpegError, OSError) as error:
            raise VideoError(f"{self.path} is not a video that can be read: {reason(error)}") from error
        if not container.streams.video:
            container.close()
            raise VideoError(f"{self.path} holds no video")
        return container

    def frames(self, start: int = 0) -> Iterator[Frame]:
        """Frames in the order in which they are shown, from number `start`; times only increase.

        A frame that is missing after an error has no pixels, so that the numbers of the others
        stay; before the first one, it has that one's.
        """
        usual, last = round(1 / (self.rate * self.time_base)) or 1, None
        with self.open() as container:
            for number, (pts, frame) in enumerate(self._decoded(container, container.streams.best("video"))):
                lost = frame is None or frame.pts != pts
                if last is not None and (pts is None or pts <= last):
                    pts = last + usual
                last = pts or 0
                if number < start:
                    continue
                if frame is None:
                    yield Frame(last, 0, None, True)
                else:
                    pixels = video_color.to_rgb(frame.reformat(width=self.width, height=self.height))
                    yield Frame(last, frame.duration or usual, pixels, frame.is_corrupt or lost)

    @staticmethod
    def _decoded(container, stream) -> Iterator[tuple[int | None, av.VideoFrame | None]]:
        """Times and frames; after an error also the times of packets of which no frame came, and None.

        At the beginning, where nothing could be repeated, the first frame in place of None.
        """
        stream.thread_type = "AUTO"
        # What refers to a lost frame is shown with faults, instead of nothing until the next key frame.
        stream.codec_context.flags |= av.codec.context.Flags.output_corrupt
        expected, broken, shown = [], False, False
        packets = container.demux(stream)
        while True:
            try:
                packet = next(packets, None)
                if packet is None:
                    break
                if packet.size and packet.pts is not None and not packet.is_discard:
                    heapq.heappush(expected, packet.pts)
                frames = packet.decode()
            except av.FFmpegError:
                broken = True
                continue
            for frame in frames:
                while expected and frame.pts is not None and expected[0] <= frame.pts:
                    if (pts := heapq.heappop(expected)) < frame.pts and broken:
                        yield pts, None if shown else frame
                shown = True
                yield frame.pts, frame
        if shown and broken:
            yield from ((pts, None) for pts in sorted(expected))


def check_target(path: str | os.PathLike) -> None:
    """Checks, before any work, that a format can be written.

    Raises:
        VideoError: an unknown suffix.
    """
    suffix = Path(path).suffix.lower()
    if suffix not in WRITTEN:
        raise VideoError(f"{path}: videos are written as {', '.join(WRITTEN)}, not as {suffix or 'nothing'}")


def encoder(target: str | os.PathLike, clip: Clip) -> tuple[str, dict[str, str]]:
    """The encoder for a file of this suffix, and its options: VP9 for WebM, else H.264, or HEVC over 8 bits."""
    name = "libvpx-vp9" if Path(target).suffix.lower() == ".webm" else "libx265" if _is_deep(clip) else "libx264"
    if name not in av.codecs_available:
        raise VideoError(f"{target}: this PyAV has no {name}; its wheels on PyPI do")
    return name, dict(_ENCODERS[name])


def losses(target: str | os.PathLike, clip: Clip) -> list[str]:
    """What of a clip's pixels a file of this suffix will not hold, in words."""
    parts, deep = clip.pixel_format.components, _is_deep(clip)
    lost = ["transparency"] * any(part.is_alpha for part in parts)
    lost += [f"{parts[0].bits} bits a channel, of which 8 stay"] * (deep and encoder(target, clip)[0] != "libx265")
    return lost + ["the screen and the brightness that HDR was made for"] * clip.mastered


def _is_deep(clip) -> bool:
    return clip.pixel_format.components[0].bits > 8 and not clip.pixel_format.has_palette


def configure(context: av.VideoCodecContext, clip: Clip, scale: int = 1) -> None:
    """Sets an encoder to a clip's size times `scale`, timing and colours."""
    context.width, context.height = scale * clip.width, scale * clip.height
    context.pix_fmt = _pixel_format(clip, context)
    context.time_base, context.framerate = clip.time_base, clip.rate
    context.sample_aspect_ratio = clip.aspect or Fraction(0, 1)
    context.colorspace, context.color_primaries, context.color_trc = clip.colors
    if scale > 1 or clip.pixel_format.is_rgb:
        # Of an enlarged clip that does not say players would assume another one.
        context.colorspace = clip.colorspace
    context.color_range = 2 if clip.full else 1
    context.flags |= av.codec.context.Flags.frame_duration


@contextlib.contextmanager
def named(path: str | os.PathLike) -> Iterator[None]:
    """Turns what FFmpeg or the disk say inside into a `VideoError` that names the file that is written."""
    try:
        yield
    except (av.FFmpegError, OSError) as error:
        raise VideoError(f"{path} cannot be written: {reason(error)}") from error


def reason(error: Exception) -> str:
    """What went wrong, without FFmpeg's number of it."""
    return getattr(error, "strerror", None) or str(error)


def _pixel_format(clip: Clip, context) -> str:
    """The clip's own chroma resolution and depth, as far as the encoder goes; RGB as players like it."""
    known = {known.name for known in context.codec.video_formats}
    depth = "10le" if context.codec.name == "libx265" else ""
    wide, high = _whole_chroma(clip.pixel_format)
    chroma = "420" if not high else "444" if wide else "422"
    odd = (context.width % 2 and chroma != "444") or (context.height % 2 and chroma == "420")
    wanted = f"yuv{'444' if odd else chroma}p{depth}"
    return wanted if wanted in known else f"yuv420p{depth}"


def _whole_chroma(pixel_format) -> tuple[bool, bool]:
    """Whether chroma is as wide and as high as luma; in RGB and gray it is not asked for."""
    parts = pixel_format.components
    if pixel_format.is_rgb or pixel_format.has_palette or len(parts) < 3:
        return False, False
    return parts[1].width == parts[0].width, parts[1].height == parts[0].height
