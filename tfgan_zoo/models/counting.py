"""The steps that a model was trained, and what each of them draws."""

import tensorflow as tf

from tfgan_zoo.ops import random


def step_seed(seed: int, steps):
    """What all that a step draws begins with: another at every step, and on each of several devices."""
    drawn = random.fold(seed, tf.cast(steps, tf.int32))
    if tf.distribute.get_strategy().num_replicas_in_sync == 1:
        return drawn
    context = tf.distribute.get_replica_context()
    return random.fold(drawn, 0 if context is None else context.replica_id_in_sync_group)


def count(steps, batch) -> None:
    """Counts a step, not before its batch is drawn.

    Data that starts at `steps` reads them while it draws the first batch, and nothing else in
    a compiled step says that this comes first.

    Args:
        steps: scalar integer variable.
        batch: tensors in any structure.
    """
    with tf.control_dependencies([part for part in tf.nest.flatten(batch) if tf.is_tensor(part)]):
        steps.assign_add(1)
