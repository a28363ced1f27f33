"""Video frames to RGB and back, exactly: swscale resamples the chroma, and the matrix is ours.

swscale's own conversion shifts full-range colours by most of a level and rounds to 8 bits.
"""

import av
import numpy as np
from av.video.reformatter import ColorRange, Interpolation

_SMOOTH = Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT
_LUMA = {
    1: (0.2126, 0.0722),
    4: (0.30, 0.11),
    5: (0.299, 0.114),
    6: (0.299, 0.114),
    7: (0.212, 0.087),
    9: (0.2627, 0.0593),
}
"""Shares of red and blue in luma, by the number of the matrix in ITU-T H.273."""


def to_rgb(frame: av.VideoFrame) -> np.ndarray:
    """The pixels of a frame, (height, width, 3), float32 in [0, 1]."""
    if frame.format.is_rgb or frame.format.has_palette:
        deep = not frame.format.has_palette and _depth(frame.format) > 8
        return frame.to_ndarray(format="rgb48le" if deep else "rgb24").astype(np.float32) / (65535 if deep else 255)
    planes = _planes(_resampled(frame, _full_chroma(_depth(frame.format)), is_full(frame)))
    offsets, scales = _levels(_depth(frame.format), is_full(frame))
    rgb = ((planes - offsets) / scales) @ np.linalg.inv(_matrix(matrix_number(frame))).T.astype(np.float32)
    return np.clip(rgb, 0, 1)


def from_rgb(pixels: np.ndarray, pixel_format: str, colorspace: int, full: bool) -> av.VideoFrame:
    """A frame of (height, width, 3), float32 in [0, 1].

    Args:
        pixels: what to show.
        pixel_format: of YUV, such as yuv420p.
        colorspace: number of the matrix in H.273.
        full: whether the levels reach from end to end.
    """
    height, width = pixels.shape[:2]
    depth = _depth(av.VideoFormat(pixel_format))
    offsets, scales = _levels(depth, full)
    planes = (pixels @ _matrix(colorspace).T.astype(np.float32)) * scales + offsets
    planes = np.clip(np.round(planes), 0, 2**depth - 1).astype(np.uint8 if depth == 8 else np.uint16)
    frame = av.VideoFrame(width, height, _full_chroma(depth))
    for number, plane in enumerate(frame.planes):
        rows = np.zeros((height, plane.line_size // planes.itemsize), planes.dtype)
        rows[:, :width] = planes[..., number]
        plane.update(rows)
    frame.colorspace, frame.color_range = colorspace, ColorRange.JPEG if full else ColorRange.MPEG
    return _resampled(frame, pixel_format, full)


def is_full(frame: av.VideoFrame) -> bool:
    """Whether the frame's levels reach from end to end, as in JPEG, and not from 16 to 235."""
    return frame.color_range == ColorRange.JPEG or frame.format.name.startswith("yuvj")


def matrix_number(frame: av.VideoFrame) -> int:
    """The frame's matrix in H.273; where it does not say, what players assume by its height."""
    return frame.colorspace if frame.colorspace in _LUMA else 1 if frame.height > 576 else 6


def _resampled(frame, pixel_format, full):
    levels = ColorRange.JPEG if full else ColorRange.MPEG
    return frame.reformat(
        format=pixel_format, interpolation=_SMOOTH, src_color_range=levels, dst_color_range=levels, threads=1
    )


def _planes(frame) -> np.ndarray:
    dtype = np.uint8 if _depth(frame.format) == 8 else np.dtype("<u2")
    rows = [np.frombuffer(plane, dtype).reshape(frame.height, -1)[:, : frame.width] for plane in frame.planes]
    return np.stack(rows, axis=-1).astype(np.float32)


def _matrix(colorspace: int) -> np.ndarray:
    """RGB in [0, 1] to luma in [0, 1] and chroma in [-0.5, 0.5]."""
    red, blue = _LUMA[colorspace]
    luma = np.array([red, 1 - red - blue, blue])
    return np.stack([luma, ([0, 0, 1] - luma) / (2 * (1 - blue)), ([1, 0, 0] - luma) / (2 * (1 - red))])


def _levels(depth: int, full: bool) -> tuple[np.ndarray, np.ndarray]:
    step = 2 ** (depth - 8)
    zero, luma, chroma = (0, 2**depth - 1, 2**depth - 1) if full else (16 * step, 219 * step, 224 * step)
    return np.array([zero, 128 * step, 128 * step], np.float32), np.array([luma, chroma, chroma], np.float32)


def _full_chroma(depth: int) -> str:
    return "yuv444p" if depth == 8 else f"yuv444p{depth}le"


def _depth(pixel_format: av.VideoFormat) -> int:
    return pixel_format.components[0].bits
