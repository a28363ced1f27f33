"""Colour spaces: RGB and YCbCr, display values and linear light."""

import numpy as np
from keras import ops

# BT.601 luma and scaled colour differences, full range: the matrix of JFIF (ITU-T T.871).
_RGB_TO_YCBCR = np.array(
    [[0.299, 0.587, 0.114], [-0.168735892, -0.331264108, 0.5], [0.5, -0.418687589, -0.081312411]], np.float32
)
_YCBCR_TO_RGB = np.linalg.inv(_RGB_TO_YCBCR.astype(np.float64)).astype(np.float32)


def rgb_to_ycbcr(images):
    """(..., 3) RGB in [0, 1] to full-range YCbCr as in JPEG: Y in [0, 1], Cb and Cr in [-.5, .5]."""
    return ops.matmul(images, ops.convert_to_tensor(_RGB_TO_YCBCR.T))


def ycbcr_to_rgb(images):
    """The inverse of `rgb_to_ycbcr`."""
    return ops.matmul(images, ops.convert_to_tensor(_YCBCR_TO_RGB.T))


def rgb_to_luma(images):
    """(..., 3) RGB in [0, 1] to BT.601 limited-range Y, (..., 1), from 16 / 255 to 235 / 255: MATLAB's rgb2ycbcr."""
    weights = np.array([[65.481], [128.553], [24.966]], np.float32) / 255
    return ops.matmul(images, ops.convert_to_tensor(weights)) + 16 / 255


def srgb_to_linear(images):
    """Display values in [0, 1] to linear light (IEC 61966-2-1); negative values stay linear."""
    low = images / 12.92
    high = ops.power((ops.maximum(images, 0.04045) + 0.055) / 1.055, 2.4)
    return ops.where(images <= 0.04045, low, high)


def linear_to_srgb(images):
    """The inverse of `srgb_to_linear`."""
    low = images * 12.92
    high = 1.055 * ops.power(ops.maximum(images, 0.0031308), 1 / 2.4) - 0.055
    return ops.where(images <= 0.0031308, low, high)
