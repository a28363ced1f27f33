"""The monitor of collapse, on generators that collapse as told."""

import json
import logging

import keras
import numpy as np
import pytest

from tfgan_zoo import callbacks, inference, models, networks
from tfgan_zoo.data import images as image_files

REAL = np.random.default_rng(0).random((60, 8, 8, 1), dtype=np.float32)


@pytest.fixture(name="model")
def _model():
    keras.utils.set_random_seed(0)
    made = models.GAN(networks.MLPGenerator((8, 8, 1), 4), networks.MLPDiscriminator((8, 8, 1)))
    made.compile()
    return made


def inputs(count=60):
    return {"latent": inference.latents(4, count)}


def warnings(caplog):
    """What the package itself warned of: TensorFlow may have something to say at any time."""
    return [record for record in caplog.records if record.name.startswith("tfgan_zoo")]


def watch(model, monkeypatch, made, **options):
    """A monitor over a model whose average generator makes `made`."""
    monitor = callbacks.CollapseMonitor(REAL, inputs(), **options)
    monitor.set_model(model)
    monkeypatch.setattr(monitor, "generated", lambda: made)
    return monitor


def test_healthy_images_raise_no_alarm(model, monkeypatch, caplog):
    fresh = np.random.default_rng(1).random((60, 8, 8, 1), dtype=np.float32)
    monitor, logs = watch(model, monkeypatch, fresh), {"sign": 0.6}
    with caplog.at_level(logging.WARNING):
        for epoch in range(5):
            monitor.on_epoch_end(epoch, logs)
    assert not warnings(caplog) and logs["diversity"] == pytest.approx(1, abs=0.1) and logs["covered"] > 0.5


@pytest.mark.parametrize(
    ("made", "logs", "reason"),
    [
        (np.repeat(REAL[:1], 60, 0), {}, "differ 0.00 times"),
        (np.repeat(REAL[:20], 3, 0), {}, "the most similar other one is 0.00 times as far"),
        (REAL + 30, {}, "cover 0%"),
        (REAL, {"sign": 0.999}, "it has won"),
        (REAL * np.nan, {}, "NaN or infinite"),
    ],
)
def test_each_way_to_fail_is_said_in_words(model, monkeypatch, caplog, made, logs, reason):
    monitor = watch(model, monkeypatch, made)
    with caplog.at_level(logging.WARNING):
        monitor.on_epoch_end(0, logs)
    assert reason in caplog.text


def test_many_real_images_raise_no_alarm_over_few_inputs(model, monkeypatch, caplog):
    rng = np.random.default_rng(2)
    many, fresh = rng.random((2000, 8, 8, 1), dtype=np.float32), rng.random((60, 8, 8, 1), dtype=np.float32)
    monitor, logs = callbacks.CollapseMonitor(many, inputs()), {}
    monitor.set_model(model)
    monkeypatch.setattr(monitor, "generated", lambda: fresh)
    with caplog.at_level(logging.WARNING):
        monitor.on_epoch_end(0, logs)
    assert not warnings(caplog) and logs["covered"] > 0.7


def test_real_images_sorted_by_class_are_not_taken_for_one(model, monkeypatch):
    """Their spread is that of all."""
    rng = np.random.default_rng(3)
    kinds = np.repeat(np.eye(8)[:, :, None, None], 200, axis=0) * np.ones((1, 8, 8, 1))
    images = np.float32(0.5 * kinds + 0.1 * rng.random(kinds.shape))
    monitor, logs = callbacks.CollapseMonitor(images, inputs(1600)), {}
    monitor.set_model(model)
    monkeypatch.setattr(monitor, "generated", lambda: images[rng.integers(0, 200, 1600)])
    monitor.on_epoch_end(0, logs)
    assert logs["diversity"] < 0.5


