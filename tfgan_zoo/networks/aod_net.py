"""AOD-Net: dehazing by one learnt map (Li et al. 2017, "AOD-Net: All-in-One Dehazing Network")."""

import keras
from keras import ops

from tfgan_zoo.layers import small_init
from tfgan_zoo.networks.base import RestorationNetwork


@keras.saving.register_keras_serializable("tfgan_zoo")
class AODNet(RestorationNetwork):
    """J = K(I) I - K(I) + 1 (eq. 5), K by five convolutions of growing size: 1,761 weights.

    K holds transmission and airlight together. It starts near 1, so that the image comes out as
    it went in; where it is 0 the image is white.

    Args:
        channels: of the image, 1 or 3.
        width: features of each of the four hidden layers, 3 in the paper.
        **kwargs: of `RestorationNetwork`.
    """

    takes_noise_map = False

    def __init__(self, channels=3, width=3, **kwargs):
        super().__init__(channels, **kwargs)
        if width < 1:
            raise ValueError(f"width must be at least 1, got {width}")
        self.width = width
        self.convolutions = [
            keras.layers.Conv2D(
                width,
                side,
                padding="same",
                activation="relu",
                kernel_initializer="he_normal",
                dtype=self.dtype_policy,
                name=f"conv{i}",
            )
            for i, side in enumerate((1, 3, 5, 7), start=1)
        ]
        self.last = keras.layers.Conv2D(
            channels,
            3,
            padding="same",
            activation="relu",
            kernel_initializer=small_init(),
            bias_initializer="ones",
            dtype="float32",
            name="conv5",
        )
        self.finish()

    @property
    def receptive_radius(self) -> int:
        return 0 + 1 + 2 + 3 + 1

    def call(self, inputs):
        first, second, third, fourth = self.convolutions
        x1 = first(ops.cast(inputs, self.compute_dtype))
        x2 = second(x1)
        x3 = third(ops.concatenate([x1, x2], axis=-1))
        x4 = fourth(ops.concatenate([x2, x3], axis=-1))
        k = self.last(ops.cast(ops.concatenate([x1, x2, x3, x4], axis=-1), "float32"))
        return k * inputs - k + 1.0

    def get_config(self):
        return {**super().get_config(), "width": self.width}
