"""Spectral normalisation (Miyato et al. 2018, arXiv:1802.05957), with its whole gradient.

The kernel is divided by its largest singular value sigma(W) = u^T W v, where u and v come from
one step of power iteration at each training call. u and v are constants to the gradient and W
is not, so that the gradient passes through sigma too (the paper's eq. 10). The stored kernel
is never touched.
"""

import keras
from keras import ops


class _Spectral(keras.layers.Layer):
    """Holds a kernel, its bias and the left singular vector."""

    def _add_kernel(self, shape):
        self.kernel = self.add_weight(shape=shape, initializer="he_normal", name="kernel")
        self.bias = self.add_weight(shape=shape[-1:], initializer="zeros", name="bias") if self.use_bias else None
        # Singular vectors in half precision would not converge.
        self.left = self.add_weight(
            shape=shape[-1:], initializer="random_normal", name="left", trainable=False, autocast=False, dtype="float32"
        )

    def normalized_kernel(self, training=False):
        """The kernel divided by its largest singular value; moves the singular vector in training."""
        matrix = ops.reshape(self.kernel, (-1, self.kernel.shape[-1]))
        constant = ops.stop_gradient(ops.cast(matrix, "float32"))
        right = _unit(ops.matmul(constant, self.left[:, None]))
        left = _unit(ops.matmul(ops.transpose(constant), right))
        if training:
            self.left.assign(left[:, 0])
        sigma = ops.sum(right * ops.matmul(ops.cast(matrix, "float32"), left))
        return self.kernel / ops.cast(sigma, self.kernel.dtype)


@keras.saving.register_keras_serializable("tfgan_zoo")
class SpectralConv2D(_Spectral):
    """A convolution whose kernel's largest singular value is 1.

    Args:
        filters: channels of the output.
        kernel_size: side of the kernel.
        strides: of the convolution.
        padding: "same" or "valid".
        use_bias: whether a bias is added.
        **kwargs: of `keras.layers.Layer`.
    """

    def __init__(self, filters: int, kernel_size: int, strides: int = 1, padding="same", use_bias=True, **kwargs):
        super().__init__(**kwargs)
        self.filters, self.kernel_size, self.strides = filters, kernel_size, strides
        self.padding, self.use_bias = padding, use_bias

    def build(self, input_shape):
        self._add_kernel((self.kernel_size, self.kernel_size, input_shape[-1], self.filters))

    def call(self, inputs, training=False):
        x = ops.conv(inputs, self.normalized_kernel(training), self.strides, self.padding)
        return x if self.bias is None else x + self.bias

    def compute_output_shape(self, input_shape):
        return keras.layers.Conv2D(self.filters, self.kernel_size, self.strides, self.padding).compute_output_shape(
            input_shape
        )

    def get_config(self):
        names = ("filters", "kernel_size", "strides", "padding", "use_bias")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


@keras.saving.register_keras_serializable("tfgan_zoo")
class SpectralDense(_Spectral):
    """A dense layer whose kernel's largest singular value is 1.

    Args:
        units: of the output.
        use_bias: whether a bias is added.
        **kwargs: of `keras.layers.Layer`.
    """

    def __init__(self, units: int, use_bias: bool = True, **kwargs):
        super().__init__(**kwargs)
        self.units, self.use_bias = units, use_bias

    def build(self, input_shape):
        self._add_kernel((input_shape[-1], self.units))

    def call(self, inputs, training=False):
        x = ops.matmul(inputs, self.normalized_kernel(training))
        return x if self.bias is None else x + self.bias

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.units)

    def get_config(self):
        return {**super().get_config(), "units": self.units, "use_bias": self.use_bias}


def _unit(column):
    return column / (ops.norm(column) + 1e-12)
