import keras
import numpy as np
import pytest

from tfgan_zoo import networks, zoo


@pytest.mark.parametrize("scale", [2, 3, 4])
@pytest.mark.parametrize("channels", [1, 3])
def test_mobile_sr_stays_under_60_000_weights_and_starts_near_the_nearest_pixel(photo, scale, channels):
    keras.utils.set_random_seed(0)
    network = networks.MobileSR(channels, scale)
    assert 38_000 < network.count_params() < 60_000
    image = photo[None, ..., :channels]
    enlarged = image.repeat(scale, axis=1).repeat(scale, axis=2)
    assert 0 < np.abs(np.asarray(network(image)) - enlarged).mean() < 0.1
    network.last.set_weights([0 * w for w in network.last.get_weights()])
    np.testing.assert_array_equal(network(image), enlarged)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("noise_map", [False, True])
def test_mobile_denoiser_stays_under_100_000_weights(channels, noise_map):
    network = networks.MobileDenoiser(channels, noise_map=noise_map)
    assert 94_000 < network.count_params() < 100_000
    assert zoo.cost(network)["multiply_adds_per_pixel"] < 25_000


def test_mobile_denoiser_takes_one_sigma_or_a_map_and_uses_it():
    network = networks.MobileDenoiser(1, width=8, blocks=1, noise_map=True)
    image = np.random.default_rng(0).random((2, 21, 30, 1), dtype=np.float32)
    sigma = np.array([0.1, 0.2], np.float32)[:, None, None, None]
    np.testing.assert_array_equal(network((image, sigma)), network((image, np.broadcast_to(sigma, image.shape).copy())))
    assert np.abs(np.asarray(network((image, sigma))) - np.asarray(network((image, 2 * sigma)))).max() > 0


def test_wrong_sizes_are_refused():
    for make, message in (
        (lambda: networks.MobileSR(scale=5), "scale must be 2, 3 or 4, got 5"),
        (lambda: networks.MobileSR(depth=1), "depth must be at least 2, got 1"),
        (lambda: networks.MobileDenoiser(blocks=0), "blocks must be at least 1, got 0"),
        (lambda: networks.AODNet(width=0), "width must be at least 1, got 0"),
    ):
        with pytest.raises(ValueError, match=message):
            make()
