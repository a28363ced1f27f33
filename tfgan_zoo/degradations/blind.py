"""Shuffled and repeated degradations, for restoring photos of which nothing is known."""

import math

import keras
from keras import ops

from tfgan_zoo.degradations.base import Degradation
from tfgan_zoo.degradations.blur import GaussianBlur, KernelBlur, RandomBlur, SincFilter
from tfgan_zoo.degradations.camera import PoissonGaussianNoise
from tfgan_zoo.degradations.compose import Chain, RandomChoice, RandomOrder
from tfgan_zoo.degradations.jpeg import JPEG
from tfgan_zoo.degradations.noise import GaussianNoise, PoissonNoise
from tfgan_zoo.degradations.resample import AtScale, Downsample
from tfgan_zoo.degradations.sensor import Quantize
from tfgan_zoo.ops import resize
from tfgan_zoo.ops.padding import crop_to

_METHODS = ("area", "bilinear", "bicubic")


def real_esrgan(scale=4) -> Chain:
    """The second-order chain of "Real-ESRGAN" (Wang et al. 2021, arXiv:2107.10833, figure 2).

    Blur, resizing, noise and JPEG, twice, at the strengths of the authors' code; ringing before or
    after the last JPEG. It differs in that no noise is gray, that all kernels reach 10 pixels,
    that the cubic's a is -0.5 where PyTorch's is -0.75, that an image is resized back after each
    of the two resizings, and that their factors are uniform between the ends, where the authors
    shrink more often than they enlarge.

    Args:
        scale: by which the sides are divided at the end; 1 keeps the size.
    """
    inner = [_noise(30 / 255, 3.0), JPEG((30, 95)), _blur(1.5, skipped=0.2)]
    ringing = RandomBlur([SincFilter(), _no_blur()], weights=(0.8, 0.2))
    return Chain([
        _blur(3.0),
        AtScale(Chain(inner), (0.15, 1.5), _METHODS, antialias=False),
        *([Downsample(scale, _METHODS, antialias=False)] if scale != 1 else []),
        AtScale(_noise(25 / 255, 2.5), (0.3, 1.2), _METHODS, antialias=False),
        RandomOrder([ringing, JPEG((30, 95))]),
        Quantize(),
    ])  # fmt: skip


def bsrgan(scale=4) -> Chain:
    """The shuffled chain of "BSRGAN" (Zhang et al. 2021, arXiv:2103.14006, section 3.2).

    Two blurs, the loss of pixels, Gaussian noise, JPEG and a camera's noise in random order, each
    thus before or after the loss of pixels; then JPEG again. It differs from the authors' code in
    that one blur is always round and the other elongated, with uniform standard deviations, that
    pixels are lost in one step and not to the nearest, and that channels' noises are independent.

    Args:
        scale: by which the sides are divided; 1 keeps the size.
    """
    nothing, widest = Chain([]), (4.0 + scale) ** 0.5  # the code's 4 + scale is a variance
    shuffled = [
        GaussianBlur((0.1, 2.0 + 0.2 * scale), radius=10),
        GaussianBlur((0.1, widest), across=(0.1, widest), radius=10),
        GaussianNoise((1 / 255, 25 / 255)),
        RandomChoice([JPEG((30, 95)), nothing], weights=(0.9, 0.1)),
        RandomChoice([PoissonGaussianNoise(mosaic=1.0), nothing], weights=(0.25, 0.75)),
    ]
    if scale == 1:
        return Chain([RandomOrder(shuffled), JPEG((30, 95))])
    loss = Downsample(scale, _METHODS, antialias=False, keep_size=True)
    return Chain([RandomOrder([loss, *shuffled]), _Corner(scale), JPEG((30, 95))])


@keras.saving.register_keras_serializable("tfgan_zoo")
class _Corner(Degradation):
    """Keeps the top left corner, of the size that `Downsample` gives: what its `keep_size` leaves for the end.

    Args:
        scale: by which the sides are divided.
        **kwargs: of `Degradation`.
    """

    def __init__(self, scale, **kwargs):
        super().__init__(**kwargs)
        self.scale = scale

    def apply(self, images, seed):
        return crop_to(images, *(resize.scaled(side, 1.0 / self.scale) for side in ops.shape(images)[1:3]))

    def get_config(self):
        return {**super().get_config(), "scale": self.scale}


def _noise(largest, scale):
    """Gaussian, or Poisson's of 256 photons times up to `scale`."""
    return RandomChoice([GaussianNoise((1 / 255, largest)), PoissonNoise((256 / scale**2, 256 / 0.05**2))])


def _blur(largest, skipped=0.0):
    """Round or elongated; Gaussian, generalised or plateau; or a sinc: in the paper's shares."""
    sigma = (0.2, largest)
    # A fifth for kernels as large as these, in the code; a third at the end of the chain.
    blurs, weights = [SincFilter((math.pi / 5, math.pi)), _no_blur()], [0.1 * (1 - skipped), skipped]
    # Half of the exponents are up to 1, half over it.
    shapes = [
        (1.0, False, (0.45, 0.25)),
        *((exponent, False, (0.06, 0.015)) for exponent in ((0.5, 1.0), (1.0, 4.0))),
        *((exponent, True, (0.06, 0.015)) for exponent in (1.0, (1.0, 2.0))),
    ]
    for exponent, plateau, shares in shapes:
        for across, share in zip((None, sigma), shares):
            blurs.append(GaussianBlur(sigma, across, exponent, plateau, radius=10))
            weights.append(0.9 * share * (1 - skipped))
    return RandomBlur(blurs, weights)


def _no_blur():
    return KernelBlur([[[1.0]]], turn=False)
