import subprocess
import sys
import time

import keras
import numpy as np
import pytest
import tensorflow as tf

from tfgan_zoo import callbacks, data, losses, metrics, models, networks, optimizers
from tfgan_zoo.degradations import JPEG, GaussianNoise, MotionBlur
from tfgan_zoo.ops import random


def small(noise_map=False, **options):
    return networks.ResUNet(1, widths=(8, 12), blocks=(1, 1), noise_map=noise_map, **options)


@pytest.fixture(name="batches")
def _batches(folder):
    return data.patches(folder, 32, 4, channels=1)


def test_it_learns_to_denoise(folder, batches):
    noise = GaussianNoise(0.15, return_sigma=True)
    model = models.Restorer(small(noise_map=True), noise, ema=0.9)
    model.compile(optimizers.Muon(3e-3), losses.Charbonnier(), metrics=[metrics.PSNR()])
    pairs = data.pairs(noise, folder, channels=1)
    before = model.evaluate(pairs, verbose=0, return_dict=True)["psnr"]
    history = model.fit(batches, steps_per_epoch=60, epochs=2, validation_data=pairs, verbose=0, shuffle=False).history
    assert history["val_psnr"][-1] > before + 4
    assert history["loss"][1] < history["loss"][0]


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
def test_mixed_precision_learns_too(batches, policy):
    model = models.Restorer(small(dtype=policy), GaussianNoise(0.15), ema=0.9)
    model.compile(keras.optimizers.Adam(2e-3), losses.Charbonnier())
    assert isinstance(model.optimizer, keras.optimizers.LossScaleOptimizer) == (policy == "mixed_float16")
    history = model.fit(batches, steps_per_epoch=40, epochs=2, verbose=0, shuffle=False).history
    assert history["loss"][1] < 0.9 * history["loss"][0]
    assert all(np.isfinite(w).all() for w in model.get_weights())


@pytest.mark.parametrize("optimizer", ["adam", "sgd", keras.optimizers.Lion(1e-4), optimizers.Muon()])
def test_any_optimizer_and_loss(batches, optimizer):
    model = models.Restorer(networks.DnCNN(1, depth=3, width=8), JPEG(20))
    model.compile(optimizer, "mse")
    loss = model.fit(batches, steps_per_epoch=2, verbose=0, shuffle=False).history["loss"]
    assert np.isfinite(loss).all()


def test_the_average_follows_every_weight(batches):
    model = models.Restorer(networks.DnCNN(1, depth=4, width=8), GaussianNoise(0.1), ema=0.5)
    model.compile("adam", "mse")
    expected = [w.numpy() for w in model.network.weights]
    for step, batch in enumerate(batches.take(12)):
        model.train_on_batch(batch)
        momentum = min(0.5, (2 + step) / (11 + step))
        expected = [momentum * e + (1 - momentum) * w.numpy() for e, w in zip(expected, model.network.weights)]
    for average, value in zip(model.ema_network.weights, expected):
        np.testing.assert_allclose(average, value, atol=1e-5)
    assert any("moving" in w.path for w in model.ema_network.weights)
    assert model.averaged is model.ema_network
    assert models.Restorer(small(), GaussianNoise(), ema=0).averaged is not None


def test_validation_uses_the_average(batches, folder):
    model = models.Restorer(small(), GaussianNoise(0.1), ema=0.9)
    model.compile("adam", "mse")
    model.ema_network.set_weights([w * 0 for w in model.ema_network.get_weights()])
    image = next(iter(batches))
    np.testing.assert_array_equal(model.predict(image, verbose=0), image)
    assert not model.ema_network.trainable_weights


