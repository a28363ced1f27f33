"""Blur kernels, one an image: (batch, 2 radius + 1, 2 radius + 1), non-negative or not, of sum 1."""

import math

import numpy as np
from keras import ops

_FINENESS = 4
"""Samples a pixel and axis of a disk, whose edge cuts through pixels."""

_BESSEL_STEPS = 40
"""Enough for arguments up to 60: a disk of radius 13 at the highest frequency."""


def gaussian(radius: int, along, across, angle, exponent=1.0, plateau: bool = False):
    """exp(-q^b / 2), or 1 / (1 + q^b), where q = d' S^-1 d (Liu et al. 2020, arXiv:2007.13975, eq. 8 and 9).

    Args:
        radius: of the kernel.
        along: standard deviation in pixels along the first axis of the ellipse, (batch,).
        across: along the second one, (batch,).
        angle: of the first axis from the rows, clockwise as y points down, in radians, (batch,).
        exponent: b, (batch,): 1 is a Gaussian, less has heavier tails, more a flatter top.
        plateau: takes the second form.
    """
    along, across, angle = (value[:, None, None] for value in (along, across, angle))
    y, x = _offsets(radius)
    first = (ops.cos(angle) * x + ops.sin(angle) * y) / along
    second = (ops.cos(angle) * y - ops.sin(angle) * x) / across
    # Off zero, where the power's derivative may be infinite.
    q = ops.maximum(ops.square(first) + ops.square(second), 1e-12)
    q = ops.power(q, ops.reshape(ops.cast(exponent, "float32"), (-1, 1, 1)))
    return normalized(1.0 / (1.0 + q) if plateau else ops.exp(-0.5 * q))


def disk(radius: int, size):
    """The image of a point out of focus: a uniform disk, its edge by the share of each pixel.

    Args:
        radius: of the kernel, at least the largest disk's.
        size: the disk's own radius in pixels, (batch,).
    """
    side = 2 * radius + 1
    fine = (np.arange(side * _FINENESS) + 0.5) / _FINENESS - side / 2
    distance = np.hypot(fine[:, None], fine[None, :]).astype(np.float32)
    inside = ops.clip((size[:, None, None] - distance) * _FINENESS + 0.5, 0.0, 1.0)
    return normalized(ops.average_pool(inside[..., None], _FINENESS, strides=_FINENESS)[..., 0])


def sinc(radius: int, cutoff):
    """The ideal low-pass of circular band: cutoff J1(cutoff r) / (2 pi r), which rings.

    Args:
        radius: of the kernel.
        cutoff: highest frequency that passes, in radians a pixel, up to pi; (batch,).
    """
    y, x = _offsets(radius)
    distance = np.maximum(np.hypot(y, x), 1e-3).astype(np.float32)
    cutoff = cutoff[:, None, None]
    return normalized(cutoff * _bessel(cutoff * distance) / (2 * np.pi * distance))


def trace(radius: int, path):
    """The image of a moving point: equal light at every sample of the path, split among four pixels.

    Args:
        radius: of the kernel, at least a pixel more than the path's largest coordinate.
        path: (batch, samples, 2), x and y in pixels from the kernel's centre.
    """
    places = np.arange(-radius, radius + 1, dtype=np.float32)
    columns, rows = (ops.relu(1.0 - ops.abs(path[..., i : i + 1] - places)) for i in (0, 1))
    return normalized(ops.matmul(ops.transpose(rows, (0, 2, 1)), columns))


def streak(radius: int, length, width, angle):
    """A straight streak with soft ends, not of sum 1: its light is length x width x sqrt(2 pi), whatever its angle.

    Args:
        radius: of the kernel.
        length: in pixels, (batch,).
        width: standard deviation across in pixels, (batch,).
        angle: from the vertical in radians, positive from the top right to the bottom left, (batch,).
    """
    length, width, angle = (value[:, None, None] for value in (length, width, angle))
    y, x = _offsets(radius)
    along = ops.abs(ops.cos(angle) * y - ops.sin(angle) * x)
    across = ops.cos(angle) * x + ops.sin(angle) * y
    ends = ops.sigmoid((0.5 * length - along) / ops.maximum(0.06 * length, 0.3))
    # The mean over a pixel's width: sampled at its middle, a thin slanted streak would be a string of beads.
    scale = math.sqrt(2.0) * width
    mean = 0.5 * math.sqrt(math.pi) * scale * (ops.erf((across + 0.5) / scale) - ops.erf((across - 0.5) / scale))
    return ends * mean


def normalized(kernels):
    """Divides each kernel, (batch, side, side), by its sum."""
    return kernels / ops.sum(kernels, axis=(1, 2), keepdims=True)


def grown(kernels, radius: int):
    """Pads (batch, side, side) with zeros to `radius`."""
    margin = radius - kernels.shape[1] // 2
    return ops.pad(kernels, [[0, 0], [margin, margin], [margin, margin]]) if margin else kernels


def _offsets(radius):
    return np.mgrid[-radius : radius + 1, -radius : radius + 1].astype(np.float32)


def _bessel(x):
    """J1 by its integral, 1/pi of cos(t - x sin t) over [0, pi], at the middles of equal steps."""
    t = ((np.arange(_BESSEL_STEPS) + 0.5) * np.pi / _BESSEL_STEPS).astype(np.float32)
    return ops.mean(ops.cos(t - x[..., None] * np.sin(t)), axis=-1)
