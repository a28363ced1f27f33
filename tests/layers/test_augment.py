import keras
import numpy as np
import pytest
import tensorflow as tf

from tfgan_zoo import layers


@pytest.fixture(name="images")
def _images():
    return np.random.default_rng(0).uniform(0.2, 0.8, (64, 16, 16, 3)).astype(np.float32)


def test_translation_moves_whole_pixels_and_fills_with_black(images):
    moved = np.asarray(layers.DiffAugment(("translation",))(images, seed=1))
    shifts = set()
    for before, after in zip(images, moved):
        found = [
            (dy, dx)
            for dy in range(-2, 3)
            for dx in range(-2, 3)
            if np.allclose(after[max(dy, 0) : 16 + min(dy, 0), max(dx, 0) : 16 + min(dx, 0)],
                           before[max(-dy, 0) : 16 - max(dy, 0), max(-dx, 0) : 16 - max(dx, 0)], atol=1e-6)
        ]  # fmt: skip
        assert len(found) == 1
        dy, dx = found[0]
        assert (after == 0).all(axis=2).sum() == 256 - (16 - abs(dy)) * (16 - abs(dx))
        shifts.add(found[0])
    assert len(shifts) > 10


def test_cutout_blackens_at_most_a_quarter(images):
    cut = np.asarray(layers.DiffAugment(("cutout",))(images, seed=1))
    gone = (cut == 0).all(axis=-1).sum(axis=(1, 2))
    assert (gone <= 64).all() and (gone > 0).all() and len(set(gone)) > 3
    assert ((cut == 0) | (cut == images)).all()


def test_color_changes_each_image_its_own_way(images):
    changed = np.asarray(layers.DiffAugment(("color",))(images, seed=1))
    offsets = changed.mean(axis=(1, 2, 3)) - images.mean(axis=(1, 2, 3))
    assert np.abs(offsets).max() < 0.27 and offsets.std() == pytest.approx(0.5 / 12**0.5, rel=0.25)
    # Saturation scales what differs from gray by 0 to 2, contrast what differs from the mean by 0.5 to 1.5.
    chroma, spread = (_strength(changed, axes) / _strength(images, axes) for axes in ((3,), (1, 2, 3)))
    assert chroma.min() < 0.3 and chroma.max() > 1.9
    gray = np.repeat(images.mean(axis=3, keepdims=True), 3, axis=3)
    contrast = _strength(np.asarray(layers.DiffAugment(("color",))(gray, seed=1)), (1, 2, 3)) / _strength(
        gray, (1, 2, 3)
    )
    assert 0.5 <= contrast.min() < 0.6 and 1.4 < contrast.max() <= 1.5 and spread.std() > 0.1


def test_probability_and_seed(images):
    half = layers.DiffAugment(("cutout",), probability=0.5)
    one, two = np.asarray(half(images, seed=1)), np.asarray(half(images, seed=1))
    np.testing.assert_array_equal(one, two)
    assert 15 < (one == images).all(axis=(1, 2, 3)).sum() < 49
    np.testing.assert_array_equal(layers.DiffAugment(probability=0.0)(images, seed=1), images)


def test_gradients_of_second_order_pass(images):
    augment, x = layers.DiffAugment(), tf.constant(images[:4])
    weight = tf.Variable(0.5)
    with tf.GradientTape() as tape:
        with tf.GradientTape() as inner:
            inner.watch(x)
            y = tf.reduce_sum(tf.square(weight * augment(x, seed=2)))
        cost = tf.reduce_sum(tf.square(inner.gradient(y, x)))
    assert abs(tape.gradient(cost, weight).numpy()) > 0


def test_it_adapts_to_the_sign_of_the_logits():
    augment = layers.DiffAugment(probability=0.0, target=0.6, images=1000)
    for _ in range(5):
        augment.adapt(1.0, 20)
    assert float(augment.p) == pytest.approx(0.1)
    augment.adapt(0.0, 20)
    assert float(augment.p) == pytest.approx(0.08)
    augment.adapt(float("nan"), 20)
    assert float(augment.p) == pytest.approx(0.08), "an overflow tells nothing"
    steady = layers.DiffAugment(probability=0.3)
    steady.adapt(1.0, 20)
    assert float(steady.p) == pytest.approx(0.3)


def test_wrong_arguments_are_named_and_the_config_round_trips():
    with pytest.raises(ValueError, match="rotate"):
        layers.DiffAugment(("rotate",))
    with pytest.raises(ValueError, match="probability"):
        layers.DiffAugment(probability=1.5)
    with pytest.raises(ValueError, match="height and width known"):
        layers.DiffAugment()(keras.KerasTensor((None, None, None, 3)), seed=0)
    augment = layers.DiffAugment(("color",), 0.2, target=0.6, images=10)
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(augment))
    assert again.get_config() == augment.get_config()


def _strength(images, axes):
    """What differs from the mean over some axes, root mean square, by image."""
    return np.sqrt(np.square(images - images.mean(axis=axes, keepdims=True)).mean(axis=(1, 2, 3)))
