import numpy as np
import pytest
import tensorflow as tf

from tfgan_zoo import networks, zoo


def test_it_costs_at_most_a_quarter_of_dncnn():
    dncnn = zoo.cost(networks.DnCNN(1))["multiply_adds_per_pixel"]
    assert dncnn == pytest.approx(9 * 64 * (2 + 15 * 64), rel=1e-6)
    assert zoo.cost(networks.ResUNet(1, noise_map=True))["multiply_adds_per_pixel"] <= dncnn / 4
    assert zoo.cost(networks.ResUNet(3))["multiply_adds_per_pixel"] <= dncnn / 4


def test_a_sigma_for_the_image_is_a_sigma_map():
    network = networks.ResUNet(1, widths=(8, 12), blocks=(1, 1), noise_map=True)
    image = np.random.default_rng(0).random((2, 21, 30, 1), dtype=np.float32)
    sigma = np.array([0.1, 0.2], np.float32)[:, None, None, None]
    np.testing.assert_array_equal(network((image, sigma)), network((image, np.broadcast_to(sigma, image.shape).copy())))
    assert np.abs(np.asarray(network((image, sigma))) - np.asarray(network((image, 2 * sigma)))).max() > 0


@pytest.mark.parametrize("gain", [False, True])
def test_to_gray_is_the_same_function_on_gray_images(gain):
    color = networks.ResUNet(3, widths=(8, 12), blocks=(1, 1), noise_map=True, gain=gain)
    color.set_weights([w + np.random.default_rng(1).normal(0, 0.05, w.shape) for w in color.get_weights()])
    gray = color.to_gray()
    image = np.random.default_rng(0).random((2, 21, 30, 1), dtype=np.float32)
    sigma = np.full((2, 1, 1, 1), 0.1, np.float32)
    expected = np.asarray(color((np.repeat(image, 3, -1), sigma))).mean(axis=-1, keepdims=True)
    np.testing.assert_allclose(gray((image, sigma)), expected, atol=1e-5)


def test_blind_is_the_same_function_at_one_sigma():
    told = networks.ResUNet(3, widths=(8, 12), blocks=(1, 1), noise_map=True)
    told.set_weights([w + np.random.default_rng(1).normal(0, 0.05, w.shape) for w in told.get_weights()])
    image = np.random.default_rng(0).random((1, 64, 64, 3), dtype=np.float32)
    expected = np.asarray(told((image, np.full((1, 1, 1, 1), 0.1, np.float32))))
    blind = told.blind(0.1)
    assert not blind.noise_map
    inner = slice(24, 40)
    np.testing.assert_allclose(np.asarray(blind(image))[:, inner, inner], expected[:, inner, inner], atol=1e-5)


@pytest.mark.parametrize("widths", [(8, 12), (8,)])
def test_dead_blocks_are_taken_out_and_new_ones_put_in_without_a_trace(widths):
    network = networks.ResUNet(1, widths, (1,) * (len(widths) - 1) + (3,))
    network.set_weights([w + np.random.default_rng(1).normal(0, 0.05, w.shape) for w in network.get_weights()])
    image = np.random.default_rng(0).random((2, 21, 30, 1), dtype=np.float32)
    alive = np.asarray(network.with_bottom(0)(image))
    assert np.abs(np.asarray(network(image)) - alive).max() > 1e-3, "these did something"
    for block in network.bottom:
        kernel, bias = block.first.get_weights()
        block.first.set_weights([kernel, np.full_like(bias, -100.0)])
    less, more = network.with_bottom(0), network.with_bottom(0).with_bottom(2)
    assert less.bottom == [] and len(more.bottom) == 2 and less.count_params() < more.count_params()
    for other in (less, more):
        np.testing.assert_allclose(other(image), network(image), atol=1e-5)


def test_tiles_overlap_by_all_that_is_seen_or_by_what_was_measured():
    network = networks.ResUNet(3, widths=(8, 12), blocks=(1, 1), noise_map=True)
    assert network.tile_margin == network.receptive_radius > 12
    measured = networks.ResUNet.from_config({**network.get_config(), "tile_margin": 12})
    assert measured.tile_margin == networks.ResUNet.from_config(measured.get_config()).tile_margin == 12
    blind = measured.blind(0.1)
    assert blind.tile_margin == blind.receptive_radius, "it must find the noise's level"


def test_widths_and_blocks_must_correspond():
    with pytest.raises(ValueError, match="equal length"):
        networks.ResUNet(widths=(8, 12), blocks=(1, 1, 1))


def test_a_slope_lets_a_dead_block_live():
    alive, dead = (networks.ResUNet(1, (8, 12), (1, 1), slope=slope) for slope in (0.1, 0.0))
    for network in (alive, dead):
        block = network.bottom[0]
        kernel, bias = block.first.get_weights()
        block.first.set_weights([kernel, np.full_like(bias, -100.0)])
    image = tf.random.stateless_uniform((1, 16, 16, 1), (1, 2))
    for network, lives in ((alive, True), (dead, False)):
        with tf.GradientTape() as tape:
            total = tf.reduce_sum(network(image) ** 2)
        gradient = tape.gradient(total, network.bottom[0].first.kernel.value)
        assert (np.abs(gradient).max() > 0) == lives
