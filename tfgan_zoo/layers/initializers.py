"""How convolutions start."""

import keras
from keras import ops


@keras.saving.register_keras_serializable("tfgan_zoo")
class ICNR(keras.initializers.Initializer):
    """Starts a convolution before `depth_to_space` as nearest enlargement (Aitken et al. 2017, arXiv:1707.02937).

    All sub-pixels of a channel begin with one kernel, so that no checkerboard is there to unlearn.

    Args:
        scale: of `depth_to_space`.
        initializer: of the kernel that they share.

    Raises:
        ValueError: when called for a number of filters that is not a multiple of scale^2.
    """

    def __init__(self, scale: int = 2, initializer="he_normal"):
        self.scale, self.initializer = scale, keras.initializers.get(initializer)

    def __call__(self, shape, dtype=None, **kwargs):
        *others, filters = shape
        if filters % self.scale**2:
            raise ValueError(f"filters must be a multiple of {self.scale**2}, got {filters}")
        kernel = self.initializer((*others, filters // self.scale**2), dtype=dtype, **kwargs)
        return ops.tile(kernel, (*(1 for _ in others), self.scale**2))

    def get_config(self):
        return {"scale": self.scale, "initializer": keras.initializers.serialize(self.initializer)}
