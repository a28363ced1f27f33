import numpy as np
import pytest

from tfgan_zoo import degradations as d

GRAY = np.full((4, 128, 128, 3), 0.5, np.float32)


def test_gaussian_noise_has_the_sigma_asked_for():
    noise = np.asarray(d.GaussianNoise(25 / 255)(GRAY, seed=0)) - GRAY
    assert noise.std() == pytest.approx(25 / 255, rel=0.01)
    assert noise.mean() == pytest.approx(0, abs=0.001)
    neighbours = np.corrcoef(noise[:, :, 1:].ravel(), noise[:, :, :-1].ravel())[0, 1]
    assert abs(neighbours) < 0.01


def test_the_sigma_map_tells_each_images_sigma():
    noisy, sigma = d.GaussianNoise((0, 55 / 255), return_sigma=True)(GRAY, seed=3)
    assert sigma.shape == (4, 128, 128, 1)
    told = np.asarray(sigma)[:, 0, 0, 0]
    measured = (np.asarray(noisy) - GRAY).std(axis=(1, 2, 3))
    np.testing.assert_allclose(measured, told, rtol=0.02)
    assert np.ptp(told) > 0.01 and told.min() >= 0 and told.max() <= 55 / 255


def test_the_range_is_covered_evenly():
    many = np.zeros((2000, 1, 1, 1), np.float32)
    told = np.asarray(d.GaussianNoise((0.1, 0.3), return_sigma=True)(many, seed=0)[1]).ravel()
    counts, _ = np.histogram(told, bins=4, range=(0.1, 0.3))
    assert counts.sum() == 2000 and counts.min() > 420


def test_speckle_grows_with_the_signal():
    for level in (0.2, 0.8):
        noise = np.asarray(d.SpeckleNoise(0.1)(np.full_like(GRAY, level), seed=0)) - level
        assert noise.std() == pytest.approx(0.1 * level, rel=0.02)


def test_poisson_noise_has_the_variance_of_counting():
    for level in (0.2, 0.8):
        noise = np.asarray(d.PoissonNoise(500)(np.full_like(GRAY, level), seed=0)) - level
        assert noise.var() == pytest.approx(level / 500, rel=0.02) and noise.mean() == pytest.approx(0, abs=0.001)
    drawn = np.asarray(d.PoissonNoise((1e2, 1e4)).draw(4000, 0)["peak"]) ** -0.5
    assert drawn.min() >= 0.0099 and drawn.max() <= 0.1001 and drawn.mean() == pytest.approx(0.055, abs=0.001)


def test_salt_and_pepper_hit_their_shares():
    degraded = np.asarray(d.SaltPepperNoise(0.1, salt=0.25)(GRAY, seed=0))
    assert (degraded == 1).mean() == pytest.approx(0.025, rel=0.1)
    assert (degraded == 0).mean() == pytest.approx(0.075, rel=0.1)
    assert ((degraded == 0.5) | (degraded == 0) | (degraded == 1)).all()


@pytest.mark.parametrize("wrong", [-0.1, (0.3, 0.1), (0.1, 0.2, 0.3)])
def test_impossible_parameters_are_refused(wrong):
    with pytest.raises(ValueError, match="sigma"):
        d.GaussianNoise(wrong)
    with pytest.raises(ValueError, match="amount"):
        d.SaltPepperNoise(1.5)
