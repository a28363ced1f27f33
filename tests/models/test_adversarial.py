import subprocess
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf

from tfgan_zoo import callbacks, data, layers, losses, models, networks
from tfgan_zoo.degradations import GaussianNoise
from tfgan_zoo.models import counting

SHAPE = (28, 28, 1)
LABEL = {"conditions": {"label": 4}}


def pair(conditions=None, **options):
    return (
        networks.DCGANGenerator(SHAPE, 8, width=4, conditions=conditions, **options),
        networks.DCGANDiscriminator(SHAPE, width=4, conditions=conditions, **options),
    )


@pytest.fixture(name="examples")
def _examples():
    """Bars whose place is their label."""
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 4, 64).astype(np.int32)
    images = rng.integers(0, 40, (64, *SHAPE), dtype=np.uint8)
    for image, label in zip(images, labels):
        image[:, 7 * label : 7 * label + 7] += 200
    return {"image": images, "label": labels}


def stream(examples, **options):
    return data.batches(examples, 16, **options)


VARIANTS = {
    "plain": {},
    "penalties": {"loss": losses.Relativistic(), "penalties": (losses.R1(), losses.R2()), "penalty_every": 2},
    "wasserstein": {
        "loss": losses.Wasserstein(), "penalties": (losses.GradientPenalty(),), "penalty_every": 1,
        "discriminator_steps": 2,
    },
    "simultaneous": {"simultaneous": True, "penalties": (losses.R1(),)},
    "augmented": {"augment": layers.DiffAugment(("translation",), 0.1, target=0.6, images=500)},
}  # fmt: skip


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("policy", ["float32", "mixed_bfloat16", "mixed_float16"])
def test_both_networks_learn_in_every_variant_and_precision(examples, variant, policy):
    generator, discriminator = pair({"label": 4}, dtype=policy)
    model = models.ConditionalGAN(generator, discriminator, **VARIANTS[variant])
    model.compile()
    before = [w.copy() for w in (*generator.get_weights(), *discriminator.get_weights())]
    history = model.fit(stream(examples), steps_per_epoch=4, verbose=0, shuffle=False).history
    after = [*generator.get_weights(), *discriminator.get_weights()]
    assert all(np.isfinite(w).all() for w in after)
    moved = [not np.array_equal(a, b) for a, b in zip(before, after)]
    assert sum(moved) >= len(moved) - 1, "all but perhaps a bias whose gradient cancels"
    assert set(history) == set(model.terms)
    assert (history["penalty"][0] > 0) == bool(model.penalties)
    scaled = isinstance(model.discriminator_optimizer, keras.optimizers.LossScaleOptimizer)
    assert scaled == (policy == "mixed_float16") == isinstance(model.optimizer, keras.optimizers.LossScaleOptimizer)


def by_hand(model, real, latents, *, simultaneous, turns=1):
    """One step of SGD at 0.1 on softplus(-D(x)) + softplus(D(G(z))), then on softplus(-D(G(z))), as weights."""
    generator, discriminator = model.generator, model.discriminator

    def moved(network, loss):
        with tf.GradientTape() as tape:
            value = tf.reduce_mean(loss())
        return [w - 0.1 * g for w, g in zip(network.trainable_weights, tape.gradient(value, network.trainable_weights))]

    def verdict(image):
        return discriminator({"image": image})

    def fake(turn):
        return generator({"latent": latents[turn]}, training=True)

    of_generator = moved(generator, lambda: tf.nn.softplus(-verdict(fake(0)))) if simultaneous else None
    for turn in range(turns):
        made = fake(turn)
        step = moved(discriminator, lambda made=made: tf.nn.softplus(-verdict(real)) + tf.nn.softplus(verdict(made)))
        for weight, value in zip(discriminator.trainable_weights, step):
            weight.assign(value)
    of_generator = of_generator or moved(generator, lambda: tf.nn.softplus(-verdict(fake(turns))))
    return [np.asarray(w) for w in (*of_generator, *discriminator.trainable_weights)]


