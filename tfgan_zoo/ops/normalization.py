"""Batch normalisation in one pass over the features."""

import keras
from keras import ops


def batch_norm(images, scale, offset, epsilon: float):
    """Normalises each channel by the batch's own statistics (Ioffe and Szegedy 2015, arXiv:1502.03167).

    On TensorFlow one fused kernel reads and writes the features in their own type and sums in
    float32; elsewhere it is the textbook's four operations in float32.

    Args:
        images: (batch, height, width, channels), float32, bfloat16 or float16.
        scale: (channels,), float32.
        offset: (channels,), float32.
        epsilon: added to the variance.

    Returns:
        The normalised images in their own type, and the mean and the (biased) variance of each
        channel, (channels,), float32.
    """
    if keras.backend.backend() == "tensorflow":
        return _fused(images, scale, offset, epsilon)
    wide = ops.cast(images, "float32")
    mean, variance = ops.moments(wide, axes=(0, 1, 2))
    wide = ops.batch_normalization(wide, mean, variance, axis=-1, offset=offset, scale=scale, epsilon=epsilon)
    return ops.cast(wide, images.dtype), mean, variance


def _fused(images, scale, offset, epsilon):
    import tensorflow as tf

    scale, offset = tf.convert_to_tensor(scale), tf.convert_to_tensor(offset)
    none = tf.zeros((0,))
    normalised, mean, variance, *_ = tf.raw_ops.FusedBatchNormV3(
        x=images, scale=scale, offset=offset, mean=none, variance=none, epsilon=epsilon, is_training=True
    )
    # The kernel returns the unbiased estimate.
    count = tf.cast(tf.size(images) / tf.shape(images)[-1], "float32")
    return normalised, mean, variance * (count - 1.0) / count
