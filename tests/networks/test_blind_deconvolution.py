"""A shaken photo: what is calculated, and what the network is shown."""

import numpy as np
import pytest
from skimage import data

from tfgan_zoo import inference, metrics, networks
from tfgan_zoo.degradations import MotionBlur
from tfgan_zoo.ops import camera_shake, color


def repair(**options):
    return networks.ResUNet(3, (8, 12), (1, 1), guides=9, **options)


def unlearnt(radius=9, **options):
    """One whose network adds nothing."""
    inner = repair()
    inner.tail.set_weights([np.zeros_like(weight) for weight in inner.tail.get_weights()])
    return networks.BlindDeconvolution(inner, radius, **options)


def test_without_a_network_it_is_the_calculation_and_sharpens():
    clean = data.astronaut()[None, :256, 96:416].astype(np.float32) / 255
    blurred = np.asarray(MotionBlur(9.0)(clean, seed=2))
    restored = unlearnt()(blurred)
    kernel = camera_shake.kernel(color.rgb_to_ycbcr(blurred)[..., 0], 9)
    (expected,) = camera_shake.deconvolve(blurred, kernel, (1e-2,))
    np.testing.assert_allclose(restored, expected, atol=2e-3)
    inner = np.s_[:, 8:-8, 8:-8]
    before, after = (float(metrics.PSNR()(clean[inner], np.clip(x, 0, 1)[inner])) for x in (blurred, restored))
    assert after > before + 1


def test_a_large_photos_kernel_is_sought_in_its_middle(photo):
    image = np.tile(photo[None, :96, :96].astype(np.float32), (1, 2, 2, 1))
    other = np.array(image)
    other[:, :40] = 0.5
    network = unlearnt(radius=3, window=64)
    middle = network._luma(image)
    assert middle.shape == (1, 64, 64)
    np.testing.assert_allclose(middle, color.rgb_to_ycbcr(image[:, 64:128, 64:128])[..., 0], atol=1e-6)
    # What is beyond decides nothing about the kernel, only about what is near it.
    apart = np.abs(np.asarray(network(image)) - np.asarray(network(other))).mean(axis=(0, 2, 3))
    assert apart[:40].mean() > 0.1 and apart[60:].mean() < 0.01


def test_every_tile_of_a_photo_is_told_of_one_kernel(monkeypatch):
    """The lower half shows nothing, and would be left as it is by itself."""
    clean = np.tile(data.astronaut()[:256, 96:352].astype(np.float32) / 255, (1, 2, 1))
    clean = np.concatenate([clean, np.full_like(clean, 0.5)])
    clean[400:440:4] = 0.3
    blurred = np.asarray(MotionBlur(9.0)(clean, seed=2))
    network, kernels, call = unlearnt(radius=9, window=128), [], networks.BlindDeconvolution.call
    monkeypatch.setattr(networks.BlindDeconvolution, "call", lambda self, x: (kernels.append(x[1]), call(self, x))[1])
    tiled = inference.restore(network, blurred, tile=256)
    whole = inference.restore(network, blurred, tile=None)
    # But for what Wiener's filter brings from beyond a tile.
    assert np.abs(tiled - whole).mean() < 2e-3
    assert len(kernels) == 1, "one graph for all"
    again = inference.restore(network, np.rot90(blurred), tile=256)
    assert np.abs(np.rot90(again, -1) - tiled).mean() < 0.01
    turned = inference.restore(network, blurred[:256, :256], ensemble=True)
    assert np.abs(turned - tiled[:256, :256])[16:-16, 16:-16].mean() < 0.02


def test_parts_of_a_photo_agree_on_a_kernel():
    point, line, other = np.zeros((3, 1, 9, 9), np.float32)
    point[0, 4, 4], line[0, 4, 1:8], other[0, 1:8, 4] = 1, 1 / 7, 1 / 7
    found = np.asarray(camera_shake.agreed(np.concatenate([other, line, line, line, point])))
    np.testing.assert_allclose(found, line, atol=1e-6)
    np.testing.assert_allclose(camera_shake.agreed(other), other, atol=1e-6)


def test_a_photo_smaller_than_two_kernels_is_restored_too():
    network = unlearnt(radius=9)
    assert network.minimum_side == 4
    small = np.full((1, 8, 33, 3), 0.5, np.float32)
    np.testing.assert_allclose(network(small), small, atol=1e-3)


def test_photos_larger_than_a_tile_are_restored(photo):
    image = np.tile(photo[:96, :96], (5, 5, 1))
    restored = inference.restore(unlearnt(radius=5), image, tile=360)
    assert restored.shape == image.shape and np.isfinite(restored).all()
    assert inference.restore(unlearnt(radius=5), image).shape == image.shape


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda: networks.BlindDeconvolution(networks.ResUNet(3, (8,), (1,))), "with 9 guides is needed"),
        (lambda: networks.BlindDeconvolution(repair(noise_map=True)), "without a noise map"),
        (lambda: networks.BlindDeconvolution(repair(), radius=0), "at least 1.*got 0 and 512"),
        (lambda: networks.BlindDeconvolution(repair(), 19, window=60), "got 19 and 60"),
    ],
)
def test_what_cannot_work_is_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_guides_are_seen_and_not_restored():
    network = networks.ResUNet(3, (8, 12), (1, 1), guides=2)
    image = np.random.default_rng(0).random((1, 20, 24, 5), np.float32)
    other = image.copy()
    other[..., 3:] = 0
    assert network(image).shape == (1, 20, 24, 3)
    assert np.abs(np.asarray(network(image)) - np.asarray(network(other))).max() > 0
    network.tail.set_weights([np.zeros_like(weight) for weight in network.tail.get_weights()])
    np.testing.assert_array_equal(network(image), image[..., :3])
    with pytest.raises(ValueError, match="needs guides beside the image"):
        inference.restore(network, image[0, ..., :3])
    for turned in (network.to_gray, lambda: network.blind(0.1)):
        with pytest.raises(ValueError, match="has guides"):
            turned()
    with pytest.raises(ValueError, match="guides must not be negative, got -1"):
        networks.ResUNet(3, (8,), (1,), guides=-1)
