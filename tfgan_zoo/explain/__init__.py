"""Looking inside networks."""

from tfgan_zoo.explain.inversion import Inverted, invert
from tfgan_zoo.explain.latent_directions import Directions, effect, principal, sefa, show

__all__ = ["Directions", "Inverted", "effect", "invert", "principal", "sefa", "show"]
