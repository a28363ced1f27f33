"""Conditional batch normalisation."""

import keras

from tfgan_zoo.layers.normalization import BatchNormalization


@keras.saving.register_keras_serializable("tfgan_zoo")
class ConditionalBatchNorm(keras.layers.Layer):
    """Batch normalisation whose scale and offset depend on a condition (Dumoulin et al. 2017; de Vries et al. 2017).

    (1 + scale(c)) BN(x) + offset(c), both linear in c and zero at first.

    Called with [x, c]: (batch, height, width, channels) and (batch, n).
    """

    def __init__(self, momentum: float = 0.9, **kwargs):
        super().__init__(**kwargs)
        self.momentum = momentum
        self.normalize = BatchNormalization(
            momentum=momentum, center=False, scale=False, dtype=self.dtype_policy, name="normalize"
        )

    def build(self, input_shape):
        features, condition = input_shape
        self.normalize.build(features)
        dense = {"kernel_initializer": "zeros", "dtype": self.dtype_policy}
        self.scale = keras.layers.Dense(features[-1], name="scale", **dense)
        self.offset = keras.layers.Dense(features[-1], name="offset", **dense)
        self.scale.build(condition)
        self.offset.build(condition)

    def call(self, inputs, training=None):
        features, condition = inputs
        scale, offset = self.scale(condition), self.offset(condition)
        return (1 + scale[:, None, None]) * self.normalize(features, training=training) + offset[:, None, None]

    def compute_output_shape(self, input_shape):
        return input_shape[0]

    def get_config(self):
        return {**super().get_config(), "momentum": self.momentum}