@pytest.mark.parametrize("kept", [[0], [0, 1], [0, 1, 2]])
def test_missing_kinds_are_noticed_without_labels(model, monkeypatch, caplog, kept):
    """Six kinds of images, each varied: of one, two and three of them all images differ, but most are missing."""
    rng = np.random.default_rng(0)
    kinds = rng.random((6, 8, 8, 1))

    def draw(of, count=240):
        return np.clip(kinds[np.resize(of, count)] + 0.15 * rng.standard_normal((count, 8, 8, 1)), 0, 1, dtype="f")

    monitor = callbacks.CollapseMonitor(draw(range(6)), inputs(240))
    monitor.set_model(model)
    monkeypatch.setattr(monitor, "generated", lambda: draw(range(6)))
    with caplog.at_level(logging.WARNING):
        monitor.on_epoch_end(0, {})
    assert not warnings(caplog)
    monkeypatch.setattr(monitor, "generated", lambda: draw(kept))
    with caplog.at_level(logging.WARNING):
        monitor.on_epoch_end(1, {})
    assert "classes are off" in caplog.text


def test_missing_classes_are_noticed(model, monkeypatch, caplog):
    labels = np.arange(60) % 4
    monitor = watch(model, monkeypatch, REAL, classify=lambda x: np.zeros(len(x), int), labels=labels, classes=0.4)
    with caplog.at_level(logging.WARNING):
        monitor.on_epoch_end(0, {})
    assert "classes are off by 75%" in caplog.text
    with pytest.raises(ValueError, match="go together"):
        callbacks.CollapseMonitor(REAL, inputs(), classify=lambda x: x)
    monitor = watch(model, monkeypatch, REAL, classify=lambda x: np.full(len(x), 7), labels=labels)
    monitor.on_epoch_end(0, logs := {})
    assert logs["classes"] == 1, "a class that no real image has"


def test_it_stops_after_its_patience(model, monkeypatch):
    monitor = watch(model, monkeypatch, np.repeat(REAL[:1], 60, 0), action="stop", patience=2)
    model.stop_training = False
    monitor.on_epoch_end(0, {})
    assert not model.stop_training
    monitor.on_epoch_end(1, {})
    assert model.stop_training


def test_a_monitor_begins_afresh_with_another_model(model, monkeypatch):
    monitor = watch(model, monkeypatch, np.repeat(REAL[:1], 60, 0), action="stop", patience=2)
    model.stop_training = False
    monitor.on_epoch_end(0, {})
    monitor.begin(steps=0)
    monitor.on_epoch_end(0, {})
    assert not model.stop_training


def test_it_goes_back_to_the_last_healthy_weights_once(model, monkeypatch, tmp_path):
    monitor = watch(model, monkeypatch, REAL, action="rollback", folder=tmp_path, patience=1)
    model.stop_training = False
    monitor.on_epoch_end(0, {})
    healthy = [w.copy() for w in model.get_weights()]
    model.set_weights([w + 1 for w in model.get_weights()])
    model.steps.assign(12)
    monkeypatch.setattr(monitor, "generated", lambda: np.repeat(REAL[:1], 60, 0))
    monitor.on_epoch_end(1, {})
    for weight, other in zip(model.weights, healthy):
        if weight is model.steps:
            assert int(weight.numpy()) == 12, "the same draws once more would go the same way"
        elif weight is not model.images_seen:
            np.testing.assert_array_equal(weight, other)
    assert not model.stop_training
    monitor.on_epoch_end(2, {})
    assert model.stop_training
    resumed = watch(model, monkeypatch, REAL, action="rollback", folder=tmp_path, patience=1)
    resumed.begin(steps=12)
    assert resumed.rolled_back and resumed.backup.path.exists(), "a resumed training does not go back twice"
    earlier = watch(model, monkeypatch, REAL, action="rollback", folder=tmp_path, patience=1)
    earlier.begin(steps=10)
    assert not earlier.rolled_back, "that was later than the weights it goes on from"
    afresh = watch(model, monkeypatch, REAL, action="rollback", folder=tmp_path, patience=1)
    afresh.begin(steps=0)
    assert not afresh.rolled_back and not afresh.backup.path.exists(), "another training's weights are not its own"
    with pytest.raises(ValueError, match="folder"):
        callbacks.CollapseMonitor(REAL, inputs(), action="rollback")
    with pytest.raises(ValueError, match="action"):
        callbacks.CollapseMonitor(REAL, inputs(), action="pray")