@pytest.mark.parametrize(
    "options", [{}, {"discriminator_steps": 2}, {"simultaneous": True}], ids=["alternating", "two", "simultaneous"]
)
def test_a_step_is_the_formulas_written_out(examples, options):
    def make():
        keras.utils.set_random_seed(2)
        pair = networks.MLPGenerator(SHAPE, 8, widths=(16,)), networks.MLPDiscriminator(SHAPE, widths=(16,))
        model = models.GAN(*pair, **options)
        model.compile(keras.optimizers.SGD(0.1), keras.optimizers.SGD(0.1))
        return model

    model, real, drawn = make(), next(iter(stream(examples)))["image"], []
    plain = model._inputs
    model._inputs = lambda batch, seed: drawn.append(plain(batch, seed)) or drawn[-1]
    model.train_step({"image": real})
    assert len(drawn) == (1 if "simultaneous" in options else 1 + options.get("discriminator_steps", 1))
    expected = by_hand(
        make(),
        real,
        [d["latent"] for d in drawn],
        simultaneous="simultaneous" in options,
        turns=options.get("discriminator_steps", 1),
    )
    found = [*model.generator.trainable_weights, *model.discriminator.trainable_weights]
    for ours, theirs in zip(found, expected, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-5)


DISCRIMINATORS = {
    "mlp": lambda **o: networks.MLPDiscriminator(SHAPE, widths=(16,), **o),
    "dcgan": lambda **o: networks.DCGANDiscriminator(SHAPE, width=4, **o),
    "spectral": lambda **o: networks.DCGANDiscriminator(SHAPE, width=4, spectral=True, **o),
    "r3": lambda **o: networks.R3Discriminator(SHAPE, widths=(4, 6, 8), start=7, **o),
    "patch": lambda **o: networks.PatchDiscriminator(SHAPE, widths=(4, 8), **o),
}


@pytest.mark.parametrize("kind", DISCRIMINATORS)
@pytest.mark.parametrize("penalty", [losses.R1(), losses.R2(), losses.GradientPenalty()], ids=["r1", "r2", "gp"])
@pytest.mark.parametrize("policy", ["float32", "mixed_bfloat16"])
def test_a_penalty_reaches_every_weight_that_multiplies_through_the_step(examples, kind, penalty, policy):
    """What it adds to the gradients that are applied, with augmented images and under the condition of its turn."""
    keras.utils.set_random_seed(0)
    discriminator = DISCRIMINATORS[kind](dtype=policy)
    for weight in discriminator.trainable_weights:  # of a network in use: fresh ones hold noughts
        weight.assign(weight + 0.05 * np.random.default_rng(0).standard_normal(weight.shape))
    augment = layers.DiffAugment(("translation", "cutout"))
    model = models.GAN(
        networks.MLPGenerator(SHAPE, 8, widths=(16,)), discriminator, penalties=(penalty,), augment=augment
    )
    model.compile()
    batch = {"image": next(iter(stream(examples)))["image"]}
    fake, seed = tf.zeros_like(batch["image"]) + 0.3, counting.step_seed(0, model.steps)
    with_it, without = (
        tf.function(model._discriminator_gradients)(batch, fake, seed, tf.constant(due))[0] for due in (True, False)
    )
    for weight, one, other in zip(discriminator.trainable_weights, with_it, without, strict=True):
        if not weight.path.endswith("bias"):  # what is piecewise linear has the same slope whatever is added
            assert np.abs(np.asarray(one) - np.asarray(other)).max() > 0, weight.path


def test_penalties_are_lazy_by_default_but_not_that_of_wgan():
    assert models.GAN(*pair(), penalties=(losses.R1(),)).penalty_every == 4
    assert models.GAN(*pair(), penalties=(losses.GradientPenalty(),)).penalty_every == 1


def test_what_lies_between_is_augmented_as_the_ends_are(examples):
    """A discriminator that is never shown unaugmented images is not judged by its slope at such."""
    seen = []
    model = models.GAN(*pair(), penalties=(losses.GradientPenalty(),), augment=layers.DiffAugment(("cutout",)))
    judge = model.judge
    model.judge = lambda images, batch, training: seen.append(images) or judge(images, batch, training)
    model.compile(run_eagerly=True)
    model.train_on_batch({"image": 0.5 + 0 * next(iter(stream(examples)))["image"]})
    at_ends, between, for_generator = seen
    for images in (at_ends, between, for_generator):
        assert (np.asarray(images) == 0).any(axis=(1, 2, 3)).all(), "each has a square cut out"


