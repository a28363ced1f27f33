"""The steps that a model was trained."""

import tensorflow as tf


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
