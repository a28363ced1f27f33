"""VGG19's convolutions, whose features compare images (Simonyan and Zisserman 2015, arXiv:1409.1556)."""

import keras
import numpy as np
from keras import ops

_BLOCKS = ((64, 2), (128, 2), (256, 4), (512, 4), (512, 4))
_NAMES = [f"block{b}_conv{c}" for b, (_, count) in enumerate(_BLOCKS, 1) for c in range(1, count + 1)]
_BGR_MEAN = np.float32([103.939, 116.779, 123.68])
"""Of ImageNet's photos, in 8-bit levels, which the published weights expect to be subtracted."""


@keras.saving.register_keras_serializable("tfgan_zoo")
class VGG19Features(keras.Model):
    """Maps of some of VGG19's sixteen convolutions, before their ReLU as in ESRGAN (arXiv:1809.00219).

    It starts at random; `load_published` and `zoo.vgg19_features` put the trained weights in.

    Args:
        maps: names of convolutions, "block1_conv1" to "block5_conv4", in order; nothing after the last is made.
        **kwargs: of `keras.Model`; `dtype` is the policy to compute with.
    """

    def __init__(self, maps=("block2_conv2", "block3_conv4", "block4_conv4", "block5_conv4"), **kwargs):
        super().__init__(**kwargs, autocast=False)
        if not maps or [name for name in _NAMES if name in maps] != list(maps):
            raise ValueError(f"maps must be among {', '.join(_NAMES)}, in that order, got {maps}")
        self.maps = tuple(maps)
        needed = _NAMES[: _NAMES.index(self.maps[-1]) + 1]
        widths = [width for width, count in _BLOCKS for _ in range(count)]
        self.convolutions = [
            keras.layers.Conv2D(width, 3, padding="same", dtype=self.dtype_policy, name=name)
            for name, width in zip(needed, widths)
        ]
        self.pool = keras.layers.MaxPooling2D(2, dtype=self.dtype_policy)
        self(ops.zeros((1, 32, 32, 3)))

    def feature_maps(self, images) -> list:
        """The maps of RGB images in [0, 1], of at least 32 x 32, from the largest to the smallest."""
        x = 255.0 * ops.flip(ops.convert_to_tensor(images, "float32"), axis=-1) - _BGR_MEAN
        x, found = ops.cast(x, self.compute_dtype), []
        for convolution in self.convolutions:
            if convolution.name.endswith("conv1") and convolution is not self.convolutions[0]:
                x = self.pool(x)
            x = convolution(x)
            if convolution.name in self.maps:
                found.append(x)
            x = ops.relu(x)
        return found

    def call(self, inputs):
        return self.feature_maps(inputs)

    def load_published(self, vgg: keras.Model) -> None:
        """Takes the weights of a `keras.applications.VGG19`."""
        for convolution in self.convolutions:
            convolution.set_weights(vgg.get_layer(convolution.name).get_weights())

    def get_config(self):
        return {**super().get_config(), "maps": self.maps}
