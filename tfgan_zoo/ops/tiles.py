"""Overlapping tiles along one axis, with weights that blend them without a seam."""

from typing import NamedTuple

import numpy as np


class Span(NamedTuple):
    """A tile's extent along one axis, and the weight of each of its samples, float32."""

    start: int
    stop: int
    weights: np.ndarray


def spans(length: int, tile: int | None, overlap: int, margin: int) -> list[Span]:
    """Covers `length` samples with tiles of `tile`, each sharing `overlap` with the next.

    The weights of the tiles that cover a sample sum to 1. Within `margin` of an end that
    another tile covers too they are 0, because the network saw too little there; across the
    rest of the overlap they ramp linearly. The last tile may be shorter, but not than the
    overlap. None as `tile` gives one tile.

    Raises:
        ValueError: if the tile is not longer than two overlaps, or the overlap than two margins.
    """
    if tile is None or length <= tile:
        return [Span(0, length, np.ones(length, np.float32))]
    if tile <= 2 * overlap or overlap <= 2 * margin:
        raise ValueError(f"tile > 2 overlap and overlap > 2 margin must hold, got {tile}, {overlap} and {margin}")
    ramp = (np.arange(overlap - 2 * margin) + 0.5) / (overlap - 2 * margin)
    rise = np.concatenate([np.zeros(margin), ramp, np.ones(margin)])
    starts = range(0, length - overlap, tile - overlap)
    result = []
    for start in starts:
        weights = np.ones(min(tile, length - start))
        if start != starts[0]:
            weights[:overlap] *= rise
        if start != starts[-1]:
            weights[-overlap:] *= rise[::-1]
        result.append(Span(start, start + len(weights), weights.astype(np.float32)))
    return result
