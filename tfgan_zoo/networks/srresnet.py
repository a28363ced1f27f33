"""SRResNet: super-resolution by residual blocks and sub-pixel convolutions (Ledig et al. 2017, arXiv:1609.04802)."""

import keras
import numpy as np
from keras import ops

from tfgan_zoo.layers import ICNR, BatchNormalization, small_init
from tfgan_zoo.networks.base import RestorationNetwork
from tfgan_zoo.ops import subpixel

_SKIPS = {None: None, "nearest": subpixel.nearest, "bicubic": subpixel.bicubic}


@keras.saving.register_keras_serializable("tfgan_zoo")
class SRResNet(RestorationNetwork):
    """A small image in, one `scale` times as large out; SRGAN's generator.

    As it stands it is the paper's network, of 1.55 million weights at x4. `batch_norm=False`,
    `activation="relu"` and `outer_kernel=3` make it EDSR's baseline (Lim et al. 2017,
    arXiv:1707.02921). With a `skip` the network gives what is to be added to an enlarged image,
    and starts close to that.

    Args:
        channels: of the image, 1 or 3.
        scale: 2, 3 or 4; the last is twice 2.
        blocks: residual blocks.
        width: features of each layer.
        batch_norm: False gives the network with the normalisation folded into the
            convolutions: the same function at inference, see `folded`.
        activation: "prelu" or "relu".
        outer_kernel: side of the first and the last kernel, odd.
        skip: "bicubic" or "nearest" enlargement that the result is added to; None for none.
        **kwargs: of `RestorationNetwork`.
    """

    takes_noise_map = False
    minimum_side = 2  # which mirrored borders need

    def __init__(
        self,
        channels=3,
        scale=4,
        blocks=16,
        width=64,
        batch_norm=True,
        activation="prelu",
        outer_kernel=9,
        skip=None,
        **kwargs,
    ):
        super().__init__(channels, **kwargs)
        _check(scale, activation, outer_kernel, skip)
        self.scale, self.blocks, self.width, self.batch_norm = scale, blocks, width, batch_norm
        self.activation, self.outer_kernel, self.skip = activation, outer_kernel, skip
        self.stages = (2, 2) if scale == 4 else (scale,)
        policy = {"dtype": self.dtype_policy}
        shared = {"padding": "same", **policy}
        self.head = keras.layers.Conv2D(width, outer_kernel, kernel_initializer="he_normal", name="head", **shared)
        self.head_activation = _activation(activation, name="head_activation", **policy)
        self.body = [SRBlock(width, batch_norm, activation, name=f"block{i}", **policy) for i in range(blocks)]
        start = "he_normal" if batch_norm else small_init()
        self.joint = NormalizedConv(width, batch_norm, start, name="joint", **policy)
        self.ups = [
            keras.layers.Conv2D(width * s**2, 3, kernel_initializer=ICNR(s), name=f"up{i}", **shared)
            for i, s in enumerate(self.stages)
        ]
        self.up_activations = [
            _activation(activation, name=f"up_activation{i}", **policy) for i in range(len(self.stages))
        ]
        self.tail = keras.layers.Conv2D(
            channels,
            outer_kernel,
            padding="same",
            kernel_initializer="glorot_uniform" if skip is None else small_init(),
            dtype="float32",
            name="tail",
        )
        self.finish()

    @property
    def receptive_radius(self) -> int:
        # After the first of two enlargements a kernel reaches half as many pixels of the input.
        reach = self.outer_kernel // 2 + (2 if self.scale == 4 else 0)
        before = self.outer_kernel // 2 + 2 * self.blocks + 2
        return before - (-reach // self.scale)

    def call(self, inputs, training=None):
        x = first = self.head_activation(self.head(ops.cast(inputs, self.compute_dtype)))
        for block in self.body:
            x = block(x, training=training)
        x = first + self.joint(x, training=training)
        for stage, up, activation in zip(self.stages, self.ups, self.up_activations):
            x = activation(ops.nn.depth_to_space(up(x), stage))
        x = self.tail(ops.cast(x, "float32"))
        if self.skip is None:
            return x
        enlarged = _SKIPS[self.skip](ops.cast(inputs, "float32"), self.scale)
        return x + ops.nn.depth_to_space(enlarged, self.scale)

    def folded(self) -> "SRResNet":
        """The same function without normalisation, which is faster: BN(Wx) = (g/s) W x + b - g m/s.

        Returns:
            A network with `batch_norm=False`, in float32; equal to this one at inference.
        """
        if not self.batch_norm:
            return self
        plain = type(self).from_config({**self.get_config(), "batch_norm": False, "dtype": "float32"})
        for mine, theirs in zip(self.layers, plain.layers, strict=True):
            normalized = isinstance(mine, (SRBlock, NormalizedConv))
            theirs.set_weights(mine.folded_weights() if normalized else mine.get_weights())
        return plain

    def get_config(self):
        names = ("scale", "blocks", "width", "batch_norm", "activation", "outer_kernel", "skip")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


@keras.saving.register_keras_serializable("tfgan_zoo")
class NormalizedConv(keras.layers.Layer):
    """A 3x3 convolution, and batch normalisation where asked for.

    Args:
        width: features in and out.
        batch_norm: whether to normalise.
        start: the kernel's initializer.
        **kwargs: of `keras.layers.Layer`.
    """

    def __init__(self, width: int, batch_norm: bool, start="he_normal", **kwargs):
        super().__init__(**kwargs)
        self.width, self.batch_norm, self.start = width, batch_norm, keras.initializers.get(start)
        policy = {"dtype": self.dtype_policy}
        self.convolution = keras.layers.Conv2D(
            width,
            3,
            padding="same",
            use_bias=not batch_norm,
            kernel_initializer=self.start,
            name="convolution",
            **policy,
        )
        if batch_norm:
            self.norm = BatchNormalization(momentum=0.95, epsilon=1e-4, name="norm", **policy)

    def build(self, input_shape):
        self.convolution.build(input_shape)
        if self.batch_norm:
            self.norm.build((*input_shape[:-1], self.width))

    def call(self, inputs, training=None):
        x = self.convolution(inputs)
        return self.norm(x, training=training) if self.batch_norm else x

    def folded_weights(self) -> list:
        """Kernel and bias of the convolution that does both."""
        gamma, beta, mean, variance = self.norm.get_weights()
        gain = gamma / np.sqrt(variance + self.norm.epsilon)
        return [self.convolution.get_weights()[0] * gain, beta - gain * mean]

    def get_config(self):
        start = keras.initializers.serialize(self.start)
        return {**super().get_config(), "width": self.width, "batch_norm": self.batch_norm, "start": start}


@keras.saving.register_keras_serializable("tfgan_zoo")
class SRBlock(keras.layers.Layer):
    """x + BN(conv(activation(BN(conv(x)))))."""

    def __init__(self, width: int, batch_norm: bool, activation: str, **kwargs):
        super().__init__(**kwargs)
        self.width, self.batch_norm, self.activation = width, batch_norm, activation
        policy = {"dtype": self.dtype_policy}
        self.first = NormalizedConv(width, batch_norm, name="first", **policy)
        self.between = _activation(activation, name="between", **policy)
        # Without normalisation what is added must begin small.
        start = "he_normal" if batch_norm else small_init()
        self.second = NormalizedConv(width, batch_norm, start, name="second", **policy)

    def build(self, input_shape):
        for layer in (self.first, self.between, self.second):
            layer.build(input_shape)

    def call(self, inputs, training=None):
        x = self.between(self.first(inputs, training=training))
        return inputs + self.second(x, training=training)

    def folded_weights(self) -> list:
        """Weights of the block without normalisation that does the same."""
        return [*self.first.folded_weights(), *self.between.get_weights(), *self.second.folded_weights()]

    def get_config(self):
        names = ("width", "batch_norm", "activation")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


def _activation(kind, **options):
    if kind == "relu":
        return keras.layers.ReLU(**options)
    # One slope a channel, from 0.25 as in He et al. 2015.
    return keras.layers.PReLU(alpha_initializer=keras.initializers.Constant(0.25), shared_axes=[1, 2], **options)


def _check(scale, activation, outer_kernel, skip):
    if scale not in (2, 3, 4):
        raise ValueError(f"scale must be 2, 3 or 4, got {scale}")
    if activation not in ("prelu", "relu"):
        raise ValueError(f'activation must be "prelu" or "relu", got {activation}')
    if outer_kernel < 1 or outer_kernel % 2 == 0:
        raise ValueError(f"outer_kernel must be odd, got {outer_kernel}")
    if skip not in _SKIPS:
        raise ValueError(f'skip must be "bicubic", "nearest" or None, got {skip}')
