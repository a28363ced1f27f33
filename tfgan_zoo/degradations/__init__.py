"""From a clean image to a degraded one: Keras layers that run on any backend and device."""

from tfgan_zoo.degradations.base import Degradation
from tfgan_zoo.degradations.camera import PoissonGaussianNoise
from tfgan_zoo.degradations.compose import Chain, RandomChoice, RandomOrder
from tfgan_zoo.degradations.jpeg import JPEG
from tfgan_zoo.degradations.noise import GaussianNoise, SaltPepperNoise, SpeckleNoise

__all__ = [
    "JPEG",
    "Chain",
    "Degradation",
    "GaussianNoise",
    "PoissonGaussianNoise",
    "RandomChoice",
    "RandomOrder",
    "SaltPepperNoise",
    "SpeckleNoise",
]
