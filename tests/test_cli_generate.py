import json

import numpy as np
import pytest
from PIL import Image

from tfgan_zoo import cli, data, evaluation, export, inference, networks, zoo
from tfgan_zoo.data import images


def run(*arguments):
    return cli.main(["generate", *(str(a) for a in arguments)])


@pytest.fixture(name="labelled")
def _labelled(tmp_path):
    network = networks.DCGANGenerator((28, 28, 1), 8, width=4, conditions={"label": 3})
    return zoo.save(network, tmp_path / "made", classes={"label": ("cat", "dog", "owl")})


@pytest.fixture(name="drawn")
def _drawn(tmp_path):
    conditions = {"outline": (16, 16, 1), "color": (3,)}
    return zoo.save(networks.UNetGenerator((16, 16, 3), widths=(4, 8), conditions=conditions), tmp_path / "drawn")


def test_files_of_one_label(labelled, tmp_path):
    assert run(labelled, "-n", 3, "--label", "owl", "--seed", 5, "-o", tmp_path / "out") == 0
    files = images.files(tmp_path / "out")
    assert [path.name for path in files] == ["5_0000.png", "5_0001.png", "5_0002.png"]
    expected = inference.generate(zoo.load(labelled), 3, seed=5, label=2)
    np.testing.assert_array_equal(images.read(files[1]), np.round(expected[1] * 255))
    assert run(labelled, "-n", 1, "--seed", 5, "-o", tmp_path / "out") == 2, "existing files are kept"


def test_one_image_is_one_file_and_labels_are_found_however_they_are_written(labelled, tmp_path, capsys):
    assert run(labelled, "-n", 1, "--label", "OWL", "-o", tmp_path / "owl.png") == 0
    assert f"wrote {tmp_path / 'owl.png'}" in capsys.readouterr().out
    expected = inference.generate(zoo.load(labelled), 1, label=2)
    np.testing.assert_array_equal(images.read(tmp_path / "owl.png"), np.round(expected[0] * 255))


def test_a_transparent_outline_lies_on_white(drawn, tmp_path):
    lines = np.zeros((16, 16, 4), np.uint8)
    lines[4:6, :, 3] = 255
    Image.fromarray(lines).save(tmp_path / "clear.png")
    images.write(tmp_path / "white.png", np.where(lines[..., 3:] > 0, 0, 255).astype(np.uint8))
    for name in ("clear", "white"):
        given = ["--image", tmp_path / f"{name}.png", "--color", "#c03020"]
        assert run(drawn, *given, "-o", tmp_path / f"{name}_out.png") == 0
    np.testing.assert_array_equal(images.read(tmp_path / "clear_out.png"), images.read(tmp_path / "white_out.png"))


def test_a_grid_of_all_labels_and_a_film(labelled, tmp_path):
    assert run(labelled, "-n", 9, "--grid", "-o", tmp_path / "grid.png") == 0
    assert images.read(tmp_path / "grid.png").shape[:2] == (168, 168), "twice as large, to be seen"
    for place in ("folder", "folder.v2"):
        (tmp_path / "folder.v2").mkdir(exist_ok=True)
        assert run(labelled, "-n", 9, "--grid", "-o", tmp_path / place) == 0
        assert len(images.files(tmp_path / place)) == 1
    assert run(labelled, "-n", 1, "-o", tmp_path / "folder.v2") == 0
    assert len(images.files(tmp_path / "folder.v2")) == 2
    assert len([*(tmp_path / "folder").glob("*.png")]) == 1
    film = tmp_path / "walk.gif"
    assert run(labelled, "--label", 1, "--interpolate", 1, 2, "--frames", 5, "-o", film) == 0
    with Image.open(film) as opened:
        assert opened.n_frames == 5


def test_a_file_for_phones_generates_too(labelled, tmp_path):
    network = zoo.load(labelled)
    about = {"classes": {"label": ["cat", "dog", "owl"]}}
    file = export.to_tflite(network, tmp_path / "made.tflite", about=about)
    assert run(file, "-n", 1, "--label", "owl", "-o", tmp_path / "owl.png") == 0
    expected = np.round(inference.generate(network, 1, label=2)[0] * 255)
    assert np.abs(images.read(tmp_path / "owl.png") - expected).max() <= 1


