import keras
import numpy as np
import pytest
from keras import ops

from tfgan_zoo import networks
from tfgan_zoo.ops import subpixel


def trainable(network):
    return sum(int(np.prod(w.shape)) for w in network.trainable_weights)


def test_it_has_the_papers_size():
    """1.55 million: kernels, biases but before a norm, scales and offsets of norms, slopes of PReLU."""
    body = 33 * (9 * 64 * 64 + 2 * 64) + 16 * 64
    ups = 2 * ((9 * 64 + 1) * 256 + 64)
    ends = 81 * 3 * 64 + 64 + 64 + 81 * 64 * 3 + 3
    assert trainable(networks.SRResNet(3, 4)) == body + ups + ends == pytest.approx(1.55e6, rel=0.002)


def test_it_can_be_edsrs_baseline():
    """1.518 million, as EDSR's authors count it at x4 (their fixed shift of colours left out)."""
    network = networks.SRResNet(3, 4, batch_norm=False, activation="relu", outer_kernel=3)
    assert trainable(network) == network.count_params() == 1_517_571


@pytest.mark.parametrize("activation", ["prelu", "relu"])
def test_folding_keeps_the_function(activation):
    keras.utils.set_random_seed(0)
    network = networks.SRResNet(3, 4, blocks=3, width=16, activation=activation)
    rng = np.random.default_rng(0)
    for weight in network.weights:
        if "norm" in weight.path or "alpha" in weight.path:
            weight.assign(weight.numpy() * rng.uniform(0.5, 1.5, weight.shape) + rng.normal(0, 0.1, weight.shape) ** 2)
    image = rng.random((1, 12, 10, 3), dtype=np.float32)
    folded = network.folded()
    assert folded.count_params() == network.count_params() - 7 * 16 * 3
    np.testing.assert_allclose(folded(image), network(image, training=False), atol=1e-4)
    assert folded.folded() is folded


@pytest.mark.parametrize(("skip", "enlarge"), [("nearest", subpixel.nearest), ("bicubic", subpixel.bicubic)])
@pytest.mark.parametrize("scale", [2, 3, 4])
def test_with_a_skip_it_starts_near_that(photo, skip, enlarge, scale):
    keras.utils.set_random_seed(0)
    network = networks.SRResNet(3, scale, blocks=1, width=32, batch_norm=False, skip=skip)
    expected = ops.nn.depth_to_space(enlarge(photo[None], scale), scale)
    difference = np.asarray(network(photo[None])) - np.asarray(expected)
    assert 0 < np.abs(difference).mean() < 0.15
    network.tail.set_weights([0 * w for w in network.tail.get_weights()])
    np.testing.assert_array_equal(network(photo[None]), expected)


@pytest.mark.parametrize("scale", [2, 4])
def test_no_checkerboard_at_the_start(scale):
    """What is even at the small size stays even away from the border: sub-pixels begin alike."""
    keras.utils.set_random_seed(0)
    network = networks.SRResNet(3, scale, blocks=1, width=8, batch_norm=False)
    edge = scale * network.receptive_radius
    side = 2 * network.receptive_radius + 3
    result = np.asarray(network(np.full((1, side, side, 3), 0.5, np.float32)))[0, edge:-edge, edge:-edge]
    assert np.ptp(result, axis=(0, 1)).max() < 1e-5 < np.abs(result).max()
    unlucky = network.ups[0]
    unlucky.kernel.assign(keras.initializers.HeNormal(seed=0)(unlucky.kernel.shape))
    result = np.asarray(network(np.full((1, side, side, 3), 0.5, np.float32)))[0, edge:-edge, edge:-edge]
    assert np.ptp(result, axis=(0, 1)).max() > 1e-2


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"scale": 5}, "scale must be 2, 3 or 4, got 5"),
        ({"activation": "gelu"}, "activation"),
        ({"outer_kernel": 4}, "outer_kernel must be odd, got 4"),
        ({"skip": "lanczos"}, "skip"),
    ],
)
def test_what_it_cannot_be_is_refused(options, reason):
    with pytest.raises(ValueError, match=reason):
        networks.SRResNet(**options)
