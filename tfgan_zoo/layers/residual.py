"""Layers that two or more networks share."""

import keras


def small_init() -> keras.initializers.Initializer:
    """He initialisation at a tenth of its amplitude: a residual branch that starts near zero."""
    return keras.initializers.VarianceScaling(2.0 * 0.1**2, "fan_in", "untruncated_normal")


@keras.saving.register_keras_serializable("tfgan_zoo")
class ResidualBlock(keras.layers.Layer):
    """x + conv(relu(conv(x))), two 3x3 convolutions and no normalisation (EDSR, arXiv:1707.02921).

    Args:
        width: channels.
        slope: of the rectifier below 0. With 0, blocks whose gradient is faint, such as those at
            the bottom of a U-Net, can die in training: no value is ever positive again.
        **kwargs: of `keras.layers.Layer`.
    """

    def __init__(self, width: int, slope: float = 0.0, **kwargs):
        super().__init__(**kwargs)
        self.width, self.slope = width, slope
        shared = {"padding": "same", "dtype": self.dtype_policy}
        self.first = keras.layers.Conv2D(width, 3, kernel_initializer="he_normal", name="first", **shared)
        self.second = keras.layers.Conv2D(width, 3, kernel_initializer=small_init(), name="second", **shared)

    def build(self, input_shape):
        self.first.build(input_shape)
        self.second.build((*input_shape[:-1], self.width))

    def call(self, inputs):
        x = self.first(inputs)
        return inputs + self.second(keras.ops.leaky_relu(x, self.slope) if self.slope else keras.ops.relu(x))

    def get_config(self):
        return {**super().get_config(), "width": self.width, "slope": self.slope}
