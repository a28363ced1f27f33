"""How far a restored image is from the clean one.

Functions take (batch, height, width, channels) and return one value a pixel, as Keras's own
losses do, (batch, height, width), so that weights per image or per pixel apply. Mean squared
and mean absolute error are Keras's.
"""

import keras
from keras import ops


def charbonnier(y_true, y_pred, epsilon: float = 1e-3):
    """sqrt((y - x)^2 + epsilon^2), a smooth L1 (Charbonnier et al. 1994), mean over channels.

    Args:
        y_true: clean images, (batch, height, width, channels).
        y_pred: restored images.
        epsilon: below it the loss is quadratic; in units of the image's range.
    """
    y_pred = ops.convert_to_tensor(y_pred)
    difference = y_pred - ops.cast(y_true, y_pred.dtype)
    return ops.mean(ops.sqrt(ops.square(difference) + epsilon**2), axis=-1)


def edge(y_true, y_pred, epsilon: float = 1e-3):
    """`charbonnier` between the Laplacians of both images (MPRNet, arXiv:2102.02808).

    The Laplacian is that of four neighbours, with mirrored borders.
    """
    return charbonnier(_laplacian(y_true), _laplacian(y_pred), epsilon)


def frequency(y_true, y_pred):
    """Mean absolute difference of the 2-D spectra (MIMO-UNet, arXiv:2108.05054).

    Real and imaginary part alike, over sqrt(height width), so that white noise of sigma s
    costs about as much as it does in mean absolute error. Returns one value an image, shaped
    (batch, 1, 1).
    """
    y_true, y_pred = ops.cast(y_true, "float32"), ops.cast(y_pred, "float32")
    difference = ops.transpose(y_pred - y_true, (0, 3, 1, 2))
    real, imaginary = ops.fft2((difference, ops.zeros_like(difference)))
    size = ops.cast(ops.shape(y_true)[1] * ops.shape(y_true)[2], "float32")
    spectrum = ops.abs(real) + ops.abs(imaginary)
    return ops.mean(spectrum, axis=(1, 2, 3))[:, None, None] / ops.sqrt(2.0 * size)


def _laplacian(images):
    images = ops.cast(images, "float32")
    padded = ops.pad(images, [[0, 0], [1, 1], [1, 1], [0, 0]], mode="symmetric")
    neighbours = padded[:, 2:, 1:-1] + padded[:, :-2, 1:-1] + padded[:, 1:-1, 2:] + padded[:, 1:-1, :-2]
    return neighbours - 4.0 * images


@keras.saving.register_keras_serializable("tfgan_zoo")
class Charbonnier(keras.losses.Loss):
    """`charbonnier` as a Keras loss."""

    def __init__(self, epsilon: float = 1e-3, name: str = "charbonnier", **kwargs):
        super().__init__(name=name, **kwargs)
        self.epsilon = epsilon

    def call(self, y_true, y_pred):
        return charbonnier(y_true, y_pred, self.epsilon)

    def get_config(self):
        return {**super().get_config(), "epsilon": self.epsilon}


@keras.saving.register_keras_serializable("tfgan_zoo")
class EdgeLoss(keras.losses.Loss):
    """`charbonnier` + `weight` x `edge`.

    Args:
        weight: of the edges, 0.05 in MPRNet.
        epsilon: of both parts.
        **kwargs: of `keras.losses.Loss`.
    """

    def __init__(self, weight: float = 0.05, epsilon: float = 1e-3, name: str = "edge_loss", **kwargs):
        super().__init__(name=name, **kwargs)
        self.weight, self.epsilon = weight, epsilon

    def call(self, y_true, y_pred):
        return charbonnier(y_true, y_pred, self.epsilon) + self.weight * edge(y_true, y_pred, self.epsilon)

    def get_config(self):
        return {**super().get_config(), "weight": self.weight, "epsilon": self.epsilon}


@keras.saving.register_keras_serializable("tfgan_zoo")
class FrequencyLoss(keras.losses.Loss):
    """`charbonnier` + `weight` x `frequency`.

    Args:
        weight: of the spectra. MIMO-UNet's 0.1, of spectra that nothing divides, is 9 here for patches of
            128 x 128, and more for larger ones.
        epsilon: of `charbonnier`.
        **kwargs: of `keras.losses.Loss`.
    """

    def __init__(self, weight: float = 1.0, epsilon: float = 1e-3, name: str = "frequency_loss", **kwargs):
        super().__init__(name=name, **kwargs)
        self.weight, self.epsilon = weight, epsilon

    def call(self, y_true, y_pred):
        return charbonnier(y_true, y_pred, self.epsilon) + self.weight * frequency(y_true, y_pred)

    def get_config(self):
        return {**super().get_config(), "weight": self.weight, "epsilon": self.epsilon}
