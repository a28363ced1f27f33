"""What every generator and every discriminator promises, under every kind of condition."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tfgan_zoo import networks

SHAPE = (28, 28, 1)
CONDITIONS = {
    "none": {},
    "label": {"label": 3},
    "vector": {"color": (3,)},
    "image": {"outline": SHAPE},
    "all": {"label": 3, "color": (3,), "outline": SHAPE},
}
GENERATORS = {
    "mlp": lambda **o: networks.MLPGenerator(SHAPE, 8, widths=(16, 16), **o),
    "dcgan": lambda **o: networks.DCGANGenerator(SHAPE, 8, width=4, **o),
    "dcgan, smooth": lambda **o: networks.DCGANGenerator(SHAPE, 8, width=4, smooth=True, **o),
    "r3": lambda **o: networks.R3Generator(SHAPE, 8, widths=(8, 6, 4), start=7, **o),
    "unet": lambda **o: networks.UNetGenerator(SHAPE, 8, widths=(4, 8), **o),
}
DISCRIMINATORS = {
    "mlp": lambda **o: networks.MLPDiscriminator(SHAPE, widths=(16,), **o),
    "dcgan": lambda **o: networks.DCGANDiscriminator(SHAPE, width=4, **o),
    "r3": lambda **o: networks.R3Discriminator(SHAPE, widths=(4, 6, 8), start=7, **o),
    "patch": lambda **o: networks.PatchDiscriminator(SHAPE, widths=(4, 8), **o),
    "srgan": lambda **o: networks.SRGANDiscriminator(SHAPE, width=4, dense=8, spectral=False, **o),
    "srgan flat": lambda **o: networks.SRGANDiscriminator(SHAPE, width=4, dense=8, pooled=False, **o),
}
ALL = {
    f"{name} {role}, {kind}": (make, conditions)
    for role, group in (("generator", GENERATORS), ("discriminator", DISCRIMINATORS))
    for name, make in group.items()
    for kind, conditions in CONDITIONS.items()
    if name != "unet" or "outline" in conditions
}


@pytest.fixture(params=ALL, name="made")
def _made(request):
    """A network in use: what begins at nought would hide what depends on it."""
    make, conditions = ALL[request.param]
    keras.utils.set_random_seed(0)
    rng, network = np.random.default_rng(0), make(conditions=conditions)
    for weight in network.trainable_weights:
        weight.assign(weight + 0.2 * rng.standard_normal(weight.shape))
    return network


def inputs(network, count=4):
    rng = np.random.default_rng(1)
    given = {name: rng.standard_normal((count, *shape)).astype("f") for name, shape in network.own_inputs().items()}
    for name, condition in network.conditions.items():
        given[name] = rng.integers(0, 2, count) if isinstance(condition, int) else rng.random((count, *condition), "f")
    return given


def test_it_gives_what_it_says(made):
    result = made(inputs(made))
    assert result.shape == (4, *made.output_shape_without_batch()) and result.dtype == "float32"
    if isinstance(made, networks.Generator):
        assert result.shape[1:] == SHAPE and 0 <= np.min(result) and np.max(result) <= 1


def test_every_input_and_every_condition_matters(made):
    given = inputs(made)
    before = np.asarray(made(given))
    for name, value in given.items():
        other = (value + 1) % 3 if value.dtype.kind == "i" else 1 - value
        assert np.abs(np.asarray(made({**given, name: other})) - before).max() > 1e-4, name


def test_every_weight_learns(made):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(made(inputs(made), training=True) - 0.3))
    for weight, gradient in zip(made.trainable_weights, tape.gradient(loss, made.trainable_weights)):
        assert gradient is not None and np.abs(gradient).max() > 0, weight.path


def test_a_keras_file_and_mixed_precision_keep_it(made, tmp_path):
    given = inputs(made)
    made.save(tmp_path / "network.keras")
    again = keras.saving.load_model(tmp_path / "network.keras")
    np.testing.assert_allclose(again(given), made(given), atol=1e-6)
    mixed = type(made).from_config({**made.get_config(), "dtype": "mixed_bfloat16"})
    mixed.set_weights(made.get_weights())
    expected = np.asarray(made(given))
    assert mixed.compute_dtype == "bfloat16" and mixed(given).dtype == "float32"
    assert np.abs(mixed(given) - expected).mean() < 0.02 * max(1, np.abs(expected).max())


@pytest.mark.parametrize("side", [28, 32, 48, 64])
def test_dcgan_makes_and_judges_every_side(side):
    shape = (side, side, 3)
    made = networks.DCGANGenerator(shape, 8, width=4)({"latent": np.zeros((1, 8), "f")})
    assert made.shape == (1, *shape)
    assert networks.DCGANDiscriminator(shape, width=4)({"image": made}).shape == (1, 1)


def test_a_condition_of_another_size_is_refused():
    for make in (*GENERATORS.values(), *DISCRIMINATORS.values()):
        if make not in (GENERATORS["mlp"], DISCRIMINATORS["mlp"]):
            with pytest.raises(ValueError, match=r"must be \(28, 28\) as the image; sketch is \(14, 14, 1\)"):
                make(conditions={"sketch": (14, 14, 1)})
    with pytest.raises(ValueError, match="a square of 28, 32, 48, 64 pixels"):
        networks.DCGANGenerator((30, 30, 1))


@pytest.mark.parametrize("kind", [*(f"{name} generator" for name in GENERATORS), *DISCRIMINATORS])
def test_no_two_kernels_start_alike(kind):
    """As they do where layers share an initializer."""
    name = kind.removesuffix(" generator")
    conditions = {"outline": SHAPE} if name == "unet" else {}
    made = (GENERATORS if kind.endswith("generator") else DISCRIMINATORS)[name](conditions=conditions)
    kernels = [np.ravel(w.numpy()) for w in made.trainable_weights if w.path.endswith("kernel") and np.ptp(w.numpy())]
    for number, one in enumerate(kernels):
        for other in kernels[:number]:
            size = min(one.size, other.size, 200)
            if size > 30:
                assert abs(np.corrcoef(one[:size], other[:size])[0, 1]) < 0.9


def test_numpys_double_precision_and_integers_serve():
    classes = np.array([0, 2]).max() + 1
    patch = networks.PatchDiscriminator(SHAPE, widths=(4, 8), conditions={"label": classes})
    assert patch({"image": np.zeros((2, *SHAPE)), "label": np.array([0, 2])}).dtype == "float32"
    unet = networks.UNetGenerator(SHAPE, widths=(4, 8), conditions={"outline": SHAPE}, latent=3)
    assert unet({"latent": np.zeros((2, 3)), "outline": np.zeros((2, *SHAPE))}).shape == (2, *SHAPE)
