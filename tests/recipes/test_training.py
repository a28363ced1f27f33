import dataclasses
import functools
import json
from pathlib import Path

import numpy as np
import pytest

from tfgan_zoo import callbacks, data, losses, networks, recipes, zoo
from tfgan_zoo.data import images
from tfgan_zoo.degradations import Degradation, GaussianNoise, RainStreaks
from tfgan_zoo.evaluation import protocols
from tfgan_zoo.recipes.restoration import Phase, RestorationRecipe, held_out

TINY = RestorationRecipe(
    name="tiny",
    summary="a test",
    limits="A test.",
    network=functools.partial(networks.ResUNet, 1, widths=(8, 12), blocks=(1, 1), noise_map=True),
    degradation=GaussianNoise((0.0, 0.2), return_sigma=True),
    validation={"0.1": GaussianNoise(0.1, return_sigma=True)},
    channels=1,
    phases=(Phase(28, 32, 4, losses.Charbonnier()), Phase(16, 48, 2, losses.Charbonnier())),
    epoch=4,
    warmup=4,
    validation_side=64,
)


def test_training_ends_in_a_preset_with_log_and_pictures(folder, tmp_path):
    preset = recipes.train(TINY, folder, tmp_path / "run")
    network, facts = zoo.load(preset), zoo.metadata(preset)
    assert network.noise_map and facts["recipe"] == "tiny"
    assert facts["training"].pop("minutes") > 0
    assert facts["training"].pop("cores") >= 1
    best = json.loads((tmp_path / "run" / "best.json").read_text())
    assert facts["training"] == {"photos": 3, "folder": "photos", "steps": 4 * best["epoch"], "of_steps": 44, "seed": 0}
    assert facts["held_out_psnr"] == pytest.approx(best["val_psnr"], abs=1e-3)
    lines = (tmp_path / "run" / "log.csv").read_text().splitlines()
    assert len(lines) == 1 + 11
    for picture in ("curves.png", "preview.png"):
        assert (tmp_path / "run" / picture).stat().st_size > 1000


class Killed(Exception):
    pass


@pytest.mark.parametrize("last", [2, 7, 9], ids=["in the first phase", "between the phases", "in the second"])
def test_a_run_goes_on_only_when_told_to_and_where_it_was(folder, tmp_path, monkeypatch, last):
    class Fragile(callbacks.Backup):
        def on_epoch_end(self, epoch, logs=None):
            if epoch + 1 > last:
                raise Killed
            self.save()

    run, whole = tmp_path / "run", recipes.train(TINY, folder, tmp_path / "whole")
    monkeypatch.setattr(callbacks, "Backup", Fragile)
    with pytest.raises(Killed):
        recipes.train(TINY, folder, run)
    monkeypatch.undo()
    with pytest.raises(ValueError, match="holds a training"):
        recipes.train(TINY, folder, run)
    again = recipes.train(TINY, folder, run, resume=True)
    for one, other in zip(zoo.load(whole).get_weights(), zoo.load(again).get_weights()):
        np.testing.assert_array_equal(one, other)
    logs = [callbacks.Log(tmp_path / name / "log.csv").rows() for name in ("whole", "run")]
    for one, other in zip(*logs, strict=True):
        assert {**one, "minutes": 0} == {**other, "minutes": 0}
    with pytest.raises(ValueError, match="no training to resume"):
        recipes.train(TINY, folder, tmp_path / "nothing", resume=True)


def test_a_run_is_not_gone_on_with_on_other_photos(folder, tmp_path):
    recipes.train(TINY, folder, tmp_path / "run")
    (folder / "1.png").rename(folder / "9.png")
    with pytest.raises(ValueError, match="does not hold the files that the training"):
        recipes.train(TINY, folder, tmp_path / "run", resume=True)


def test_a_network_that_broke_down_is_no_preset(folder, tmp_path, monkeypatch):
    def result(self, *arguments):
        network, facts = whole(self, *arguments)
        network.tail.bias.assign(np.full(network.tail.bias.shape, np.nan))
        return network, facts

    whole = RestorationRecipe.result
    monkeypatch.setattr(RestorationRecipe, "result", result)
    with pytest.raises(FloatingPointError, match="NaN or infinite after 44 steps"):
        recipes.train(TINY, folder, tmp_path / "run")
    assert not (tmp_path / "run" / "tiny").exists()


def test_what_is_left_out_moves_no_other_photo(tmp_path):
    for number in range(60):
        images.write(tmp_path / f"{number:02}.png", np.zeros((64, 64, 3), np.uint8))
    whole = TINY.read(tmp_path)
    less = dataclasses.replace(TINY, leave_out=frozenset({"03", "25"})).read(tmp_path)
    assert [path.stem for path in whole.selection] == ["00", "25", "50"]
    assert [path.stem for path in less.selection] == ["00", "50"]
    assert set(less.training) == {path for path in whole.training if path.stem != "03"}


def test_every_phase_ends_with_a_validation(folder, tmp_path):
    recipes.train(TINY, folder, tmp_path)
    validated = [row["epoch"] for row in callbacks.Log(tmp_path / "log.csv").rows() if "val_psnr" in row]
    assert validated == [4, 7, 8, 11]


