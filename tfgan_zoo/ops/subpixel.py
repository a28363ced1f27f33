"""Fixed enlargement as more channels, which `depth_to_space` lays out as pixels.

It converts for every device, which resizing operations do not, and is added to what a network
gives before its pixels are laid out.
"""

import numpy as np
from keras import ops


def nearest(images, scale: int):
    """Every pixel `scale`^2 times: (batch, height, width, channels x scale^2).

    By a convolution, since in 8 bits a concatenation has one range for all that goes in and comes out.
    """
    kernel = np.tile(np.eye(images.shape[-1], dtype=np.float32), scale**2)[None, None]
    return ops.conv(images, ops.cast(kernel, images.dtype), padding="valid")


def bicubic(images, scale: int):
    """Bicubic enlargement, a = -0.5, half-pixel centres, mirrored borders, as `imresize` of MATLAB does.

    Args:
        images: (batch, height, width, channels), each side at least 2.
        scale: a whole number.

    Returns:
        (batch, height, width, channels x scale^2), not clipped.
    """
    padded = ops.pad(images, [[0, 0], [2, 2], [2, 2], [0, 0]], mode="symmetric")
    kernel = bicubic_kernel(scale, images.shape[-1])
    return ops.conv(padded, ops.cast(kernel, images.dtype), padding="valid")


def bicubic_kernel(scale: int, channels: int) -> np.ndarray:
    """The convolution that `bicubic` is: (5, 5, channels, channels x scale^2), float32."""
    # Centres of the new pixels from that of the old one, in old pixels.
    centres = (np.arange(scale) + 0.5) / scale - 0.5
    taps = _cubic(np.arange(-2, 3) - centres[:, None])
    kernel = np.einsum("ay,bx,cd->yxcabd", taps, taps, np.eye(channels))
    return kernel.reshape(5, 5, channels, -1).astype(np.float32)


def _cubic(distance):
    """Keys's cubic (1981) of a = -0.5."""
    x = np.abs(distance)
    near, far = 1.5 * x**3 - 2.5 * x**2 + 1, -0.5 * x**3 + 2.5 * x**2 - 4 * x + 2
    return np.where(x <= 1, near, np.where(x < 2, far, 0.0))
