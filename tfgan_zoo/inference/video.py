"""Restores videos frame by frame, in parts, so that an interrupted run is gone on with."""

import contextlib
import itertools
import os
from collections.abc import Callable, Iterator

import numpy as np

import tfgan_zoo
from tfgan_zoo.data import video_parts, videos
from tfgan_zoo.data.array_picture import ArrayPicture
from tfgan_zoo.inference.pipeline import ahead
from tfgan_zoo.inference.restoring import KerasRestorer
from tfgan_zoo.inference.smoothing import Smoother

PART = 48
"""Frames of a part: what is lost at most when a run is killed."""


def restore_video(
    restorer: KerasRestorer,
    source: str | os.PathLike,
    target: str | os.PathLike,
    *,
    smooth: float = 0.0,
    anew: bool = False,
    progress: Callable[[int], None] = lambda frames: None,
    report: Callable[[str], None] = lambda message: None,
) -> None:
    """Restores a video file into a video file, which appears when it is whole.

    The times of the frames, rotation, colours, sound, subtitles and chapters are kept as far as
    the format of the target goes. Called again after it was killed, it goes on after the last
    part that was finished, and gives the same file. A frame that cannot be decoded is replaced
    by the one before.

    Args:
        restorer: at work on each frame.
        source: the video; any format that FFmpeg reads, not interlaced.
        target: .mp4, .m4v or .mov (H.264, or HEVC over 8 bits), .mkv or .webm (VP9); replaced if
            it exists.
        smooth: less flicker where nothing moves: 0 is none, 1 most; see `Smoother`.
        anew: throws away what a run with other settings left; it is an error otherwise.
        progress: called with the number of frames finished since the last call.
        report: called with what was repaired or left out.

    Raises:
        videos.VideoError: what cannot be read or written.
        ValueError: `smooth` outside of [0, 1], or frames smaller than the network takes.
    """
    Smoother(smooth)
    videos.check_target(target)
    clip = videos.Clip(source)
    videos.encoder(target, clip)
    parts = video_parts.Parts(target, _job(restorer, clip, smooth), anew)
    if parts.frames:
        report(f"{target}: going on after frame {parts.frames}")
    progress(parts.frames)
    try:
        _finish_parts(restorer, clip, parts, smooth, progress, report)
    except ValueError:
        if not parts.frames:
            parts.remove()
        raise
    for message in (*_shortfall(clip, parts), *video_parts.join(parts, clip, restorer.scale)):
        report(message)
    for lost in videos.losses(target, clip):
        report(f"{target} is without what {clip.path} has: {lost}")
    parts.remove()


def _finish_parts(restorer, clip, parts, smooth, progress, report) -> None:
    """Restores the frames that are in no part yet."""
    smoother, encoder, scale = Smoother(smooth, parts.state()), None, restorer.scale
    decoding = clip.frames(start=parts.frames)
    with contextlib.closing(ahead(lambda _: next(decoding, None), itertools.count())) as decoded:
        for number, frame in enumerate(_reported(iter(decoded.__next__, None), clip, report), start=1):
            encoder = encoder or video_parts.PartEncoder(parts.target, clip, scale)
            if frame.pixels is not None:
                restored = np.empty((scale * clip.height, scale * clip.width, 3), np.float32)
                restorer(ArrayPicture(frame.pixels), restored)
                smoother(frame.pixels, restored)
            encoder.add(smoother.state["restored"], frame.pts, frame.duration)
            if number % PART == 0:
                parts.add(encoder.finish(), smoother.state)
                encoder = None
            progress(1)
    if encoder:
        parts.add(encoder.finish(), smoother.state)


def _shortfall(clip, parts) -> Iterator[str]:
    """Whether the file ended before it said that it would: FFmpeg does not tell."""
    times = parts.times()
    begin, end = min(pts for pts, _ in times), max(pts + duration for pts, duration in times)
    came = float((end - begin) * clip.time_base)
    if clip.exact and parts.frames < clip.count:
        yield f"{clip.path} ends early: {parts.frames} frames of {clip.count} came"
    elif not clip.exact and came < 0.98 * clip.seconds - 0.5:
        yield f"{clip.path} may end early: its frames last for {came:.1f} seconds of {clip.seconds:.1f}"


def _reported(frames: Iterator[videos.Frame], clip, report) -> Iterator[videos.Frame]:
    """The frames, and what is wrong with some of them in words."""
    for fault, run in itertools.groupby(frames, lambda frame: (frame.pixels is None, frame.damaged)):
        count, begin = 0, None
        for frame in run:
            count, begin = count + 1, frame.pts if begin is None else begin
            yield frame
        lost, damaged = fault
        if lost or damaged:
            what = "could not be decoded, and the one before is repeated" if lost else "are damaged in the file"
            report(f"{clip.path}: from second {float(begin * clip.time_base):.2f} on {count} frames {what}")


def _job(restorer, clip, smooth) -> dict:
    """What the restored frames depend on."""
    file = clip.path.stat()
    return {
        "version": tfgan_zoo.__version__,
        "source": [str(clip.path.resolve()), file.st_size, file.st_mtime_ns],
        "network": restorer.fingerprint(),
        "settings": [restorer.sigma, restorer.strength, restorer.ensemble, restorer.tile, smooth, PART],
    }
