"""DnCNN: the denoising CNN of Zhang et al. 2017, "Beyond a Gaussian Denoiser" (arXiv:1608.03981)."""

import keras
import numpy as np

from tfgan_zoo.layers import BatchNormalization
from tfgan_zoo.networks.base import RestorationNetwork


@keras.saving.register_keras_serializable("tfgan_zoo")
class DnCNN(RestorationNetwork):
    """The paper's network: Conv+ReLU, then Conv+BN+ReLU, then Conv; it predicts the noise.

    Args:
        channels: of the image, 1 or 3.
        depth: convolutions in all: 17 in the paper for one known sigma, 20 for blind denoising.
        width: features of each hidden layer.
        batch_norm: False gives the network with the normalisation folded into the
            convolutions: the same function at inference, see `folded`.
        **kwargs: of `RestorationNetwork`.

    The convolutions before a normalisation have no bias, as in the authors' release; kernels
    start from N(0, 2 / (9 width)).
    """

    takes_noise_map = False

    def __init__(self, channels=1, depth=17, width=64, batch_norm=True, **kwargs):
        super().__init__(channels, **kwargs)
        if depth < 3:
            raise ValueError(f"depth must be at least 3, got {depth}")
        self.depth, self.width, self.batch_norm = depth, width, batch_norm
        self.convolutions = [self._convolution(i) for i in range(depth)]
        self.norms = [
            # A slow running average leaves wrong statistics behind, which show as spots.
            BatchNormalization(momentum=0.95, epsilon=1e-4, dtype=self.dtype_policy, name=f"norm{i}")
            for i in range(1, depth - 1)
            if batch_norm
        ]
        self.finish()

    def _convolution(self, index):
        first, last = index == 0, index == self.depth - 1
        return keras.layers.Conv2D(
            self.channels if last else self.width,
            3,
            padding="same",
            use_bias=first or last or not self.batch_norm,
            kernel_initializer=keras.initializers.RandomNormal(stddev=(2 / (9 * self.width)) ** 0.5),
            dtype="float32" if last else self.dtype_policy,
            name=f"conv{index}",
        )

    @property
    def receptive_radius(self) -> int:
        return self.depth

    def call(self, inputs, training=None):
        x = keras.ops.cast(inputs, self.compute_dtype)
        x = keras.ops.relu(self.convolutions[0](x))
        for i, convolution in enumerate(self.convolutions[1:-1]):
            x = convolution(x)
            if self.batch_norm:
                x = self.norms[i](x, training=training)
            x = keras.ops.relu(x)
        return inputs - self.convolutions[-1](keras.ops.cast(x, "float32"))

    def folded(self) -> "DnCNN":
        """The same function without normalisation, which is faster: BN(Wx) = (g/s) W x + b - g m/s.

        Returns:
            A network with `batch_norm=False`, in float32; equal to this one at inference.
        """
        if not self.batch_norm:
            return self
        config = {**self.get_config(), "batch_norm": False, "dtype": "float32"}
        plain = type(self).from_config(config)
        for target, source in zip(plain.convolutions, self.convolutions):
            if source.use_bias:
                target.set_weights(source.get_weights())
        for target, source, norm in zip(plain.convolutions[1:-1], self.convolutions[1:-1], self.norms):
            gamma, beta, mean, variance = norm.get_weights()
            gain = gamma / np.sqrt(variance + norm.epsilon)
            target.set_weights([source.get_weights()[0] * gain, beta - gain * mean])
        return plain

    def get_config(self):
        return {
            **super().get_config(),
            "depth": self.depth,
            "width": self.width,
            "batch_norm": self.batch_norm,
        }
