import numpy as np
import pytest
import tensorflow as tf
from scipy import ndimage

from tfgan_zoo.ops import filters


def reference(images, kernels):
    """scipy's convolution; its "reflect" is what everyone else calls symmetric."""
    planes = [
        [ndimage.convolve(image[..., c].astype(float), kernel.astype(float), mode="reflect") for c in range(3)]
        for image, kernel in zip(images, kernels)
    ]
    return np.moveaxis(np.array(planes), 1, -1)


def kernels(side, count=2):
    drawn = np.random.default_rng(side).random((count, side, side)).astype(np.float32)
    return drawn / drawn.sum(axis=(1, 2), keepdims=True)


# 51 goes through the FFT, and is wider than the smaller photo is high.
@pytest.mark.parametrize("side", [1, 5, 51])
@pytest.mark.parametrize("size", [(64, 75), (20, 31)])
def test_each_image_is_convolved_with_its_kernel(photo, side, size):
    images, drawn = np.stack([photo, photo[::-1]])[:, : size[0], : size[1]], kernels(side)
    np.testing.assert_allclose(filters.convolve(images, drawn), reference(images, drawn), atol=2e-6)


@pytest.mark.parametrize("convolve", [filters._convolve_direct, filters._convolve_fourier])
def test_both_ways_agree_where_sizes_are_unknown(photo, convolve):
    images, drawn = np.stack([photo, photo[::-1]]), kernels(7)
    graph = tf.function(convolve, input_signature=[tf.TensorSpec((None, None, None, 3)), tf.TensorSpec((None, 7, 7))])
    np.testing.assert_allclose(graph(images, drawn), reference(images, drawn)[:, 3:-3, 3:-3], atol=2e-6)


def test_one_channel_works(photo):
    images, drawn = photo[None, :40, :40], kernels(51, 1)
    gray = filters.convolve(images[..., :1], drawn)
    np.testing.assert_allclose(gray, reference(images, drawn)[..., :1], atol=2e-6)


def test_fast_lengths_are_the_next_products_of_2_3_and_5():
    def is_fast(n):
        for prime in (2, 3, 5):
            while n % prime == 0:
                n //= prime
        return n == 1

    for length in (1, 7, 97, 161, 1025):
        expected = next(n for n in range(length, 3 * length) if is_fast(n))
        assert filters.fast_length(length) == expected == int(filters.fast_length(tf.constant(length)))


def test_even_kernels_are_refused(photo):
    with pytest.raises(ValueError, match="odd"):
        filters.convolve(photo[None], kernels(4, 1))
