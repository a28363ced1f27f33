import keras
import numpy as np
import pytest

from tfgan_zoo import networks


@pytest.mark.parametrize(("channels", "depth", "expected"), [(1, 17, 555_137 + 1), (1, 20, 666_000), (3, 20, 668_000)])
def test_it_has_the_papers_size(channels, depth, expected):
    network = networks.DnCNN(channels, depth=depth)
    kernels = 9 * 64 * (2 * channels + 64 * (depth - 2))
    trainable = kernels + 64 + channels + 2 * 64 * (depth - 2)
    assert sum(np.prod(w.shape) for w in network.trainable_weights) == trainable
    assert trainable == pytest.approx(expected, rel=0.005)


def test_its_layers_are_the_papers():
    network = networks.DnCNN(1, depth=17)
    convolutions = [layer for layer in network._flatten_layers() if isinstance(layer, keras.layers.Conv2D)]
    norms = [layer for layer in network._flatten_layers() if isinstance(layer, keras.layers.BatchNormalization)]
    assert len(convolutions) == 17 and len(norms) == 15
    assert all(layer.kernel_size == (3, 3) and layer.filters == 64 for layer in convolutions[:-1])
    kernel = convolutions[5].kernel.numpy()
    assert kernel.std() == pytest.approx((2 / (9 * 64)) ** 0.5, rel=0.02)


def test_it_predicts_the_noise():
    network = networks.DnCNN(1, depth=4, width=8)
    network.convolutions[-1].set_weights([np.zeros((3, 3, 8, 1)), np.array([0.25])])
    image = np.random.default_rng(0).random((1, 16, 16, 1), dtype=np.float32)
    np.testing.assert_allclose(network(image), image - 0.25, atol=1e-6)


def test_folding_keeps_the_function():
    keras.utils.set_random_seed(0)
    network = networks.DnCNN(3, depth=17)
    rng = np.random.default_rng(0)
    for norm in network.norms:
        gamma, beta, mean, variance = norm.get_weights()
        norm.set_weights(
            [rng.normal(1, 0.2, gamma.shape), rng.normal(0, 0.1, beta.shape), rng.normal(0, 0.1, mean.shape),
             rng.uniform(0.5, 1.5, variance.shape)]
        )  # fmt: skip
    image = rng.random((1, 48, 40, 3), dtype=np.float32)
    folded = network.folded()
    assert folded.count_params() == network.count_params() - 15 * 64 * 3
    np.testing.assert_allclose(folded(image), network(image, training=False), atol=2e-4)
    assert folded.folded() is folded


def test_a_network_of_two_layers_is_refused():
    with pytest.raises(ValueError, match="depth"):
        networks.DnCNN(depth=2)
