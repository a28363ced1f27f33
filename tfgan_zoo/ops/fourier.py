"""Discrete Fourier transforms of real images as matrix products, which run in TFLite too.

The spectrum of (batch, height, width) is a pair (real, imaginary), each of shape (batch, height, width // 2 + 1):
the half that a real image's symmetry leaves.
"""

import math

import numpy as np
from keras import ops


class Frame:
    """The size that spectra are of, and the waves that they are made with, which a loop had better not make anew.

    Args:
        height: in pixels, an int or an integer tensor.
        width: in pixels, likewise.
        radius: of the kernels.
    """

    def __init__(self, height, width, radius: int = 0):
        rows, columns, near = _indices(height), _indices(width), np.arange(-radius, radius + 1)
        half = _indices(width // 2 + 1)
        # Each column of a spectrum but the first and, of an even width, the last stands for its mirror image too.
        alone = (half == 0) | (2 * half == width)
        share = (2.0 - ops.cast(alone, "float32"))[:, None] / ops.cast(height * width, "float32")
        self.steepness = _steepness(rows, height)[:, None] + _steepness(half, width)
        """The power of the differences to the next row and the next column together: (height, width // 2 + 1)."""
        down = _waves(rows, rows, height)
        self._waves = _waves(columns, half, width), down
        self._back = down, [share * wave for wave in _waves(half, columns, width)]
        self._kernels = _waves(near, half, width), _waves(rows, near, height)
        self._kernels_back = _waves(near, rows, height), [share * wave for wave in _waves(half, near, width)]

    def transform(self, images):
        """The spectrum of (batch, height, width), real."""
        return _forward(images, *self._waves)

    def inverse(self, spectrum):
        """The images, (batch, height, width), of a spectrum."""
        return _backward(spectrum, *self._back)

    def transform_kernels(self, kernels):
        """The spectrum of (batch, 2 radius + 1, 2 radius + 1) with their middle at (0, 0)."""
        return _forward(kernels, *self._kernels)

    def inverse_kernels(self, spectrum):
        """What lies within the radius of (0, 0), as kernels: (batch, 2 radius + 1, 2 radius + 1)."""
        return _backward(spectrum, *self._kernels_back)


def times(a, b):
    """The product of two spectra, which is that of the images' convolution."""
    return a[0] * b[0] - a[1] * b[1], a[0] * b[1] + a[1] * b[0]


def conjugate(spectrum):
    """The spectrum of the images turned by 180 degrees about (0, 0)."""
    return spectrum[0], -spectrum[1]


def power(spectrum):
    """The squared magnitude of each frequency."""
    return ops.square(spectrum[0]) + ops.square(spectrum[1])


def _forward(images, across, down):
    cosine, sine = across
    real, imaginary = ops.matmul(images, cosine), -ops.matmul(images, sine)
    cosine, sine = down
    return (
        ops.matmul(cosine, real) + ops.matmul(sine, imaginary),
        ops.matmul(cosine, imaginary) - ops.matmul(sine, real),
    )


def _backward(spectrum, down, across):
    (real, imaginary), (cosine, sine) = spectrum, down
    real, imaginary = (
        ops.matmul(cosine, real) - ops.matmul(sine, imaginary),
        ops.matmul(cosine, imaginary) + ops.matmul(sine, real),
    )
    cosine, sine = across
    return ops.matmul(real, cosine) - ops.matmul(imaginary, sine)


def _steepness(frequencies, length):
    # 2 - 2 cos x, which would lose the lowest frequencies to rounding.
    return 4.0 * ops.square(ops.sin(ops.cast(frequencies, "float32") * (math.pi / ops.cast(length, "float32"))))


def _indices(count):
    return np.arange(count) if isinstance(count, int) else ops.arange(count)


def _waves(places, frequencies, length):
    """Cosines and sines, (1, places, frequencies), of 2 pi place frequency / length."""
    # The remainder is exact; cosines of large numbers are not.
    if all(isinstance(value, (int, np.ndarray)) for value in (places, frequencies, length)):
        angles = (2 * np.pi / length) * (places[None, :, None] * frequencies % length)
        return np.cos(angles).astype(np.float32), np.sin(angles).astype(np.float32)
    turns = ops.mod(ops.cast(places, "int32")[None, :, None] * ops.cast(frequencies, "int32"), length)
    angles = (2 * math.pi) * ops.cast(turns, "float32") / ops.cast(length, "float32")
    return ops.cos(angles), ops.sin(angles)
