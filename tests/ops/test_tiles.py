import numpy as np
import pytest

from tfgan_zoo.ops import tiles


@pytest.mark.parametrize("length", [1, 63, 64, 65, 100, 1000, 1001])
def test_weights_of_the_tiles_over_a_sample_sum_to_one(length):
    total = np.zeros(length)
    for span in tiles.spans(length, 64, 24, 8):
        assert 0 <= span.start < span.stop <= length
        total[span.start : span.stop] += span.weights
    np.testing.assert_allclose(total, 1, atol=1e-6)


def test_samples_near_an_inner_end_have_no_weight():
    first, second = tiles.spans(100, 64, 24, 8)
    assert (first.weights[-8:] == 0).all() and (second.weights[:8] == 0).all()
    assert first.weights[0] == 1 and second.weights[-1] == 1


def test_a_tile_that_its_overlaps_would_fill_is_refused():
    with pytest.raises(ValueError, match="tile > 2 overlap"):
        tiles.spans(100, 48, 24, 8)
