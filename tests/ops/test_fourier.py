import numpy as np
import pytest
import tensorflow as tf

from tfgan_zoo.ops import fourier

RNG = np.random.default_rng(0)


def spectrum(images):
    whole = np.fft.rfft2(images)
    return whole.real, whole.imag


@pytest.mark.parametrize("size", [(8, 12), (9, 13), (30, 7), (1, 2)])
def test_it_is_numpys_transform_and_back(size):
    images = RNG.random((3, *size), np.float32)
    transformed = fourier.transform(images)
    for part, expected in zip(transformed, spectrum(images)):
        np.testing.assert_allclose(part, expected, atol=1e-4)
    np.testing.assert_allclose(fourier.inverse(transformed, size[1]), images, atol=1e-6)


def test_sizes_may_be_unknown():
    images = RNG.random((2, 31, 40), np.float32)
    graph = tf.function(
        lambda x: fourier.inverse(fourier.transform(x), tf.shape(x)[2]), input_signature=[tf.TensorSpec((None,) * 3)]
    )
    np.testing.assert_allclose(graph(images), images, atol=1e-6)


def test_a_kernel_stands_around_the_frames_corner():
    kernels = RNG.random((2, 5, 5), np.float32)
    frame = np.zeros((2, 16, 21), np.float32)
    frame[:, :5, :5] = kernels
    expected = spectrum(np.roll(frame, (-2, -2), axis=(1, 2)))
    transformed = fourier.transform(kernels, 16, 21, origin=2)
    for part, other in zip(transformed, expected):
        np.testing.assert_allclose(part, other, atol=1e-4)
    np.testing.assert_allclose(fourier.inverse(transformed, 21, 5, 5, origin=2), kernels, atol=1e-6)


def test_a_product_convolves_and_the_conjugate_mirrors():
    a, b = RNG.random((2, 1, 12, 15), np.float32)
    convolved = fourier.inverse(fourier.times(fourier.transform(a), fourier.transform(b)), 15)
    np.testing.assert_allclose(convolved, np.fft.irfft2(np.fft.rfft2(a) * np.fft.rfft2(b), (12, 15)), atol=1e-4)
    mirrored = fourier.inverse(fourier.conjugate(fourier.transform(a)), 15)
    np.testing.assert_allclose(mirrored, np.roll(a[:, ::-1, ::-1], (1, 1), axis=(1, 2)), atol=1e-6)


@pytest.mark.parametrize("size", [(8, 12), (9, 13)])
def test_steepness_is_the_differences_power(size):
    images = RNG.random((1, *size), np.float32)
    differences = [np.roll(images, -1, axis) - images for axis in (1, 2)]
    expected = sum(np.abs(np.fft.rfft2(d)) ** 2 for d in differences)
    np.testing.assert_allclose(
        fourier.steepness(*size) * fourier.power(fourier.transform(images)), expected, rtol=1e-3, atol=1e-3
    )


def test_long_sides_lose_nothing():
    images = RNG.random((1, 3, 2001), np.float32)
    for part, expected in zip(fourier.transform(images), spectrum(images)):
        np.testing.assert_allclose(part, expected, atol=0.01)
