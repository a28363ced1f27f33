import numpy as np
import pytest
from scipy import special

from tfgan_zoo.ops import kernels

Y, X = np.mgrid[-20:21, -20:21]


def one(*values):
    return [np.array([value], np.float32) for value in values]


def moments(kernel):
    """Covariance matrix of x and y under a kernel of sum 1."""
    return np.array([[(kernel * a * b).sum() for b in (X, Y)] for a in (X, Y)])


def test_a_gaussians_covariance_is_the_one_asked_for():
    kernel = np.asarray(kernels.gaussian(20, *one(4.0, 2.0, 0.5)))[0]
    turn = np.array([[np.cos(0.5), -np.sin(0.5)], [np.sin(0.5), np.cos(0.5)]])
    assert kernel.sum() == pytest.approx(1)
    np.testing.assert_allclose(moments(kernel), turn @ np.diag([16.0, 4.0]) @ turn.T, atol=0.02)


@pytest.mark.parametrize("exponent", [0.5, 1.0, 3.0])
def test_generalised_and_plateau_forms(exponent):
    q = ((X / 3.0) ** 2 + (Y / 2.0) ** 2) ** exponent
    for plateau, form in ((False, np.exp(-q / 2)), (True, 1 / (1 + q))):
        ours = np.asarray(kernels.gaussian(20, *one(3.0, 2.0, 0.0, exponent), plateau=plateau))[0]
        np.testing.assert_allclose(ours, form / form.sum(), atol=2e-6)


@pytest.mark.parametrize("size", [0.4, 1.0, 3.3, 8.0])
def test_a_disk_holds_each_pixels_share(size):
    fine = (np.arange(41 * 40) + 0.5) / 40 - 20.5
    inside = (np.hypot(*np.meshgrid(fine, fine)) < size).reshape(41, 40, 41, 40).mean(axis=(1, 3))
    ours = np.asarray(kernels.disk(20, *one(size)))[0]
    assert np.abs(ours - inside / inside.sum()).max() < 0.05 * ours.max()


def test_sinc_is_the_ideal_low_pass():
    r = np.maximum(np.hypot(X, Y), 1e-3)[10:-10, 10:-10]
    expected = 1.2 * special.j1(1.2 * r) / (2 * np.pi * r)
    np.testing.assert_allclose(np.asarray(kernels.sinc(10, *one(1.2)))[0], expected / expected.sum(), atol=2e-5)


def test_bessel_holds_up_to_the_largest_kernel():
    x = np.linspace(0, 57, 300).astype(np.float32)
    np.testing.assert_allclose(kernels._bessel(x), special.j1(x), atol=1e-5)


def test_a_trace_splits_each_sample_among_four_pixels():
    kernel = np.asarray(kernels.trace(2, np.array([[[0.25, -1.0], [1.0, 1.5]]], np.float32)))[0]
    expected = np.zeros((5, 5))
    expected[1, 2], expected[1, 3], expected[3, 3], expected[4, 3] = 0.375, 0.125, 0.25, 0.25
    np.testing.assert_allclose(kernel, expected, atol=1e-6)


@pytest.mark.parametrize("angle", [0.0, 0.14, 0.7])
def test_a_thin_streak_has_its_light_evenly_along_it(angle):
    kernel = np.asarray(kernels.streak(20, *one(24.0, 0.4, angle)))[0]
    assert kernel.sum() == pytest.approx(24 * 0.4 * np.sqrt(2 * np.pi), rel=0.03)
    rows = kernel[15:26].sum(axis=1)
    assert rows.std() < 0.05 * rows.mean()


def test_a_streak_lies_at_its_angle_and_has_its_length():
    kernel = np.asarray(kernels.streak(20, *one(24.0, 0.8, 0.4)))[0]
    variance, directions = np.linalg.eigh(moments(kernel / kernel.sum()))
    x, y = directions[:, 1] * np.sign(directions[1, 1])
    assert np.arctan2(-x, y) == pytest.approx(0.4, abs=0.01)
    # Its own, and a pixel's.
    assert variance[0] == pytest.approx(0.64 + 1 / 12, rel=0.02)
    assert (kernel[20:, 20] > 0).any() and np.sqrt(12 * variance[1]) == pytest.approx(24, rel=0.2)


def test_growing_keeps_the_centre():
    small = np.arange(9, dtype=np.float32).reshape(1, 3, 3)
    grown = np.asarray(kernels.grown(small, 3))
    np.testing.assert_array_equal(grown[:, 2:5, 2:5], small)
    assert grown.shape == (1, 7, 7) and grown.sum() == small.sum()
