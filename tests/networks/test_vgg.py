import keras
import numpy as np
import pytest

from tfgan_zoo import networks, zoo

MAPS = ("block1_conv2", "block3_conv4")


def test_it_computes_what_keras_does(photo, tmp_path):
    keras.utils.set_random_seed(0)
    vgg = keras.applications.VGG19(include_top=False, weights=None)
    vgg.save_weights(tmp_path / "vgg19.weights.h5")
    network = zoo.vgg19_features(tmp_path / "vgg19.weights.h5", maps=MAPS)
    assert not network.trainable_weights
    whole = keras.Model(vgg.input, [vgg.get_layer(name).output for name in MAPS])
    expected = whole(keras.applications.vgg19.preprocess_input(255 * photo[None]))
    for ours, theirs in zip(network.feature_maps(photo[None]), expected, strict=True):
        theirs = np.asarray(theirs)
        np.testing.assert_allclose(np.maximum(ours, 0), theirs, atol=1e-4 * theirs.max())
        assert np.min(ours) < 0 < theirs.max()


def test_it_round_trips_and_holds_no_more_than_asked_for():
    network = networks.VGG19Features(MAPS)
    assert len(network.convolutions) == 8
    assert type(network).from_config(network.get_config()).maps == MAPS
    with pytest.raises(ValueError, match="in that order"):
        networks.VGG19Features(MAPS[::-1])
