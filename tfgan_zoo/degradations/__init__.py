"""From a clean image to a degraded one: Keras layers that run on any backend and device."""

from tfgan_zoo.degradations.base import Degradation
from tfgan_zoo.degradations.blind import bsrgan, real_esrgan
from tfgan_zoo.degradations.blur import Blur, DefocusBlur, GaussianBlur, KernelBlur, RandomBlur, SincFilter
from tfgan_zoo.degradations.camera import PoissonGaussianNoise
from tfgan_zoo.degradations.compose import Chain, InLinearLight, RandomChoice, RandomOrder
from tfgan_zoo.degradations.falling import RainStreaks, Snow
from tfgan_zoo.degradations.haze import Haze
from tfgan_zoo.degradations.jpeg import JPEG
from tfgan_zoo.degradations.lowlight import LowLight
from tfgan_zoo.degradations.mask import Mask
from tfgan_zoo.degradations.motion import MotionBlur
from tfgan_zoo.degradations.noise import GaussianNoise, PoissonNoise, SaltPepperNoise, SpeckleNoise
from tfgan_zoo.degradations.resample import AtScale, Downsample
from tfgan_zoo.degradations.sensor import Mosaic, Quantize

__all__ = [
    "JPEG",
    "AtScale",
    "Blur",
    "Chain",
    "DefocusBlur",
    "Degradation",
    "Downsample",
    "GaussianBlur",
    "GaussianNoise",
    "Haze",
    "InLinearLight",
    "KernelBlur",
    "LowLight",
    "Mask",
    "Mosaic",
    "MotionBlur",
    "PoissonGaussianNoise",
    "PoissonNoise",
    "Quantize",
    "RainStreaks",
    "RandomBlur",
    "RandomChoice",
    "RandomOrder",
    "SaltPepperNoise",
    "SincFilter",
    "Snow",
    "SpeckleNoise",
    "bsrgan",
    "real_esrgan",
]
