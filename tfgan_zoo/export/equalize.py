"""Makes a network easy to quantise, without changing what it computes."""

from collections.abc import Callable

import keras
import numpy as np

from tfgan_zoo.layers import ResidualBlock

OUTLYING = 5.0


def usual(network: keras.Model, requests: list[dict], run: Callable[[dict], object]) -> list[dict]:
    """The requests but those in which some layer's features far exceed all others'.

    One scale serves a whole tensor: a single odd request, such as white sky with its noise cut
    off, on which a network's features grow a thousandfold, would leave no levels for the rest.

    Args:
        network: run by `run`.
        requests: of the calibration.
        run: runs the network on a request.
    """
    table = _table(network, requests, run)
    if len(requests) < 4 or not table.size:
        return requests
    kept = np.ones(len(requests), bool)
    # The farthest hide those that are merely far: again, until all that are left are alike.
    while True:
        left = table[kept]
        usual_size = np.maximum(np.percentile(left, 75, axis=0), left.mean(axis=0))
        nearer = kept & (table <= OUTLYING * usual_size).all(axis=1)
        if nearer.sum() in (kept.sum(), 0):
            return [request for request, keep in zip(requests, kept) if keep]
        kept = nearer


def nearer(network: keras.Model, requests: list[dict], run: Callable[[dict], object]) -> list[list[dict]]:
    """All requests, and their half, quarter and eighth whose features keep nearest to the usual range.

    What is calibrated by fewer cuts off rare features and resolves the others more finely.

    Args:
        network: run by `run`.
        requests: of the calibration.
        run: runs the network on a request.
    """
    table = _table(network, requests, run)
    if not table.size:
        return [requests]
    order = np.argsort((table / np.maximum(np.median(table, axis=0), 1e-6)).max(axis=1))
    counts = sorted({max(1, len(requests) // part) for part in (1, 2, 4, 8)}, reverse=True)
    return [[requests[row] for row in sorted(order[:count])] for count in counts]


def equalized(network: keras.Model, requests: list[dict], run: Callable[[keras.Model, dict], object]) -> keras.Model:
    """The same function with residual blocks whose hidden channels are of like range.

    relu(s x) = s relu(x) for s > 0: what a channel is multiplied by before the rectifier it is
    divided by after it, in the weights (cross-layer equalisation, Nagel et al. 2019,
    arXiv:1906.04721, here of the features' ranges, since weights have a scale a channel).

    Args:
        network: is changed and returned.
        requests: that set the ranges.
        run: runs the network on a request.
    """
    blocks = {layer.first: layer for layer in network._flatten_layers() if isinstance(layer, ResidualBlock)}
    sizes = _ranges(network, requests, lambda request: run(network, request), blocks)
    for first, values in sizes.items():
        ranges = np.max(values, axis=0)
        kernel, bias = first.get_weights()
        following, last_bias = blocks[first].second.get_weights()
        if ranges.max() > 0:
            gains = np.sqrt(ranges.max() / np.maximum(ranges, 1e-3 * ranges.max()))
            kernel, bias, following = kernel * gains, bias * gains, following / gains[:, None]
        else:
            # Every channel is dead, and a range of nothing has no scale: one becomes 1, which nobody listens to.
            kernel[..., 0], bias[0], following[:, :, 0] = 0, 1, 0
        first.set_weights([kernel, bias])
        blocks[first].second.set_weights([following, last_bias])
    return network


def _table(network, requests, run) -> np.ndarray:
    """The largest feature, a row a request and a column a convolution."""
    sizes = _ranges(network, requests, run)
    return np.array([[np.max(one) for one in sizes[layer]] for layer in sizes]).T


def _ranges(network, requests, run, blocks=None) -> dict:
    """The largest feature of each channel, by convolution: for each a list, one array a request.

    Absolute, of all convolutions; or of the first ones of residual blocks, behind the rectifier.
    """
    layers = blocks
    if blocks is None:
        kinds = (keras.layers.Conv2D, keras.layers.Conv2DTranspose)
        layers = [layer for layer in network._flatten_layers() if isinstance(layer, kinds)]
    sizes, whole = {}, {layer: layer.call for layer in layers}

    def watched(layer, call):
        def watch(inputs, *rest, **options):
            outputs = call(inputs, *rest, **options)
            slope, values = blocks[layer].slope if blocks is not None else 1.0, np.asarray(outputs)
            sizes.setdefault(layer, []).append(np.maximum(values, -slope * values).max(axis=(0, 1, 2)))
            return outputs

        return watch

    try:
        for layer, call in whole.items():
            layer.call = watched(layer, call)
        for request in requests:
            run(request)
    finally:
        for layer in layers:
            del layer.call
    return sizes