def test_the_whole_model_survives_a_keras_file(batches, tmp_path):
    model = models.Restorer(small(), GaussianNoise((0.1, 0.2)), ema=0.9, seed=4)
    model.compile(optimizers.Muon(), losses.Charbonnier())
    model.fit(batches, steps_per_epoch=3, verbose=0, shuffle=False)
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    image = next(iter(batches))
    np.testing.assert_array_equal(again.predict(image, verbose=0), model.predict(image, verbose=0))
    assert int(again.optimizer.iterations.numpy()) == 3
    ours, theirs = model.train_on_batch(image), again.train_on_batch(image)
    assert float(ours) == float(theirs)


def test_pairs_train_it_too_and_a_mixture_is_refused(folder):
    pairs = data.pairs(GaussianNoise(0.1), folder, channels=1)
    model = models.Restorer(small())
    model.compile("adam", "mse")
    assert np.isfinite(model.fit(pairs, verbose=0, shuffle=False).history["loss"]).all()
    with pytest.raises(ValueError, match="clean images alone"):
        model.fit(data.patches(folder, 32, 4, channels=1), steps_per_epoch=1, verbose=0, shuffle=False)
    model = models.Restorer(small(), GaussianNoise(0.1))
    model.compile("adam", "mse")
    with pytest.raises(ValueError, match="clean images alone"):
        model.fit(pairs, verbose=0, shuffle=False)


def test_accumulated_gradients_and_skipped_steps_move_noise_and_backup_too(batches, tmp_path):
    accumulating = keras.optimizers.SGD(0.0, gradient_accumulation_steps=3)
    skipping = keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD(0.0), initial_scale=2.0**120)
    for number, optimizer in enumerate((accumulating, skipping)):
        model = models.Restorer(small(), GaussianNoise(0.1))
        model.compile(optimizer, "mse")
        same = next(iter(batches))
        values = [float(model.train_on_batch(same)) for _ in range(4)]
        assert len(set(values)) == 4, "noise must be new at every batch"
        backup = callbacks.Backup(tmp_path / str(number))
        backup.set_model(model)
        backup.save()
        assert backup.restore(model) == 4


def test_the_border_that_a_blur_made_up_is_cut(folder):
    """Where it saw a mirrored photo; what is left is the middle of what a larger window gives."""
    blur, (clean,) = MotionBlur(9.0), data.patches(folder, 48, 2).take(1)
    model = models.Restorer(networks.ResUNet(3, widths=(8, 12), blocks=(1, 1)), blur, margin=8, seed=3)
    degraded, target = model._pair(clean)
    np.testing.assert_array_equal(target, clean[:, 8:-8, 8:-8])
    whole = blur(clean, seed=random.fold(3, 0))
    np.testing.assert_array_equal(degraded, whole[:, 8:-8, 8:-8])
    model.compile("adam", "mse")
    validation = data.pairs(blur, folder, crop=32, margin=8)
    assert np.isfinite(model.fit(clean, validation_data=validation, verbose=0).history["val_loss"]).all()
    with pytest.raises(ValueError, match="0 for a network that enlarges, got 8"):
        models.Restorer(networks.MobileSR(3, 2), blur, margin=8)


def test_what_it_does_not_take_is_named(batches, folder):
    model = models.Restorer(small(), GaussianNoise(0.1))
    model.compile("adam", "mse")
    with pytest.raises(ValueError, match="evaluation takes pairs"):
        model.evaluate(batches.take(1), verbose=0)
    image = np.zeros((2, 32, 32, 1), np.float32)
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"images must be in \[0, 1\]"):
        model.fit(255 * image + 3, verbose=0)
    with pytest.raises(ValueError, match="got uint8"):
        model.fit(np.uint8(image), verbose=0)
    level = np.full((2, 32, 32, 1), 0.5, np.float32)
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"degraded images must be in \[0, 1\]"):
        model.evaluate(255 * level, level, verbose=0)
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"images must be in \[0, 1\]"):
        model.evaluate(level, 255 * level, verbose=0)
    paired = models.Restorer(small())
    paired.compile("adam", "mse")
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"degraded images must be in \[0, 1\]"):
        paired.fit(255 * level, level, verbose=0)
    double = tf.data.Dataset.from_tensors((np.float64(level), np.float64(level)))
    assert np.isfinite(paired.fit(double, verbose=0, shuffle=False).history["loss"]).all()
    assert np.isfinite(paired.evaluate(double, verbose=0))
    with pytest.raises(ValueError, match="sample weights"):
        models.Restorer(small())._pair((image, image, np.ones(2)))


