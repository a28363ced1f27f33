import numpy as np
import pytest

from tfgan_zoo import degradations as d


def test_without_noise_it_is_gain_times_a_power(photo):
    dark = d.LowLight(0.3, 2.0, shot=1e-9, mosaic=0.0)(photo, seed=0)
    np.testing.assert_allclose(dark, 0.3 * photo**2, atol=2e-3)


def test_a_darker_photo_is_noisier_for_its_light(photo):
    card = np.full((8, 64, 64, 3), 0.6, np.float32)
    bright, dark = (np.asarray(d.LowLight(gain, 1.0, shot=1e-3)(card, seed=0)) for gain in (0.8, 0.2))
    assert dark.std() / dark.mean() > 1.5 * bright.std() / bright.mean()


def test_a_gamma_that_brightens_is_refused():
    with pytest.raises(ValueError, match="gamma"):
        d.LowLight(gamma=0.5)
