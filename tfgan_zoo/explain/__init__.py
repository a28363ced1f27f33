"""Looking inside networks."""

from tfgan_zoo.explain.attribution import Attribution, attribute, show_attribution
from tfgan_zoo.explain.inversion import Inverted, invert
from tfgan_zoo.explain.latent_directions import Directions, effect, principal, sefa, show
from tfgan_zoo.explain.truncation import show_truncation, truncation_curve

__all__ = [
    "Attribution",
    "Directions",
    "Inverted",
    "attribute",
    "effect",
    "invert",
    "principal",
    "sefa",
    "show",
    "show_attribution",
    "show_truncation",
    "truncation_curve",
]
