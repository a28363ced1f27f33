import keras
import numpy as np

from tfgan_zoo import networks
from tfgan_zoo.export.rounding import rounded


def test_sums_stay_within_half_a_level_on_the_grid_of_eight_bits():
    keras.utils.set_random_seed(0)
    network = networks.ResUNet(3, widths=(16, 24), blocks=(1, 1))
    before = [weight.copy() for weight in network.get_weights()]
    for layer, other in zip(network._flatten_layers(), rounded(network)._flatten_layers(), strict=True):
        if isinstance(layer, keras.layers.Conv2D):
            exact, found = layer.get_weights()[0], other.get_weights()[0]
            level = np.abs(exact).max(axis=(0, 1, 2)) / 127
            steps = found / level
            np.testing.assert_allclose(steps, np.round(steps), atol=1e-3)
            np.testing.assert_allclose(np.abs(found).max(axis=(0, 1, 2)), 127 * level, rtol=1e-6)
            assert np.abs(steps - exact / level).max() < 2
            assert np.abs((found - exact).sum(axis=(0, 1, 2)) / level).max() < 0.51
            np.testing.assert_array_equal(layer.get_weights()[1], other.get_weights()[1])
    for weight, same in zip(before, network.get_weights(), strict=True):
        np.testing.assert_array_equal(weight, same)


def test_a_bright_wall_stays_as_bright():
    """Rounding one by one moves an even surface; keeping the sums does not."""
    keras.utils.set_random_seed(0)
    network = networks.ResUNet(3, widths=(64, 64), blocks=(1, 1))
    kernel, bias = network.head.get_weights()
    level = np.abs(kernel).max(axis=(0, 1, 2)) / 127
    wall = np.full((1, 16, 16, 12), 0.9, np.float32)
    exact, kept = (np.asarray(x.head(wall))[0, 8, 8] for x in (network, rounded(network)))
    network.head.set_weights([np.round(kernel / level) * level, bias])
    plain = np.asarray(network.head(wall))[0, 8, 8]
    assert np.abs(kept - exact).mean() < 0.3 * np.abs(plain - exact).mean()
