"""Models: what `fit` is called on; each owns networks and overrides `train_step`."""

from tfgan_zoo.models.restorer import Restorer

__all__ = ["Restorer"]
