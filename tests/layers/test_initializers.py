import keras
import numpy as np
import pytest
from keras import ops

from tfgan_zoo import layers


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_a_convolution_starts_as_nearest_enlargement(photo, scale):
    keras.utils.set_random_seed(0)
    convolution = keras.layers.Conv2D(5 * scale**2, 3, padding="same", kernel_initializer=layers.ICNR(scale))
    enlarged = np.asarray(ops.nn.depth_to_space(convolution(photo[None]), scale))
    once = enlarged[:, ::scale, ::scale]
    np.testing.assert_array_equal(enlarged, once.repeat(scale, axis=1).repeat(scale, axis=2))
    assert np.ptp(once[..., 0]) > 0 and np.abs(once[..., 0] - once[..., 1]).max() > 0


def test_its_size_is_that_of_the_initializer_it_wraps():
    kernel = layers.ICNR(2, keras.initializers.HeNormal(seed=0))((3, 3, 64, 256))
    assert np.std(kernel) == pytest.approx((2 / (9 * 64)) ** 0.5, rel=0.02)


def test_it_round_trips_and_refuses_what_it_cannot_do():
    made = layers.ICNR(3, keras.initializers.HeNormal(seed=4))
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(made))
    np.testing.assert_array_equal(again((3, 3, 2, 18)), made((3, 3, 2, 18)))
    with pytest.raises(ValueError, match="multiple of 9, got 12"):
        made((3, 3, 2, 12))