@pytest.mark.parametrize("policies", [("float32", "mixed_float16"), ("mixed_float16", "float32")])
def test_a_network_of_half_precision_gets_a_loss_scale(policies):
    generator, discriminator = (pair(dtype=policy)[place] for place, policy in enumerate(policies))
    model = models.GAN(generator, discriminator)
    model.compile()
    scaled = [
        isinstance(o, keras.optimizers.LossScaleOptimizer) for o in (model.optimizer, model.discriminator_optimizer)
    ]
    assert scaled == ["float16" in policy for policy in policies]


def test_one_optimizer_is_the_pattern_of_both():
    model = models.GAN(*pair())
    model.compile(keras.optimizers.Adam(1e-3, beta_1=0.3))
    assert model.optimizer is not model.discriminator_optimizer
    assert model.optimizer.get_config() == model.discriminator_optimizer.get_config()
    for wrong in ({"optimizer": "adam"}, {"loss": "mse"}):
        with pytest.raises(ValueError, match=f"{next(iter(wrong))}: there are a generator_optimizer and"):
            model.compile(**wrong)


def test_a_lazy_penalty_counts_as_often_as_it_is_due(examples):
    def moved(every):
        keras.utils.set_random_seed(1)
        model = models.GAN(*pair(), penalties=(losses.R1(1e3),), penalty_every=every)
        model.compile(keras.optimizers.SGD(0.0), keras.optimizers.SGD(1e-4))
        penalties = []
        for batch in stream(examples).take(4):
            model.reset_metrics()
            penalties.append(float(model.train_on_batch(batch, return_dict=True)["penalty"]))
        return penalties

    assert all(p > 0 for p in moved(1))
    lazy = moved(3)
    assert lazy[0] > 0 and lazy[3] > 0 and lazy[1] == lazy[2] == 0


def test_a_lazy_penalty_weighs_as_many_times(examples):
    """On its turn, one of every 3 with gamma is as one of every 1 with three times gamma."""

    def weights(gamma, every):
        keras.utils.set_random_seed(1)
        model = models.GAN(*pair(), penalties=(losses.R1(gamma),), penalty_every=every)
        model.compile(keras.optimizers.SGD(0.0), keras.optimizers.SGD(1e-3))
        model.train_on_batch(next(iter(stream(examples))))
        return np.concatenate([np.ravel(w) for w in model.discriminator.get_weights()])

    np.testing.assert_allclose(weights(10.0, 3), weights(30.0, 1), rtol=1e-5, atol=1e-8)
    assert np.abs(weights(10.0, 3) - weights(10.0, 1)).max() > 1e-6


def test_the_average_holds_the_statistics_too(examples):
    model = models.GAN(*pair(), ema_images=16)
    model.compile()
    expected = [w.numpy() for w in model.generator.weights]
    for step, batch in enumerate(stream(examples).take(6)):
        model.train_on_batch(batch)
        momentum = 0.5 ** (16 / min(16, 16 * (step + 1) / 20))
        expected = [momentum * e + (1 - momentum) * w.numpy() for e, w in zip(expected, model.generator.weights)]
    assert any("moving" in w.path for w in model.ema_generator.weights)
    for average, value in zip(model.ema_generator.weights, expected):
        np.testing.assert_allclose(average, value, atol=1e-5)


def state(model):
    optimizers = [*model.optimizer.variables, *model.discriminator_optimizer.variables]
    return [np.asarray(v) for v in (*model.weights, *optimizers)]