def test_an_impossible_average_is_refused():
    with pytest.raises(ValueError, match="ema"):
        models.Restorer(small(), GaussianNoise(), ema=1.0)


SCRIPT = """
import sys
import keras
from tfgan_zoo import callbacks, data, losses, models, networks, optimizers
from tfgan_zoo.degradations import GaussianNoise

folder, run, slowly = sys.argv[1:]
keras.utils.set_random_seed(0)
schedule = keras.optimizers.schedules.CosineDecay(2e-3, 40)
network = networks.ResUNet(1, widths=(8, 12), blocks=(1, 1), noise_map=True)
model = models.Restorer(network, GaussianNoise((0.0, 0.2), return_sigma=True), ema=0.9)
model.compile(optimizers.Muon(schedule), losses.Charbonnier())
backup = callbacks.Backup(run, minutes=0)
steps = backup.restore(model)

class Report(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        print("step", int(self.model.optimizer.iterations.numpy()), repr(float(logs["loss"])), flush=True)
        if slowly == "slowly":
            __import__("time").sleep(0.2)

model.fit(data.patches(folder, 32, 4, channels=1, start=steps), steps_per_epoch=4, initial_epoch=steps // 4, epochs=6,
          callbacks=[backup, Report()], verbose=0, shuffle=False)
print("average", repr(float(sum(abs(w.numpy()).sum() for w in model.ema_network.weights))))
"""


def losses_of(output: str) -> dict[int, str]:
    return {int(line.split()[1]): line.split()[2] for line in output.splitlines() if line.startswith("step")}


def test_killed_and_started_again_it_goes_on_as_if_nothing_had_been(folder, tmp_path):
    script = tmp_path / "training.py"
    script.write_text(SCRIPT)

    def command(run, slowly="fast"):
        return [sys.executable, str(script), str(folder), str(tmp_path / run), slowly]

    whole = subprocess.run(command("whole"), capture_output=True, text=True, check=True).stdout
    with open(tmp_path / "first.txt", "w+") as first:
        process = subprocess.Popen(command("broken", "slowly"), stdout=first, stderr=subprocess.DEVNULL)
        started = time.monotonic()
        while len(losses_of((tmp_path / "first.txt").read_text())) < 10 and time.monotonic() - started < 120:
            time.sleep(0.05)
        process.kill()
        process.wait()
    before = losses_of((tmp_path / "first.txt").read_text())
    assert 10 <= max(before) < 24
    again = subprocess.run(command("broken"), capture_output=True, text=True, check=True).stdout
    after, expected = losses_of(again), losses_of(whole)
    assert 4 < min(after) <= max(before) + 1 and max(after) == 24
    assert {**before, **after} == expected
    assert again.splitlines()[-1] == whole.splitlines()[-1]


@pytest.mark.parametrize("told", [False, True])
def test_a_network_and_a_degradation_that_do_not_fit_are_named(told):
    network = networks.ResUNet(1, widths=(8, 12), blocks=(1, 1), noise_map=not told)
    model = models.Restorer(network, GaussianNoise(0.1, return_sigma=told))
    model.compile("adam", "mse")
    with pytest.raises(ValueError, match="takes no noise map" if told else "needs noise map"):
        model.train_on_batch(np.zeros((2, 16, 16, 1), np.float32))


def test_a_run_without_a_backup_starts_from_the_beginning(tmp_path):
    model = models.Restorer(small(), GaussianNoise())
    model.compile("adam", "mse")
    assert callbacks.Backup(tmp_path).restore(model) == 0
