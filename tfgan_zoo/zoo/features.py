"""Published networks whose features compare images."""

import os

import keras

from tfgan_zoo import networks


def vgg19_features(weights: str | os.PathLike | None = "imagenet", **options) -> networks.VGG19Features:
    """VGG19's convolutions as a perceptual loss takes them, with the weights that Keras publishes.

    Args:
        weights: a file of `keras.applications.VGG19` without its dense layers; or "imagenet",
            which Keras downloads (80 MB); or None, which leaves them random.
        **options: of `networks.VGG19Features`.
    """
    network = networks.VGG19Features(**options)
    network.load_published(keras.applications.VGG19(include_top=False, weights=weights and os.fspath(weights)))
    network.trainable = False
    return network
