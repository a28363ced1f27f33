import re

from tfgan_zoo import cli
from tfgan_zoo.data import images


def test_the_demo_restores_a_real_photo_and_shows_it(tmp_path, capsys):
    assert cli.main(["demo", "-o", str(tmp_path / "demo.png")]) == 0
    before, after = map(float, re.findall(r"([\d.]+) dB", capsys.readouterr().out))
    assert after > before + 3
    assert images.read(tmp_path / "demo.png").shape[1] == 3 * 448
