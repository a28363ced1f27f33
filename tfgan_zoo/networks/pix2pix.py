"""pix2pix: a U-Net from image to image, and a discriminator of patches (Isola et al. 2017, arXiv:1611.07004)."""

import keras
from keras import ops

from tfgan_zoo import layers
from tfgan_zoo.networks.conditional import Discriminator, Generator
from tfgan_zoo.ops import random


@keras.saving.register_keras_serializable("tfgan_zoo")
class UNetGenerator(Generator):
    """Image conditions in, image out; vectors and labels are spread over the pixels beside them.

    Halves the size with 4x4 convolutions and doubles it with 4x4 transposed ones, skips joined.

    Args:
        shape: of the output; height and width are multiples of 2 to the number of widths.
        latent: length of a latent vector, spread likewise; 0 for none.
        widths: of the feature maps, from the largest down.
        dropout: rate for the three smallest maps on the way up, as in the paper, in training with a
            "seed" (see `ops.random`) among the inputs.
        **kwargs: of `Generator`; one condition at least is an image.
    """

    def __init__(self, shape=(64, 64, 3), latent=0, widths=(32, 64, 128), dropout=0.0, **kwargs):
        super().__init__(shape, latent, **kwargs)
        self.widths, self.dropout = tuple(widths), dropout
        if not self.image_conditions():
            raise ValueError(f"a U-Net needs a condition that is an image, got {self.conditions}")
        self.require_images_of(self.shape)
        if any(side % 2 ** len(widths) for side in self.shape[:2]):
            raise ValueError(f"height and width must be multiples of {2 ** len(widths)}, got {self.shape}")
        shared = {"padding": "same", "dtype": self.dtype_policy}
        plain = {"use_bias": False, **shared}
        self.first = keras.layers.Conv2D(widths[0], 3, name="first", **shared)
        deeper = [*widths[1:], widths[-1]]
        self.downs = [keras.layers.Conv2D(w, 4, strides=2, name=f"down{i}", **plain) for i, w in enumerate(deeper)]
        self.ups = [keras.layers.Conv2DTranspose(w, 4, strides=2, name=f"up{i}", **plain) for i, w in enumerate(widths)]
        self.down_norms = [self._norm(f"down_norm{i}") for i in range(len(widths))]
        self.up_norms = [self._norm(f"up_norm{i}") for i in range(len(widths))]
        self.last = keras.layers.Conv2D(shape[-1], 3, padding="same", dtype="float32", name="last")
        self.finish()

    def _norm(self, name):
        return layers.BatchNormalization(momentum=0.9, dtype=self.dtype_policy, name=name)

    def call(self, inputs, training=None):
        self.require(inputs)
        x = [2.0 * image - 1.0 for image in self.images(inputs)]
        latent = ops.cast(inputs["latent"], "float32") if self.latent else None
        vectors = [v for v in (self.vector(inputs), latent) if v is not None]
        x += [v[:, None, None] * ops.ones_like(x[0][..., :1]) for v in vectors]
        x = ops.leaky_relu(self.first(ops.cast(ops.concatenate(x, axis=-1), self.compute_dtype)), 0.2)
        skips = []
        for down, norm in zip(self.downs, self.down_norms):
            skips.append(x)
            x = ops.leaky_relu(norm(down(x), training=training), 0.2)
        for number, up in reversed(list(enumerate(self.ups))):
            x = ops.relu(self.up_norms[number](up(x), training=training))
            if training and self.dropout and "seed" in inputs and number >= len(self.ups) - 3:
                x = self._dropped(x, random.fold(inputs["seed"], number))
            x = ops.concatenate([x, skips[number]], axis=-1)
        return self.image(self.last(ops.cast(x, "float32")))

    def _dropped(self, x, seed):
        # Not Keras's layer, whose generator of seeds a backup does not hold.
        kept = random.uniform(ops.shape(x), 0.0, 1.0, seed) >= self.dropout
        return x * ops.cast(kept, x.dtype) / (1.0 - self.dropout)

    def get_config(self):
        return {**super().get_config(), "widths": self.widths, "dropout": self.dropout}


@keras.saving.register_keras_serializable("tfgan_zoo")
class PatchDiscriminator(Discriminator):
    """Judges overlapping patches: a map of logits, (batch, height / 2^n, width / 2^n, 1).

    Args:
        shape: of the image.
        widths: of the strided 4x4 convolutions; the image is halved by each.
        **kwargs: of `Discriminator`.
    """

    any_size = True

    def __init__(self, shape=(64, 64, 3), widths=(32, 64, 128), **kwargs):
        super().__init__(shape, **kwargs)
        self.widths = tuple(widths)
        self.require_images_of(self.shape)
        shared = {"padding": "same", "dtype": self.dtype_policy}
        self.downs = [keras.layers.Conv2D(w, 4, strides=2, name=f"down{i}", **shared) for i, w in enumerate(widths)]
        self.last = keras.layers.Conv2D(1, 3, padding="same", dtype="float32", name="last")
        self.finish()

    def features(self, inputs, training=None) -> list:
        """The feature maps, from the largest to the smallest."""
        self.require(inputs)
        x = ops.concatenate([ops.cast(inputs["image"], "float32"), *self.images(inputs)], axis=-1)
        parts, condition = [2.0 * x - 1.0], self.vector(inputs)
        if condition is not None:
            parts.append(condition[:, None, None] * ops.ones_like(x[..., :1]))
        x, maps = ops.cast(ops.concatenate(parts, axis=-1), self.compute_dtype), []
        for down in self.downs:
            x = ops.leaky_relu(down(x), 0.2)
            maps.append(x)
        return maps

    def call(self, inputs, training=None):
        return self.last(ops.cast(self.features(inputs, training)[-1], "float32"))

    def output_shape_without_batch(self):
        scale = 2 ** len(self.widths)
        return (-(-self.shape[0] // scale), -(-self.shape[1] // scale), 1)

    def get_config(self):
        return {**super().get_config(), "widths": self.widths}
