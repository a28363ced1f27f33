"""Layers that two or more networks share."""

import keras


def small_init() -> keras.initializers.Initializer:
    """He initialisation at a tenth of its amplitude: a residual branch that starts near zero."""
    return keras.initializers.VarianceScaling(2.0 * 0.1**2, "fan_in", "untruncated_normal")


@keras.saving.register_keras_serializable("tfgan_zoo")
class ResidualBlock(keras.layers.Layer):
    """x + conv(relu(conv(x))), two 3x3 convolutions and no normalisation (EDSR, arXiv:1707.02921)."""

    def __init__(self, width: int, **kwargs):
        super().__init__(**kwargs)
        self.width = width
        shared = {"padding": "same", "dtype": self.dtype_policy}
        self.first = keras.layers.Conv2D(
            width, 3, activation="relu", kernel_initializer="he_normal", name="first", **shared
        )
        self.second = keras.layers.Conv2D(width, 3, kernel_initializer=small_init(), name="second", **shared)

    def build(self, input_shape):
        self.first.build(input_shape)
        self.second.build((*input_shape[:-1], self.width))

    def call(self, inputs):
        return inputs + self.second(self.first(inputs))

    def get_config(self):
        return {**super().get_config(), "width": self.width}
