"""Cards say what was measured of the preset itself, and nothing is changed where one cannot be made."""

import json

import pytest

from tfgan_zoo import cli, networks, recipes, zoo
from tfgan_zoo.data import images
from tfgan_zoo.recipes.card import write_card


@pytest.fixture(name="preset")
def _preset(tmp_path):
    return zoo.save(
        networks.ResUNet(1, widths=(8, 12), blocks=(1, 1), noise_map=True),
        tmp_path / "mine",
        recipe="resunet_gray",
        summary="a test",
        limits="A test.",
        held_out_psnr=20.0,
        training={"photos": 3, "folder": "photos", "steps": 4, "of_steps": 4, "minutes": 1, "cores": 1},
    )


def measured(preset, tmp_path, count, **changed):
    """What evaluate writes of so many of Set12's images."""
    record = {
        "network": "mine",
        "weights_sha256": zoo.metadata(preset)["files"]["model.weights.h5"],
        "protocol": "awgn-gray",
        "data": "set12",
        "means": {"25": {"input_psnr": 20.2, "psnr": 21.0}},
        "images": [{}] * count,
        **changed,
    }
    path = tmp_path / "results.json"
    path.write_text(json.dumps(record))
    return path


def test_what_others_published_stands_beside_the_whole_data_set_alone(preset, tmp_path):
    assert "| DnCNN-S, published | 30.44 |" in write_card(preset, [measured(preset, tmp_path, 12)]).read_text()
    part = write_card(preset, [measured(preset, tmp_path, 3)]).read_text()
    assert "published" not in part and "| **mine** | 21.00 |" in part
    assert write_card(preset).read_text() == part


@pytest.mark.parametrize(
    ("results", "reason"),
    [
        ({"network": "mine_256_int8.tflite"}, "mine_256_int8.tflite: a card's numbers are those of the preset itself"),
        ({"weights_sha256": "another's"}, "measured with other weights"),
        ("[]", "is not what tfgan-zoo evaluate --json writes"),
        ("{}", "is not what tfgan-zoo evaluate --json writes"),
        ("no JSON", "is not what tfgan-zoo evaluate --json writes"),
    ],
)
def test_other_results_are_refused_and_nothing_changes(preset, tmp_path, results, reason):
    path = measured(preset, tmp_path, 12, **(results if isinstance(results, dict) else {}))
    if isinstance(results, str):
        path.write_text(results)
    before = (preset / "metadata.json").read_bytes()
    with pytest.raises(ValueError, match=reason):
        write_card(preset, [path])
    with pytest.raises(ValueError, match="is not what tfgan-zoo export writes"):
        write_card(preset, tflite=_list(tmp_path))
    assert (preset / "metadata.json").read_bytes() == before and not (preset / "card.md").exists()


def _list(tmp_path):
    path = tmp_path / "list.json"
    path.write_text("[]")
    return path


def test_a_picture_that_cannot_be_made_leaves_the_record_as_it_was(preset, tmp_path):
    before = (preset / "metadata.json").read_bytes()
    with pytest.raises(images.ImageError):
        write_card(preset, [measured(preset, tmp_path, 12)], show=tmp_path / "no.png")
    assert (preset / "metadata.json").read_bytes() == before


def test_a_preset_of_no_recipe_is_told_so(tmp_path, capsys):
    own = zoo.save(networks.DnCNN(1, depth=3, width=4), tmp_path / "own", summary="a test")
    for command, reason in (
        (["card", own], "own has no card\n"),
        (["card", own, "--write"], "was trained by no recipe"),
        (["demo", own, "-o", tmp_path / "demo.png"], "was trained by no recipe"),
    ):
        assert cli.main([str(part) for part in command]) == 2
        assert reason in capsys.readouterr().err


@pytest.mark.parametrize("name", zoo.list())
def test_a_presets_recipe_is_the_one_that_made_it(name):
    """A recipe changed afterwards repeats another preset, with other limits."""
    record, recipe = zoo.metadata(name), recipes.get(name)
    assert recipe.steps == record["training"].get("of_steps", record["training"]["steps"])
    assert record["summary"] == recipe.summary and record.get("limits", "").startswith(recipe.limits)
