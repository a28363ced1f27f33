import keras
import numpy as np
import pytest
import tensorflow as tf

from tfgan_zoo.ops import random


def draw(seed):
    return np.asarray(random.normal((1000,), seed))


def test_a_seed_draws_the_same_and_another_seed_something_else():
    assert (draw(3) == draw(3)).all()
    assert (draw(3) == draw(tf.constant(3))).all()
    assert abs(np.corrcoef(draw(3), draw(4))[0, 1]) < 0.1


def test_large_and_negative_integers_are_seeds():
    assert (draw(2**40) != draw(2**41)).any()
    assert np.isfinite(draw(-1)).all()


def test_a_generator_advances():
    generator = keras.random.SeedGenerator(1)
    assert (draw(generator) != draw(generator)).all()


def test_split_and_fold_give_unrelated_streams():
    streams = np.stack([draw(seed) for seed in random.split(5, 4)] + [draw(random.fold(5, n)) for n in range(4)])
    correlation = np.corrcoef(streams) - np.eye(8)
    assert np.abs(correlation).max() < 0.15


def test_fold_takes_a_number_known_only_in_the_graph():
    traced = tf.function(lambda step: random.normal((10,), random.fold(5, step)))
    assert (traced(tf.constant(7)).numpy() == np.asarray(random.normal((10,), random.fold(5, 7)))).all()


def test_a_seed_of_another_shape_is_refused():
    with pytest.raises(ValueError, match="shape"):
        random.as_seed(tf.constant([1, 2, 3]))


def test_uniform_keeps_to_its_range():
    values = np.asarray(random.uniform((10000,), 2.0, 3.0, 0))
    assert values.min() >= 2 and values.max() < 3
    assert values.mean() == pytest.approx(2.5, abs=0.01)


def test_what_is_no_seed_is_refused():
    with pytest.raises(ValueError, match="integer"):
        random.as_seed(tf.constant(1.5))
