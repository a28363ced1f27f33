import keras
import numpy as np
import pytest
import tensorflow as tf

from tfgan_zoo import losses

RNG = np.random.default_rng(0)
CLEAN, OTHER = RNG.random((2, 2, 32, 40, 3), dtype=np.float32)


def test_charbonnier_is_its_formula():
    expected = np.sqrt((CLEAN - OTHER) ** 2 + 1e-4).mean(axis=-1)
    np.testing.assert_allclose(losses.charbonnier(CLEAN, OTHER, epsilon=1e-2), expected, rtol=1e-5)


def test_edge_ignores_brightness_and_sees_edges():
    same = np.asarray(losses.edge(CLEAN, CLEAN + 0.2))
    np.testing.assert_allclose(same, 1e-3, atol=1e-5)
    line = CLEAN.copy()
    line[:, :, 20] += 0.5
    cost = np.asarray(losses.edge(CLEAN, line))
    assert cost[:, 5, 20] == pytest.approx(1.0, abs=0.01) and cost[:, 5, 10] == pytest.approx(1e-3, abs=1e-4)


def test_frequency_of_white_noise_is_its_mean_absolute_value():
    noise = 0.1 * RNG.standard_normal((4, 64, 64, 1)).astype(np.float32)
    value = np.asarray(losses.frequency(np.zeros_like(noise), noise))
    assert value.shape == (4, 1, 1)
    np.testing.assert_allclose(value.ravel(), 0.1 * (2 / np.pi) ** 0.5, rtol=0.05)
    spectrum = np.fft.fft2(noise[0, :, :, 0])
    expected = (abs(spectrum.real) + abs(spectrum.imag)).mean() / np.sqrt(2 * 64 * 64)
    assert value[0, 0, 0] == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("loss", [losses.Charbonnier(), losses.EdgeLoss(), losses.FrequencyLoss()])
def test_classes_reach_every_pixel_round_trip_and_take_weights(loss):
    prediction = tf.Variable(OTHER)
    with tf.GradientTape() as tape:
        value = loss(CLEAN, prediction)
    gradient = tape.gradient(value, prediction).numpy()
    assert np.isfinite(gradient).all() and (gradient != 0).mean() > 0.99
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(loss))
    assert float(again(CLEAN, OTHER)) == pytest.approx(float(value))
    only_first = float(loss(CLEAN, OTHER, sample_weight=np.array([[[2.0]], [[0.0]]], np.float32)))
    assert only_first == pytest.approx(float(loss(CLEAN[:1], OTHER[:1])), rel=1e-5)
