"""Losses: pure functions, and Keras classes over them."""

from tfgan_zoo.losses.reconstruction import Charbonnier, EdgeLoss, FrequencyLoss, charbonnier, edge, frequency

__all__ = ["Charbonnier", "EdgeLoss", "FrequencyLoss", "charbonnier", "edge", "frequency"]
