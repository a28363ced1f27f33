import re

from tfgan_zoo import cli
from tfgan_zoo.data import images


def test_the_demo_restores_a_real_photo_and_shows_it(tmp_path, capsys):
    assert cli.main(["demo", "-o", str(tmp_path / "demo.png")]) == 0
    before, after = map(float, re.findall(r"([\d.]+) dB", capsys.readouterr().out))
    assert after > before + 3
    assert images.read(tmp_path / "demo.png").shape[1] == 3 * 448
    for place, reason in (("demo.png", "--overwrite replaces it"), ("demo.xyz", "must end in .png or .jpg or .jpeg")):
        assert cli.main(["demo", "-o", str(tmp_path / place)]) == 2 and reason in capsys.readouterr().err


def test_a_strip_for_each_preset_asked_for(tmp_path, capsys):
    names = ["dncnn_gray_25", "resunet_color"]
    assert cli.main(["demo", *names, "-o", str(tmp_path / "strips.jpg")]) == 0
    for name, line in zip(names, capsys.readouterr().out.splitlines()):
        before, after = map(float, re.findall(r"([\d.]+) dB", line))
        assert line.startswith(name) and after > before + 5
    assert images.read(tmp_path / "strips.jpg").shape == (2 * 328, 3 * 448, 3)
    assert cli.main(["demo", "pix2pix_emoji", "-o", str(tmp_path / "none.png")]) == 2
    assert "restores nothing" in capsys.readouterr().err
