import json
import shutil

import keras
import numpy as np
import pytest
import tensorflow as tf

from tfgan_zoo import export, inference, networks
from tfgan_zoo.export import clipping, conversion, flatbuffers, outliers, proof, report
from tfgan_zoo.export.invocation import run
from tfgan_zoo.export.requests import examples
from tfgan_zoo.export.signatures import float32_copy
from tfgan_zoo.inference.tflite import TFLiteFile

SIDE = 96


def _requests(network, photo, count=6):
    rng, made = np.random.default_rng(0), []
    for number in range(count):
        image = np.roll(photo, 17 * number, axis=1)[:SIDE, :SIDE, : network.channels]
        noisy = np.clip(image + rng.normal(0, 0.1, image.shape), 0, 1)
        made.append({"image": np.float32(noisy)[None], **({"sigma": np.float32([25])} if network.noise_map else {})})
    return made


@pytest.fixture(scope="module")
def files(restorers, tmp_path_factory):
    from skimage import data

    photo = data.chelsea()[40:136, 100:228].astype(np.float32) / 255
    folder, network = tmp_path_factory.mktemp("tflite"), restorers["map"]
    requests = _requests(network, photo)
    return {
        variant: export.to_tflite(
            network, folder / f"{variant}.tflite", size=SIDE, variant=variant, calibration=requests
        )
        for variant in export.VARIANTS
    }


@pytest.mark.parametrize("variant", export.VARIANTS)
def test_built_in_operations_alone_and_near_the_network(files, restorers, photo, variant):
    names = flatbuffers.operations(files[variant].read_bytes())
    assert not [name for name in names if name.startswith(("CUSTOM", "FLEX"))] and names["CONV_2D"] >= 5
    loaded, limit = TFLiteFile(files[variant]), {"fp32": 1e-4, "fp16": 5e-3}.get(variant, 0.03)
    for request in _requests(restorers["map"], photo, 2):
        expected = np.asarray(run(restorers["map"], {n: tf.constant(v) for n, v in request.items()})["restored"])
        difference = np.abs(loaded(**request)["restored"] - expected)
        assert difference.max() < limit if variant in ("fp32", "fp16") else np.sqrt(np.mean(difference**2)) < limit


def test_int8_takes_and_gives_levels(files):
    loaded = TFLiteFile(files["int8"])
    for detail in (loaded.inputs["image"], loaded.outputs["restored"]):
        assert detail["dtype"] == np.uint8
        scale, zero = detail["quantization"]
        assert zero == 0 and scale == pytest.approx(1 / 255, rel=1e-3)


def test_a_network_without_residual_blocks_goes_to_eight_bits(restorers, photo, tmp_path):
    network = restorers["batch_norm"]
    file = export.to_tflite(
        network, tmp_path / "x.tflite", size=SIDE, variant="int8", calibration=_requests(network, photo)
    )
    (request,) = _requests(network, photo, 1)
    expected = np.clip(network(request["image"]), 0, 1)
    assert np.sqrt(np.mean((TFLiteFile(file)(**request)["restored"] - expected) ** 2)) < 0.03


def test_a_network_that_calculates_in_turns_is_exported_but_not_to_eight_bits(photo, tmp_path):
    network = networks.BlindDeconvolution(networks.ResUNet(3, (8, 12), (1, 1), guides=9), radius=5, window=SIDE)
    file = export.to_tflite(network, tmp_path / "blind.tflite", size=SIDE)
    for request in _requests(network, photo, 2):
        expected = np.asarray(run(network, {"image": tf.constant(request["image"])})["restored"])
        np.testing.assert_allclose(TFLiteFile(file)(**request)["restored"], expected, atol=0.01)
    for variant in ("dynamic", "int8"):
        with pytest.raises(ValueError, match=f"calculates in turns, which {variant} would spoil: take fp32 or fp16"):
            export.to_tflite(
                network, tmp_path / "8.tflite", size=SIDE, variant=variant, calibration=_requests(network, photo)
            )
    assert not (tmp_path / "8.tflite").exists()