def test_distribution_metrics_and_samples_come_with_fit(model, tmp_path):
    watchers = [
        callbacks.DistributionMetrics(REAL, inputs(), every=2),
        callbacks.SampleGrid(tmp_path / "samples", inputs(7), columns=3),
    ]
    history = model.fit(REAL, batch_size=20, epochs=2, callbacks=watchers, verbose=0).history
    assert len(history["frechet"]) == 1 and history["frechet"][0] > 0 and 0 <= history["recall"][0] <= 1
    assert image_files.read(tmp_path / "samples" / "epoch_0002.png").shape[:2] == (24, 24)
    assert (tmp_path / "samples" / "film.gif").exists()
    (tmp_path / "samples" / "0009.png").write_bytes(b"of the user")
    model.fit(REAL, batch_size=20, epochs=1, callbacks=watchers[1:], verbose=0)
    assert (tmp_path / "samples" / "epoch_0002.png").exists(), "the training goes on"
    model.steps.assign(0)
    model.fit(REAL, batch_size=20, epochs=1, callbacks=watchers[1:], verbose=0)
    names = [path.name for path in image_files.files(tmp_path / "samples")]
    assert names == ["0009.png", "epoch_0001.png", "film.gif"], "one from the start replaces what is its own"


@pytest.mark.parametrize("first", ["watchers", "keras"])
def test_a_restored_training_keeps_its_pictures_and_its_healthy_weights(model, tmp_path, first):
    """BackupAndRestore restores when the training begins, be it before or after the watchers are told."""

    def run(epochs):
        trained = models.GAN.from_config(model.get_config())
        trained.compile()
        backup = keras.callbacks.BackupAndRestore(tmp_path / "backup", delete_checkpoint=False)
        samples = callbacks.SampleGrid(tmp_path / "samples", inputs(4))
        monitor = callbacks.CollapseMonitor(REAL, inputs(), folder=tmp_path, diversity=0, distinct=0, coverage=0)
        order = [samples, monitor, backup] if first == "watchers" else [backup, samples, monitor]
        trained.fit(REAL, batch_size=20, epochs=epochs, callbacks=order, verbose=0)
        return monitor

    healthy = run(1).backup.path
    written = healthy.stat().st_mtime_ns
    monitor = run(1)  # nothing is left to do
    assert healthy.stat().st_mtime_ns == written
    run(2)
    pages = [path.name for path in image_files.files(tmp_path / "samples")]
    assert pages == ["epoch_0001.png", "epoch_0002.png", "film.gif"]
    assert json.loads(monitor.record.read_text())["steps"] == 6


def test_real_images_are_bytes_or_within_0_and_1(model, monkeypatch):
    whole = np.uint8(255 * REAL)
    monitor = callbacks.CollapseMonitor(whole, inputs())
    monitor.set_model(model)
    monkeypatch.setattr(monitor, "generated", lambda: REAL)
    monitor.on_epoch_end(0, logs := {})
    assert logs["diversity"] == pytest.approx(1, abs=0.01) and logs["covered"] == 1
    for wrong in (np.float32(whole), 2 * REAL - 1):
        with pytest.raises(ValueError, match=r"in \[0, 1\], or uint8, got"):
            callbacks.DistributionMetrics(wrong, inputs())


def test_images_that_are_none_leave_the_fit_to_the_monitor(model, monkeypatch):
    watcher = callbacks.DistributionMetrics(REAL, inputs())
    monkeypatch.setattr(watcher, "generated", lambda: REAL * np.nan)
    watcher.on_epoch_end(0, logs := {})
    assert np.isnan(logs["frechet"])
