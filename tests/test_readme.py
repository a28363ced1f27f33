"""The README's table of presets is what the presets' own records say, and its snippets run."""

import pathlib
import re

import numpy as np
import pytest
import tensorflow_datasets as tfds

from tfgan_zoo import data, zoo
from tfgan_zoo.data import images

README = pathlib.Path(__file__).resolve().parents[1] / "README.md"


def expected() -> str:
    lines = ["| preset | for | weights | multiply-adds a pixel | PSNR |", "|---|---|---|---|---|"]
    for name in zoo.list():
        facts = zoo.metadata(name)
        numbers = [
            f"{title}: " + ", ".join(f"{row['psnr']:.2f} ({level})" for level, row in means.items())
            for title, means in facts["protocols"].items()
        ]
        lines.append(
            f"| [`{name}`](exported/{name}/card.md) | {facts['summary']} | {facts['parameters'] / 1e6:.2f} M "
            f"| {facts['multiply_adds_per_pixel'] / 1e3:.0f} K | {'<br>'.join(numbers)} |"
        )
    return "\n".join(lines)


def test_the_table_of_presets_is_up_to_date():
    text = README.read_text()
    table = text.split("<!-- presets -->\n")[1].split("\n<!-- /presets -->")[0]
    assert table == expected()


SNIPPETS = re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
@pytest.mark.parametrize("code", SNIPPETS, ids=[code.strip().splitlines()[-1][:30] for code in SNIPPETS])
def test_every_snippet_runs(code, folder, tmp_path, monkeypatch, photo):
    """As it stands but for the length of its training, beside the folders that it names."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "held_out").symlink_to(folder)
    images.write(tmp_path / "photo.jpg", np.round(photo * 255).astype(np.uint8))
    code = code.replace("steps_per_epoch=500", "steps_per_epoch=2").replace("epochs=20", "epochs=1")
    with tfds.testing.mock_data(num_examples=2):
        exec(code, {"images": photo[None], "data": data})