def test_smaller_variants_are_smaller(restorers, tmp_path):
    network = networks.ResUNet(1, (32, 48), (1, 1))
    requests = [{"image": np.random.default_rng(0).random((1, SIDE, SIDE, 1), np.float32)}] * 4
    sizes = {
        v: export.to_tflite(network, tmp_path / f"{v}.tflite", size=SIDE, variant=v, calibration=requests)
        .stat()
        .st_size
        for v in ("fp32", "fp16", "int8")
    }
    assert sizes["fp16"] < 0.6 * sizes["fp32"] and sizes["int8"] < 0.45 * sizes["fp32"]


def test_a_file_says_what_it_is(files):
    about = inference.tflite.metadata(files["int8"])
    assert about == json.loads(files["int8"].with_name("int8.tflite.json").read_text())
    assert (about["kind"], about["variant"], about["noise_map"]) == ("restoration", "int8", True)
    assert about["inputs"]["image"]["shape"] == [1, SIDE, SIDE, 1]

    assert about["outputs"]["restored"] | {"scale": None} == {
        "index": 0, "shape": [1, SIDE, SIDE, 1], "range": "[0, 1]", "type": "uint8", "scale": None, "zero_point": 0
    }  # fmt: skip
    assert about["outputs"]["restored"]["scale"] == pytest.approx(1 / 255, rel=1e-3)


@pytest.mark.parametrize(
    "lie",
    [{"scale": 10**6}, {"scale": "2"}, {"channels": 3}, {"minimum_side": 0}, {"minimum_side": 10**9},
     {"tile_margin": None}, {"whole": True, "scale": 2}, {"kind": 7}, {"kind": "generation"}],
    ids=str,
)  # fmt: skip
def test_metadata_that_the_file_belies_are_refused(files, tmp_path, lie):
    about = inference.tflite.metadata(files["fp32"])
    model = flatbuffers.read(files["fp32"].read_bytes())
    model.metadata = [entry for entry in model.metadata if entry.name != inference.tflite.METADATA.encode()]
    file = tmp_path / "lie.tflite"
    file.write_bytes(
        flatbuffers.with_metadata(flatbuffers.packed(model), inference.tflite.METADATA, json.dumps(about | lie))
    )
    made = inference.TFLiteGenerator if lie == {"kind": "generation"} else inference.TFLiteRestorer
    with pytest.raises(ValueError, match=r"is damaged|does not restore"):
        made(file)


def test_a_restorer_of_a_file_equals_that_of_the_network(restorers, photo, tmp_path):
    network = restorers["color"]
    file = export.to_tflite(network, tmp_path / "color.tflite", size=160)
    large = np.tile(photo, (3, 3, 1))[:230, :270]
    expected, found = inference.restore(network, large), inference.restore(inference.TFLiteRestorer(file), large)
    # Near the right and lower border the network met zeros there and mirrored pixels here.
    middle = np.s_[:-16, :-16]
    np.testing.assert_allclose(found[middle], expected[middle], atol=2e-3)
    small = photo[:37, :50]
    np.testing.assert_allclose(
        inference.restore(inference.TFLiteRestorer(file), small)[middle],
        inference.restore(network, small)[middle],
        atol=2e-3,
    )


def test_a_file_of_an_odd_size_restores_too(restorers, photo, tmp_path):
    network = restorers["color"]
    file = export.to_tflite(network, tmp_path / "color.tflite", size=150)
    large = np.tile(photo, (2, 2, 1))[:180, :200]
    expected, found = inference.restore(network, large), inference.restore(inference.TFLiteRestorer(file), large)
    np.testing.assert_allclose(found[:-16, :-16], expected[:-16, :-16], atol=2e-3)


