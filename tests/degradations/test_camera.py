import numpy as np
import pytest
from scipy import ndimage

from tfgan_zoo import degradations as d
from tfgan_zoo.degradations import camera


def test_development_has_an_inverse(photo):
    np.testing.assert_allclose(camera._develop(camera._undevelop(photo)), photo, atol=2e-3)


def test_variance_in_linear_light_is_a_x_plus_b():
    """Undeveloped again, noise on a gray card has the variance the sensor model says."""
    layer = d.PoissonGaussianNoise(0.002)
    for level in (0.3, 0.5, 0.7):
        card = np.full((1, 256, 256, 1), level, np.float32)
        parameters = {k: np.asarray(v) for k, v in layer.draw(1, 5).items()}
        degraded = layer.apply(card, 6, **layer.draw(1, 5))
        gain = 1 / max(parameters["exposure"][0], 0.4)
        sensor = np.asarray(camera._undevelop(degraded)) / gain
        signal = float(np.asarray(camera._undevelop(card))[0, 0, 0, 0]) / gain
        expected = parameters["shot"][0] * signal + parameters["read"][0]
        assert sensor.var() == pytest.approx(expected, rel=0.05)


def test_shot_noise_is_log_uniform_and_read_noise_follows_it():
    drawn = {k: np.asarray(v) for k, v in d.PoissonGaussianNoise().draw(4000, 0).items()}
    log_shot, log_read = np.log(drawn["shot"]), np.log(drawn["read"])
    assert log_shot.min() >= np.log(1e-4) - 1e-3 and log_shot.max() <= np.log(0.012) + 1e-3
    slope, offset = np.polyfit(log_shot, log_read, 1)
    assert slope == pytest.approx(2.18, abs=0.03) and offset == pytest.approx(1.20, abs=0.2)
    assert (log_read - slope * log_shot - offset).std() == pytest.approx(0.26, rel=0.05)


def neighbour_correlation(mosaic):
    card = np.full((1, 256, 256, 3), 0.5, np.float32)
    noise = np.asarray(d.PoissonGaussianNoise(0.002, mosaic=mosaic)(card, seed=0))[0, ..., 0] - 0.5
    return np.corrcoef(noise[:, 1:].ravel(), noise[:, :-1].ravel())[0, 1]


def test_a_mosaic_correlates_neighbours():
    assert abs(neighbour_correlation(0.0)) < 0.02
    assert neighbour_correlation(1.0) > 0.4


def bilinear_demosaicking(noise):
    """Noise (count, height, width, 3) seen through the pattern RGGB, the rest interpolated."""
    rows, columns = np.indices(noise.shape[1:3]) % 2
    seen = np.stack([(rows == 0) & (columns == 0), rows != columns, (rows == 1) & (columns == 1)], axis=-1)
    square = np.array([[1, 2, 1], [2, 4, 2], [1, 2, 1]]) / 4
    cross = np.array([[0, 1, 0], [1, 4, 1], [0, 1, 0]]) / 4
    planes = [
        np.stack([ndimage.convolve(one, kernel, mode="wrap") for one in (noise * seen)[..., channel]])
        for channel, kernel in enumerate((square, cross, square))
    ]
    return np.stack(planes, axis=-1)


def test_noise_through_a_mosaic_has_the_spectrum_of_bilinear_demosaicking():
    white = np.random.default_rng(0).standard_normal((60, 34, 34, 3)).astype(np.float32)
    ours, theirs = np.asarray(camera._interpolated(white))[:, 1:-1, 1:-1], bilinear_demosaicking(white)[:, 1:-1, 1:-1]
    assert ours.var(axis=(0, 1, 2)) == pytest.approx(theirs.var(axis=(0, 1, 2)), rel=0.05)
    for down, right in ((0, 1), (1, 0), (1, 1), (0, 2)):
        for channel in range(3):
            correlations = [
                (x[:, down:, right:, channel] * x[:, : 32 - down, : 32 - right, channel]).mean() / x[..., channel].var()
                for x in (ours, theirs)
            ]
            assert correlations[0] == pytest.approx(correlations[1], abs=0.03)


def test_noise_through_a_mosaic_is_the_same_at_every_pixel():
    card = np.full((1500, 8, 8, 3), 0.5, np.float32)
    deviation = np.asarray(d.PoissonGaussianNoise(0.002, mosaic=1.0)(card, seed=0)).std(axis=0)
    np.testing.assert_allclose(
        deviation, deviation.mean(axis=(0, 1), keepdims=True).repeat(8, 0).repeat(8, 1), rtol=0.1
    )


def test_white_balance_amplifies_red_and_blue_noise():
    card = np.full((200, 16, 16, 3), 0.5, np.float32)
    red, green, blue = np.asarray(d.PoissonGaussianNoise(0.001)(card, seed=0)).std(axis=(0, 1, 2))
    # Shot noise behind a gain g has a variance of g times the light.
    assert red / green == pytest.approx(2.15**0.5, rel=0.05) and blue / green == pytest.approx(1.7**0.5, rel=0.05)


def test_mosaic_is_one_probability():
    with pytest.raises(ValueError, match="mosaic"):
        d.PoissonGaussianNoise(mosaic=(0.0, 1.0))


def test_the_result_is_an_image(photo):
    degraded = np.asarray(d.PoissonGaussianNoise(0.01)(photo, seed=0))
    assert degraded.min() >= 0 and degraded.max() <= 1
