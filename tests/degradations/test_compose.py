import keras
import numpy as np
import pytest

from tfgan_zoo import degradations as d
from tfgan_zoo.ops import color


@keras.saving.register_keras_serializable("tests")
class Add(d.Degradation):
    def apply(self, images, seed):
        return images + 1.0


@keras.saving.register_keras_serializable("tests")
class Double(d.Degradation):
    def apply(self, images, seed):
        return images * 2.0


ONES = np.ones((400, 2, 2, 1), np.float32)


def test_a_chain_goes_in_order():
    assert (np.asarray(d.Chain([Add(), Double()])(ONES, seed=0)) == 4).all()
    assert (np.asarray(d.Chain([Double(), Add()])(ONES, seed=0)) == 3).all()
    assert (np.asarray(d.Chain([])(ONES, seed=0)) == 1).all()


def test_a_chain_may_end_in_a_sigma_map_and_not_go_on_after_it():
    noise = d.GaussianNoise(0.1, return_sigma=True)
    assert d.Chain([Add(), noise])(ONES, seed=0)[1].shape == ONES.shape
    with pytest.raises(ValueError, match="only the last"):
        d.Chain([noise, Add()])(ONES, seed=0)


def test_order_is_drawn_for_each_image():
    results = np.asarray(d.RandomOrder([Add(), Double()])(ONES, seed=0))[:, 0, 0, 0]
    assert set(results) == {3.0, 4.0}
    assert (results == 3).mean() == pytest.approx(0.5, abs=0.1)


def test_all_orders_are_equally_likely_and_each_part_runs_once():
    class Digit(d.Degradation):
        def __init__(self, digit):
            super().__init__()
            self.digit = digit

        def apply(self, images, seed):
            return 10 * images + self.digit

    for batch in (1, 5, 1200):
        zeros = np.zeros((batch, 2, 2, 1), np.float32)
        results = np.asarray(d.RandomOrder([Digit(n) for n in (1, 2, 3)])(zeros, seed=0))[:, 0, 0, 0]
        assert len(results) == batch and set(results) <= {123, 132, 213, 231, 312, 321}
    assert np.unique(results, return_counts=True)[1] == pytest.approx(200, rel=0.25)


def test_choice_follows_its_weights():
    results = np.asarray(d.RandomChoice([Add(), Double(), d.Chain([])], weights=(0, 1, 3))(ONES, seed=0))[:, 0, 0, 0]
    assert set(results) == {1.0, 2.0}
    assert (results == 2).mean() == pytest.approx(0.25, abs=0.08)
    alike = np.asarray(d.RandomChoice([d.Chain([]), Double()])(ONES, seed=0))[:, 0, 0, 0]
    assert (alike == 2).mean() == pytest.approx(0.5, abs=0.1)


def test_a_choice_holds_no_sigma_map():
    with pytest.raises(ValueError, match="sigma map"):
        d.RandomChoice([d.GaussianNoise(0.1, return_sigma=True), Add()])(ONES, seed=0)


def test_wrong_weights_are_refused():
    for weights in ((1,), (1, -1), (0, 0)):
        with pytest.raises(ValueError, match="weights"):
            d.RandomChoice([Add(), Double()], weights=weights)


def test_two_of_the_same_kind_do_not_share_their_noise():
    zeros = np.zeros((1, 64, 64, 1), np.float32)
    twice = np.asarray(d.Chain([d.GaussianNoise(0.1), d.GaussianNoise(0.1)])(zeros, seed=0))
    assert twice.std() == pytest.approx(0.1 * 2**0.5, rel=0.05)


def test_in_linear_light_as_by_hand(photo):
    blur = d.GaussianBlur(2.0)
    expected = color.linear_to_srgb(np.clip(np.asarray(blur(np.asarray(color.srgb_to_linear(photo)), seed=0)), 0, 1))
    np.testing.assert_allclose(d.InLinearLight(blur)(photo, seed=0), expected, atol=2e-5)
    lamp = np.zeros((33, 33, 1), np.float32)
    lamp[16, 16] = 1
    plain, bright = (np.asarray(d.InLinearLight(blur, times)(lamp, seed=0)) for times in (1.0, 8.0))
    light = [np.asarray(color.srgb_to_linear(x)).sum() for x in (plain, bright)]
    assert light[1] == pytest.approx(8 * light[0], rel=0.02) and bright.max() <= 1
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(d.InLinearLight(blur, (1, 8))))
    assert again.highlights == (1, 8) or again.highlights == [1, 8]
    with pytest.raises(ValueError, match="highlights"):
        d.InLinearLight(blur, 0.5)