def test_a_file_that_judges_by_the_whole_is_shown_it_small(photo, tmp_path):
    network = networks.Guided(networks.ResUNet(3, (8, 12), (1, 1), gain=True), 64)
    # Within [0, 1], since a file's results are clipped before they are transferred.
    kernel, bias = (0.2 * weight for weight in network.network.tail.get_weights())
    network.network.tail.set_weights([kernel, bias + 0.1])
    file = export.to_tflite(network, tmp_path / "whole.tflite", size=64)
    restorer = inference.TFLiteRestorer(file)
    assert restorer.whole and restorer.tile is None
    large = 0.2 + 0.5 * np.tile(photo, (2, 2, 1))[:128, :128]
    np.testing.assert_allclose(inference.restore(restorer, large), inference.restore(network, large), atol=2e-3)
    for height, width in ((128, 60), (40, 64), (64, 64), (4, 100)):
        found = inference.restore(restorer, large[:height, :width])
        assert found.shape == (height, width, 3) and np.abs(found - large[:height, :width]).max() > 0.02
    rows = {file.name: export.measured(network, file, [({"image": large[None, :64, :64]}, None)])}
    assert "rather than cut it into tiles" in report.write_readme(tmp_path, "whole", rows, file.name).read_text()


def test_a_file_takes_sigma_as_a_network_does(files, restorers, photo):
    gray = photo[:SIDE, :SIDE, 0]
    restored = [inference.restore(inference.TFLiteRestorer(files["fp32"], sigma=s), gray) for s in (5, 50)]
    expected = [inference.restore(restorers["map"], gray, sigma=s) for s in (5, 50)]
    np.testing.assert_allclose(restored, expected, atol=1e-3)
    assert np.abs(restored[0] - restored[1]).max() > 1e-3


@pytest.mark.parametrize("name", ["label", "mixture", "image"])
def test_generators_give_the_same_image(generators, tmp_path, name):
    network = generators[name]
    conditions = {"label": {"label": 2}, "mixture": {}, "image": {"outline": np.ones((32, 32, 1)), "color": [1, 0, 0]}}[
        name
    ]
    file = export.to_tflite(network, tmp_path / f"{name}.tflite")
    runner = inference.TFLiteGenerator(file)
    places = [detail["index"] for detail in runner.file.interpreter.get_input_details()]
    for input_name, described in runner.file.about["inputs"].items():
        assert runner.file.inputs[input_name]["index"] == places[described["index"]]
    made = inference.generate(runner, 3, seed=4, **conditions)
    np.testing.assert_allclose(made, inference.generate(network, 3, seed=4, **conditions), atol=1e-4)


def test_an_eight_bit_file_knows_the_sigmas_of_its_calibration(restorers, photo, tmp_path):
    network = restorers["map"]
    requests = [{**r, "sigma": np.float32([s])} for r, s in zip(_requests(network, photo), (5, 15, 25, 35, 45, 51))]
    file = export.to_tflite(network, tmp_path / "x.tflite", size=SIDE, variant="int8", calibration=requests)
    told = inference.tflite.metadata(file)["inputs"]["sigma"]
    assert told["type"] == "uint8" and told["scale"] == pytest.approx(51 / 255, rel=0.01) and told["zero_point"] == 0
    gray = photo[:SIDE, :SIDE, 0]
    for sigma in (5, 50):
        found = inference.restore(inference.TFLiteRestorer(file, sigma=sigma), gray)
        assert np.sqrt(np.mean((found - inference.restore(network, gray, sigma=sigma)) ** 2)) < 0.03
    with pytest.raises(ValueError, match="a sigma of at most 51, got 60"):
        inference.TFLiteRestorer(file, sigma=60)
    drowned = np.float32(np.clip(gray + np.random.default_rng(0).normal(0, 0.4, gray.shape), 0, 1))
    with pytest.warns(UserWarning, match="was calibrated for 51 at most"):
        inference.restore(inference.TFLiteRestorer(file), drowned)


