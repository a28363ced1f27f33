import numpy as np
import pytest
import tensorflow as tf

from tfgan_zoo import degradations as d


def bayer(photo, red, blue):
    """Red and blue at their (row, column) of each 2 x 2 cell, green at the two others."""
    seen = np.zeros_like(photo)
    seen[..., 1] = photo[..., 1]
    for channel, (row, column) in ((0, red), (2, blue)):
        seen[row::2, column::2, 1] = 0
        seen[row::2, column::2, channel] = photo[row::2, column::2, channel]
    return seen


PATTERNS = {"RGGB": ((0, 0), (1, 1)), "BGGR": ((1, 1), (0, 0)), "GRBG": ((0, 1), (1, 0)), "GBRG": ((1, 0), (0, 1))}


@pytest.mark.parametrize("pattern", PATTERNS)
def test_each_pixel_sees_one_colour(photo, pattern):
    np.testing.assert_array_equal(d.Mosaic(pattern)(photo[:, :97], seed=0), bayer(photo[:, :97], *PATTERNS[pattern]))


def test_without_a_pattern_all_four_are_drawn(photo):
    drawn = np.asarray(d.Mosaic(None)(np.stack([photo] * 40), seed=0))
    expected = {bayer(photo, *places).tobytes() for places in PATTERNS.values()}
    assert {one.tobytes() for one in drawn} == expected


@pytest.mark.parametrize("bits", [1, 8])
def test_quantize_clips_and_rounds(photo, bits):
    levels, images = 2**bits - 1, 1.4 * photo - 0.2
    expected = np.round(np.clip(images, 0, 1) * levels) / levels
    np.testing.assert_allclose(d.Quantize(bits)(images, seed=0), expected, atol=1e-6)


def test_quantizing_passes_gradients_within_the_range():
    images = tf.Variable(np.float32([-0.5, 0.3, 0.7, 1.5]).reshape(1, 2, 2, 1))
    with tf.GradientTape() as tape:
        total = tf.reduce_sum(d.Quantize()(images, seed=0))
    np.testing.assert_array_equal(tf.reshape(tape.gradient(total, images), -1), [0, 1, 1, 0])


def test_wrong_parameters_are_refused():
    with pytest.raises(ValueError, match="pattern"):
        d.Mosaic("RGBG")
    with pytest.raises(ValueError, match="bits"):
        d.Quantize(0)
