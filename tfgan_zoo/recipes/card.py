"""A preset's card: its picture, numbers, origin and limits, made from what is on record."""

import json
import os
from pathlib import Path

from tfgan_zoo import export, recipes, zoo
from tfgan_zoo.data import replacing
from tfgan_zoo.evaluation import PROTOCOLS, published


def write_card(
    preset: str | os.PathLike,
    results: list[str | os.PathLike] = (),
    show: str | os.PathLike | None = None,
    seeds: list[str | os.PathLike] = (),
    tflite: str | os.PathLike | None = None,
) -> Path:
    """Writes card.md and preview.png into a preset's folder and adds results to its metadata.

    Args:
        preset: name or folder.
        results: JSON files that `tfgan-zoo evaluate --json` wrote for these very weights.
        show: a clean photo to show restoration on, scikit-image's cat by default; or the data of
            a generator that needs images or colours.
        seeds: results of the same recipe trained from other seeds, whose spread is shown.
        tflite: measured.json of `tfgan-zoo export`, whose table is shown.

    Returns:
        The card's path.

    Raises:
        ValueError: if a result was measured, or a file exported, with other weights.
    """
    folder = zoo.find(preset)
    facts = zoo.metadata(folder)
    protocols = dict(facts.get("protocols", {}))
    for path in results:
        record = json.loads(Path(path).read_text())
        if record["weights_sha256"] != facts["files"]["model.weights.h5"]:
            raise ValueError(f"{path} was measured with other weights than those of {folder}")
        protocols[f"{record['protocol']} on {record['data']}"] = record.get("means") or record["scores"]
    spread = _spread(protocols, seeds) if seeds else facts.get("spread", {})
    files = json.loads(Path(tflite).read_text()) if tflite else facts.get("tflite", {})
    if any(row.get("weights_sha256") != facts["files"]["model.weights.h5"] for row in files.values()):
        raise ValueError(f"{tflite or folder} holds files that were exported from other weights than those of {folder}")
    zoo.annotate(folder, protocols=protocols, spread=spread, tflite=files)
    facts = zoo.metadata(folder)
    recipes.get(facts["recipe"]).preview(folder / "preview.png", zoo.load(folder), show)
    replacing.text(folder / "card.md", _text(facts))
    return folder / "card.md"


def _text(facts: dict) -> str:
    name, recipe = facts["name"], recipes.get(facts["recipe"])
    command, code = recipe.use(name)
    unit, article = ("pixel", "a") if "multiply_adds_per_pixel" in facts else ("image", "an")
    parts = [
        f"# {name}",
        f"{facts['summary'][0].upper()}{facts['summary'][1:]}.",
        "![what the preset does](preview.png)",
        *(["## Numbers"] if facts["protocols"] else []),
        *(_table(name, title, means, facts["spread"].get(title)) for title, means in facts["protocols"].items()),
        *(["## On a phone", export.table(name, facts["tflite"]), _PHONE] if facts.get("tflite") else []),
        "## Network",
        f"{facts['parameters']:,} weights, {facts[f'multiply_adds_per_{unit}']:,.0f} multiply-adds {article} {unit}.",
        "## Training",
        f"Recipe `tfgan_zoo/recipes/{facts['recipe']}.py`: {recipe.origin(facts)}; "
        f"{facts['training']['minutes'] / 60:.1f} hours on {_cores(facts['training']['cores'])}.",
        "## Limits",
        facts["limits"],
        "## Use",
        f"```\n{command}\n```",
        f"```python\n{code}\n```",
    ]
    return "\n\n".join(parts) + "\n"


_PHONE = (
    "Milliseconds are those of the CPU that exported them. `tfgan-zoo export` makes the files and says what goes in."
)


def _cores(count: int) -> str:
    return "a single CPU core" if count == 1 else f"{count} CPU cores"


def _spread(protocols: dict, seeds: list) -> dict[str, dict[str, list[float]]]:
    """Scores of all seeds, the preset's own first, by protocol and score."""
    spread = {title: {score: [value] for score, value in scores.items()} for title, scores in protocols.items()}
    for path in seeds:
        record = json.loads(Path(path).read_text())
        for score, values in spread[f"{record['protocol']} on {record['data']}"].items():
            values.append(record["scores"][score])
    return spread


def _table(name: str, title: str, means: dict[str, dict[str, float]], spread: dict | None) -> str:
    """PSNR by level: the input, what others published on the data set, and the preset; or a generator's scores."""
    if title.split(" on ")[0] not in PROTOCOLS:
        return _scores(name, title, means, spread)
    protocol = PROTOCOLS[title.split(" on ")[0]]
    rows = {"input": [row["input_psnr"] for row in means.values()]}
    for model, row in published(protocol.name, title.split(" on ")[1]).items():
        rows[f"{model}, published"] = [row.get(float(level)) for level in means]
    rows[f"**{name}**"] = [row["psnr"] for row in means.values()]
    head = [f"PSNR in dB, `{title}`, by {protocol.level}", *means]
    lines = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    for label, values in rows.items():
        lines.append("| " + " | ".join([label, *("-" if v is None else f"{v:.2f}" for v in values)]) + " |")
    return "\n".join(lines)


def _scores(name: str, title: str, scores: dict[str, float], spread: dict[str, list[float]] | None) -> str:
    """A line a score; with several seeds the lowest and the highest of them too."""
    if not spread:
        return "\n".join([f"| `{title}` | {name} |", "|---|---|", *(f"| {s} | {v:.3f} |" for s, v in scores.items())])
    count = len(next(iter(spread.values())))
    lines = [f"| `{title}` | {name} | lowest of {count} seeds | highest |", "|---|---|---|---|"]
    rows = [f"| {s} | {v:.3f} | {min(spread[s]):.3f} | {max(spread[s]):.3f} |" for s, v in scores.items()]
    return "\n".join(lines + rows)
