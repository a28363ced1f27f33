"""Fidelity to a known clean image: PSNR, SSIM, MS-SSIM and PSNR-B.

Functions take (batch, height, width, channels) in [0, 1] and return one float32 an image; they
clip and round nothing. The classes, which Keras averages over images, clip and round the
prediction to 8 bits first, as a saved file would be.
"""

import math

import keras
from keras import ops

from tfgan_zoo.ops import filters

_C1, _C2 = 0.01**2, 0.03**2
_WINDOW_RADIUS = 5
_SCALE_WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)


def quantize(images):
    """Clips to [0, 1] and rounds to the 256 levels of an 8-bit file, half to even."""
    return ops.round(ops.clip(images, 0.0, 1.0) * 255.0) / 255.0


def psnr(y_true, y_pred):
    """Peak signal-to-noise ratio in dB: 10 log10(1 / MSE over pixels and channels).

    Infinite where the two are equal.
    """
    return -10.0 * ops.log10(_mean_squared_error(y_true, y_pred))


def ssim(y_true, y_pred):
    """Structural similarity (Wang et al. 2004), mean over pixels and channels.

    Gaussian window of sigma 1.5 and 11x11 taps, population covariance, only whole windows:
    what scikit-image gives for gaussian_weights=True, use_sample_covariance=False.

    Raises:
        ValueError: if a side is under 11 pixels.
    """
    return ops.mean(_similarity(y_true, y_pred)[0], axis=(1, 2, 3))


def ms_ssim(y_true, y_pred):
    """Multi-scale SSIM over five scales (Wang et al. 2003); each channel's, then their mean.

    Raises:
        ValueError: if a side is under 176 pixels, so that the coarsest has 11.
    """
    y_true, y_pred = ops.cast(y_true, "float32"), ops.cast(y_pred, "float32")
    smallest = 16 * (2 * _WINDOW_RADIUS + 1)
    if min(side or smallest for side in y_true.shape[1:3]) < smallest:
        raise ValueError(f"MS-SSIM needs sides of at least {smallest} pixels, got {tuple(y_true.shape[1:3])}")
    product = 1.0
    for scale, weight in enumerate(_SCALE_WEIGHTS):
        if scale:
            y_true, y_pred = ops.average_pool(y_true, 2, strides=2), ops.average_pool(y_pred, 2, strides=2)
        similarity, structure = _similarity(y_true, y_pred)
        kept = similarity if scale == len(_SCALE_WEIGHTS) - 1 else structure
        product = product * ops.power(ops.maximum(ops.mean(kept, axis=(1, 2)), 0.0), weight)
    return ops.mean(product, axis=-1)


def psnr_b(y_true, y_pred, block: int = 8):
    """PSNR with a penalty for visible blocks in `y_pred` (Yim and Bovik 2011), for gray images.

    10 log10(1 / (MSE + BEF)): BEF compares squared steps across block borders with those
    elsewhere.

    Raises:
        ValueError: if there is more than one channel, or a side is not larger than a block.
    """
    error = _mean_squared_error(y_true, y_pred)
    return -10.0 * ops.log10(error + _blocking_effect(ops.cast(y_pred, "float32"), block))


def _mean_squared_error(y_true, y_pred):
    difference = ops.cast(y_true, "float32") - ops.cast(y_pred, "float32")
    return ops.mean(ops.square(difference), axis=(1, 2, 3))


def _similarity(x, y):
    """SSIM, and its contrast-structure part, at every whole window."""
    x, y = ops.cast(x, "float32"), ops.cast(y, "float32")
    if min(side or 11 for side in x.shape[1:3]) < 2 * _WINDOW_RADIUS + 1:
        raise ValueError(f"SSIM needs sides of at least 11 pixels, got {tuple(x.shape[1:3])}")
    kernel = filters.gaussian_kernel(1.5, _WINDOW_RADIUS)
    mean_x, mean_y = filters.separable(x, kernel), filters.separable(y, kernel)
    variance_x = filters.separable(ops.square(x), kernel) - ops.square(mean_x)
    variance_y = filters.separable(ops.square(y), kernel) - ops.square(mean_y)
    covariance = filters.separable(x * y, kernel) - mean_x * mean_y
    structure = (2 * covariance + _C2) / (variance_x + variance_y + _C2)
    luminance = (2 * mean_x * mean_y + _C1) / (ops.square(mean_x) + ops.square(mean_y) + _C1)
    return luminance * structure, structure


def _blocking_effect(images, block):
    if images.shape[-1] != 1:
        raise ValueError(f"PSNR-B is defined for gray images, (batch, height, width, 1), got {tuple(images.shape)}")
    if min(side or block + 1 for side in images.shape[1:3]) <= block:
        raise ValueError(f"PSNR-B needs sides of more than {block} pixels, got {tuple(images.shape[1:3])}")
    height, width = ops.shape(images)[1], ops.shape(images)[2]
    across = ops.square(images[:, :, 1:] - images[:, :, :-1])
    down = ops.square(images[:, 1:] - images[:, :-1])
    border_sum = ops.sum(across[:, :, block - 1 :: block], axis=(1, 2, 3)) + ops.sum(
        down[:, block - 1 :: block], axis=(1, 2, 3)
    )
    total = ops.sum(across, axis=(1, 2, 3)) + ops.sum(down, axis=(1, 2, 3))
    borders = ops.cast(height * ((width - 1) // block) + width * ((height - 1) // block), "float32")
    pairs = ops.cast(height * (width - 1) + width * (height - 1), "float32")
    at_borders, elsewhere = border_sum / borders, (total - border_sum) / (pairs - borders)
    strength = math.log(block) / ops.log(ops.cast(ops.minimum(height, width), "float32"))
    return strength * ops.maximum(at_borders - elsewhere, 0.0)


class _EightBit(keras.metrics.MeanMetricWrapper):
    """Mean over images of a function of the clean and the prediction rounded to 8 bits."""

    def __init__(self, function, name, dtype):
        super().__init__(lambda y_true, y_pred: function(y_true, quantize(y_pred)), name=name, dtype=dtype)
        self._direction = "up"

    def get_config(self):
        return {"name": self.name, "dtype": self.dtype}


@keras.saving.register_keras_serializable("tfgan_zoo")
class PSNR(_EightBit):
    """Mean `psnr` in dB, of each image at most 100: one without any error would make all means infinite."""

    def __init__(self, name: str = "psnr", dtype=None):
        super().__init__(lambda y_true, y_pred: ops.minimum(psnr(y_true, y_pred), 100.0), name, dtype)


@keras.saving.register_keras_serializable("tfgan_zoo")
class SSIM(_EightBit):
    """Mean `ssim`."""

    def __init__(self, name: str = "ssim", dtype=None):
        super().__init__(ssim, name, dtype)


@keras.saving.register_keras_serializable("tfgan_zoo")
class MSSSIM(_EightBit):
    """Mean `ms_ssim`."""

    def __init__(self, name: str = "ms_ssim", dtype=None):
        super().__init__(ms_ssim, name, dtype)


@keras.saving.register_keras_serializable("tfgan_zoo")
class PSNRB(_EightBit):
    """Mean `psnr_b` in dB."""

    def __init__(self, name: str = "psnr_b", dtype=None):
        super().__init__(psnr_b, name, dtype)