def test_outline_and_colour(drawn, tmp_path):
    images.write(tmp_path / "outline.png", np.full((40, 30, 3), 200, np.uint8))
    out = tmp_path / "out.png"
    assert run(drawn, "--image", tmp_path / "outline.png", "--color", "#c03020", "-o", out) == 0
    expected = inference.generate(
        zoo.load(drawn), outline=np.full((16, 16, 1), 200 / 255), color=[0xC0 / 255, 0x30 / 255, 0x20 / 255]
    )
    assert np.abs(images.read(out).astype(int) - np.round(expected[0] * 255)).max() <= 1


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["{labelled}", "--label", "cow", "-o", "{tmp}/o"], "known: cat, dog, owl, or 0 to 2"),
        (["{labelled}", "--color", "#ffffff", "-o", "{tmp}/o"], "takes no --color"),
        (["{labelled}", "-n", "0", "-o", "{tmp}/o"], "at least 1"),
        (["{labelled}", "--truncation", "-1", "-o", "{tmp}/o"], "truncation"),
        (["{labelled}", "--grid", "-o", "{tmp}/o.jpg"], "end in .png"),
        (["{labelled}", "--interpolate", "1", "2", "-o", "{tmp}/o.png"], "end in .gif"),
        (["{drawn}", "--color", "#ffffff", "-o", "{tmp}/o"], "needs --image"),
        (["{drawn}", "-o", "{tmp}/o"], "drawn needs --color, such as #c03020"),
        (["{drawn}", "--color", "#ffffff", "--image", "{dark}", "-o", "{tmp}/o"], "dark lines on white"),
        (["{labelled}", "-n", "3", "-o", "{tmp}/o.png"], "3 images go into a folder, or with --grid"),
        (
            ["{labelled}", "--interpolate", "1", "2", "--frames", "1", "-o", "{tmp}/o.gif"],
            "--frames must be at least 2",
        ),
        (["{drawn}", "--color", "red", "-o", "{tmp}/o"], "such as #c03020; got red"),
        (["{drawn}", "--image", "x.png", "-n", "3", "-o", "{tmp}/o"], "takes no noise"),
        (["{drawn}", "--image", "x.png", "--seed", "3", "-o", "{tmp}/o"], "whatever --seed is"),
        (["{labelled}", "--interpolate", "1", "2", "-n", "3", "-o", "{tmp}/o.gif"], "have no place there"),
        (["{labelled}", "--frames", "3", "-o", "{tmp}/o"], "give --interpolate too"),
        (["no_such", "-o", "{tmp}/o"], "there is no preset no_such"),
        (["{restorer}", "-o", "{tmp}/o"], "makes no images"),
    ],
)
def test_wrong_use_is_one_line(arguments, reason, labelled, drawn, tmp_path, capsys):
    restorer = zoo.save(networks.ResUNet(1, widths=(8, 12), blocks=(1, 1)), tmp_path / "restorer")
    images.write(tmp_path / "dark.png", np.zeros((40, 40, 3), np.uint8))
    places = {"labelled": labelled, "drawn": drawn, "restorer": restorer, "tmp": tmp_path}
    places["dark"] = tmp_path / "dark.png"
    assert run(*(a.format(**places) for a in arguments)) == 2
    text = capsys.readouterr().err
    assert reason in text and len(text.strip().splitlines()) == 1
    assert not list(tmp_path.glob("o*"))


def test_a_generator_is_not_measured_as_a_restorer(labelled, tmp_path, photo, capsys):
    images.write(tmp_path / "photo.png", np.round(photo * 255).astype(np.uint8))
    evaluate = ["evaluate", str(labelled), "--data", str(tmp_path)]
    assert cli.main([*evaluate, "--protocol", "awgn-rgb"]) == 2
    assert "awgn-rgb measures restoration" in capsys.readouterr().err
    assert cli.main([*evaluate, "--protocol", "fmnist-cfid", "--sigma", "25"]) == 2
    assert "fmnist-cfid has no level to vary" in capsys.readouterr().err


def test_a_generator_is_measured_with_the_hashes_of_what_measures_it(labelled, tmp_path, monkeypatch, capsys):
    pixels, label = np.random.default_rng(0).integers(0, 256, (60, 28, 28, 1)).astype(np.uint8), np.arange(60) % 3
    arrays = {"image": pixels, "label": label}
    tiny = evaluation.GenerationProtocol(
        "tiny",
        "fashion_features",
        lambda source: data.Examples(arrays, {"label": ("a", "b", "c")}, arrays),
        "the rules",
        gan_train=60,
    )
    monkeypatch.setitem(evaluation.GENERATION_PROTOCOLS, "tiny", tiny)
    results = tmp_path / "r.json"
    evaluate = ["evaluate", str(labelled), "--protocol", "tiny", "--data", str(tmp_path), "--json", str(results)]
    assert cli.main(evaluate) == 0
    said, record = capsys.readouterr().out, json.loads(results.read_text())
    extractor = zoo.metadata("fashion_features")["files"]["model.weights.h5"]
    assert f"extractor {extractor[:12]}" in said and "tiny: the rules" in said and "gan_train" in said
    assert record["extractor_sha256"] == extractor and record["rules"] == "the rules"
    assert record["weights_sha256"] == zoo.metadata(labelled)["files"]["model.weights.h5"]
    assert 0 <= record["scores"]["gan_train"] <= 1 and record["scores"]["frechet"] > 0
