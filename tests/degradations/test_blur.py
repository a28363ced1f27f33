import numpy as np
import pytest
from scipy import ndimage

from tfgan_zoo import degradations as d


def impulse(side=41):
    image = np.zeros((1, side, side, 1), np.float32)
    image[0, side // 2, side // 2] = 1
    return image


def response(layer, seed=0):
    """The kernel that a blur convolves with, seen on a point of light."""
    return np.asarray(layer(impulse(), seed=seed))[0, ..., 0]


def variances(kernel):
    """Along the kernel's two axes, ascending."""
    y, x = np.indices(kernel.shape) - kernel.shape[0] // 2
    return np.linalg.eigvalsh([[(kernel * a * b).sum() for b in (x, y)] for a in (x, y)])


def test_gaussian_blur_is_scipys(photo):
    ours = np.asarray(d.GaussianBlur(1.7, radius=12)(photo, seed=0))
    theirs = ndimage.gaussian_filter(photo, (1.7, 1.7, 0), mode="reflect", radius=12)
    np.testing.assert_allclose(ours, theirs, atol=2e-6)


def test_an_elongated_one_is_turned_for_each_image():
    layer = d.GaussianBlur(4.0, across=1.0)
    kernels = [response(layer, seed) for seed in range(3)]
    for kernel in kernels:
        np.testing.assert_allclose(variances(kernel), [1, 16], rtol=0.05)
    assert np.abs(kernels[0] - kernels[1]).max() > 0.005 and np.abs(kernels[1] - kernels[2]).max() > 0.005


def test_a_plateau_is_flatter_than_a_gaussian():
    plateau, gaussian = (response(d.GaussianBlur(4.0, exponent=3.0, plateau=p)) for p in (True, False))
    assert plateau[20, 22] / plateau[20, 20] > 0.98 and plateau[20, 30] > 3 * gaussian[20, 30]


def test_defocus_spreads_a_point_evenly():
    kernel = response(d.DefocusBlur(6.0))
    y, x = np.indices(kernel.shape) - 20
    inside = np.hypot(y, x) < 5
    np.testing.assert_allclose(kernel[inside], 1 / (np.pi * 36), rtol=0.01)
    assert (kernel[np.hypot(y, x) > 7] == 0).all()


def test_a_sinc_takes_away_what_is_above_its_cutoff():
    x = np.arange(128)
    waves = np.stack([0.5 + 0.3 * np.cos(frequency * x) for frequency in (0.6, 2.2)])
    waves = np.tile(waves[:, None, :, None], (1, 128, 1, 1)).astype(np.float32)
    filtered = np.asarray(d.SincFilter(1.4)(waves, seed=0))[:, 40:-40, 40:-40]
    low, high = np.ptp(filtered, axis=(1, 2, 3)) / 0.6
    assert low == pytest.approx(1, abs=0.1) and high < 0.1


def test_measured_kernels_are_used_as_given(photo):
    measured = np.random.default_rng(0).random((5, 8))
    ours = np.asarray(d.KernelBlur([measured], turn=False, centred=False)(photo, seed=0))
    # Of 8 the fifth is the middle, for scipy too.
    theirs = ndimage.convolve(photo, (measured / measured.sum())[..., None], mode="reflect")
    np.testing.assert_allclose(ours, theirs, atol=2e-6)


def test_measured_kernels_are_turned_in_eight_ways():
    measured = np.arange(9.0).reshape(3, 3)
    layer = d.KernelBlur([measured], centred=False)
    drawn = np.asarray(layer.kernels(400, 0))
    expected = {np.rot90(k, turns).tobytes() for k in (measured, measured.T) for turns in range(4)}
    assert {np.round(36 * kernel.astype(np.float64)).tobytes() for kernel in drawn} == expected


def test_measured_kernels_do_not_move_the_image(photo):
    kernel = np.zeros((9, 11))
    kernel[1:4, 6:9] = 1  # its middle is at 2, 7
    moved = np.asarray(d.KernelBlur([kernel], turn=False, centred=False)(photo, seed=0))
    blurred = np.asarray(d.KernelBlur([kernel], turn=False)(photo, seed=0))
    expected = ndimage.uniform_filter(photo, (3, 3, 1), mode="reflect")
    np.testing.assert_allclose(blurred, expected, atol=2e-6)
    assert np.abs(moved - expected).mean() > 10 * np.abs(blurred - expected).mean()


def test_random_blur_keeps_to_its_weights_and_convolves_once():
    parts = [d.GaussianBlur(1.0), d.DefocusBlur(5.0)]
    drawn = np.asarray(d.RandomBlur(parts, weights=(1, 3)).kernels(600, 0))
    assert drawn.shape[1:] == (13, 13)
    sharp = drawn.max(axis=(1, 2)) > 0.1
    assert sharp.mean() == pytest.approx(0.25, abs=0.06)
    np.testing.assert_allclose(drawn.sum(axis=(1, 2)), 1, atol=1e-5)


def test_wrong_parameters_are_refused():
    with pytest.raises(ValueError, match="sigma"):
        d.GaussianBlur(0.0)
    with pytest.raises(ValueError, match="radius"):
        d.SincFilter(radius=40)
    with pytest.raises(ValueError, match="positive sum"):
        d.KernelBlur([np.zeros((3, 3))])
    with pytest.raises(ValueError, match="at least one"):
        d.KernelBlur([])
    with pytest.raises(ValueError, match="takes blurs"):
        d.RandomBlur([d.GaussianBlur(), d.JPEG()])


@pytest.mark.parametrize("radius", [0, -3, 2.5])
def test_a_radius_that_is_none_is_refused(radius):
    with pytest.raises(ValueError, match=f"at least 1, got {radius}"):
        d.GaussianBlur(1.0, radius=radius)
