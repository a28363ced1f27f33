"""Filters that work on each channel alone: separable ones, and blur by a kernel of each image's own."""

import numpy as np
from keras import ops

from tfgan_zoo.ops.padding import mirror

_LARGEST_DIRECT = 45
"""Side up to which it is faster than the FFT, on CPU and on images of 128 x 128."""

_FAST = np.array(
    sorted(2**a * 3**b * 5**c for a in range(21) for b in range(13) for c in range(9) if 2**a * 3**b * 5**c <= 2**20),
    np.int32,
)


def gaussian_kernel(sigma: float, radius: int) -> np.ndarray:
    """Samples of a Gaussian at -radius ... radius, of sum 1: (2 radius + 1,), float32."""
    offsets = np.arange(-radius, radius + 1)
    kernel = np.exp(-0.5 * (offsets / sigma) ** 2)
    return (kernel / kernel.sum()).astype(np.float32)


def separable(images, kernel, padding: str = "valid"):
    """Correlates rows and columns with one kernel, each channel on its own.

    Args:
        images: (batch, height, width, channels).
        kernel: (taps,).
        padding: "valid", which shrinks the image by taps - 1, or "same", with zeros.
    """
    channels = images.shape[-1]
    taps = ops.tile(ops.reshape(ops.cast(kernel, images.dtype), (-1, 1, 1, 1)), (1, 1, channels, 1))
    columns = ops.depthwise_conv(images, taps, padding=padding)
    return ops.depthwise_conv(columns, ops.transpose(taps, (1, 0, 2, 3)), padding=padding)


def convolve(images, kernels):
    """Convolves each image with a kernel of its own; borders are mirrored, the edge repeated.

    Small kernels go through a depthwise convolution, large ones through the FFT.

    Args:
        images: (batch, height, width, channels).
        kernels: (batch, side, side), of odd static side.

    Raises:
        ValueError: if the side is even.
    """
    side = kernels.shape[1]
    if side % 2 == 0:
        raise ValueError(f"kernels must have an odd side, got {side}")
    wide = mirror(images, side // 2)
    return (_convolve_direct if side <= _LARGEST_DIRECT else _convolve_fourier)(wide, kernels)


def _convolve_direct(wide, kernels):
    """The images of a batch as the channels of one, (1, height, width, batch x channels)."""
    channels, side = wide.shape[-1], kernels.shape[1]
    batch, height, width = ops.shape(wide)[:3]
    taps = ops.transpose(ops.flip(kernels, axis=(1, 2)), (1, 2, 0))
    taps = ops.reshape(ops.repeat(taps, channels, axis=2), (side, side, batch * channels, 1))
    stack = ops.reshape(ops.transpose(wide, (1, 2, 0, 3)), (1, height, width, batch * channels))
    filtered = ops.depthwise_conv(stack, taps, padding="valid")
    filtered = ops.reshape(filtered, (height - side + 1, width - side + 1, batch, channels))
    return ops.transpose(filtered, (2, 0, 1, 3))


def _convolve_fourier(wide, kernels):
    """Two channels ride in one complex transform, as its real and imaginary part.

    What wraps around the transform's end lands in the first side - 1 rows and columns, which
    the valid part leaves out.
    """
    channels, side = wide.shape[-1], kernels.shape[1]
    height, width = ops.shape(wide)[1], ops.shape(wide)[2]
    down, right = fast_length(height) - height, fast_length(width) - width
    planes = ops.pad(ops.transpose(wide, (0, 3, 1, 2)), [[0, 0], [0, channels % 2], [0, down], [0, right]])
    a, b = ops.fft2((planes[:, 0::2], planes[:, 1::2]))
    kernels = ops.pad(kernels, [[0, 0], [0, height + down - side], [0, width + right - side]])[:, None]
    c, d = ops.fft2((kernels, ops.zeros_like(kernels)))
    even, odd = ops.ifft2((a * c - b * d, a * d + b * c))
    filtered = ops.stack([even, odd], axis=-1)[:, :, side - 1 : height, side - 1 : width]
    filtered = ops.transpose(filtered, (0, 2, 3, 1, 4))
    return ops.reshape(filtered, (*ops.shape(filtered)[:3], channels + channels % 2))[..., :channels]


def fast_length(length):
    """The smallest length not below `length` whose prime factors are 2, 3 and 5.

    Args:
        length: an int, or an integer tensor in a graph of unknown sizes.
    """
    if isinstance(length, int):
        return int(_FAST[np.searchsorted(_FAST, length)])
    return ops.min(ops.where(_FAST >= length, _FAST, _FAST[-1]))
