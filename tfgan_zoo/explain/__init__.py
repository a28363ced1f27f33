"""Looking inside networks."""

from tfgan_zoo.explain.inversion import Inverted, invert
from tfgan_zoo.explain.latent_directions import Directions, effect, principal, sefa, show
from tfgan_zoo.explain.truncation import show_truncation, truncation_curve

__all__ = [
    "Directions",
    "Inverted",
    "effect",
    "invert",
    "principal",
    "sefa",
    "show",
    "show_truncation",
    "truncation_curve",
]
