"""An image brought to every size of a generator's feature maps."""

import keras
from keras import ops


@keras.saving.register_keras_serializable("tfgan_zoo")
class ImagePyramid(keras.layers.Layer):
    """Convolutions of stride 2, each output kept: what a U-Net's way down is, for generators that take an image.

    Args:
        widths: channels of the outputs, from the smallest feature map to the image's own size.
        **kwargs: of `keras.layers.Layer`.
    """

    def __init__(self, widths, **kwargs):
        super().__init__(**kwargs)
        self.widths = tuple(widths)
        shared = {"padding": "same", "dtype": self.dtype_policy}
        *smaller, largest = self.widths
        self.first = keras.layers.Conv2D(largest, 3, name="first", **shared)
        self.downs = [
            keras.layers.Conv2D(w, 4, strides=2, name=f"down{i}", **shared) for i, w in enumerate(reversed(smaller))
        ]

    def call(self, inputs):
        """Maps of images, (batch, height, width, channels), the smallest first."""
        maps = [ops.leaky_relu(self.first(inputs), 0.2)]
        for down in self.downs:
            maps.append(ops.leaky_relu(down(maps[-1]), 0.2))
        return maps[::-1]

    def get_config(self):
        return {**super().get_config(), "widths": self.widths}
