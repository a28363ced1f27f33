import itertools

import numpy as np
import pytest

from tfgan_zoo import networks


def test_the_discriminator_can_be_the_papers_but_for_its_norms():
    """Eight convolutions, 64 to 512 wide, and dense layers of 1024 and 1 on 6 x 6 x 512."""
    network = networks.SRGANDiscriminator(pooled=False, spectral=False, stride_kernel=3)
    widths = [3, 64, 64, 128, 128, 256, 256, 512, 512]
    convolutions = sum((9 * a + 1) * b for a, b in itertools.pairwise(widths))
    assert network.count_params() == convolutions + (6 * 6 * 512 + 1) * 1024 + 1025
    maps = network.features(network.example())
    assert [(m.shape[1], m.shape[-1]) for m in maps] == [
        (96, 64), (48, 64), (48, 128), (24, 128), (24, 256), (12, 256), (12, 512), (6, 512)
    ]  # fmt: skip


def test_pooled_it_judges_any_size():
    network = networks.SRGANDiscriminator((32, 32, 3), width=4, dense=8)
    image = np.random.default_rng(0).random((2, 47, 66, 3), dtype=np.float32)
    assert network({"image": image}).shape == (2, 1)


def test_interpolation_goes_from_one_network_to_the_other():
    make = lambda: networks.SRResNet(1, 2, blocks=1, width=4)  # noqa: E731
    one, other = make(), make()
    image = np.random.default_rng(0).random((1, 9, 8, 1), dtype=np.float32)
    np.testing.assert_array_equal(networks.interpolated(one, other, 0)(image), one(image))
    np.testing.assert_array_equal(networks.interpolated(one, other, 1)(image), other(image))
    between = networks.interpolated(one, other, 0.25)
    for a, b, c in zip(one.weights, other.weights, between.weights):
        np.testing.assert_allclose(c, 0.75 * a.numpy() + 0.25 * b.numpy(), atol=1e-6)


def test_networks_that_are_not_alike_are_not_interpolated():
    one = networks.SRResNet(1, 2, blocks=1, width=4)
    with pytest.raises(ValueError, match="scale differs"):
        networks.interpolated(one, networks.SRResNet(1, 3, blocks=1, width=4), 0.5)
    with pytest.raises(ValueError, match="got SRResNet and MobileSR"):
        networks.interpolated(one, networks.MobileSR(1, 2), 0.5)
    with pytest.raises(ValueError, match=r"within \[0, 1\], got 1.5"):
        networks.interpolated(one, one, 1.5)
