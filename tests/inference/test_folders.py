import csv
import os
import threading
import time

import numpy as np
import pytest
import tensorflow as tf

from tfgan_zoo import inference, networks
from tfgan_zoo.data import images
from tfgan_zoo.inference import folders
from tfgan_zoo.inference.pipeline import ahead


@pytest.fixture(name="restorer", scope="module")
def _restorer():
    return inference.KerasRestorer(networks.ResUNet(3, widths=(8,), blocks=(1,)))


def jobs(folder, out):
    return [(path, out / path.name) for path in images.files(folder)]


def test_many_are_restored_as_one_is(folder, tmp_path, restorer):
    found = list(inference.restore_files(restorer, jobs(folder, tmp_path / "out")))
    assert [(o.source.name, o.width, o.height, o.error) for o in found] == [(f"{n}.png", 128, 96, "") for n in range(4)]
    for outcome in found:
        inference.restore_file(restorer, outcome.source, tmp_path / "one.png")
        np.testing.assert_array_equal(images.read(outcome.target), images.read(tmp_path / "one.png"))
        assert outcome.seconds > 0


def test_a_file_that_fails_does_not_stop_the_others(folder, tmp_path, restorer):
    (folder / "1.png").write_bytes(b"broken")
    (folder / "2.png").write_bytes((folder / "2.png").read_bytes()[:-4000])
    images.write(folder / "4.png", np.zeros((1, 1, 3), np.uint8))
    todo = jobs(folder, tmp_path / "out")
    todo[3] = (todo[3][0], tmp_path / "out" / "3.heic")
    found = list(inference.restore_files(restorer, todo))
    reasons = ["", "is not an image", "is damaged", "not as .heic", "at least 2 pixels"]
    assert all(reason in outcome.error for reason, outcome in zip(reasons, found, strict=True))
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["0.png"]


def test_a_report_takes_any_name(tmp_path):
    source = tmp_path / os.fsdecode(b"caf\xe9.png")
    with inference.Report(tmp_path / "report.csv") as report:
        report.add(inference.Outcome(source, source, error="no"))
    assert b"caf\xe9.png" in (tmp_path / "report.csv").read_bytes()


def test_what_is_no_report_is_left_alone(tmp_path):
    path = tmp_path / "prices.csv"
    path.write_text("name,price\npear,3\n")
    with pytest.raises(ValueError, match="is no report: its first row is not file,width"):
        inference.Report(path)
    assert path.read_text() == "name,price\npear,3\n"


def test_a_row_that_was_cut_off_is_one_row(tmp_path):
    path, outcome = tmp_path / "report.csv", inference.Outcome(tmp_path / "a.png", tmp_path / "b.png")
    with inference.Report(path) as report:
        report.add(outcome)
    path.write_bytes(path.read_bytes()[:-20])
    with inference.Report(path) as report:
        report.existed(outcome.source)
    rows = list(csv.DictReader(path.read_text().splitlines()))
    assert len(rows) == 2 and rows[1]["file"] == str(outcome.source) and rows[1]["status"] == "existed"


@pytest.mark.parametrize(
    "error", [tf.errors.InvalidArgumentError(None, None, "odd"), tf.errors.ResourceExhaustedError(None, None, "full")]
)
def test_what_tensorflow_cannot_do_to_a_photo_does_not_stop_the_others(folder, tmp_path, restorer, monkeypatch, error):
    forward, count = restorer.forward, []

    def failing(*arguments):
        count.append(1)
        if len(count) == 1:
            raise error
        return forward(*arguments)

    monkeypatch.setattr(restorer, "forward", failing)
    restorer.survey_side, restorer.survey = 64, lambda windows: None if count else failing(windows, None)
    found = list(inference.restore_files(restorer, jobs(folder, tmp_path / "out")))
    assert [bool(outcome.error) for outcome in found] == [True, False, False, False]


def test_what_becomes_too_large_to_hold_goes_through_a_file(folder, tmp_path, monkeypatch):
    """Not the photo: an enlarging network's output is many times as large."""
    twice, through = inference.KerasRestorer(networks.MobileSR(3, 2, width=8, depth=2)), []
    monkeypatch.setattr(images, "IN_MEMORY", 2 * 128 * 96 * 3)
    monkeypatch.setattr(folders, "restore_file", lambda *arguments: through.append(arguments[1].name))
    assert not any(outcome.error for outcome in inference.restore_files(twice, jobs(folder, tmp_path / "out")))
    assert through == [f"{number}.png" for number in range(4)]


def test_a_photo_too_large_to_hold_goes_through_a_file(folder, tmp_path, restorer, monkeypatch):
    monkeypatch.setattr(images, "IN_MEMORY", 1000)
    monkeypatch.setattr(images.Picture, "pixels", _in_rows(images.Picture.pixels))
    found = list(inference.restore_files(restorer, jobs(folder, tmp_path / "out")))
    assert not any(outcome.error for outcome in found) and len(images.files(tmp_path / "out")) == 4


def _in_rows(pixels):
    def windows(self, *window):
        assert window, "the whole photo was decoded at once"
        return pixels(self, *window)

    return windows


def test_the_report_is_written_as_it_goes_and_gone_on_with(folder, tmp_path, restorer):
    (folder / "1.png").write_bytes(b"broken")
    path, seen = tmp_path / "report.csv", []
    with inference.Report(path) as report:
        for outcome in inference.restore_files(restorer, jobs(folder, tmp_path / "out")):
            report.add(outcome)
            seen.append(len(path.read_text().splitlines()))
    assert seen == [2, 3, 4, 5]
    with inference.Report(path) as report:
        report.add(outcome)
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["status"] for row in rows] == ["restored", "failed", "restored", "restored", "restored"]
    assert rows[0]["width"] == "128" and float(rows[0]["seconds"]) > 0 and "not an image" in rows[1]["error"]
    assert rows[2]["file"] == str(folder / "2.png")


def test_reading_and_writing_overlap_with_the_network(folder, tmp_path, monkeypatch):
    """Reading, restoring and writing, each of some length, are seen side by side."""
    log, under_way, together = [], [], []

    def waiting(function):
        def wait(*arguments, **options):
            log.append(threading.current_thread().name)
            under_way.append(function)
            together.append(len({id(kind) for kind in under_way}))
            time.sleep(0.05)
            under_way.remove(function)
            return function(*arguments, **options)

        return wait

    class Slow:
        def output_shape(self, picture):
            return (picture.height, picture.width, picture.channels)

        def __call__(self, picture, out):
            restoring(out, picture.array)

    restoring = waiting(lambda out, array: out.__setitem__(slice(None), array))
    for number in range(4, 12):
        images.write(folder / f"{number}.png", images.read(folder / "0.png"))
    monkeypatch.setattr(images, "write", waiting(images.write))
    monkeypatch.setattr(images, "Picture", waiting(images.Picture))
    assert len(list(inference.restore_files(Slow(), jobs(folder, tmp_path / "out")))) == 12
    assert max(together) == 3
    assert log.count(threading.current_thread().name) == 12


def test_no_further_ahead_than_told():
    started, taken = [], 0
    for result in ahead(lambda item: started.append(item) or item, range(50), threads=3, most=4):
        assert result == taken
        taken += 1
        assert len(started) <= taken + 4
    assert taken == 50


def test_an_error_comes_in_its_place():
    results = ahead(lambda item: 6 // item, [3, 2, 0, 1])
    assert [next(results), next(results)] == [2, 3]
    with pytest.raises(ZeroDivisionError):
        next(results)
