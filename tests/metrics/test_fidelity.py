import keras
import numpy as np
import pytest
import tensorflow as tf
from skimage import data as skimage_data
from skimage import metrics as reference

from tfgan_zoo import data, degradations, metrics, models, networks


@pytest.fixture(scope="module")
def pair():
    clean = np.stack([skimage_data.chelsea()[:200, :240], skimage_data.chelsea()[90:290, 200:440]])
    clean = clean.astype(np.float32) / 255
    noisy = np.asarray(degradations.GaussianNoise((0.05, 0.15))(clean, seed=0))
    return clean, noisy


def test_psnr_is_that_of_scikit_image(pair):
    expected = [reference.peak_signal_noise_ratio(c, n, data_range=1) for c, n in zip(*pair)]
    np.testing.assert_allclose(metrics.psnr(*pair), expected, atol=1e-4)


def test_psnr_of_equal_images_is_infinite(pair):
    assert np.isinf(metrics.psnr(pair[0], pair[0])).all()


def test_ssim_is_that_of_scikit_image(pair):
    options = {
        "data_range": 1,
        "channel_axis": -1,
        "gaussian_weights": True,
        "sigma": 1.5,
        "use_sample_covariance": False,
    }
    expected = [reference.structural_similarity(c, n, **options) for c, n in zip(*pair)]
    np.testing.assert_allclose(metrics.ssim(*pair), expected, atol=1e-4)


def test_ms_ssim_is_that_of_tensorflow(pair):
    np.testing.assert_allclose(metrics.ms_ssim(*pair), tf.image.ssim_multiscale(*pair, 1.0), atol=1e-4)


def test_psnr_b_is_psnr_where_no_blocks_are_and_less_where_they_are(pair):
    gray = pair[0][..., :1]
    level = np.kron(np.random.default_rng(0).random((25, 30)), np.ones((8, 8)))[None, ..., None].astype(np.float32)
    blocky = gray + 0.05 * (level - 0.5)
    assert float(metrics.psnr_b(gray[:1], blocky[:1])[0]) < float(metrics.psnr(gray[:1], blocky[:1])[0]) - 0.3
    smooth = np.full((1, 64, 64, 1), 0.5, np.float32)
    assert float(metrics.psnr_b(smooth, smooth + 0.1)[0]) == pytest.approx(20, abs=1e-3)


def test_psnr_b_is_its_formula():
    """Yim and Bovik 2011, equations 3 to 9, on a 16 x 16 step of height h at the block border."""
    clean = np.zeros((1, 16, 16, 1), np.float32)
    step = clean.copy()
    step[:, :, 8:] = 0.2
    # Borders: 16 of 32 pairs (the vertical ones) step by 0.2; elsewhere nothing does.
    effect = np.log2(8) / np.log2(16) * 0.04 * 16 / 32
    expected = -10 * np.log10(0.04 / 2 + effect)
    assert float(metrics.psnr_b(clean, step)[0]) == pytest.approx(expected, abs=1e-3)


def test_too_small_images_are_refused():
    tiny = np.zeros((1, 10, 40, 1), np.float32)
    with pytest.raises(ValueError, match="11 pixels"):
        metrics.ssim(tiny, tiny)
    with pytest.raises(ValueError, match="176 pixels"):
        metrics.ms_ssim(np.zeros((1, 170, 300, 1), np.float32), np.zeros((1, 170, 300, 1), np.float32))


def test_every_metric_works_in_evaluate(folder):
    noise = degradations.GaussianNoise(0.1)
    model = models.Restorer(networks.ResUNet(1, widths=(8, 12), blocks=(1, 1)), noise)
    model.ema_network.set_weights([0 * w for w in model.ema_network.get_weights()])  # gives back its input
    model.compile(metrics=[metrics.PSNR(), metrics.SSIM(), metrics.PSNRB()])
    values = model.evaluate(data.pairs(noise, folder, channels=1), verbose=0, return_dict=True)
    assert 19 < values["psnr_b"] <= values["psnr"] < 22 and 0 < values["ssim"] < 1


def test_psnr_b_is_for_gray_images_larger_than_a_block():
    with pytest.raises(ValueError, match="gray"):
        metrics.psnr_b(np.zeros((1, 32, 32, 3), "f"), np.zeros((1, 32, 32, 3), "f"))
    with pytest.raises(ValueError, match="more than 8"):
        metrics.psnr_b(np.zeros((1, 8, 32, 1), "f"), np.zeros((1, 8, 32, 1), "f"))


@pytest.mark.parametrize("name", ["PSNR", "SSIM", "MSSSIM", "PSNRB"])
def test_classes_average_over_images_after_rounding(pair, name):
    clean, noisy = (image[..., :1] for image in pair)
    function = {"PSNR": "psnr", "SSIM": "ssim", "MSSSIM": "ms_ssim", "PSNRB": "psnr_b"}[name]
    metric = getattr(metrics, name)()
    for c, n in zip(clean, noisy):
        metric.update_state(c[None], n[None])
    rounded = np.round(np.clip(noisy, 0, 1) * 255).astype(np.float32) / 255
    expected = np.mean(np.asarray(getattr(metrics, function)(clean, rounded)))
    assert float(metric.result()) == pytest.approx(float(expected), abs=1e-4)
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(metric))
    assert again.name == metric.name


def test_one_image_without_error_leaves_the_mean_finite():
    image = np.random.default_rng(0).integers(0, 256, (2, 16, 16, 3)) / np.float32(255)
    darker = image * np.float32([1, 0.9])[:, None, None, None]
    one, both = metrics.PSNR(), metrics.PSNR()
    one.update_state(image[1:], darker[1:])
    both.update_state(image, darker)
    assert float(both.result()) == pytest.approx((100 + float(one.result())) / 2, rel=1e-5)
