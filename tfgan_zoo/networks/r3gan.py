"""R3GAN's plain residual pair (Huang et al. 2024, arXiv:2501.05441), scaled down.

Blocks 1x1 - 3x3 - 1x1 with LeakyReLU and no normalisation, Fix-up initialisation (the last
convolution of a block starts at zero), a learnt constant modulated by the latent vector at the
start. It differs from the paper in four things: the 3x3 is as wide as the block where the paper
has twice the width in groups, and up- and downsampling are 2x2 transposed and strided convolutions
where the paper resamples by a filter, both for CPUs and TFLite; images are squashed into [0, 1]; a
condition is a projection added to the logit, as in the other networks here, so that a vector may
be one. Conditions that are
images are added to the generator's feature maps, and seen by the discriminator beside the image.
"""

import keras
from keras import ops

from tfgan_zoo.networks.conditional import Discriminator, Generator

_SLOPE = 0.2


class _Block(keras.layers.Layer):
    """x + 1x1(act(3x3(act(1x1(x))))), of `depth` such blocks in the network."""

    def __init__(self, width, depth, **kwargs):
        super().__init__(**kwargs)
        shared = {"padding": "same", "dtype": self.dtype_policy}
        # He et al. 2015, eq. 15, for this slope, and Fix-up's standard deviation times depth^(-1/4).
        variance = 2 / (1 + _SLOPE**2) / depth**0.5
        # One each: an initializer draws the same numbers again.
        he = [keras.initializers.VarianceScaling(variance, "fan_in", "normal") for _ in range(2)]
        self.first = keras.layers.Conv2D(width, 1, kernel_initializer=he[0], name="first", **shared)
        self.second = keras.layers.Conv2D(width, 3, kernel_initializer=he[1], name="second", **shared)
        self.third = keras.layers.Conv2D(width, 1, use_bias=False, kernel_initializer="zeros", name="third", **shared)

    def call(self, inputs):
        x = ops.leaky_relu(self.first(inputs), _SLOPE)
        return inputs + self.third(ops.leaky_relu(self.second(x), _SLOPE))


@keras.saving.register_keras_serializable("tfgan_zoo")
class R3Generator(Generator):
    """A modulated constant, then stages of residual blocks, each doubling the size.

    Args:
        shape: of the image; the side is `start` times a power of two.
        latent: length of the latent vector.
        widths: of the stages, from the smallest feature map up.
        blocks: residual blocks a stage.
        start: side of the smallest feature map.
        **kwargs: of `Generator`.
    """

    def __init__(self, shape=(32, 32, 3), latent=64, widths=(256, 192, 128, 64), blocks=2, start=4, **kwargs):
        super().__init__(shape, latent, **kwargs)
        _check(shape, widths, start)
        self.widths, self.blocks, self.start = tuple(widths), blocks, start
        policy = {"dtype": self.dtype_policy}
        self.constant = self.add_weight(
            shape=(1, start, start, widths[0]), initializer=keras.initializers.RandomNormal(stddev=1.0), name="constant"
        )
        self.modulate = keras.layers.Dense(widths[0], use_bias=False, name="modulate", **policy)
        depth = blocks * len(widths)
        self.stages = [
            [_Block(w, depth, name=f"block{i}_{b}", **policy) for b in range(blocks)] for i, w in enumerate(widths)
        ]
        self.ups = [
            keras.layers.Conv2DTranspose(w, 2, strides=2, use_bias=False, name=f"up{i}", **policy)
            for i, w in enumerate(widths[1:])
        ]
        self.last = keras.layers.Conv2D(shape[-1], 1, dtype="float32", name="last")
        self.add_pyramid(widths)
        self.finish()

    def latent_kernel(self):
        return self.modulate.kernel[: self.latent]

    def stem(self, inputs, training=None):
        scale = self.modulate(self.joined(inputs))
        return ops.cast(self.constant, self.compute_dtype) * scale[:, None, None]

    def call(self, inputs, training=None):
        self.require(inputs)
        x, maps = self.stem(inputs), self.maps(inputs)
        for number, (stage, up) in enumerate(zip(self.stages, [None, *self.ups])):
            x = up(x) if up else x
            x = x + maps[number] if maps else x
            for block in stage:
                x = block(x)
        return self.image(self.last(ops.cast(x, "float32")))

    def get_config(self):
        return {**super().get_config(), "widths": self.widths, "blocks": self.blocks, "start": self.start}


@keras.saving.register_keras_serializable("tfgan_zoo")
class R3Discriminator(Discriminator):
    """The generator mirrored: stages of residual blocks, each halving the size, then one logit.

    Args:
        shape: of the image.
        widths: of the stages, from the largest feature map down.
        blocks: residual blocks a stage.
        start: side of the smallest feature map.
        **kwargs: of `Discriminator`.
    """

    def __init__(self, shape=(32, 32, 3), widths=(64, 128, 192, 256), blocks=2, start=4, **kwargs):
        super().__init__(shape, **kwargs)
        _check(shape, widths, start)
        self.require_images_of(self.shape)
        self.widths, self.blocks, self.start = tuple(widths), blocks, start
        policy = {"dtype": self.dtype_policy}
        self.first = keras.layers.Conv2D(widths[0], 1, name="first", **policy)
        depth = blocks * len(widths)
        self.stages = [
            [_Block(w, depth, name=f"block{i}_{b}", **policy) for b in range(blocks)] for i, w in enumerate(widths)
        ]
        self.downs = [
            keras.layers.Conv2D(w, 2, strides=2, use_bias=False, name=f"down{i}", **policy)
            for i, w in enumerate(widths[1:])
        ]
        self.reduce = keras.layers.DepthwiseConv2D(start, use_bias=False, dtype="float32", name="reduce")
        self.last = keras.layers.Dense(1, use_bias=False, dtype="float32", name="last")
        if self.vector_size():
            self.projection = keras.layers.Dense(widths[-1], use_bias=False, dtype="float32", name="projection")
        self.finish()

    def call(self, inputs, training=None):
        self.require(inputs)
        x = ops.concatenate([inputs["image"], *self.images(inputs)], axis=-1)
        x = self.first(ops.cast(2.0 * x - 1.0, self.compute_dtype))
        for stage, down in zip(self.stages, [*self.downs, None]):
            for block in stage:
                x = block(x)
            x = down(x) if down else x
        x = self.reduce(ops.cast(x, "float32"))[:, 0, 0]
        logit, condition = self.last(x), self.vector(inputs)
        return logit if condition is None else logit + ops.sum(self.projection(condition) * x, axis=-1, keepdims=True)

    def get_config(self):
        return {**super().get_config(), "widths": self.widths, "blocks": self.blocks, "start": self.start}


def _check(shape, widths, start):
    side = start * 2 ** (len(widths) - 1)
    if tuple(shape[:2]) != (side, side):
        raise ValueError(f"{len(widths)} stages from {start} pixels make {side}x{side}, not {shape[0]}x{shape[1]}")