@pytest.mark.parametrize("variant", ["penalties", "augmented"])
def test_interrupted_and_resumed_nothing_differs(examples, tmp_path, variant):
    def make():
        keras.utils.set_random_seed(3)
        options = {**VARIANTS[variant]}
        if "augment" in options:
            options["augment"] = layers.DiffAugment.from_config(options["augment"].get_config())
        model = models.ConditionalGAN(*pair({"label": 4}), **options, seed=5)
        model.compile(keras.optimizers.Adam(1e-3, beta_1=0.5), keras.optimizers.Adam(2e-3, beta_1=0.0))
        return model

    whole = make()
    whole.fit(stream(examples), steps_per_epoch=3, epochs=2, verbose=0, shuffle=False)
    first = make()
    backup = callbacks.Backup(tmp_path)
    first.fit(stream(examples), steps_per_epoch=3, verbose=0, shuffle=False, callbacks=[backup])
    second = make()
    done = callbacks.Backup(tmp_path).restore(second)
    assert done == 3
    second.fit(stream(examples, start=done), steps_per_epoch=3, verbose=0, shuffle=False)
    for ours, theirs in zip(state(second), state(whole), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def image_to_image():
    conditions = {"outline": SHAPE}
    generator = networks.UNetGenerator(SHAPE, widths=(4, 8), conditions=conditions, dropout=0.5, dtype="mixed_float16")
    discriminator = networks.PatchDiscriminator(SHAPE, widths=(4,), conditions=conditions, dtype="mixed_float16")
    return models.ImageToImage(generator, discriminator, losses.LeastSquares(), seed=5)


def restorer():
    generator = networks.ResUNet(1, widths=(4, 6), blocks=(1, 1))
    return models.AdversarialRestorer(
        generator, networks.DCGANDiscriminator(SHAPE, width=4), GaussianNoise((0.1, 0.3)), seed=5
    )


@pytest.mark.parametrize("kind", [image_to_image, restorer])
def test_so_do_those_that_start_from_images(examples, tmp_path, kind):
    """Dropout, the noise of a degradation, the loss scale of float16 and shifted batches."""

    def batches(start=0):
        made = data.batches({"image": examples["image"], "outline": examples["image"]}, 16, start=start, shift=2)
        return made.map(lambda batch: batch["image"]) if kind is restorer else made

    def make():
        keras.utils.set_random_seed(3)
        model = kind()
        model.compile(keras.optimizers.Adam(1e-3))
        return model

    whole, first, second = make(), make(), make()
    whole.fit(batches(), steps_per_epoch=2, epochs=2, verbose=0, shuffle=False)
    first.fit(batches(), steps_per_epoch=2, verbose=0, shuffle=False, callbacks=[callbacks.Backup(tmp_path)])
    done = callbacks.Backup(tmp_path).restore(second)
    second.fit(batches(done), steps_per_epoch=2, verbose=0, shuffle=False)
    for ours, theirs in zip(state(second), state(whole), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_keras_backup_and_restore_goes_on_as_if_nothing_had_been(examples, tmp_path):
    class Killer(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            if epoch == 2:
                raise InterruptedError

    def run(folder, *extra):
        keras.utils.set_random_seed(3)
        model = models.ConditionalGAN(*pair({"label": 4}), penalties=(losses.R1(),), seed=5)
        model.compile()
        backup = keras.callbacks.BackupAndRestore(folder, delete_checkpoint=False)
        batches = data.batches(examples, 16, start=model.steps, flip=True)
        model.fit(batches, steps_per_epoch=3, epochs=4, verbose=0, shuffle=False, callbacks=[backup, *extra])
        return state(model)

    whole = run(tmp_path / "whole")
    with pytest.raises(InterruptedError):
        run(tmp_path / "killed", Killer())
    for ours, theirs in zip(run(tmp_path / "killed"), whole, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_the_whole_model_survives_a_keras_file(examples, tmp_path):
    model = models.ConditionalGAN(*pair({"label": 4}), losses.Hinge(), (losses.R1(0.1),), augment=layers.DiffAugment())
    model.compile("sgd", keras.optimizers.Adam(1e-3), metrics=["mae"])
    model.fit(stream(examples), steps_per_epoch=2, verbose=0, shuffle=False)
    model.save(tmp_path / "gan.keras")
    again = keras.saving.load_model(tmp_path / "gan.keras")
    assert "mae" in again.evaluate(stream(examples).take(1), verbose=0, return_dict=True)
    assert isinstance(again.adversarial_loss, losses.Hinge) and again.penalties[0].gamma == 0.1
    for ours, theirs in zip(state(again), state(model), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_each_term_is_logged_once(examples):
    model = models.GAN(*pair())
    model.compile()
    batch = next(iter(stream(examples)))
    assert len(model.train_on_batch(batch)) == len(model.terms) == len(model.metrics)


def test_dropout_and_noise_go_together(examples):
    """A U-Net with a latent vector drops in training as one without does."""
    conditions = {"outline": (16, 16, 1)}
    options = {"widths": (8, 12), "conditions": conditions, "latent": 4}
    small = {"image": np.full((2, 16, 16, 1), 0.5, "f"), "outline": np.full((2, 16, 16, 1), 0.5, "f")}
    made = []
    for dropout in (0.0, 0.9):
        keras.utils.set_random_seed(0)
        generator = networks.UNetGenerator((16, 16, 1), dropout=dropout, **options)
        model = models.ConditionalGAN(generator, networks.PatchDiscriminator((16, 16, 1), (4,), conditions=conditions))
        made.append(np.asarray(model.generate(generator, small, counting.step_seed(0, model.steps), training=True)))
    assert np.abs(made[0] - made[1]).max() > 1e-3


GOOD = {"image": np.full((4, *SHAPE), 0.5, "f"), "label": np.arange(4)}


def test_numpys_double_precision_serves(examples):
    model = models.ConditionalGAN(*pair({"label": 4}))
    model.compile()
    batch = {**GOOD, "image": np.uint8(255 * GOOD["image"]) / 255.0}
    assert batch["image"].dtype == np.float64
    model.fit(tf.data.Dataset.from_tensors(batch), verbose=0, shuffle=False)


def test_validation_counts_images_and_not_batches(examples):
    model = models.GAN(*pair())
    model.compile()
    images = np.float32(examples["image"][:6]) / 255
    data = tf.data.Dataset.from_tensor_slices({"image": images})
    terms = [model.test_step(batch) and float(model.trackers["d_real"].count) for batch in data.batch(4)]
    assert terms == [4, 6]


@pytest.mark.parametrize(
    ("batch", "reason"),
    [
        ({"label": GOOD["label"]}, r"needs \['image', 'label'\], got \['label'\]"),
        ({"image": GOOD["image"]}, "no .'label'"),
        ({**GOOD, "image": np.zeros((4, *SHAPE), np.uint8)}, r"floating point in \[0, 1\], got uint8"),
        ({**GOOD, "image": np.zeros((4, 32, 32, 1), "f")}, r"\(batch, 28, 28, 1\), got"),
        ({**GOOD, "image": 255 * GOOD["image"]}, r"must be in \[0, 1\]"),
        ({**GOOD, "label": GOOD["label"] + 1}, "label must be in 0 to 3"),
        ({**GOOD, "image": 2 * GOOD["image"] - 2}, r"must be in \[0, 1\]"),
        ({**GOOD, "label": np.zeros((4, 2), "i")}, r"label must be of shape \(batch\)"),
        ({**GOOD, "label": np.zeros(4, "f")}, "label must be integers, got float32"),
    ],
)
def test_a_batch_that_cannot_serve_is_refused(batch, reason):
    model = models.ConditionalGAN(*pair({"label": 4}))
    model.compile()
    with pytest.raises((ValueError, tf.errors.InvalidArgumentError), match=reason):
        model.fit(tf.data.Dataset.from_tensors(batch), verbose=0, shuffle=False)


def test_models_that_cannot_be_are_refused(examples):
    generator, discriminator = pair()
    with pytest.raises(ValueError, match=r"makes .28, 28, 1., the discriminator takes .32"):
        models.GAN(generator, networks.DCGANDiscriminator((32, 32, 1), width=4))
    with pytest.raises(ValueError, match=r"networks\.Generator is needed, got Sequential"):
        models.GAN(keras.Sequential([keras.Input((8,)), keras.layers.Dense(4)]), discriminator)
    adam = keras.optimizers.Adam()
    with pytest.raises(ValueError, match="an optimizer each"):
        models.GAN(generator, discriminator).compile(adam, adam)
    model = models.GAN(generator, discriminator)
    model.compile()
    with pytest.raises(ValueError, match="sample weights"):
        model.fit(GOOD["image"], GOOD["label"], sample_weight=np.ones(4), verbose=0)
    conditional = models.ConditionalGAN(*pair({"label": 4}))
    conditional.compile()
    with pytest.raises(ValueError, match=r"images alone; .'label'. is needed"):
        conditional.fit(GOOD["image"], verbose=0)


def test_validation_is_the_same_at_every_pass(examples):
    model = models.GAN(*pair())
    model.compile(metrics=["mae"])
    batches = stream(examples).take(2).cache()
    one, two = (model.evaluate(batches, verbose=0, return_dict=True) for _ in range(2))
    assert one == two and one["d_loss"] > 0 and "mae" in one


TWO_DEVICES = """
import numpy as np
import tensorflow as tf
cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
from tfgan_zoo import data, degradations, layers, losses, models, networks
from tfgan_zoo.models import counting
import keras
shape, images = (28, 28, 1), np.random.default_rng(0).random((16, 28, 28, 1), dtype=np.float32)

def weights(strategy):
    keras.utils.set_random_seed(0)
    with strategy.scope():
        discriminator = networks.MLPDiscriminator(shape, widths=(16,))
        # A generator that makes the same whatever the noise, so that replicas draw alike: its last bias alone learns.
        generator = networks.MLPGenerator(shape, 4, widths=(16,))
        generator.set_weights([0 * w for w in generator.get_weights()])
        model = models.GAN(generator, discriminator, penalties=(losses.R1(),))
        model.compile(keras.optimizers.SGD(0.1), keras.optimizers.SGD(0.1))
    dataset = tf.data.Dataset.from_tensors({"image": images}).repeat()
    model.fit(dataset, steps_per_epoch=3, verbose=0, shuffle=False)
    made = [model.generator.get_weights(), model.ema_generator.get_weights()]
    assert np.abs(made[0][-1]).max() > 1e-4 and np.abs(made[1][-1]).max() > 1e-4
    weights = sum(made, model.discriminator.get_weights())
    return np.concatenate([np.ravel(w) for w in weights]), int(model.steps.numpy())

two_devices = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
two, steps = weights(two_devices)
one, _ = weights(tf.distribute.get_strategy())

with two_devices.scope():
    augment = layers.DiffAugment(("translation",), 0.3, target=0.0, images=200)
    pair = networks.MLPGenerator(shape, 4, widths=(16,)), networks.MLPDiscriminator(shape, widths=(8,))
    model = models.GAN(*pair, augment=augment, penalties=(losses.R1(),))
    model.compile()
model.fit(tf.data.Dataset.from_tensors({"image": images}).repeat(), steps_per_epoch=3, verbose=0, shuffle=False)
p, q = (float(value) for value in two_devices.experimental_local_results(augment.p.value))
assert p == q != 0.3, (p, q)

with two_devices.scope():
    network = networks.ResUNet(1, widths=(4, 6), blocks=(1, 1))
    restorer = models.Restorer(network, degradations.GaussianNoise(0.2), ema=0.9)
    restorer.compile(keras.optimizers.Adam(1e-3), "mse", metrics=["mae"])
clean, before = tf.data.Dataset.from_tensors(images).repeat(), network.get_weights()
restorer.fit(clean, steps_per_epoch=2, verbose=0, validation_data=clean.map(lambda x: (x, x)).take(1))
assert int(restorer.steps.numpy()) == 2 and any((a != b).any() for a, b in zip(before, restorer.averaged.get_weights()))
with two_devices.scope():
    classifier = models.Classifier(networks.ConvClassifier(shape, 3))
    classifier.compile()
classifier.fit(clean.map(lambda x: {"image": x, "label": tf.zeros(16, tf.int32)}), steps_per_epoch=2, verbose=0)
assert int(classifier.steps.numpy()) == 2
a, b = two_devices.run(lambda: counting.step_seed(3, restorer.steps).state).values
print(np.abs(two - one).max(), steps, int(tf.reduce_all(a == b)))
"""


def test_two_devices_train_as_one():
    result = subprocess.run([sys.executable, "-c", TWO_DEVICES], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr[-3000:]
    difference, steps, alike = result.stdout.split()
    assert float(difference) < 1e-5 and int(steps) == 3
    assert not int(alike), "replicas draw latent vectors of their own"


def test_pix2pix_learns_to_copy_its_condition(examples):
    conditions = {"outline": (16, 16, 1)}
    small = tf.image.resize(examples["image"] / 255, (16, 16)).numpy()
    model = models.ImageToImage(
        networks.UNetGenerator((16, 16, 1), widths=(8, 12), conditions=conditions),
        networks.PatchDiscriminator((16, 16, 1), widths=(4, 8), conditions=conditions),
        losses.LeastSquares(), feature_weight=1.0,
    )  # fmt: skip
    model.compile(keras.optimizers.Adam(5e-3), keras.optimizers.Adam(1e-4), metrics=["mae"])
    batches = stream({"image": small, "outline": small})
    history = model.fit(batches, steps_per_epoch=40, epochs=2, verbose=0, shuffle=False).history
    assert history["pixel"][1] < 0.5 * history["pixel"][0] and history["feature"][0] > 0
    assert model.evaluate(batches.take(2), verbose=0, return_dict=True)["mae"] < 0.3


def test_adversarial_restoration_removes_noise(examples):
    clean = stream({"image": examples["image"]}).map(lambda b: b["image"])
    noise = GaussianNoise(0.3)
    model = models.AdversarialRestorer(
        networks.ResUNet(1, widths=(8, 12), blocks=(1, 1)), networks.DCGANDiscriminator(SHAPE, width=4), noise
    )
    model.compile(keras.optimizers.Adam(3e-3), keras.optimizers.Adam(1e-4), metrics=["mae"])
    pairs = clean.take(2).map(lambda x: (noise(x, seed=1), x))
    before = model.evaluate(pairs, verbose=0, return_dict=True)["mae"]
    model.fit(clean, steps_per_epoch=60, verbose=0, shuffle=False)
    assert model.evaluate(pairs, verbose=0, return_dict=True)["mae"] < 0.6 * before
    with pytest.raises(ValueError, match="pairs"):
        models.AdversarialRestorer(model.generator, model.discriminator).prepare(next(iter(clean)), None)
    paired = models.AdversarialRestorer(model.generator, model.discriminator)
    paired.compile()
    double = pairs.map(lambda x, y: (tf.cast(x, tf.float64), tf.cast(y, tf.float64)))
    assert np.isfinite(paired.fit(double, verbose=0, shuffle=False).history["pixel"]).all()
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"degraded images must be in \[0, 1\]"):
        paired.fit(pairs.map(lambda x, y: (255 * x, y)), verbose=0, shuffle=False)


def test_an_image_that_is_a_condition_must_be_one():
    conditions = {"outline": SHAPE}
    model = models.ConditionalGAN(*pair(conditions))
    model.compile()
    batch = {"image": GOOD["image"], "outline": 200 * GOOD["image"]}
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"outline must be in \[0, 1\]"):
        model.fit(tf.data.Dataset.from_tensors(batch), verbose=0, shuffle=False)
    with pytest.raises(ValueError, match="move images away"):
        models.ConditionalGAN(*pair(conditions), augment=layers.DiffAugment(("translation",)))
    models.ConditionalGAN(*pair(conditions), augment=layers.DiffAugment(("color",)))


def test_validation_draws_anew_for_each_batch_and_the_same_in_each_pass(examples, monkeypatch):
    model, drawn = models.GAN(*pair()), []
    model.compile(run_eagerly=True)
    generate = model.generate
    monkeypatch.setattr(model, "generate", lambda *a, **k: drawn.append(generate(*a, **k).numpy()) or drawn[-1])
    for _ in range(2):
        model.evaluate(stream(examples).take(3), verbose=0)
    assert len(drawn) == 6 and np.abs(drawn[0] - drawn[1]).max() > 0
    np.testing.assert_array_equal(drawn[:3], drawn[3:])


def test_wrong_use_is_named():
    with pytest.raises(ValueError, match="same conditions"):
        models.ConditionalGAN(*pair())
    with pytest.raises(ValueError, match="at least 1"):
        models.GAN(*pair(), penalty_every=0)
    with pytest.raises(ValueError, match="simultaneous"):
        models.GAN(*pair(), simultaneous=True, discriminator_steps=2)
    generator, _ = pair({"label": 4})
    with pytest.raises(ValueError, match=r"\['label', 'latent'\], got \['latent'\]"):
        generator({"latent": np.zeros((1, 8), "f")})
    with pytest.raises(ValueError, match="latent must be at least 1"):
        networks.MLPGenerator(SHAPE, 0)
    judge = networks.MLPDiscriminator(SHAPE, conditions={"outline": SHAPE})
    with pytest.raises(ValueError, match="with features"):
        models.ImageToImage(pair({"outline": SHAPE})[0], judge, feature_weight=1.0)
    with pytest.raises(ValueError, match="without conditions"):
        models.AdversarialRestorer(networks.DnCNN(1, depth=3, width=4), judge)
    with pytest.raises(ValueError, match="square"):
        networks.DCGANGenerator((30, 30, 1))
    with pytest.raises(ValueError, match="at least 2 classes"):
        networks.DCGANGenerator(conditions={"label": 1})
