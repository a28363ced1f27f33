"""Noise as a camera makes it: in linear light, before white balance, gamma and tone curve."""

import math

import keras
import numpy as np
from keras import ops

from tfgan_zoo.degradations.base import Degradation, bounds, draw_range, ends, fraction, per_image
from tfgan_zoo.ops import color, random
from tfgan_zoo.ops.padding import extend

# ln b = 2.18 ln a + 1.20 + N(0, 0.26^2): fitted to the cameras of DND by Brooks et al. 2019.
_READ_SLOPE, _READ_OFFSET, _READ_SPREAD = 2.18, 1.20, 0.26


@keras.saving.register_keras_serializable("tfgan_zoo")
class PoissonGaussianNoise(Degradation):
    """Shot and read noise of a sensor: variance a x + b in linear light (Foi et al. 2008).

    The photo is developed backwards to sensor values (inverse tone curve, inverse gamma, inverse
    white balance), noise is added, the sensor clips, and the photo is developed again, as in
    "Unprocessing Images for Learned Raw Denoising" (Brooks et al. 2019, arXiv:1811.11127). The
    read noise b follows from the shot noise a as that paper measured on real cameras.

    The result is in [0, 1]. Gray images have no white balance and no mosaic.

    Args:
        shot: a, drawn so that its logarithm is uniform between the ends of the pair; or fixed.
            1e-4 is a bright day, 0.012 a dark room.
        mosaic: probability that an image's noise comes through a Bayer mosaic, which sees one
            colour a pixel and interpolates the others: it is coarser, as in real photos. The
            image itself is not mosaicked.
        **kwargs: of `Degradation`.
    """

    def __init__(self, shot=(1e-4, 0.012), mosaic: float = 0.0, **kwargs):
        super().__init__(**kwargs)
        self.shot, self.mosaic = bounds("shot", shot, low=1e-9, high=1.0), fraction("mosaic", mosaic)

    def draw(self, count, seed):
        seeds = random.split(seed, 6)
        log_shot = draw_range([math.log(end) for end in ends(self.shot)], count, seeds[0])
        log_read = _READ_SLOPE * log_shot + _READ_OFFSET + _READ_SPREAD * random.normal((count,), seeds[1])
        return {
            "shot": ops.exp(log_shot),
            "read": ops.exp(log_read),
            "red_gain": random.uniform((count,), 1.9, 2.4, seeds[2]),
            "blue_gain": random.uniform((count,), 1.5, 1.9, seeds[3]),
            "exposure": 0.8 + 0.1 * random.normal((count,), seeds[4]),
            "mosaicked": random.uniform((count,), 0.0, 1.0, seeds[5]) < self.mosaic,
        }

    def apply(self, images, seed, shot, read, red_gain, blue_gain, exposure, mosaicked):
        gain = _gains(images.shape[-1], red_gain, blue_gain, exposure)
        sensor = _undevelop(images) / gain
        # A pixel wider all around, for the interpolation of the mosaic.
        height, width = ops.shape(images)[1], ops.shape(images)[2]
        wider = extend(sensor, 1, height + 2, width + 2)
        deviation = ops.sqrt(per_image(shot) * wider + per_image(read))
        noise = deviation * random.normal(ops.shape(wider), seed)
        if self.mosaic and images.shape[-1] == 3:
            noise = ops.where(mosaicked[:, None, None, None], _interpolated(noise), noise)
        noise = noise[:, 1:-1, 1:-1]
        return _develop(ops.clip(sensor + noise, 0.0, 1.0) * gain)

    def get_config(self):
        return {**super().get_config(), "shot": self.shot, "mosaic": self.mosaic}


def _gains(channels, red_gain, blue_gain, exposure):
    """What white balance and exposure multiply each channel of the sensor with."""
    white = ops.ones_like(red_gain)
    balance = [red_gain, white, blue_gain] if channels == 3 else [white] * channels
    return ops.stack([g / ops.maximum(exposure, 0.4) for g in balance], axis=-1)[:, None, None, :]


def _undevelop(images):
    """Display values to linear light: inverse smoothstep tone curve, then inverse gamma."""
    # Inside the open interval, where the arcsine's derivative is finite.
    toned = ops.clip(images, 1e-6, 1 - 1e-6)
    return color.srgb_to_linear(0.5 - ops.sin(ops.arcsin(1 - 2 * toned) / 3))


def _develop(linear):
    """Linear light to display values: gamma, then the smoothstep tone curve 3x^2 - 2x^3."""
    display = color.linear_to_srgb(ops.clip(linear, 0.0, 1.0))
    return ops.square(display) * (3 - 2 * display)


def _interpolated(noise):
    """Gives noise the spectrum and the mean strength that bilinear demosaicking gives it.

    By a filter, the same at every pixel. To draw it at the mosaic's own pixels would leave the
    others' noise a known combination of theirs, which a network finds and takes off exactly,
    as it never could in a photo: there the light itself is missing at those pixels too.
    """
    square, cross = [[1, 2, 1], [2, 4, 2], [1, 2, 1]], [[0, 1, 0], [1, 4, 1], [0, 1, 0]]
    # Over 4 for the interpolation; times the root of the share of pixels that see the colour.
    kernels = [np.array(square) / 4 * 0.25**0.5, np.array(cross) / 4 * 0.5**0.5, np.array(square) / 4 * 0.25**0.5]
    kernel = ops.cast(np.stack(kernels, axis=-1)[..., None], noise.dtype)
    return ops.pad(ops.depthwise_conv(noise, kernel, padding="valid"), [[0, 0], [1, 1], [1, 1], [0, 0]])
