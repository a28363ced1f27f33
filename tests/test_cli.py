import json
import subprocess
import sys

import av
import numpy as np
import PIL.Image
import pytest

from tfgan_zoo import cli, evaluation, inference, networks, zoo
from tfgan_zoo.cli import restore
from tfgan_zoo.data import images, videos


@pytest.fixture(name="preset")
def _preset(tmp_path):
    network = networks.ResUNet(3, widths=(8, 12), blocks=(1, 1))
    return str(zoo.save(network, tmp_path / "preset", summary="a test"))


def run(*arguments):
    return cli.main([str(a) for a in arguments])


def error_of(capsys) -> str:
    text = capsys.readouterr().err
    lines = [line for line in text.splitlines() if line.startswith("tfgan-zoo: ")]
    assert len(lines) == 1 and "Traceback" not in text
    return lines[0]


def test_a_file_to_a_file_and_a_tree_to_a_tree(folder, tmp_path, preset):
    assert run("restore", folder / "0.png", "-o", tmp_path / "out.jpg", "--preset", preset) == 0
    assert images.read(tmp_path / "out.jpg").shape == (96, 128, 3)
    (folder / "sub").mkdir()
    (folder / "3.png").rename(folder / "sub" / "3.png")
    assert run("restore", folder, "-o", tmp_path / "tree", "--preset", preset) == 0
    assert [str(p.relative_to(tmp_path / "tree")) for p in images.files(tmp_path / "tree")] == [
        "0.png", "1.png", "2.png", "sub/3.png"]  # fmt: skip
    assert run("restore", folder / "0.png", folder / "1.png", "-o", tmp_path / "two", "--preset", preset) == 0
    assert len(images.files(tmp_path / "two")) == 2


def test_files_of_one_name_stay_apart(folder, tmp_path, preset):
    PIL.Image.open(folder / "0.png").save(folder / "0.gif")
    assert run("restore", folder, "-o", tmp_path / "out", "--preset", preset) == 0
    assert {p.name for p in (tmp_path / "out").iterdir()} == {"0.png", "0.gif.png", "1.png", "2.png", "3.png"}
    assert run("restore", folder, "-o", tmp_path / "out", "--preset", preset, "--skip-existing") == 0
    # Whatever came first, so that what comes later is not taken for done.
    (folder / "0.png").rename(tmp_path / "0.png")
    command = ("restore", folder, "-o", tmp_path / "later", "--preset", preset, "--skip-existing")
    assert run(*command) == 0 and not (tmp_path / "later" / "0.png").exists()
    (tmp_path / "0.png").rename(folder / "0.png")
    assert run(*command) == 0 and (tmp_path / "later" / "0.png").exists()


def test_a_report_replaces_no_photo(folder, tmp_path, preset, capsys):
    photo, other = folder / "0.png", tmp_path / "other.png"
    other.write_bytes(photo.read_bytes())
    before, command = photo.read_bytes(), ("restore", photo, "-o", tmp_path / "out.png", "--preset", preset)
    for report, message in (
        (photo, "one of the files to restore or to write"),
        (tmp_path / "out.png", "one of the files to restore or to write"),
        (other, "is no report"),
        (folder, "is a folder; a report is a file"),
    ):
        for option in ("--overwrite", "--skip-existing"):
            assert run(*command, "--report", report, option) == 2
            assert message in error_of(capsys)
    assert photo.read_bytes() == other.read_bytes() == before and not (tmp_path / "out.png").exists()
    for _ in range(2):
        command = ("restore", folder, "-o", tmp_path / "new" / "out", "--preset", preset, "--overwrite")
        assert run(*command, "--report", tmp_path / "new" / "out" / "a" / "report.csv") == 0
    assert len((tmp_path / "new" / "out" / "a" / "report.csv").read_text().splitlines()) == 5


def test_what_is_refused_leaves_no_folder(folder, tmp_path, preset, capsys):
    assert run("restore", folder / "0.png", "-o", tmp_path / "none" / "x.heic", "--preset", preset) == 2
    assert "not as .heic" in error_of(capsys) and not (tmp_path / "none").exists()


def test_results_inside_the_input_are_no_input(folder, preset):
    for _ in range(2):
        assert run("restore", folder, "-o", folder / "clean", "--preset", preset, "--overwrite") == 0
    assert len(images.files(folder / "clean")) == 4
    assert run("restore", folder / "clean", "-o", folder / "clean", "--preset", preset, "--overwrite") == 0


