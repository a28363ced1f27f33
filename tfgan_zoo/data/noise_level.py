"""How much noise there is in a picture."""

import numpy as np

from tfgan_zoo.data import convert

LARGEST = 2048
"""Side in pixels of the middle that is looked at."""
BLOCK = 32
QUIET = 0.1
"""Share of the blocks that is taken for flat."""
CLIPPED = 0.02
"""Share of a block's values at the ends of the range from which on it is left out: noise is cut off there."""


def estimate_sigma(picture) -> float:
    """Estimates the standard deviation of white noise, in 8-bit levels, from the finest detail where there is least.

    Median absolute deviation of the diagonal Haar coefficients (Donoho and Johnstone 1994) of
    each block of the picture's middle, and of those the tenth percentile: all others have
    texture, which a deviation of the whole picture counts as noise.
    """
    height, width = min(picture.height, LARGEST) // 2 * 2, min(picture.width, LARGEST) // 2 * 2
    pixels = picture.pixels((picture.height - height) // 2, (picture.width - width) // 2, height, width)
    window = np.asarray(convert.scaled(pixels), np.float32)
    side = min(BLOCK, height, width)
    blocks = _blocks(window, side)
    detail = (blocks[:, ::2, ::2] - blocks[:, 1::2, ::2] - blocks[:, ::2, 1::2] + blocks[:, 1::2, 1::2]) / 2
    found = np.median(np.abs(detail), axis=(1, 2, 3)) / unbiased(side, window.shape[-1])
    clipped = ((blocks <= 0) | (blocks >= 1)).mean(axis=(1, 2, 3))
    whole = found[clipped <= max(CLIPPED, np.quantile(clipped, 0.25))]
    return float(np.quantile(whole, QUIET) * 255)


def unbiased(side: int, channels: int) -> float:
    """What the tenth percentile of blocks' medians is of white noise of deviation 1.

    A median absolute deviation of n normal values is 0.6745 times theirs, with a relative standard
    error of sqrt(1.35 / n).
    """
    return 0.6745 * (1 - 1.2816 * (1.35 / (side**2 / 4 * channels)) ** 0.5)


def _blocks(pixels, side):
    """(count, side, side, channels); what is left over is cut off."""
    rows, columns = (length // side for length in pixels.shape[:2])
    cut = pixels[: rows * side, : columns * side].reshape(rows, side, columns, side, -1)
    return cut.swapaxes(1, 2).reshape(rows * columns, side, side, -1)
