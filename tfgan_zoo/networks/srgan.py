"""SRGAN's discriminator (Ledig et al. 2017, arXiv:1609.04802); its generator is `SRResNet`."""

import keras
from keras import ops

from tfgan_zoo.layers import SpectralConv2D, SpectralDense
from tfgan_zoo.networks.conditional import Discriminator


@keras.saving.register_keras_serializable("tfgan_zoo")
class SRGANDiscriminator(Discriminator):
    """VGG-like: pairs of convolutions, the second of stride 2, with LeakyReLU; then two dense layers.

    Differs from the paper's in three ways. Kernels of stride 2 are 4x4, as in ESRGAN: at 3x3 the
    gradient to the image passes twice as often through every second row and column, which
    teaches a generator a grid. Spectral normalisation takes the place of batch
    normalisation, whose statistics would tell a batch of real images from one of generated
    ones. And by default the last maps are averaged, so that it takes images of any size, and
    with 7.6 million weights rather than 23.6 trains on small sets of photos.

    Args:
        shape: of the image; with `pooled` other heights and widths are judged as well.
        width: channels of the first pair, doubled by each of the three that follow.
        dense: units of the hidden dense layer.
        pooled: averages the last maps; False flattens them as in the paper.
        spectral: normalises every kernel spectrally (SNGAN).
        stride_kernel: side of the kernels of stride 2; 3 in the paper.
        **kwargs: of `Discriminator`.
    """

    def __init__(self, shape=(96, 96, 3), width=64, dense=1024, pooled=True, spectral=True, stride_kernel=4, **kwargs):
        super().__init__(shape, **kwargs)
        self.width, self.dense, self.pooled, self.spectral = width, dense, pooled, spectral
        self.stride_kernel = stride_kernel
        self.any_size = pooled
        self.require_images_of(self.shape)
        convolution = SpectralConv2D if spectral else keras.layers.Conv2D
        linear = SpectralDense if spectral else keras.layers.Dense
        shared = {"padding": "same", "dtype": self.dtype_policy}
        self.convolutions = [
            convolution(width * 2 ** (i // 2), (3, stride_kernel)[i % 2], strides=1 + i % 2, name=f"conv{i}", **shared)
            for i in range(8)
        ]
        self.flatten = keras.layers.GlobalAveragePooling2D(dtype="float32") if pooled else keras.layers.Flatten()
        self.hidden = linear(dense, dtype="float32", name="hidden")
        self.last = linear(1, dtype="float32", name="last")
        if self.vector_size():
            self.projection = linear(dense, use_bias=False, dtype="float32", name="projection")
        self.finish()

    def features(self, inputs, training=None) -> list:
        """The feature maps, from the largest to the smallest."""
        self.require(inputs)
        x = ops.concatenate([inputs["image"], *self.images(inputs)], axis=-1)
        x, maps = ops.cast(2.0 * x - 1.0, self.compute_dtype), []
        for convolution in self.convolutions:
            x = ops.leaky_relu(convolution(x), 0.2)
            maps.append(x)
        return maps

    def call(self, inputs, training=None):
        x = self.flatten(ops.cast(self.features(inputs, training)[-1], "float32"))
        x = ops.leaky_relu(self.hidden(x), 0.2)
        logit, condition = self.last(x), self.vector(inputs)
        if condition is None:
            return logit
        return logit + ops.sum(self.projection(condition) * x, axis=-1, keepdims=True)

    def get_config(self):
        names = ("width", "dense", "pooled", "spectral", "stride_kernel")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}
