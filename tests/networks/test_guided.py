"""A small photo decides, the large one is changed."""

import keras
import numpy as np
import pytest

from tfgan_zoo import inference, networks
from tfgan_zoo.ops import resize


@keras.saving.register_keras_serializable("tests")
class Contrast(networks.RestorationNetwork):
    """Twice the contrast on the left, none added on the right; remembers what it was shown."""

    receptive_radius = 0
    minimum_side = 4

    def call(self, inputs):
        self.shown = tuple(inputs.shape[1:3])
        columns = keras.ops.shape(inputs)[2]
        left = keras.ops.cast(keras.ops.arange(columns) < columns // 2, "float32")[None, None, :, None]
        return inputs + left * (inputs - 0.5)

    def __init__(self, **kwargs):
        super().__init__(3, **kwargs)
        self.finish()


def photo(height, width):
    """Detail at every size, the finest pixel by pixel."""
    rng = np.random.default_rng(0)
    sizes = [(height, width), (height // 4, width // 4), (height // 16, width // 16)]
    parts = [np.asarray(resize.resize_to(rng.random((1, *s, 3), np.float32), height, width)) for s in sizes]
    return 0.5 + 0.2 * (sum(parts) - 1.5)


def test_a_photo_of_the_networks_size_goes_through_as_it_is():
    network = networks.ResUNet(3, (8, 12), (1, 1), gain=True)
    image = photo(48, 64)
    np.testing.assert_array_equal(networks.Guided(network, 64)(image), network(image))


@pytest.mark.parametrize("size", [(256, 320), (320, 256)])
def test_detail_that_the_small_photo_lacks_is_changed_as_what_it_holds(size):
    inner = Contrast()
    image = photo(*size)
    restored = np.asarray(networks.Guided(inner, 80)(image))
    shown = inner.shown
    assert max(shown) == 80 and min(shown) == 64
    expected = np.asarray(inner(image))
    apart = np.abs(np.arange(size[1]) - size[1] / 2) > size[1] / 80 * 8  # from where the left meets the right
    assert np.abs(restored - expected)[:, :, apart].max() < 0.03
    small = np.asarray(resize.resize_to(inner(resize.resize_to(image, *shown, "area")), *size, "bilinear"))
    assert np.abs(small - expected)[:, :, apart].max() > 0.2, "which the small photo alone does not hold"


def test_a_long_photo_is_shown_no_smaller_than_the_network_takes():
    inner = Contrast()
    assert networks.Guided(inner, 64)(np.ones((1, 8, 640, 3), np.float32)).shape == (1, 8, 640, 3)
    assert inner.shown == (4, 64)


def test_it_is_never_cut_into_tiles():
    network = networks.Guided(networks.ResUNet(3, (8, 12), (1, 1), gain=True), 40)
    network.network.tail.bias.assign(network.network.tail.bias + 0.1)
    image = np.clip(photo(1040, 1200)[0], 0, 1)
    whole = np.clip(np.asarray(network(image[None]))[0], 0, 1)
    np.testing.assert_allclose(inference.restore(network, image), whole, atol=1e-4)
    with pytest.raises(ValueError, match="judges by the whole image and takes no tiles; got a tile of 512"):
        inference.restore(network, image, tile=512)


def test_networks_that_enlarge_or_are_told_of_noise_are_refused():
    for inner in (networks.MobileSR(3, 2, depth=3, width=8), networks.ResUNet(3, (8,), (1,), noise_map=True)):
        with pytest.raises(ValueError, match="of one size and without a noise map"):
            networks.Guided(inner, 64)
    with pytest.raises(ValueError, match="at least 4 pixels, got a side of 3"):
        networks.Guided(Contrast(), 3)