def test_a_damaged_file_is_told(files, tmp_path):
    whole = files["fp32"].read_bytes()
    for number, length in enumerate((30, len(whole) // 2, len(whole) - 200)):
        (tmp_path / f"{number}.tflite").write_bytes(whole[:length])
        with pytest.raises(ValueError, match=r"is damaged|cannot run|was not exported|is no TFLite"):
            inference.TFLiteRestorer(tmp_path / f"{number}.tflite")


def test_what_cannot_be_asked_for_is_refused(files, restorers, tmp_path, photo):
    network = restorers["map"]
    with pytest.raises(ValueError, match="no variant int4; known: fp32"):
        export.to_tflite(network, tmp_path / "x.tflite", variant="int4")
    with pytest.raises(ValueError, match=r"must end in \.tflite, got .*x\.bin"):
        export.to_tflite(network, tmp_path / "x.bin")
    with pytest.raises(TypeError, match=r'zoo\.load\("resunet_gray"\)'):
        export.to_tflite("resunet_gray", tmp_path / "x.tflite")
    with pytest.raises(ValueError, match="int8 needs a calibration"):
        export.to_tflite(network, tmp_path / "x.tflite", variant="int8")
    with pytest.raises(ValueError, match=r"calibration's sigma must be of shape \(1,\), got nothing"):
        requests = [{"image": np.zeros((1, SIDE, SIDE, 1), np.float32)}]
        export.to_tflite(network, tmp_path / "x.tflite", size=SIDE, variant="int8", calibration=requests)
    with pytest.raises(ValueError, match=r"calibration's image must be of shape .*, got nothing"):
        export.to_tflite(network, tmp_path / "x.tflite", calibration=[{"picture": 0}])
    with pytest.raises(ValueError, match="at least 4 pixels"):
        export.to_tflite(network, tmp_path / "x.tflite", size=2)
    with pytest.raises(ValueError, match="too few for tiles"):
        inference.TFLiteRestorer(export.to_tflite(network, tmp_path / "small.tflite", size=32))
    with pytest.raises(ValueError, match="does not generate"):
        inference.TFLiteGenerator(files["fp32"])
    (tmp_path / "no.tflite").write_bytes(b"no such thing")
    with pytest.raises(ValueError, match="is no TFLite file"):
        inference.TFLiteRestorer(tmp_path / "no.tflite")


def test_an_operation_without_a_built_in_is_an_error_and_leaves_nothing(tmp_path):
    class Odd(networks.RestorationNetwork):
        receptive_radius = 1

        def __init__(self, **kwargs):
            super().__init__(1, **kwargs)
            self.layer = keras.layers.Conv2D(1, 3, padding="same")
            self.finish()

        def call(self, inputs):
            return tf.math.betainc(1.5, 2.0, tf.clip_by_value(self.layer(inputs), 0.0, 1.0))

        def get_config(self):
            return {}

        @classmethod
        def from_config(cls, config):
            return cls()

    with pytest.raises(export.ExportError, match="does not convert"):
        export.to_tflite(Odd(), tmp_path / "odd.tflite", size=SIDE)
    assert not list(tmp_path.iterdir())


def test_a_file_too_far_from_its_network_is_not_kept(restorers, photo, tmp_path, monkeypatch):
    monkeypatch.setitem(export.tflite._NEAR, "dynamic", 1e-9)
    with pytest.raises(export.ExportError, match="differs from the network's"):
        export.to_tflite(restorers["map"], tmp_path / "x.tflite", size=SIDE, variant="dynamic")
    assert not list(tmp_path.iterdir())


def test_narrower_ranges_bring_a_file_nearer(restorers, photo):
    network, requests = restorers["color"], _requests(restorers["color"], photo)
    calibrated = conversion._calibrated(network, (SIDE, SIDE), requests)
    quantise, error = conversion._quantiser(network, (SIDE, SIDE)), conversion._error(network, requests)
    count = len(clipping._features(flatbuffers.read(calibrated)))
    wide = clipping.narrowed(calibrated, [1.5] * count)
    shares = clipping.search(wide, quantise, error)
    assert error(quantise(clipping.narrowed(wide, shares))) < 0.95 * error(quantise(wide))
    assert clipping.narrowed(calibrated, [1.0] * len(shares)) == flatbuffers.packed(flatbuffers.read(calibrated))


def test_the_range_of_a_sums_term_is_its_own(photo):
    """LiteRT writes sums over their first term, whose range the converter then takes for the sum's."""
    network = networks.MobileSR(3, 2, width=8, depth=2)
    network.last.bias.assign(np.full(12, 2.0))
    requests = [{"image": photo[None, :32, :32]}]
    model = flatbuffers.read(conversion._calibrated(network, (32, 32), requests))
    graph = model.subgraphs[0]
    terms = next(o.inputs for o in graph.operators if flatbuffers.kind(model, o) == "ADD")
    ranges = [(graph.tensors[place].quantization.min[0], graph.tensors[place].quantization.max[0]) for place in terms]
    assert (0.0, 1.0) in ranges, "of the enlarged image"


def test_what_is_costly_is_searched_by_the_middle_of_its_images(restorers, photo, monkeypatch):
    network, requests = restorers["map"], _requests(restorers["map"], photo)
    sides, seen = conversion._for_search(network, (SIDE, SIDE), requests)
    assert sides == (SIDE, SIDE) and seen[0]["image"].shape == requests[0]["image"].shape
    exact = conversion._error(network, requests)(conversion._int8(network, (SIDE, SIDE), requests))
    monkeypatch.setattr(conversion, "_SEARCHED", 1)
    sides, seen = conversion._for_search(network, (SIDE, SIDE), requests)
    middle = slice(SIDE // 2 - 16, SIDE // 2 + 16)
    assert sides == (32, 32)
    np.testing.assert_array_equal(seen[0]["image"], requests[0]["image"][:, middle, middle])
    quick = conversion._error(network, requests)(conversion._int8(network, (SIDE, SIDE), requests))
    assert quick < 1.15 * exact


def test_a_dead_block_has_a_range(restorers, photo, tmp_path):
    network, requests = float32_copy(restorers["color"]), _requests(restorers["color"], photo, 2)
    kernel, bias = network.bottom[0].first.get_weights()
    network.bottom[0].first.set_weights([kernel, np.full_like(bias, -1e3)])
    file = export.to_tflite(network, tmp_path / "x.tflite", size=SIDE, variant="int8", calibration=requests)
    expected = np.asarray(run(network, requests[0])["restored"])
    assert np.sqrt(np.mean((TFLiteFile(file)(**requests[0])["restored"] - expected) ** 2)) < 0.03


def test_a_sixteen_bit_file_knows_the_strongest_of_its_calibration(restorers, photo, tmp_path):
    """Not the average of the requests, by which stronger noise than usual was cut off."""
    network = restorers["map"]
    requests = [{**r, "sigma": np.float32([s])} for r, s in zip(_requests(network, photo), (5, 5, 5, 50, 5, 5))]
    file = export.to_tflite(network, tmp_path / "x.tflite", size=SIDE, variant="int16x8", calibration=requests)
    told = inference.tflite.metadata(file)["inputs"]["sigma"]
    assert told["type"] == "int16" and told["scale"] * 32767 == pytest.approx(50, rel=0.01)
    expected = np.asarray(run(network, requests[3])["restored"])
    assert np.sqrt(np.mean((TFLiteFile(file)(**requests[3])["restored"] - expected) ** 2)) < 0.01


def test_an_outlying_request_sets_no_range(restorers, photo):
    network = restorers["color"]
    requests = _requests(network, photo, 7)
    odd = [{"image": requests[0]["image"] * factor} for factor in (40, 4000)]
    kept = outliers.usual(network, [*requests, *odd], lambda x: run(network, x))
    assert len(kept) == 7 and not any(request is one for request in kept for one in odd)


def test_costs_are_measured(files, restorers, photo):
    clean = photo[:SIDE, :SIDE, :1]
    judged = [(request, clean) for request in _requests(restorers["map"], photo, 1)]
    rows = {f"{v}.tflite": export.measured(restorers["map"], files[v], judged) for v in ("fp32", "int8")}
    assert rows["fp32.tflite"]["loss"] == pytest.approx(0, abs=0.01)
    assert rows["fp32.tflite"]["milliseconds, 1 threads"] > 0 and rows["fp32.tflite"]["partitions"] >= 1
    assert rows["fp32.tflite"]["outside_gpu"] == []
    table = export.table("map", rows).splitlines()
    assert len(table) == 4 and all(line.count("|") == table[0].count("|") for line in table)
    del rows["int8.tflite"]["loss"]  # as where no clean images were given
    cells = [line.split(" | ") for line in export.table("map", rows).splitlines()]
    lost = cells[0].index("PSNR lost, dB")
    assert cells[2][lost] == f"{rows['fp32.tflite']['loss']:.3f}" and cells[3][lost] == "-"


def test_the_readme_names_the_tensors(files, restorers, photo, tmp_path):
    judged = [(request, None) for request in _requests(restorers["map"], photo, 1)]
    rows = {"map_64_fp32.tflite": export.measured(restorers["map"], files["fp32"], judged)}
    shutil.copy(files["fp32"], tmp_path / "map_64_fp32.tflite")
    text = report.write_readme(tmp_path, "map", rows, "map_64_fp32.tflite").read_text()
    assert (
        "`sigma`, input 1 of the signature and 1 of the graph: (1,), 8-bit levels" in text
        and "`restored`, output 0 of the signature and 0 of the graph: (1, 96, 96, 1), [0, 1], float32" in text
        and "float32 throughout" in text
        and "`map_64_fp32.tflite`" in text
        and "Partitions are" in text
    )


def test_the_readme_of_a_generator_says_what_its_eight_bits_are(generators, tmp_path):
    generator = generators["label"]
    requests = export.example_requests(generator, 28)
    file = export.to_tflite(
        generator, tmp_path / "g_int8.tflite", variant="int8", calibration=[inputs for inputs, _ in requests]
    )
    rows = {file.name: export.measured(generator, file, requests[:1])}
    text = report.write_readme(tmp_path, "g", rows, file.name).read_text()
    assert "int8: convolutions in 8 bits" in text and "uint8" not in text


def test_a_photo_is_a_photo():
    pieces = [proof.photo(3, 64, 64, number) for number in range(2)]
    assert pieces[0].std() > 10 and (pieces[0] != pieces[1]).mean() > 0.5


def test_a_file_is_measured_under_a_protocol(restorers, photo, tmp_path, capsys):
    from tfgan_zoo import cli, evaluation
    from tfgan_zoo.data import images

    gray = np.round(photo[:SIDE, :SIDE, :1] * 255).astype(np.uint8)
    (tmp_path / "gray").mkdir()
    images.write(tmp_path / "gray" / "a.png", gray)
    file = export.to_tflite(restorers["map"], tmp_path / "map.tflite", size=SIDE)
    arguments = ["evaluate", str(file), "--protocol", "awgn-gray", "--data", str(tmp_path / "gray"), "--sigma", "15"]
    assert cli.main([*arguments, "--json", str(tmp_path / "found.json")]) == 0
    found = json.loads((tmp_path / "found.json").read_text())["means"]["15"]
    whole = evaluation.evaluate(restorers["map"], evaluation.PROTOCOLS["awgn-gray"], tmp_path / "gray", [15])
    # The file is given 8 bits, the network the noise as it is.
    assert found["psnr"] == pytest.approx(evaluation.means(whole)[15]["psnr"], abs=0.2)


def test_the_command_line_exports_and_restores_with_the_file(restorers, photo, tmp_path, capsys):
    from tfgan_zoo import cli, zoo
    from tfgan_zoo.data import images

    zoo.save(restorers["map"], tmp_path / "small", recipe="resunet_gray")
    (tmp_path / "photos").mkdir()
    for number in range(8):
        piece = np.round(np.roll(photo, 9 * number, axis=1) * 255).astype(np.uint8)
        images.write(tmp_path / "photos" / f"{number}.png", piece)
    arguments = ["export", str(tmp_path / "small"), "--format", "tflite", "--variants", "fp16", "int8"]
    arguments += ["--size", str(SIDE), "--data", str(tmp_path / "photos"), "-o", str(tmp_path / "out")]
    assert cli.main(arguments) == 0
    assert "PSNR lost, dB" in capsys.readouterr().out
    rows = json.loads((tmp_path / "out" / "small" / "tflite" / "measured.json").read_text())
    assert set(rows) == {f"small_{SIDE}_fp16.tflite", f"small_{SIDE}_int8.tflite"}
    assert all(abs(row["loss"]) < 1 for row in rows.values())
    file = tmp_path / "out" / "small" / "tflite" / f"small_{SIDE}_int8.tflite"
    target = tmp_path / "restored.png"
    assert cli.main(["restore", str(tmp_path / "photos" / "0.png"), "--preset", str(file), "-o", str(target)]) == 0
    assert images.read(target).shape == photo.shape
    assert cli.main(["export", str(tmp_path / "small"), "-o", str(tmp_path / "out"), "--serving"]) == 0
    assert (tmp_path / "out" / "models.config").exists()
    # What is there is only replaced if asked to, and what its owner changed stays.
    compose = tmp_path / "out" / "docker-compose.yml"
    compose.write_text("mine")
    for again, there in (
        (arguments, "int8.tflite exists"),
        (["export", arguments[1], "-o", arguments[-1]], "1 exists"),
    ):
        assert cli.main(again) == 2 and f"{there}; --overwrite" in capsys.readouterr().err.replace("fp16", "int8")
    assert cli.main(["export", arguments[1], "-o", arguments[-1], "--serving", "--overwrite"]) == 0
    assert compose.read_text() == "mine"
    assert cli.main([*arguments[:5], "int8", "--size", str(SIDE), "-o", str(tmp_path / "none")]) == 2
    assert "int8 is calibrated: give --data" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--variants", "int8", "--size", "64"], "--variants is for --format tflite"),
        (["--format", "tflite", "--version", "2"], "--version is for --format saved_model"),
        (["--format", "tflite", "--serving"], "--serving is for --format saved_model"),
        (["--format", "tflite", "--variants", "fp32", "int4"], "there is no variant int4"),
        (["--format", "tflite", "--variants", "int8", "--data", "{one}"], "at least 2 are needed"),
        (["-o", "{one}/0.png"], "0.png is a file; a folder to write into is needed"),
    ],
)
def test_options_that_would_do_nothing_or_fail_late_are_refused(restorers, photo, tmp_path, capsys, options, reason):
    from tfgan_zoo import cli, zoo
    from tfgan_zoo.data import images

    zoo.save(restorers["map"], tmp_path / "small", recipe="resunet_gray")
    images.write(tmp_path / "one" / "0.png", np.uint8(255 * photo))
    given = [option.format(one=tmp_path / "one") for option in options]
    assert cli.main(["export", str(tmp_path / "small"), "-o", str(tmp_path / "out"), *given]) == 2
    assert reason in capsys.readouterr().err and not (tmp_path / "out").exists()


def test_a_folder_is_called_by_its_name_wherever_one_is(restorers, tmp_path, monkeypatch):
    from tfgan_zoo import cli, zoo

    zoo.save(restorers["map"], tmp_path / "small")
    monkeypatch.chdir(tmp_path / "small")
    assert cli.main(["export", ".", "--format", "tflite", "--size", str(SIDE), "-o", str(tmp_path / "out")]) == 0
    assert (tmp_path / "out" / "small" / "tflite" / f"small_{SIDE}_fp32.tflite").is_file()


def test_a_network_without_a_recipe_is_calibrated_with_what_it_will_meet(restorers, photo, tmp_path, capsys):
    from tfgan_zoo import cli, zoo
    from tfgan_zoo.data import images

    zoo.save(restorers["map"], tmp_path / "own")
    rng = np.random.default_rng(0)
    for number, level in enumerate((5, 40)):
        noisy = np.clip(photo * 255 + rng.normal(0, level, photo.shape), 0, 255)
        images.write(tmp_path / "photos" / f"{number}.png", np.uint8(np.round(noisy)))
    met = [inputs for inputs, _ in export.photo_requests(restorers["map"], tmp_path / "photos", SIDE)]
    assert [np.shape(inputs["image"]) for inputs in met] == [(1, SIDE, SIDE, 1)] * 2
    assert met[0]["sigma"] < 20 < met[1]["sigma"]
    arguments = ["export", str(tmp_path / "own"), "--format", "tflite", "--variants", "int8", "--size", str(SIDE)]
    assert cli.main([*arguments, "--data", str(tmp_path / "photos"), "-o", str(tmp_path / "out")]) == 0
    assert "distance from the network" in capsys.readouterr().out
    network = networks.DCGANGenerator((28, 28, 1), 8, width=8)
    with pytest.raises(ValueError, match="does not restore photos"):
        export.photo_requests(network, tmp_path / "photos", SIDE)


def test_a_variant_that_cannot_be_made_does_not_keep_the_others(restorers, tmp_path, monkeypatch, capsys):
    from tfgan_zoo import cli, zoo

    zoo.save(restorers["map"], tmp_path / "small", recipe="resunet_gray")
    whole = export.to_tflite

    def partly(network, file, *, variant, **options):
        if variant == "fp32":
            raise export.ExportError("no operation for it")
        return whole(network, file, variant=variant, **options)

    monkeypatch.setattr(export, "to_tflite", partly)
    arguments = ["export", str(tmp_path / "small"), "--format", "tflite", "--size", str(SIDE), "-o", str(tmp_path)]
    assert cli.main([*arguments, "--variants", "fp32", "fp16"]) == 1
    assert f"small_{SIDE}_fp32.tflite: no operation for it" in capsys.readouterr().err
    assert [*json.loads((tmp_path / "small" / "tflite" / "measured.json").read_text())] == [f"small_{SIDE}_fp16.tflite"]
    assert cli.main([*arguments, "--variants", "fp32"]) == 2


def test_a_label_is_looked_up_exactly_in_eight_bits(tmp_path):
    """TFLite's own one-hot vectors are of another scale in 8 bits than what they are joined to."""
    keras.utils.set_random_seed(0)
    network = networks.DCGANGenerator((28, 28, 1), 8, width=8, conditions={"label": 4})
    for norm in network.norms:
        norm.scale.kernel.assign(np.random.default_rng(0).normal(0, 0.5, norm.scale.kernel.shape))
        norm.offset.kernel.assign(np.random.default_rng(1).normal(0, 0.5, norm.offset.kernel.shape))
    requests = [{"latent": inference.latents(8, 1, seed=n), "label": np.int32([n % 4])} for n in range(24)]
    file = export.to_tflite(network, tmp_path / "g.tflite", variant="int8", calibration=requests)
    made = inference.TFLiteGenerator(file)
    expected, found = (inference.generate(x, 20, seed=7, label=np.arange(20) % 4) for x in (network, made))
    assert np.sqrt(np.mean((found - expected) ** 2)) < 0.02 < expected.std()


def test_a_file_that_litert_cannot_run_is_the_farthest(restorers):
    network = restorers["color"]
    error = conversion._error(network, examples(network, (SIDE, SIDE)))
    assert error(b"no file") == np.inf > error(conversion.converted(network, (SIDE, SIDE), "fp32", []))
