"""Models: what `fit` is called on. They receive networks and teach them."""

from tfgan_zoo.models.adversarial import Adversarial, Judged
from tfgan_zoo.models.classifier import Classifier
from tfgan_zoo.models.gan import GAN, AdversarialRestorer, ConditionalGAN, ImageToImage
from tfgan_zoo.models.restorer import Restorer
from tfgan_zoo.models.srgan import SRGAN

__all__ = [
    "GAN",
    "SRGAN",
    "Adversarial",
    "AdversarialRestorer",
    "Classifier",
    "ConditionalGAN",
    "ImageToImage",
    "Judged",
    "Restorer",
]
