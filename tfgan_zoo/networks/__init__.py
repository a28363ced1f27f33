"""Networks: the forward pass alone, one architecture a file."""

from tfgan_zoo.networks.base import RestorationNetwork
from tfgan_zoo.networks.dncnn import DnCNN
from tfgan_zoo.networks.resunet import ResUNet

__all__ = ["DnCNN", "ResUNet", "RestorationNetwork"]
