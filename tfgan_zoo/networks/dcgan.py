"""DCGAN: strided convolutions down, transposed convolutions up (Radford et al. 2016, arXiv:1511.06434).

For squares of 28, 32, 48 or 64 pixels. Labels and vectors enter the generator beside the latent
vector and through conditional batch normalisation, and the discriminator through a projection
(Miyato and Koyama 2018, arXiv:1802.05637). Images are brought to the size of every feature map of
the generator and added there; the discriminator sees them beside the image.
"""

import keras
from keras import ops

from tfgan_zoo.layers import BatchNormalization, ConditionalBatchNorm, SpectralConv2D, SpectralDense
from tfgan_zoo.networks.conditional import Discriminator, Generator
from tfgan_zoo.ops import filters

# Side of the image: side of the smallest feature map and the number of doublings from there.
_STAGES = {28: (7, 2), 32: (4, 3), 48: (6, 3), 64: (4, 4)}
_BLUR = (0.25, 0.5, 0.25)


def _stages(shape):
    if shape[0] != shape[1] or shape[0] not in _STAGES:
        raise ValueError(f"the image must be a square of {', '.join(map(str, _STAGES))} pixels, got {shape}")
    return _STAGES[shape[0]]


@keras.saving.register_keras_serializable("tfgan_zoo")
class DCGANGenerator(Generator):
    """Dense, then 4x4 transposed convolutions of stride 2 with batch norm and ReLU, then 3x3.

    Args:
        shape: of the image, a square of 28, 32, 48 or 64 pixels.
        latent: length of the latent vector.
        width: channels of the last hidden feature map; each smaller map has twice as many.
        most: channels that no map exceeds.
        smooth: blurs what each transposed convolution gives by (1 2 1) / 4 along both sides, as
            StyleGAN does (Karras et al. 2019, arXiv:1812.04948), against checkerboards, which it
            otherwise must learn not to make; for textures and few images.
        **kwargs: of `Generator`.
    """

    def __init__(self, shape=(28, 28, 1), latent=64, width=64, most=512, smooth=False, **kwargs):
        super().__init__(shape, latent, **kwargs)
        self.width, self.most, self.smooth = width, most, smooth
        self.start, doublings = _stages(self.shape)
        widths = [min(most, width * 2**i) for i in reversed(range(doublings + 1))]
        conditional = self.vector_size() > 0
        policy = {"dtype": self.dtype_policy}
        norm = ConditionalBatchNorm if conditional else BatchNormalization
        self.first = keras.layers.Dense(self.start**2 * widths[0], use_bias=False, name="first", **policy)
        self.norms = [norm(momentum=0.9, name=f"norm{i}", **policy) for i in range(len(widths))]
        self.ups = [
            keras.layers.Conv2DTranspose(w, 4, strides=2, padding="same", use_bias=False, name=f"up{i}", **policy)
            for i, w in enumerate(widths[1:])
        ]
        self.last = keras.layers.Conv2D(shape[-1], 3, padding="same", dtype="float32", name="last")
        self.add_pyramid(widths)
        self.finish()

    def latent_kernel(self):
        return self.first.kernel[: self.latent]

    def stem(self, inputs, training=None):
        x = self.first(self.joined(inputs))
        x = ops.reshape(x, (-1, self.start, self.start, x.shape[-1] // self.start**2))
        return self._norm(self.norms[0], x, self.vector(inputs), training)

    def call(self, inputs, training=None):
        self.require(inputs)
        x, condition, maps = self.stem(inputs, training), self.vector(inputs), self.maps(inputs)
        x = x + maps[0] if maps else x
        for number, (up, norm) in enumerate(zip(self.ups, self.norms[1:]), start=1):
            x = up(x)
            x = filters.separable(x, _BLUR, "same") if self.smooth else x
            x = self._norm(norm, x, condition, training)
            x = x + maps[number] if maps else x
        return self.image(self.last(ops.cast(x, "float32")))

    def _norm(self, norm, x, condition, training):
        if condition is None:
            return ops.relu(norm(x, training=training))
        return ops.relu(norm([x, ops.cast(condition, self.compute_dtype)], training=training))

    def get_config(self):
        names = ("width", "most", "smooth")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


@keras.saving.register_keras_serializable("tfgan_zoo")
class DCGANDiscriminator(Discriminator):
    """4x4 convolutions of stride 2 with LeakyReLU, no normalisation, a dense logit.

    Args:
        shape: of the image, a square of 28, 32, 48 or 64 pixels.
        width: channels of the first feature map; each smaller map has twice as many.
        most: channels that no map exceeds.
        spectral: normalises every kernel spectrally (SNGAN).
        **kwargs: of `Discriminator`.
    """

    def __init__(self, shape=(28, 28, 1), width=64, most=512, spectral=False, **kwargs):
        super().__init__(shape, **kwargs)
        self.width, self.most, self.spectral = width, most, spectral
        self.require_images_of(self.shape)
        _, doublings = _stages(self.shape)
        policy = {"dtype": self.dtype_policy}
        convolution = SpectralConv2D if spectral else keras.layers.Conv2D
        dense = SpectralDense if spectral else keras.layers.Dense
        # Down to 4 to 6 pixels.
        halvings = doublings + (self.shape[0] == 28)
        widths = [min(most, width * 2**i) for i in range(halvings)]
        self.downs = [
            convolution(w, 4, strides=2, padding="same", name=f"down{i}", **policy) for i, w in enumerate(widths)
        ]
        self.flatten = keras.layers.Flatten()
        self.last = dense(1, dtype="float32", name="last")
        if self.vector_size():
            self.projection = dense(widths[-1], use_bias=False, dtype="float32", name="projection")
        self.finish()

    def features(self, inputs, training=None) -> list:
        """The feature maps, from the largest to the smallest."""
        self.require(inputs)
        x = ops.concatenate([inputs["image"], *self.images(inputs)], axis=-1)
        x, maps = ops.cast(2.0 * x - 1.0, self.compute_dtype), []
        for down in self.downs:
            x = ops.leaky_relu(down(x), 0.2)
            maps.append(x)
        return maps

    def call(self, inputs, training=None):
        x = ops.cast(self.features(inputs, training)[-1], "float32")
        logit, condition = self.last(self.flatten(x)), self.vector(inputs)
        if condition is None:
            return logit
        return logit + ops.sum(self.projection(condition) * ops.mean(x, axis=(1, 2)), axis=-1, keepdims=True)

    def get_config(self):
        names = ("width", "most", "spectral")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}