def test_a_photo_damaged_inside_is_named_while_training(folder, tmp_path, capsys):
    for path in images.files(folder):
        whole = images.read(path)
        images.write(path, np.tile(whole, (3, 3, 1)))
    (folder / "2.png").write_bytes((folder / "2.png").read_bytes()[:-3000])
    assert run("train", "resunet_gray", "--data", folder, "-o", tmp_path / "run", "--minutes", "0.1") == 2
    assert "2.png is damaged" in error_of(capsys)


def test_existing_files_are_kept_unless_told(folder, tmp_path, preset, capsys):
    target = tmp_path / "out.png"
    target.write_bytes(b"precious")
    assert run("restore", folder / "0.png", "-o", target, "--preset", preset) == 2
    assert "exists; --overwrite" in error_of(capsys) and target.read_bytes() == b"precious"
    assert run("restore", folder / "0.png", "-o", target, "--preset", preset, "--overwrite") == 0
    assert images.read(target).shape == (96, 128, 3)


def test_an_interrupted_folder_is_gone_on_with(folder, tmp_path, preset, capsys):
    command = ("restore", folder, "-o", tmp_path / "out", "--preset", preset)
    assert run(*command) == 0
    assert "wrote 4 of 4 files" in capsys.readouterr().out
    (tmp_path / "out" / "1.png").unlink()
    kept = (tmp_path / "out" / "2.png").stat().st_mtime_ns
    assert run(*command, "--skip-existing") == 0
    assert "1.png" in capsys.readouterr().out and (tmp_path / "out" / "2.png").stat().st_mtime_ns == kept
    assert run(*command, "--skip-existing") == 0
    assert "all of them exist" in capsys.readouterr().out


def test_presets_one_after_the_other(folder, tmp_path, preset, capsys):
    twice = zoo.save(networks.MobileSR(3, 2, width=8, depth=2), tmp_path / "twice", summary="a test")
    command = ("restore", folder, "-o", tmp_path / "out", "--preset", preset, "--preset", twice)
    assert run(*command) == 0
    photo = np.float32(images.read(folder / "0.png")) / 255
    expected = inference.restore(zoo.load(twice), inference.restore(zoo.load(preset), photo))
    np.testing.assert_allclose(images.read(tmp_path / "out" / "0.png") / 255, np.clip(expected, 0, 1), atol=0.51 / 255)
    whole = networks.Guided(networks.ResUNet(3, widths=(8, 12), blocks=(1, 1)), 64)
    whole = zoo.save(whole, tmp_path / "whole", summary="a test")
    assert run(*command[:-1], whole, "--overwrite", "--tile", "256") == 0, "of the first alone"
    assert run(*command[:5], whole, "--overwrite", "--tile", "256") == 2
    assert "takes no tiles" in error_of(capsys)
    assert run(*command[:-1], twice, "--overwrite", "--sigma", "9") == 2
    assert "for one preset" in error_of(capsys)
    restorer = inference.InTurn([inference.KerasRestorer(zoo.load(name)) for name in (preset, preset, twice)])
    out, rows = np.zeros((2 * len(photo), 2 * photo.shape[1], 3), np.uint8), []
    restorer(images.Picture(folder / "0.png"), out, rows.append)
    assert sum(rows) == len(photo) and len(rows) == 3
    with pytest.raises(ValueError, match="at least one restorer"):
        inference.InTurn([])


def test_a_report_has_a_row_a_file(folder, tmp_path, preset, capsys):
    (folder / "1.png").write_bytes(b"broken")
    command = ("restore", folder, "-o", tmp_path / "out", "--preset", preset, "--report", tmp_path / "report.csv")
    assert run(*command) == 1
    assert len((tmp_path / "report.csv").read_text().splitlines()) == 5
    (tmp_path / "out" / "0.png").unlink()
    assert run(*command, "--skip-existing") == 1
    assert len((tmp_path / "report.csv").read_text().splitlines()) == 7
    # As if the run had been killed between a file and its row.
    rows = (tmp_path / "report.csv").read_text().splitlines(keepends=True)
    (tmp_path / "report.csv").write_text("".join(row for row in rows if "2.png" not in row))
    assert run(*command, "--skip-existing") == 2
    text = (tmp_path / "report.csv").read_text()
    assert text.count("2.png,,,,existed,") == 1 and text.count("3.png") == 1
    capsys.readouterr()
    (tmp_path / "out" / "0.png").unlink()
    assert run("restore", folder / "0.png", "-o", tmp_path / "x.png", *command[4:]) == 2
    assert "report.csv exists; --overwrite" in error_of(capsys)


