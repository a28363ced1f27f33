"""The textbook GAN: two perceptrons (Goodfellow et al. 2014, arXiv:1406.2661)."""

import math

import keras
from keras import ops

from tfgan_zoo.networks.conditional import Discriminator, Generator


@keras.saving.register_keras_serializable("tfgan_zoo")
class MLPGenerator(Generator):
    """Dense layers with ReLU, a sigmoid at the end; conditions, images too, are joined to the latent vector.

    Args:
        shape: of the image.
        latent: length of the latent vector.
        widths: of the hidden layers.
        **kwargs: of `Generator`.
    """

    def __init__(self, shape=(28, 28, 1), latent=64, widths=(256, 512), **kwargs):
        super().__init__(shape, latent, **kwargs)
        self.widths = tuple(widths)
        self.hidden = [
            keras.layers.Dense(width, activation="relu", dtype=self.dtype_policy, name=f"hidden{i}")
            for i, width in enumerate(widths)
        ]
        self.last = keras.layers.Dense(math.prod(self.shape), activation="sigmoid", dtype="float32", name="last")
        self.finish()

    def latent_kernel(self):
        return (self.hidden[0] if self.hidden else self.last).kernel[: self.latent]

    def stem(self, inputs, training=None):
        x = ops.concatenate([self.joined(inputs), *_flat(self, inputs)], axis=-1)
        return self.hidden[0](x) if self.hidden else x

    def call(self, inputs, training=None):
        self.require(inputs)
        x = self.stem(inputs)
        for layer in self.hidden[1:]:
            x = layer(x)
        return ops.reshape(self.last(ops.cast(x, "float32")), (-1, *self.shape))

    def get_config(self):
        return {**super().get_config(), "widths": self.widths}


@keras.saving.register_keras_serializable("tfgan_zoo")
class MLPDiscriminator(Discriminator):
    """Dense layers with LeakyReLU; conditions, images too, are joined to the pixels.

    Args:
        shape: of the image.
        widths: of the hidden layers.
        **kwargs: of `Discriminator`.
    """

    def __init__(self, shape=(28, 28, 1), widths=(512, 256), **kwargs):
        super().__init__(shape, **kwargs)
        self.widths = tuple(widths)
        self.hidden = [
            keras.layers.Dense(width, dtype=self.dtype_policy, name=f"hidden{i}") for i, width in enumerate(widths)
        ]
        self.last = keras.layers.Dense(1, dtype="float32", name="last")
        self.finish()

    def call(self, inputs, training=None):
        self.require(inputs)
        x = ops.reshape(2.0 * inputs["image"] - 1.0, (-1, math.prod(self.shape)))
        condition = self.vector(inputs)
        x = [ops.cast(part, self.compute_dtype) for part in (x, condition) if part is not None]
        x = ops.concatenate([*x, *_flat(self, inputs)], axis=-1)
        for layer in self.hidden:
            x = ops.leaky_relu(layer(x), 0.2)
        return self.last(ops.cast(x, "float32"))

    def get_config(self):
        return {**super().get_config(), "widths": self.widths}


def _flat(network, inputs) -> list:
    """The conditions that are images, as vectors in the type to compute with."""
    shapes = network.image_conditions().values()
    flat = [ops.reshape(2.0 * image - 1.0, (-1, math.prod(s))) for image, s in zip(network.images(inputs), shapes)]
    return [ops.cast(x, network.compute_dtype) for x in flat]