def test_a_photo_that_cannot_serve_is_named_before_anything_is_written(folder, tmp_path):
    images.write(folder / "1.png", np.zeros((40, 60, 3), np.uint8))
    with pytest.raises(data.ImageError, match=r"1\.png is 60x40; .* at least 48"):
        recipes.train(TINY, folder, tmp_path / "run")
    (folder / "1.png").write_bytes(b"broken")
    with pytest.raises(data.ImageError, match=r"1\.png"):
        recipes.train(TINY, folder, tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_minutes_set_the_length_of_the_schedule(folder, tmp_path):
    recipes.train(dataclasses.replace(TINY, epoch=500), folder, tmp_path / "run", minutes=0.05)
    schedule = json.loads((tmp_path / "run" / "run.json").read_text())
    assert sum(schedule["steps"]) >= 20 and schedule["epoch"] < 500
    with pytest.raises(ValueError, match="minutes"):
        recipes.train(TINY, folder, tmp_path / "other", minutes=0)


def test_lengths_stay_whole_epochs():
    for steps in (20, 100, 999, 55_000, 200_000):
        recipe = recipes.get("resunet_color").of_steps(steps)
        assert all(phase.steps % recipe.epoch == 0 and phase.steps > 0 for phase in recipe.phases)
        assert recipe.steps == pytest.approx(steps, rel=0.15)
        assert recipes.get("resunet_color").on_schedule(recipe.schedule) == recipe


def test_a_recipe_says_how_patches_are_cut(tmp_path):
    """Of photos at half their size, upright: all of the height, and the sky above."""
    sky = np.zeros((96, 128, 3), np.uint8)
    sky[:48] = 200
    for number in range(4):
        images.write(tmp_path / f"{number}.png", sky)
    recipe = dataclasses.replace(TINY, validation_side=32, patches={"scales": (0.5,), "upright": True})
    batch = next(iter(recipe.stages(recipe.read(tmp_path), 0)[1].batches(0)))
    assert batch.shape == (2, 48, 48, 1) and (batch[:, :22] > 0.7).numpy().all() and (batch[:, 26:] < 0.1).numpy().all()


def test_every_twenty_fifth_photo_is_held_out():
    training, selection = held_out(list(range(60)))
    assert selection == [0, 25, 50] and len(training) == 57
    with pytest.raises(ValueError, match="at least 2"):
        held_out([1])


def test_what_makes_up_texture_learnt_from_no_photo_that_restorers_select_by(shared):
    folder = shared / "bsds500"
    learnt = set(recipes.get("texture_features").examples(folder, each=1).classes["label"])
    for name in ("srresnet_x4", "srgan_x4"):
        photos = recipes.get(name).read(folder)
        assert learnt == {path.stem for path in photos.training} and len(learnt) == 383
        assert not learnt & {path.stem for path in photos.selection} and "302003" not in learnt


RESTORATION = [name for name in recipes.names() if isinstance(recipes.get(name), RestorationRecipe)]


@pytest.mark.parametrize("name", RESTORATION)
def test_every_restoration_recipe_is_whole(name):
    recipe = recipes.get(name)
    assert recipe.name == name and recipe.summary
    network = recipe.network(dtype="mixed_bfloat16")
    assert network.channels == recipe.channels
    image = np.random.default_rng(0).random((2, 48, 48, recipe.channels), dtype=np.float32)
    assert isinstance(recipe.degradation, Degradation)
    assert network(recipe.degradation(image, seed=0)).shape == image.shape
    for degradation in recipe.validation.values():
        assert network(degradation(image, seed=0)).shape == image.shape


def _leaves(degradation):
    """The degradations that others are composed of."""
    inner = [*getattr(degradation, "degradations", []), *filter(None, [getattr(degradation, "degradation", None)])]
    return [leaf for one in inner for leaf in _leaves(one)] or [degradation]


def _range(value):
    return value if isinstance(value, (tuple, list)) else (value, value)


def test_rain_is_judged_by_other_rain_than_is_learnt_from():
    recipe = recipes.get("derain")
    learnt = [x for d in (recipe.degradation, *recipe.validation.values()) for x in _leaves(d)]
    learnt = [rain for rain in learnt if isinstance(rain, RainStreaks)]
    assert len(learnt) == 4
    for setting, judged in protocols.RAIN.items():
        for rain in learnt if setting != 2 else []:  # which is of the kind that is learnt
            ranges = [[_range(getattr(of, name)) for name in ("length", "angle", "width")] for of in (judged, rain)]
            apart = [one[1] <= other[0] or other[1] <= one[0] for one, other in zip(*ranges)]
            assert any(apart) or _range(judged.layers)[0] > _range(rain.layers)[1]


def test_photos_of_the_test_sets_are_left_out(shared, folder):
    """Of the benchmarks whose clean photos are among those of BSDS500."""
    listed = (shared / "bsds500" / "not_for_deraining.txt").read_text().split()
    assert {Path(line).stem for line in listed} == recipes.get("derain").leave_out
    assert all("302003" in recipes.get(name).leave_out for name in ("srresnet_x4", "srgan_x4", "mobile_sr_x2"))
    photos = dataclasses.replace(TINY, leave_out=frozenset({"2", "0"})).read(folder)
    assert [path.stem for path in photos.selection + photos.training] == ["1", "3"]


def test_the_phones_enlarger_is_small():
    assert recipes.get("mobile_sr_x2").network().count_params() < 60_000


def test_an_unknown_recipe_brings_the_nearest():
    with pytest.raises(ValueError, match="did you mean resunet_color"):
        recipes.get("resunet_colour")
