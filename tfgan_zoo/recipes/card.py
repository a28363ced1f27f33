"""A preset's card: its picture, numbers, origin and limits, made from what is on record."""

import json
import os
import statistics
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
    """Writes card.md and its picture into a preset's folder and adds results to its metadata.

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
        ValueError: if the preset is of no recipe, or was downloaded; if a result was measured, or a file exported,
            with other weights; if a seed was measured otherwise, or the preset is not the median of the seeds.
    """
    folder = zoo.find(preset)
    facts = zoo.metadata(folder)
    if "recipe" not in facts:
        raise ValueError(f"{folder} was trained by no recipe, whose card could be made: write its card.md by hand")
    zoo.annotate(folder)  # says at once where that is forbidden
    protocols, judged = dict(facts.get("protocols", {})), dict(facts.get("judged", {}))
    images = dict(facts.get("images", {}))
    for path in results:
        record = _record(path, facts, folder)
        title = _title(record)
        protocols[title] = record.get("means") or record["scores"]
        if by := _judged_by(record):
            judged[title] = by
        else:
            images[title] = len(record["images"]) // len(record["means"])
    spread = _spread(protocols, judged, seeds) if seeds else facts.get("spread", {})
    files = _table_of_files(tflite, facts, folder) if tflite else facts.get("tflite", {})
    found = {"protocols": protocols, "images": images, "judged": judged, "spread": spread, "tflite": files}
    recipe = recipes.get(facts["recipe"])
    recipe.preview(folder / recipe.picture, zoo.load(folder), show)
    text = _text({**facts, **found})
    zoo.annotate(folder, **found)
    replacing.text(folder / "card.md", text)
    return folder / "card.md"


def _record(path: str | os.PathLike, facts: dict, folder: Path) -> dict:
    """What evaluate wrote of the preset's own weights."""
    record = _json(path, "tfgan-zoo evaluate --json", {"network", "weights_sha256", "protocol", "data"})
    if record["network"].endswith(".tflite"):
        raise ValueError(f"{path} is of {record['network']}: a card's numbers are those of the preset itself")
    if record["weights_sha256"] != facts["files"]["model.weights.h5"]:
        raise ValueError(f"{path} was measured with other weights than those of {folder}")
    return record


def _table_of_files(path: str | os.PathLike, facts: dict, folder: Path) -> dict:
    """What export measured of files of these weights."""
    files = _json(path, "tfgan-zoo export")
    if any(row.get("weights_sha256") != facts["files"]["model.weights.h5"] for row in files.values()):
        raise ValueError(f"{path} holds files that were exported from other weights than those of {folder}")
    return files


def _json(path: str | os.PathLike, writer: str, keys: set[str] = frozenset()) -> dict:
    try:
        record = json.loads(Path(path).read_text())
    except ValueError:
        record = None
    if not isinstance(record, dict) or not keys <= record.keys():
        raise ValueError(f"{path} is not what {writer} writes")
    return record


def _title(record: dict) -> str:
    return f"{record['protocol']} on {record['data']}"


def _text(facts: dict) -> str:
    name, recipe = facts["name"], recipes.get(facts["recipe"])
    command, code = recipe.use(name)
    unit, article = ("pixel", "a") if "multiply_adds_per_pixel" in facts else ("image", "an")
    parts = [
        f"# {name}",
        f"{facts['summary'][0].upper()}{facts['summary'][1:]}.",
        f"![what the preset does]({recipe.picture})",
        *(["## Numbers"] if facts["protocols"] else []),
        *(part for title in facts["protocols"] for part in _measured(name, title, facts)),
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


_PHONE = f"{export.LEGEND} `tfgan-zoo export` makes the files and says what goes in."


def _cores(count: int) -> str:
    return "a single CPU core" if count == 1 else f"{count} CPU cores"


def _judged_by(record: dict) -> dict[str, str]:
    """The rules and networks by which a record's scores were found; empty where they are not a generator's."""
    roles = {role: record[f"{role}_sha256"] for role in ("extractor", "judge") if f"{role}_sha256" in record}
    return {"rules": record["rules"], **roles} if roles else {}


def _spread(protocols: dict, judged: dict, seeds: list) -> dict[str, dict[str, list[float]]]:
    """Scores of all seeds, the preset's own first, by protocol and score."""
    spread = {title: {score: [value] for score, value in scores.items()} for title, scores in protocols.items()}
    for path in seeds:
        record = _json(path, "tfgan-zoo evaluate --json", {"protocol", "data", "rules", "scores"})
        title = _title(record)
        if judged.get(title) != _judged_by(record):
            raise ValueError(f"{path} was not measured as the preset was: by {_judged_by(record)}")
        for score, values in spread[title].items():
            values.append(record["scores"][score])
    for title, scores in spread.items():
        own, *others = scores.get("frechet", [0])
        if own != statistics.median([own, *others]):
            raise ValueError(f"of several seeds the median is published; the distances of {title} are {own}, {others}")
    return spread


def _measured(name: str, title: str, facts: dict) -> list[str]:
    """What one protocol found, and its rules where they are not a table of PSNR."""
    means, spread = facts["protocols"][title], facts["spread"].get(title)
    by = facts.get("judged", {}).get(title, {"rules": ""})
    if title.split(" on ")[0] in PROTOCOLS:
        return [_table(name, title, means, facts.get("images", {}).get(title))]
    said = [by["rules"], *(f"{role.capitalize()}: `{by[role][:12]}`." for role in ("extractor", "judge") if role in by)]
    floor = [_FLOOR_IS] if any(score.endswith(_FLOOR) for score in means) else []
    return [_scores(name, title, means, spread), " ".join([*said, *floor, _READ])]


_FLOOR_IS = "Floor: what real images get that were not trained on."
_READ = (
    "Memorisation: the share of images nearer to a training image than all but 5 % of real ones that were not trained "
    "on; 0.05 means none. Support: how many images it speaks for, as a share of what the real ones do."
)


def _table(name: str, title: str, means: dict[str, dict[str, float]], count: int | None) -> str:
    """PSNR by level: the input, what others published on the data set, and the preset."""
    protocol = PROTOCOLS[title.split(" on ")[0]]
    rows = {"input": [row["input_psnr"] for row in means.values()]}
    for model, row in published(protocol.name, title.split(" on ")[1], count).items():
        if any(float(level) in row for level in means):
            rows[f"{model}, published"] = [row.get(float(level)) for level in means]
    rows[f"**{name}**"] = [row["psnr"] for row in means.values()]
    head = [f"PSNR in dB, `{title}`, by {protocol.level}", *means]
    lines = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    for label, values in rows.items():
        lines.append("| " + " | ".join([label, *("-" if v is None else f"{v:.2f}" for v in values)]) + " |")
    return "\n".join(lines)


def _scores(name: str, title: str, scores: dict[str, float], spread: dict[str, list[float]] | None) -> str:
    """A line a score, with its floor; with several seeds the lowest and the highest of them too."""
    floors = {score.removesuffix(_FLOOR): value for score, value in scores.items() if score.endswith(_FLOOR)}
    head = [f"`{title}`", name, *(["floor"] if floors else [])]
    if spread:
        head += [f"lowest of {len(next(iter(spread.values())))} seeds", "highest"]
    lines = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    for score, value in scores.items():
        if not score.endswith(_FLOOR):
            cells = [value, *([floors.get(score)] if floors else [])]
            cells += [min(spread[score]), max(spread[score])] if spread else []
            lines.append("| " + " | ".join([score, *("-" if c is None else f"{c:.3f}" for c in cells)]) + " |")
    return "\n".join(lines)


_FLOOR = ", floor"
