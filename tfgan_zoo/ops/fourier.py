"""Discrete Fourier transforms of real images as matrix products, which run in TFLite too.

The spectrum of (batch, height, width) is a pair (real, imaginary), each of shape (batch, height, width // 2 + 1):
the half that a real image's symmetry leaves.
"""

import math

import numpy as np
from keras import ops


def transform(images, height=None, width=None, origin: int = 0):
    """The spectrum of images, as they are or within a larger frame of zeros.

    Args:
        images: (batch, rows, columns), real.
        height: of the frame; the images' by default.
        width: of the frame; the images' by default.
        origin: row and column of the images that stand at the frame's (0, 0); what is before wraps around.

    Returns:
        The pair.
    """
    rows, columns = ops.shape(images)[1:3]
    height, width = rows if height is None else height, columns if width is None else width
    cosine, sine = _waves(_indices(columns, origin), _indices(width // 2 + 1), width)
    real, imaginary = ops.matmul(images, cosine), -ops.matmul(images, sine)
    cosine, sine = _waves(_indices(height), _indices(rows, origin), height)
    return (
        ops.matmul(cosine, real) + ops.matmul(sine, imaginary),
        ops.matmul(cosine, imaginary) - ops.matmul(sine, real),
    )


def inverse(spectrum, width, rows=None, columns=None, origin: int = 0):
    """The images of spectra of `transform`, or a window of them.

    Args:
        spectrum: a pair of (batch, height, width // 2 + 1).
        width: of the images; their spectrum does not tell even from odd.
        rows: of the window; all by default.
        columns: of the window; all by default.
        origin: row and column of the window at which the images' (0, 0) stands.

    Returns:
        (batch, rows, columns).
    """
    real, imaginary = spectrum
    height, half = ops.shape(real)[1:3]
    cosine, sine = _waves(_indices(height if rows is None else rows, origin), _indices(height), height)
    real, imaginary = (
        ops.matmul(cosine, real) - ops.matmul(sine, imaginary),
        ops.matmul(cosine, imaginary) + ops.matmul(sine, real),
    )
    cosine, sine = _waves(_indices(half), _indices(width if columns is None else columns, origin), width)
    # Each column but the first and, of an even width, the last stands for its mirror image too.
    number = _indices(half)
    alone = (number == 0) | (2 * number == width)
    share = (2.0 - ops.cast(alone, "float32")) / ops.cast(height * width, "float32")
    return ops.matmul(real * share, cosine) - ops.matmul(imaginary * share, sine)


def times(a, b):
    """The product of two spectra, which is that of the images' convolution."""
    return a[0] * b[0] - a[1] * b[1], a[0] * b[1] + a[1] * b[0]


def conjugate(spectrum):
    """The spectrum of the images turned by 180 degrees about (0, 0)."""
    return spectrum[0], -spectrum[1]


def power(spectrum):
    """The squared magnitude of each frequency."""
    return ops.square(spectrum[0]) + ops.square(spectrum[1])


def steepness(height, width):
    """The power of the differences to the next row and the next column together: (height, width // 2 + 1)."""
    across, down = (
        ops.cast(_indices(count), "float32") * (2 * math.pi / ops.cast(length, "float32"))
        for count, length in ((width // 2 + 1, width), (height, height))
    )
    # Twice 1 - cos x, which would lose the lowest frequencies to rounding.
    return 4.0 * (ops.square(ops.sin(0.5 * down))[:, None] + ops.square(ops.sin(0.5 * across)))


def _indices(count, origin: int = 0):
    return (np.arange(count) if isinstance(count, int) else ops.arange(count)) - origin


def _waves(places, frequencies, length):
    """Cosines and sines, (places, frequencies), of 2 pi place frequency / length."""
    # The remainder is exact; cosines of large numbers are not.
    if all(isinstance(value, (int, np.ndarray)) for value in (places, frequencies, length)):
        angles = (2 * np.pi / length) * (places[None, :, None] * frequencies % length)
        return np.cos(angles).astype(np.float32), np.sin(angles).astype(np.float32)
    turns = ops.mod(ops.cast(places, "int32")[None, :, None] * ops.cast(frequencies, "int32"), length)
    angles = (2 * math.pi) * ops.cast(turns, "float32") / ops.cast(length, "float32")
    return ops.cos(angles), ops.sin(angles)