def test_a_video_among_photos(folder, tmp_path, preset, capsys):
    with av.open(str(tmp_path / "clip.mp4"), "w") as out:
        stream = out.add_stream("libx264", rate=25, width=128, height=96, pix_fmt="yuv420p")
        for number in range(3):
            out.mux(stream.encode(av.VideoFrame.from_ndarray(images.read(folder / f"{number}.png"), "rgb24")))
        out.mux(stream.encode())
    command = ("restore", folder / "0.png", tmp_path / "clip.mp4", "-o", tmp_path / "out", "--preset", preset)
    assert run(*command, "--smooth", "0.5", "--report", tmp_path / "report.csv") == 0
    assert "wrote 2 of 2 files" in capsys.readouterr().out
    with av.open(str(tmp_path / "out" / "clip.mp4")) as written:
        assert len(list(written.decode(video=0))) == 3
    assert "clip.mp4,128,96," in (tmp_path / "report.csv").read_text()
    assert run(*command) == 2
    assert "exists; --overwrite" in error_of(capsys)
    mixed = tmp_path / "mixed"
    mixed.mkdir()
    (folder / "0.png").rename(mixed / "0.png")
    (tmp_path / "clip.mp4").rename(mixed / "clip.AVI")  # read by what it holds
    assert run("restore", mixed, "-o", tmp_path / "mixed_out", "--preset", preset) == 0
    assert sorted(path.name for path in (tmp_path / "mixed_out").iterdir()) == ["0.png", "clip.AVI.mp4"]
    (tmp_path / "clip.mp4").write_bytes(b"broken")
    assert run("restore", tmp_path / "clip.mp4", "-o", tmp_path / "new.mp4", "--preset", preset) == 2
    assert "clip.mp4 is not a video that can be read" in error_of(capsys)


def test_what_is_no_image_by_its_name_is_mentioned(folder, tmp_path, preset, capsys):
    (folder / "raw.CR2").write_bytes(b"raw")
    assert run("restore", folder, "-o", tmp_path / "out", "--preset", preset) == 0
    assert "1 file left out: .CR2" in capsys.readouterr().err


def test_the_formats_of_videos_are_those_that_are_written():
    assert restore._WRITTEN == videos.WRITTEN


def test_a_tile_is_a_number(capsys):
    with pytest.raises(SystemExit):
        run("restore", "x.png", "-o", "y.png", "--tile", "foo")
    assert "a number of pixels, auto or off" in capsys.readouterr().err


