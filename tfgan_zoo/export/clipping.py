"""The ranges of a file in 8 bits, searched."""

from collections.abc import Callable

import tqdm

from tfgan_zoo.export import flatbuffers

_SHARES = (0.85, 0.7, 0.55, 0.4, 0.3, 0.2)
"""Of a range, that are tried."""
_COMPUTED = ("CONV_2D", "DEPTHWISE_CONV_2D", "TRANSPOSE_CONV", "FULLY_CONNECTED", "ADD", "LEAKY_RELU", "PRELU")


def search(calibrated: bytes, quantised: Callable[[bytes], bytes], error: Callable[[bytes], float]) -> list[float]:
    """The shares of features' ranges that, narrowed one after the other, bring a file nearest to its network.

    What lies outside a range is cut off, and what lies inside is resolved the more finely. Where
    Banner et al. (2019, arXiv:1810.05723) compute from a distribution where to cut, here the
    file's own output decides.

    Args:
        calibrated: a file in floats with the ranges that its tensors had in a calibration.
        quantised: makes the file in 8 bits of it.
        error: how far such a file is from its network; infinite of one that cannot be run.

    Returns:
        A share for each of the file's features, for `narrowed`.
    """
    shares = [1.0] * len(_features(flatbuffers.read(calibrated)))
    least = error(quantised(calibrated))
    for place in tqdm.trange(len(shares), desc="clipping search", unit="tensor", leave=False):
        missed = 0
        for share in _SHARES:
            tried = [*shares[:place], share, *shares[place + 1 :]]
            found = error(quantised(narrowed(calibrated, tried)))
            if found < least:
                shares, least, missed = tried, found, 0
            elif missed:  # once may be chance
                break
            else:
                missed = 1
    return shares


def narrowed(calibrated: bytes, shares: list[float]) -> bytes:
    """The calibrated file with its features' ranges narrowed to these shares of them."""
    model = flatbuffers.read(calibrated)
    for ranges, share in zip(_features(model), shares, strict=True):
        ranges.min, ranges.max = ([share * end for end in ends] for ends in (ranges.min, ranges.max))
    return flatbuffers.packed(model)


def _features(model) -> list:
    """The calibrated ranges, in order of computation, of what is computed from weights, and of sums of it."""
    graph, found = model.subgraphs[0], {}
    for operator in graph.operators:
        if flatbuffers.kind(model, operator) in _COMPUTED:
            found |= {place: graph.tensors[place].quantization for place in operator.outputs}
    inner = [ranges for place, ranges in found.items() if place not in graph.outputs]
    return [ranges for ranges in inner if ranges is not None and ranges.min is not None and len(ranges.min)]
