"""Kernels and separable filters that work on each channel alone."""

import numpy as np
from keras import ops


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
