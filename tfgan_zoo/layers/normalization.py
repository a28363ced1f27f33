"""Batch normalisation, fast."""

import keras
from keras import ops

from tfgan_zoo.ops.normalization import batch_norm


@keras.saving.register_keras_serializable("tfgan_zoo")
class BatchNormalization(keras.layers.BatchNormalization):
    """Keras's batch normalisation of images, several times as fast in training (see `ops.normalization`).

    Equal to its parent, which casts the features to float32 and normalises them in many passes.
    At inference it is its parent. Only the arguments named here may be given.

    Args:
        momentum: of the running averages.
        epsilon: added to the variance.
        center: whether an offset is learnt.
        scale: whether a scale is learnt.
        **kwargs: of `keras.layers.Layer`.
    """

    def __init__(self, momentum=0.99, epsilon=1e-3, center=True, scale=True, **kwargs):
        super().__init__(momentum=momentum, epsilon=epsilon, center=center, scale=scale, **kwargs)

    def call(self, inputs, training=None):
        if not (training and self.trainable):
            return super().call(inputs, training=False)
        scale = self.gamma if self.scale else ops.ones(inputs.shape[-1:])
        offset = self.beta if self.center else ops.zeros(inputs.shape[-1:])
        normalised, mean, variance = batch_norm(inputs, scale, offset, self.epsilon)
        for average, now in ((self.moving_mean, mean), (self.moving_variance, variance)):
            average.assign(average * self.momentum + now * (1.0 - self.momentum))
        return normalised

    def get_config(self):
        ours = {"momentum": self.momentum, "epsilon": self.epsilon, "center": self.center, "scale": self.scale}
        return {**keras.layers.Layer.get_config(self), **ours}
