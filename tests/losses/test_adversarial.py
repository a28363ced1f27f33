import keras
import numpy as np
import pytest
import tensorflow as tf

from tfgan_zoo import losses, networks
from tfgan_zoo.losses import penalties

REAL = np.array([[2.0], [-0.5], [0.3]], np.float32)
FAKE = np.array([[-1.0], [0.7], [0.2]], np.float32)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


FORMULAS = {
    losses.Minimax: (
        lambda r, f: -np.log(sigmoid(r)) - np.log(1 - sigmoid(f)),
        lambda r, f: np.log(1 - sigmoid(f)),
    ),
    losses.NonSaturating: (
        lambda r, f: -np.log(sigmoid(r)) - np.log(1 - sigmoid(f)),
        lambda r, f: -np.log(sigmoid(f)),
    ),
    losses.LeastSquares: (lambda r, f: 0.5 * (r - 1) ** 2 + 0.5 * f**2, lambda r, f: 0.5 * (f - 1) ** 2),
    losses.Hinge: (lambda r, f: np.maximum(0, 1 - r) + np.maximum(0, 1 + f), lambda r, f: -f),
    losses.Wasserstein: (lambda r, f: f - r, lambda r, f: -f),
    losses.Relativistic: (lambda r, f: -np.log(sigmoid(r - f)), lambda r, f: -np.log(sigmoid(f - r))),
}


@pytest.mark.parametrize("loss", FORMULAS, ids=lambda c: c.__name__)
def test_losses_are_the_papers_formulas(loss):
    discriminator, generator = FORMULAS[loss]
    np.testing.assert_allclose(loss().discriminator(REAL, FAKE), discriminator(REAL, FAKE), rtol=1e-5)
    np.testing.assert_allclose(loss().generator(REAL, FAKE), generator(REAL, FAKE), rtol=1e-5)
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(loss()))
    assert type(again) is loss


def test_label_smoothing_is_one_sided():
    smooth = losses.NonSaturating(label_smoothing=0.1).discriminator(REAL, FAKE)
    expected = -0.9 * np.log(sigmoid(REAL)) - 0.1 * np.log(1 - sigmoid(REAL)) - np.log(1 - sigmoid(FAKE))
    np.testing.assert_allclose(smooth, expected, rtol=1e-5)
    with pytest.raises(ValueError, match="label_smoothing"):
        losses.NonSaturating(0.5)


def test_feature_matching_teaches_the_generator_alone():
    real, fake = tf.Variable(np.ones((2, 3, 3, 4), np.float32)), tf.Variable(np.zeros((2, 3, 3, 4), np.float32))
    with tf.GradientTape() as tape:
        value = losses.feature_matching([real, 2 * real], [fake, fake])
    np.testing.assert_allclose(value, [1.5, 1.5])
    assert tape.gradient(value, [real, fake])[0] is None


def test_penalties_of_a_known_gradient():
    gradient = np.full((2, 2, 2, 1), 1.5, np.float32)  # squared norm 9
    np.testing.assert_allclose(losses.R1(0.5)(gradient), [2.25, 2.25])
    np.testing.assert_allclose(losses.R2(2.0)(gradient), [9, 9])
    np.testing.assert_allclose(losses.GradientPenalty(10.0)(gradient), [40, 40], rtol=1e-5)
    for penalty in (losses.R1, losses.R2, losses.GradientPenalty):
        with pytest.raises(ValueError, match="negative"):
            penalty(-1.0)


def test_points_between_are_between_and_differ_by_image():
    points = np.asarray(penalties.between(np.zeros((50, 4, 4, 1), "f"), np.ones((50, 4, 4, 1), "f"), 3))
    assert (points >= 0).all() and (points <= 1).all()
    assert (points == points[:, :1, :1]).all() and len(np.unique(points[:, 0, 0, 0])) == 50


LABEL = {"conditions": {"label": 3}}
DISCRIMINATORS = {
    "mlp": lambda: networks.MLPDiscriminator((28, 28, 1), widths=(16, 8), **LABEL),
    "dcgan": lambda: networks.DCGANDiscriminator((28, 28, 1), width=8, **LABEL),
    "spectral": lambda: networks.DCGANDiscriminator((28, 28, 1), width=8, spectral=True, **LABEL),
    "r3": lambda: networks.R3Discriminator((28, 28, 1), widths=(8, 12, 16), start=7, **LABEL),
    "patch": lambda: networks.PatchDiscriminator((32, 32, 3), widths=(8, 12), **LABEL),
}


@pytest.mark.parametrize("name", DISCRIMINATORS)
@pytest.mark.parametrize("penalty", [losses.R1(1.0), losses.GradientPenalty()], ids=["zero", "one"])
def test_a_penalty_reaches_every_weight_that_multiplies(name, penalty):
    """All but biases of the last layer, of which the gradient with respect to the image knows nothing."""
    network = DISCRIMINATORS[name]()
    rng = np.random.default_rng(0)
    # Residual branches start at zero, where no gradient passes; away from there all must learn.
    network.set_weights([w + 0.05 * rng.standard_normal(w.shape).astype("f") for w in network.get_weights()])
    images = tf.constant(rng.random((4, *network.shape), dtype=np.float32))
    with tf.GradientTape() as tape:
        with tf.GradientTape() as inner:
            inner.watch(images)
            logits = network({"image": images, "label": np.array([0, 1, 2, 0])}, training=True)
        cost = tf.reduce_mean(penalty(inner.gradient(logits, images)))
    for weight, gradient in zip(network.trainable_weights, tape.gradient(cost, network.trainable_weights)):
        if "bias" in weight.path:
            continue
        assert gradient is not None, weight.path
        assert np.abs(gradient).max() > 0, weight.path
