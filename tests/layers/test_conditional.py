import numpy as np

from tfgan_zoo import layers


def test_scale_and_offset_are_linear_in_the_condition():
    layer = layers.ConditionalBatchNorm()
    rng = np.random.default_rng(0)
    features, condition = rng.random((4, 5, 5, 3), "f"), rng.random((4, 2), "f")
    plain = np.asarray(layer([features, condition], training=True))
    np.testing.assert_allclose(plain.mean(axis=(0, 1, 2)), 0, atol=1e-5)
    layer.scale.kernel.assign(rng.random((2, 3)))
    layer.offset.kernel.assign(rng.random((2, 3)))
    scale, offset = condition @ layer.scale.kernel.numpy(), condition @ layer.offset.kernel.numpy()
    expected = plain * (1 + scale[:, None, None]) + offset[:, None, None]
    np.testing.assert_allclose(layer([features, condition], training=True), expected, atol=1e-4)
