import numpy as np
import pytest
from skimage import data as skimage_data

from tfgan_zoo import inference, metrics, zoo
from tfgan_zoo.degradations import Downsample

ENLARGERS = [name for name in zoo.list() if getattr(zoo.load(name), "scale", 1) > 1]


def test_a_checkerboard_is_a_peak_at_the_end_of_the_spectrum():
    rng = np.random.default_rng(0)
    smooth = np.cumsum(np.cumsum(rng.standard_normal((8, 32, 32, 1)), axis=1), axis=2)
    board = smooth + 50 * (np.indices((32, 32)).sum(axis=0) % 2)[None, ..., None]
    assert metrics.radial_spectrum(smooth).argmax() < 3
    assert metrics.radial_spectrum(board - smooth).argmax() == len(metrics.radial_spectrum(board)) - 1
    assert metrics.radial_spectrum(board)[-1] > 1000 * metrics.radial_spectrum(smooth)[-1]
    columns = 50.0 * (np.indices((32, 32))[1] % 2)[None, ..., None]
    assert metrics.radial_spectrum(columns).argmax() == 15, "half a cycle a pixel, in one direction"


@pytest.fixture(name="coffee")
def _coffee():
    """A real photo, (256, 256, 3), float32 in [0, 1]."""
    return skimage_data.coffee()[60:316, 150:406].astype(np.float32) / 255


def test_a_grid_of_half_a_level_is_seen(coffee):
    pattern = 0.5 / 255 * np.random.default_rng(0).standard_normal((4, 4))
    for scale in (2, 4):
        assert metrics.checkerboard(coffee[None], scale) < 4
        assert metrics.checkerboard(coffee[None] + np.tile(pattern, (64, 64))[None, ..., None], scale) > 10
    with pytest.raises(ValueError, match="at least 64 pixels"):
        metrics.checkerboard(np.ones((1, 63, 64, 3)), 4)


def test_a_grids_amplitude_is_that_of_its_pattern(coffee):
    pattern = np.random.default_rng(0).standard_normal((4, 4))
    pattern = 0.02 * (pattern - pattern.mean()) / pattern.std()
    tiled = np.tile(pattern, (64, 64))[None, ..., None]
    assert metrics.grid_amplitude(0.5 + tiled, 4) == pytest.approx(0.02, rel=0.02)
    assert metrics.grid_amplitude(coffee[None] + tiled, 4) == pytest.approx(0.02, rel=0.1)
    assert metrics.grid_amplitude(coffee[None], 4) < 0.7 / 255


@pytest.mark.parametrize("name", ENLARGERS)
def test_the_grid_of_trained_enlargers_is_under_a_level(name, coffee):
    network = zoo.load(name)
    large = inference.restore(network, np.clip(Downsample(network.scale)(coffee, seed=0), 0, 1))
    assert metrics.grid_amplitude(large[None], network.scale) < 1 / 255
    if name == "srresnet_x4":
        assert metrics.checkerboard(large[None], network.scale) < 6
