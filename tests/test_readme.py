"""The README's table of presets is what the presets' own records say."""

import pathlib

from tfgan_zoo import zoo

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
