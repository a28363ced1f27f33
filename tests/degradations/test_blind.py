import keras
import numpy as np
import pytest
import tensorflow as tf

from tfgan_zoo import degradations as d


@pytest.fixture(name="images", scope="module")
def _images(photo):
    return np.stack([photo[:50, :64], photo[30:80, 40:104]])


@pytest.mark.parametrize("chain", [d.real_esrgan, d.bsrgan])
def test_chains_give_small_images_as_files_hold_them(images, chain):
    layer = chain(2)
    degraded = np.asarray(layer(images, seed=0))
    assert degraded.shape == (2, 25, 32, 3) and degraded.dtype == np.float32
    np.testing.assert_allclose(degraded * 255, np.round(degraded * 255), atol=1e-3)
    # Still the same scene, in the same place.
    small = np.asarray(d.Downsample(2, "area")(images, seed=0))
    assert all(np.corrcoef(a.ravel(), b.ravel())[0, 1] > 0.8 for a, b in zip(degraded, small))
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(layer))
    np.testing.assert_array_equal(again(images, seed=0), degraded)
    assert (np.asarray(layer(images, seed=1)) != degraded).any()


def test_at_scale_1_the_size_stays(images):
    for chain in (d.real_esrgan(1), d.bsrgan(1)):
        assert chain(images[:1], seed=0).shape == (1, 50, 64, 3)


def test_a_graph_of_unknown_sizes_agrees(images):
    chain = d.real_esrgan(2)
    specification = tf.TensorSpec((None, None, None, 3), tf.float32)
    graph = tf.function(lambda x: chain(x, seed=3), input_signature=[specification])
    # A value on a rounding's edge may fall to the other side, and JPEG spreads it over a block.
    assert np.abs(graph(images).numpy() - np.asarray(chain(images, seed=3))).mean() < 1e-3


def test_noise_and_blocks_are_left_of_flat_gray():
    gray = np.full((48, 64, 64, 3), 0.5, np.float32)
    for chain, levels in ((d.real_esrgan, (6, 12)), (d.bsrgan, (3, 8))):
        left = 255 * (np.asarray(chain(1)(gray, seed=0)) - 0.5)
        assert levels[0] < left.std(axis=(1, 2, 3)).mean() < levels[1]
    # Columns that a JPEG block ends at differ more from the next than others do.
    left = np.asarray(d.bsrgan(1)(gray, seed=1))
    steps = np.abs(np.diff(left, axis=2)).mean(axis=(0, 1, 3))
    assert steps[7::8].mean() > 1.1 * np.delete(steps, np.s_[7::8]).mean()


def test_bsrgans_blurs_are_as_wide_as_in_its_code():
    """4 + scale bounds a variance there."""
    blurs = [part for part in d.bsrgan(4).degradations[0].degradations if isinstance(part, d.GaussianBlur)]
    assert [round(part.sigma[1] ** 2, 6) for part in blurs] == [pytest.approx(2.8**2), 8]
