"""tfgan-zoo export: a preset as a SavedModel or as TFLite files."""

from pathlib import Path

from tfgan_zoo.cli import targets


def add(commands) -> None:
    """Adds the command and its arguments."""
    export = commands.add_parser("export", help="a preset for servers and phones: SavedModel, TFLite")
    export.add_argument("preset", help="name or folder of a preset")
    export.add_argument(
        "--format", choices=("saved_model", "tflite"), default="saved_model", help="(default: saved_model)"
    )
    export.add_argument("-o", "--output", required=True, metavar="DIR", help="gets a folder of the preset's name")
    export.add_argument("--version", type=int, help="of the SavedModel, as TensorFlow Serving counts (default: 1)")
    export.add_argument("--serving", action="store_true", help="also write what TensorFlow Serving reads, beside it")
    export.add_argument(
        "--variants",
        nargs="+",
        metavar="V",
        help="fp32 fp16 dynamic weight_only int8 int16x8 (default: fp32)",
    )
    export.add_argument(
        "--size", type=int, nargs="+", help="sides in pixels of a restorer's TFLite files (default: 256)"
    )
    export.add_argument(
        "--data",
        metavar="FOLDER",
        help="to calibrate int8 and judge: clean photos, or the generator's data set; for a network without a recipe, "
        "photos such as it will meet",
    )
    export.add_argument("--overwrite", action="store_true", help="replace an existing version or existing files")
    export.set_defaults(run=run)


def run(options) -> int:
    """Runs the command and returns its exit code."""
    from tfgan_zoo import export, zoo
    from tfgan_zoo.export import serving
    from tfgan_zoo.inference import tflite

    _check(options)
    # What is missing is said before the work is done.
    if options.format == "tflite":
        tflite.litert()
    # Where a kit lies it stays whole: a new version needs its own warm-up, a new model its line.
    kit = options.serving or (options.format == "saved_model" and (Path(options.output) / serving.MODELS).exists())
    if kit:
        serving.requests_modules()
    network, facts = zoo.load(options.preset), zoo.metadata(options.preset)
    name = zoo.find(options.preset).resolve().name
    folder = targets.folder(options.output) / name
    if options.format == "saved_model":
        version = 1 if options.version is None else options.version
        if (folder / str(version)).exists() and not options.overwrite:
            raise ValueError(f"{folder / str(version)} exists; --overwrite replaces it, --version gives another")
        written = export.to_saved_model(network, folder, version)
        print(f"wrote {written}, equal to the network in a fresh process")
        if kit:
            print(f"wrote {export.serving_kit(options.output)}")
        return 0
    return _tflite(network, name, facts, folder / "tflite", options)


def _check(options) -> None:
    """Refuses options of the other format, rather than leave them out without a word."""
    others = ("variants", "size", "data") if options.format == "saved_model" else ("version", "serving")
    if given := [name for name in others if getattr(options, name) not in (None, False)]:
        other = "tflite" if options.format == "saved_model" else "saved_model"
        raise ValueError(f"--{given[0]} is for --format {other}")


def _kept(folder: Path, about: dict) -> dict:
    """What was measured of files that still lie there, of the same weights."""
    import json

    path = folder / "measured.json"
    rows = json.loads(path.read_text()) if path.exists() else {}
    return {
        file: row
        for file, row in rows.items()
        if (folder / file).exists() and row.get("weights_sha256") == about["weights_sha256"]
    }


def _about(name, facts, options) -> dict:
    """What each file says of its preset."""
    from tfgan_zoo import zoo

    about = {"preset": name, "weights_sha256": facts["files"]["model.weights.h5"]}
    ours = zoo.find(options.preset).resolve().parent == zoo.bundled().resolve()
    if licence := facts.get("licence") or ("Apache-2.0" if ours else None):
        about["licence"] = licence
    if "classes" in facts:
        about["classes"] = facts["classes"]
    return about


def _requests(network, name, facts, data, size) -> list[tuple[dict, object]]:
    """What the network will meet, to calibrate with and to judge by, each with what it should make of it, if known."""
    from tfgan_zoo import export, recipes
    from tfgan_zoo.data import images

    met = recipes.get(facts["recipe"]).requests if "recipe" in facts else export.photo_requests
    try:
        requests = met(network, data, size)
    except images.ImageError as error:
        learnt = facts.get("training", {}).get("folder", "photos")
        raise ValueError(f"--data of {name} is {learnt}, or the like of it: {error}") from error
    if len(requests) < 2:
        raise ValueError(f"{data}: at least 2 are needed, to calibrate with and to judge by; got 1")
    return requests


def _tflite(network, name, facts, folder, options) -> int:
    """Writes the files that can be made, and a table of them; says which cannot."""
    import json
    import sys

    from tfgan_zoo import export
    from tfgan_zoo.data import replacing

    about = _about(name, facts, options)
    variants = options.variants or ["fp32"]
    if unknown := sorted(set(variants) - set(export.VARIANTS)):
        raise ValueError(f"there is no variant {unknown[0]}; known: {', '.join(export.VARIANTS)}")
    if not options.data and (calibrated := [v for v in variants if v in export.CALIBRATED]):
        raise ValueError(
            f"{calibrated[0]} is calibrated: give --data, a folder of clean photos or the data learnt from"
        )
    rows, made = _kept(folder, about), []
    sized = hasattr(network, "minimum_side")
    if options.size and not sized:
        raise ValueError(f"{name} is of one size; --size is for networks that restore")
    sizes = (options.size or [256]) if sized else [None]
    files = {
        (size, variant): folder / (f"{name}_{size}_{variant}.tflite" if size else f"{name}_{variant}.tflite")
        for size in sizes
        for variant in variants
    }
    targets.refuse_existing(files.values(), options.overwrite)
    for size in sizes:
        judged = _requests(network, name, facts, options.data, size) if options.data else None
        for variant in variants:
            file = files[size, variant]
            # A sixth is kept to judge by: what set the ranges would flatter them.
            calibration = [inputs for number, (inputs, _) in enumerate(judged or []) if number % 6]
            try:
                export.to_tflite(
                    network, file, size=size or 256, variant=variant, calibration=calibration or None, about=about
                )
                measured = export.measured(
                    network, file, (judged or export.example_requests(network, size or 256))[::6]
                )
            except export.ExportError as error:
                print(f"tfgan-zoo: {file.name}: {error}", file=sys.stderr)
                continue
            made.append(file)
            rows[file.name] = {"weights_sha256": about["weights_sha256"], **measured}
            print(f"wrote {file}")
            # At once: what comes after may fail.
            replacing.text(folder / "measured.json", json.dumps(rows, indent=1) + "\n")
            export.write_readme(folder, name, rows, file.name)
    if not made:
        return 2
    print(export.table(name, rows))
    return 0 if len(made) == len(files) else 1
