"""Which requests an 8-bit file's ranges are taken from."""

from collections.abc import Callable

import keras
import numpy as np

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
    table = _largest(network, requests, run)
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


def _largest(network, requests, run) -> np.ndarray:
    """The largest absolute feature, a row a request and a column a convolution."""
    kinds = (keras.layers.Conv2D, keras.layers.Conv2DTranspose)
    layers = {layer: layer.call for layer in network._flatten_layers() if isinstance(layer, kinds)}
    columns = {}

    def watched(layer, call):
        def watch(inputs, *rest, **options):
            outputs = call(inputs, *rest, **options)
            columns.setdefault(layer, []).append(np.abs(np.asarray(outputs)).max())
            return outputs

        return watch

    try:
        for layer, call in layers.items():
            layer.call = watched(layer, call)
        for request in requests:
            run(request)
    finally:
        for layer in layers:
            del layer.call
    return np.array([*columns.values()]).T
