"""The README's table of presets is what the presets' own records say, and its snippets run."""

import pathlib
import re

import numpy as np
import pytest
import tensorflow_datasets as tfds

from tfgan_zoo import data, zoo
from tfgan_zoo.data import images

README = pathlib.Path(__file__).resolve().parents[1] / "README.md"


def restorers() -> str:
    lines = ["| preset | for | weights | multiply-adds a pixel | PSNR |", "|---|---|---|---|---|"]
    for name in zoo.list():
        facts = zoo.metadata(name)
        if "multiply_adds_per_pixel" in facts:
            numbers = [
                f"{title}: " + ", ".join(f"{row['psnr']:.2f} ({level})" for level, row in means.items())
                for title, means in facts["protocols"].items()
            ]
            size = f"{facts['parameters'] / 1e6:.2f} M | {facts['multiply_adds_per_pixel'] / 1e3:.0f} K"
            lines.append(f"{head(name, facts)} | {size} | {'<br>'.join(numbers)} |")
    return "\n".join(lines)


def generators() -> str:
    lines = []
    for name in zoo.list():
        facts = zoo.metadata(name)
        if "multiply_adds_per_image" in facts and facts["protocols"]:
            scores = [
                f"{title}: "
                + ", ".join(f"{words} {rounded(scores[score])}" for score, words in SHOWN.items() if score in scores)
                for title, scores in facts["protocols"].items()
            ]
            size = f"{facts['parameters'] / 1e6:.2f} M | {facts['multiply_adds_per_image'] / 1e6:.0f} M"
            lines.append(f"{head(name, facts)} | {size} | {'<br>'.join(scores)} |")
    if lines:
        lines[:0] = ["| preset | makes | weights | multiply-adds an image | scores |", "|---|---|---|---|---|"]
    return "\n".join(lines)


SHOWN = {
    "frechet": "distance",
    "precision": "precision",
    "recall": "recall",
    "coverage": "coverage",
    "gan_test": "GAN-test",
    "gan_train": "GAN-train",
    "outline_error": "outline error",
    "color_error": "colour error",
}
"""The scores of generators that the README has room for."""


def rounded(score) -> str:
    return f"{score:.{0 if score >= 100 else 2 if score >= 0.1 else 3}f}"


def head(name, facts) -> str:
    return f"| [`{name}`](exported/{name}/card.md) | {facts['summary']}"


TABLES = {"restorers": restorers, "generators": generators}


@pytest.mark.parametrize("kind", TABLES)
def test_the_tables_of_presets_are_up_to_date(kind):
    table = README.read_text().split(f"<!-- {kind} -->\n")[1].split(f"\n<!-- /{kind} -->")[0]
    assert table == TABLES[kind]()


SNIPPETS = re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
@pytest.mark.parametrize("code", SNIPPETS, ids=[code.strip().splitlines()[-1][:30] for code in SNIPPETS])
def test_every_snippet_runs(code, folder, tmp_path, monkeypatch, photo):
    """As it stands but for the length of its training, beside the folders that it names."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "held_out").symlink_to(folder)
    images.write(tmp_path / "photo.jpg", np.round(photo * 255).astype(np.uint8))
    images.write(tmp_path / "outline.png", np.round(photo[:64, :64, :1] * 255).astype(np.uint8))
    code = code.replace("steps_per_epoch=500", "steps_per_epoch=2").replace("epochs=20", "epochs=1")
    with tfds.testing.mock_data(num_examples=64):
        exec(code, {"images": photo[None], "data": data})
