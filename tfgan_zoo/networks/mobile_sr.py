"""MobileSR: super-resolution for phones, in the manner of ABPN (Du et al. 2021, arXiv:2105.09750)."""

import keras
from keras import ops

from tfgan_zoo.layers import small_init
from tfgan_zoo.networks.base import RestorationNetwork
from tfgan_zoo.ops import subpixel


@keras.saving.register_keras_serializable("tfgan_zoo")
class MobileSR(RestorationNetwork):
    """3x3 convolutions with ReLU at the small size; then what they give is added to nearest enlargement.

    That sum is of channels, which one `depth_to_space` lays out as pixels (ABPN's anchor), so that
    only convolutions, ReLU, one addition and that remain: no more than every delegate and
    8-bit arithmetic compute well. The sum keeps the image itself out of the convolutions, whose
    8 bits serve the detail alone. Differs from ABPN in its width, a multiple of 16 as vector
    units like it, in one convolution less at the end, and in that nothing is clipped.

    Under 60,000 weights at every scale as it stands: 41,356, 45,691 and 51,760 of colour at x2, x3 and x4.

    Args:
        channels: of the image, 1 or 3.
        scale: 2, 3 or 4.
        depth: convolutions in all.
        width: features of each hidden layer.
        **kwargs: of `RestorationNetwork`.
    """

    takes_noise_map = False

    def __init__(self, channels=3, scale=2, depth=6, width=32, **kwargs):
        super().__init__(channels, **kwargs)
        if scale not in (2, 3, 4):
            raise ValueError(f"scale must be 2, 3 or 4, got {scale}")
        if depth < 2:
            raise ValueError(f"depth must be at least 2, got {depth}")
        self.scale, self.depth, self.width = scale, depth, width
        self.convolutions = [
            keras.layers.Conv2D(
                width,
                3,
                padding="same",
                activation="relu",
                kernel_initializer="he_normal",
                dtype=self.dtype_policy,
                name=f"conv{i}",
            )
            for i in range(depth - 1)
        ]
        self.last = keras.layers.Conv2D(
            channels * scale**2, 3, padding="same", kernel_initializer=small_init(), dtype="float32", name="last"
        )
        self.finish()

    @property
    def receptive_radius(self) -> int:
        return self.depth

    def call(self, inputs):
        x = ops.cast(inputs, self.compute_dtype)
        for convolution in self.convolutions:
            x = convolution(x)
        detail = self.last(ops.cast(x, "float32"))
        return ops.nn.depth_to_space(subpixel.nearest(inputs, self.scale) + detail, self.scale)

    def get_config(self):
        return {**super().get_config(), "scale": self.scale, "depth": self.depth, "width": self.width}
