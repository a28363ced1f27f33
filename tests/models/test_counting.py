"""Counting steps: never ahead of the data."""

import time

import tensorflow as tf

from tfgan_zoo.models import counting


def test_a_slow_first_batch_still_reads_the_count_before_it_changes():
    steps = tf.Variable(6, dtype=tf.int64)

    def late(_):
        waited = tf.py_function(lambda: time.sleep(0.3) or 0, (), tf.int64)
        with tf.control_dependencies([waited]):
            return {"image": steps.read_value()}

    drawn = iter(tf.data.Dataset.from_tensors(0).map(late).prefetch(1))

    @tf.function
    def step():
        batch = next(drawn)
        counting.count(steps, (batch, None))
        return batch["image"]

    assert step() == 6
    assert steps == 7
