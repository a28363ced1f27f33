"""Video files in and out, by PyAV, which holds FFmpeg's libraries and is an extra of this package.

Everything here is numpy on the host: float32 in [0, 1], (height, width, 3), RGB order. A clip is
read frame by frame; nothing grows with its length.
"""

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
        time_base: seconds in a unit of time, a fraction.
        rate: frames a second, on average, a fraction.
        matrix: nine integers that players turn the picture by, or None.
        full: whether the levels reach from end to end, and not from 16 to 235.
        colors: numbers of matrix, primaries and transfer in ITU-T H.273, 2 for what is not said.
        colorspace: number of the matrix that is meant.

    Raises:
        VideoError: not a video, without a frame that can be decoded, or interlaced.
    """

    def __init__(self, path: str | os.PathLike):
        self.path = Path(path)
        if not self.path.is_file():
            raise VideoError(f"{self.path} is not a file")
        with self.open() as container:
            stream = container.streams.best("video")
            first = next(self._decoded(container, stream))[1]
            if first is None:
                raise VideoError(f"{self.path} holds no frame that can be decoded")
            if first.interlaced_frame:
                raise VideoError(f"{self.path} is interlaced; deinterlace it first")
            self.height, self.width = first.height, first.width
            self.time_base, self.rate = stream.time_base, stream.average_rate or Fraction(25)
            seconds = container.duration / av.time_base if container.duration else 0
            self.count = stream.frames or round(seconds * self.rate)
            self.full = video_color.is_full(first)
            self.colors = (first.colorspace, first.color_primaries, first.color_trc)
            self.colorspace = video_color.matrix_number(first)
            self.aspect = stream.sample_aspect_ratio
            self.pixel_format = first.format
            sides = {side.type.name: side for side in first.side_data}
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

        A frame that is missing between two others after an error has no pixels, so that the
        numbers of the others stay.
        """
        usual, last = round(1 / (self.rate * self.time_base)) or 1, None
        with self.open() as container:
            for number, (pts, frame) in enumerate(self._decoded(container, container.streams.best("video"))):
                if last is not None and (pts is None or pts <= last):
                    pts = last + usual
                last = pts or 0
                if number < start:
                    continue
                if frame is None:
                    yield Frame(last, 0, None, True)
                else:
                    pixels = video_color.to_rgb(frame.reformat(width=self.width, height=self.height))
                    yield Frame(last, frame.duration or usual, pixels, frame.is_corrupt)

    @staticmethod
    def _decoded(container, stream) -> Iterator[tuple[int | None, av.VideoFrame | None]]:
        """Times and frames; after an error also the times of packets of which no frame came, and None."""
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
                    if (pts := heapq.heappop(expected)) < frame.pts and broken and shown:
                        yield pts, None
                shown = True
                yield frame.pts, frame
        if not shown:
            yield None, None
        elif broken:
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
    deep = clip.pixel_format.components[0].bits > 8 and not clip.pixel_format.has_palette
    name = "libvpx-vp9" if Path(target).suffix.lower() == ".webm" else "libx265" if deep else "libx264"
    if name not in av.codecs_available:
        raise VideoError(f"{target}: this PyAV has no {name}; its wheels on PyPI do")
    return name, dict(_ENCODERS[name])


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


def reason(error: Exception) -> str:
    """What went wrong, without FFmpeg's number of it."""
    return getattr(error, "strerror", None) or str(error)


def _pixel_format(clip: Clip, context) -> str:
    """The clip's own chroma resolution and depth, as far as the encoder goes; RGB as players like it."""
    known = {known.name for known in context.codec.video_formats}
    depth = "10le" if context.codec.name == "libx265" else ""
    name = clip.pixel_format.name.replace("yuvj", "yuv")
    chroma = next((c for c in ("444", "422") if name.startswith(f"yuv{c}")), "420")
    odd = (context.width % 2 and chroma != "444") or (context.height % 2 and chroma == "420")
    wanted = f"yuv{'444' if odd else chroma}p{depth}"
    return wanted if wanted in known else f"yuv420p{depth}"
