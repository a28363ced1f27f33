"""Losses: pure functions, and Keras classes over them."""

from tfgan_zoo.losses.adversarial import (
    AdversarialLoss,
    Hinge,
    LeastSquares,
    Minimax,
    NonSaturating,
    Relativistic,
    Wasserstein,
    feature_matching,
)
from tfgan_zoo.losses.penalties import R1, R2, GradientPenalty, Penalty, between, squared_norm
from tfgan_zoo.losses.perceptual import perceptual
from tfgan_zoo.losses.reconstruction import Charbonnier, EdgeLoss, FrequencyLoss, charbonnier, edge, frequency

__all__ = [
    "R1",
    "R2",
    "AdversarialLoss",
    "Charbonnier",
    "EdgeLoss",
    "FrequencyLoss",
    "GradientPenalty",
    "Hinge",
    "LeastSquares",
    "Minimax",
    "NonSaturating",
    "Penalty",
    "Relativistic",
    "Wasserstein",
    "between",
    "charbonnier",
    "edge",
    "feature_matching",
    "frequency",
    "perceptual",
    "squared_norm",
]