def test_one_bad_file_among_many_does_not_stop_the_others(folder, tmp_path, preset, capsys):
    (folder / "1.png").write_bytes(b"broken")
    assert run("restore", folder, "-o", tmp_path / "out", "--preset", preset) == 1
    assert "1.png is not an image" in error_of(capsys)
    assert [p.name for p in images.files(tmp_path / "out")] == ["0.png", "2.png", "3.png"]
    assert run("restore", folder / "1.png", "-o", tmp_path / "x.png", "--preset", preset) == 2
    assert not (tmp_path / "x.png").exists()


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["restore", "{photo}", "-o", "{tmp}/x.png", "--preset", "no_such"], "there is no preset no_such"),
        (["restore", "{photo}", "-o", "{tmp}/x.png", "--preset", "{folder}"], "folder without metadata.json"),
        (["restore", "{photo}", "-o", "{tmp}/x.png", "--preset", "fashion_judge"], "fashion_judge restores nothing"),
        (["publish", "{folder}", "-o", "{photo}"], "0.png is a file; a folder"),
        (["restore", "{tmp}/none.png", "-o", "{tmp}/x.png", "--preset", "{preset}"], "none.png is not a file"),
        (["restore", "{tmp}/nowhere/", "-o", "{tmp}/out", "--preset", "{preset}"], "nowhere is not a file"),
        (["restore", "{photo}", "-o", "{photo}/x/y.png", "--preset", "{preset}"], "0.png"),
        (["restore", "{tiny}", "-o", "{tmp}/x.png", "--preset", "{preset}"], "at least 4 pixels"),
        (["restore", "{photo}", "-o", "{tmp}/x.gif", "--preset", "{preset}"], "not as .gif"),
        (["restore", "{photo}", "-o", "{tmp}/x.heic", "--preset", "{preset}"], "not as .heic"),
        (["restore", "{photo}", "-o", "{tmp}/x.png", "--preset", "{preset}", "--sigma", "20"], "takes no sigma"),
        (["restore", "{photo}", "-o", "{tmp}/x.png", "--preset", "{preset}", "--strength", "2"], "strength"),
        (["restore", "{photo}", "{photo}", "-o", "{tmp}/out", "--preset", "{preset}"], "would both be written"),
        (["restore", "{photo}", "-o", "{tmp}/x.png", "--preset", "{preset}", "--smooth", "0.5"], "is for videos"),
        (["restore", "{photo}", "{tiny}", "-o", "{tmp}/out.png", "--preset", "{preset}"], "need a folder"),
        (["restore", "{folder}", "-o", "{photo}", "--preset", "{preset}"], "need a folder"),
        (["evaluate", "{preset}", "--protocol", "awgn-rgb", "--data", "{folder}", "--quality", "10"], "varies sigma"),
        (["evaluate", "{preset}", "--protocol", "awgn-rgb", "--data", "{folder}", "--sigma", "0"], "positive"),
        (["restore", "{scan}", "-o", "{tmp}/x.png", "--preset", "{preset}"], "holds 2 pages"),
        (
            ["evaluate", "{preset}", "--protocol", "awgn-rgb", "--data", "{folder}", "--json", "{tmp}/no/r"],
            "not a folder",
        ),
        (["evaluate", "{preset}", "--protocol", "mine", "--data", "{folder}"], "there is no protocol mine"),
        (["evaluate", "{preset}", "--protocol", "awgn-gray", "--data", "{folder}"], "network of 1 channels"),
        (["train", "no_such", "--data", "{folder}"], "there is no recipe no_such"),
        (["train", "resunet_color", "--data", "{tmp}/nowhere", "-o", "{tmp}/run"], "not a folder"),
    ],
)
def test_wrong_use_is_one_line_and_exit_code_2(arguments, reason, folder, tmp_path, preset, capsys):
    images.write(tmp_path / "tiny.png", np.zeros((3, 3, 3), np.uint8))
    places = {
        "photo": folder / "0.png",
        "tmp": tmp_path,
        "preset": preset,
        "folder": folder,
        "tiny": tmp_path / "tiny.png",
        "scan": tmp_path / "scan.tif",
    }
    pages = [PIL.Image.new("RGB", (20, 20), color) for color in ("red", "blue")]
    pages[0].save(tmp_path / "scan.tif", save_all=True, append_images=pages[1:])
    before = {p for p in tmp_path.rglob("*") if p.is_file()}
    assert run(*(a.format(**places) for a in arguments)) == 2
    assert reason in error_of(capsys)
    assert {p for p in tmp_path.rglob("*") if p.is_file()} == before


def test_a_failure_is_named_among_many(folder, tmp_path, preset, capsys):
    images.write(folder / "icon.png", np.zeros((1, 1, 3), np.uint8))
    PIL.Image.new("RGB", (20, 20), "red").save(folder / "still.gif")
    assert run("restore", folder, "-o", tmp_path / "out", "--preset", preset) == 1
    assert f"{folder / 'icon.png'}: the image is 1x1" in error_of(capsys)
    assert (tmp_path / "out" / "still.gif.png").exists()


def test_a_level_goes_by_one_name(preset, folder, capsys):
    with pytest.raises(SystemExit):
        run("evaluate", preset, "--protocol", "awgn-rgb", "--data", folder, "--sigma", "15", "--level", "25")
    assert "not allowed with" in capsys.readouterr().err


def test_evaluate_prints_a_table_and_writes_every_image(folder, tmp_path, preset, capsys):
    arguments = ("evaluate", preset, "--protocol", "awgn-rgb", "--data", folder, "--sigma", "15", "25")
    assert run(*arguments, "--json", tmp_path / "r.json") == 0
    assert "preset, SSIM" in capsys.readouterr().out
    record = json.loads((tmp_path / "r.json").read_text())
    assert set(record["means"]) == {"15", "25"} and len(record["images"]) == 8


def test_the_help_of_evaluate_names_every_protocol(capsys):
    with pytest.raises(SystemExit):
        cli.main(["evaluate", "--help"])
    words = capsys.readouterr().out.replace(",", " ").replace(";", " ").split()
    assert {*evaluation.PROTOCOLS, *evaluation.GENERATION_PROTOCOLS} <= set(words)


def test_list_names_every_preset(capsys):
    assert run("list") == 0
    printed = capsys.readouterr().out
    assert all(name in printed for name in zoo.list())
    kinds = ("restore photos:", "dehaze", "make pictures:", "gan_fashion", "judge pictures", "fashion_judge")
    assert sorted(kinds, key=printed.index) == [*kinds]


def test_help_comes_at_once_and_without_tensorflow():
    code = (
        "import sys, tfgan_zoo.cli as c\ntry: c.main(['--help'])\nexcept SystemExit: pass\n"
        "assert 'tensorflow' not in sys.modules"
    )
    assert b"restore" in subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout
