import numpy as np

from tfgan_zoo import networks


def test_dropout_is_for_training_and_follows_the_seed():
    plain, dropped = (
        networks.UNetGenerator((32, 32, 3), widths=(4, 8), conditions={"outline": (32, 32, 1)}, dropout=rate)
        for rate in (0.0, 0.5)
    )
    dropped.set_weights(plain.get_weights())
    inputs = {"outline": np.random.default_rng(0).random((2, 32, 32, 1), np.float32)}
    np.testing.assert_array_equal(plain(inputs), dropped(inputs))
    np.testing.assert_array_equal(dropped({**inputs, "seed": np.int32([1, 0])}), plain(inputs))
    one, again, other = (np.asarray(dropped({**inputs, "seed": np.int32([s, 0])}, training=True)) for s in (1, 1, 2))
    np.testing.assert_array_equal(one, again)
    assert np.abs(one - other).max() > 1e-3
