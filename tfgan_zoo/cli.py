"""The command line: demo, restore, evaluate, train, list.

Exit code 0 is success, 1 that some of many files failed, 2 that nothing was done.
"""

import argparse
import os
import re
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import tfgan_zoo


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code."""
    options = _parser().parse_args(arguments)
    try:
        _start_tensorflow()
        return options.run(options)
    except KeyboardInterrupt:
        return _fail("interrupted")
    except (ValueError, OSError, MemoryError) as error:
        # Wrong input and full disks are the user's to mend: one line, no traceback.
        return _fail(error)
    except Exception as error:
        # What a tf.data pipeline raises holds the error of the file in its text.
        if reason := re.search(r"ImageError: (.*)", str(error)):
            return _fail(reason.group(1))
        raise


def _start_tensorflow() -> None:
    """Starts TensorFlow; what it says of its build and of missing GPUs is shown only if it fails."""
    if "tensorflow" in sys.modules:
        return
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    # Its first messages come before that variable is read.
    own = os.dup(2)
    with tempfile.TemporaryFile() as said:
        os.dup2(said.fileno(), 2)
        try:
            import tensorflow

            tensorflow.config.list_physical_devices()
        except BaseException:
            said.seek(0)
            os.write(own, said.read())
            raise
        finally:
            os.dup2(own, 2)
            os.close(own)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("tfgan-zoo", description="Keras networks that clean photos.")
    parser.add_argument("--version", action="version", version=f"%(prog)s {tfgan_zoo.__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    demo = commands.add_parser("demo", help="degrade a photo, restore it, and show both")
    demo.add_argument("-o", "--output", default="demo.png", help="picture to write (default: %(default)s)")
    demo.set_defaults(run=_demo)

    names = commands.add_parser("list", help="the presets that come with the package")
    names.set_defaults(run=_list)

    restore = commands.add_parser("restore", help="restore photos")
    restore.add_argument("inputs", nargs="+", metavar="INPUT", help="image file or folder")
    restore.add_argument("-o", "--output", required=True, help="file for one image, else a folder")
    restore.add_argument("--preset", help="name or folder of a preset, see tfgan-zoo list (default: resunet_photo)")
    restore.add_argument(
        "--sigma", type=float, help="noise level, 0 to 255, for presets that take one (default: estimated)"
    )
    restore.add_argument("--strength", type=float, default=1.0, help="0 changes nothing, 1 is all (default: 1)")
    restore.add_argument(
        "--tile", default="auto", type=_tile, help="side in pixels, a multiple of 8; auto or off (default: auto)"
    )
    restore.add_argument("--ensemble", action="store_true", help="average over 8 orientations: slower, a little better")
    existing = restore.add_mutually_exclusive_group()
    existing.add_argument("--overwrite", action="store_true", help="replace existing files")
    existing.add_argument("--skip-existing", action="store_true", help="do the missing ones: go on with a folder")
    restore.set_defaults(run=_restore)

    evaluate = commands.add_parser("evaluate", help="measure a preset under a named protocol")
    evaluate.add_argument("preset", help="name or folder of a preset")
    evaluate.add_argument("--protocol", required=True, help="awgn-gray, awgn-rgb, camera-rgb or jpeg-gray")
    evaluate.add_argument("--data", required=True, metavar="FOLDER", help="clean images")
    for level in ("level", "sigma", "quality"):
        text = "what the protocol varies (default: its usual values)" if level == "level" else "the same, by its name"
        evaluate.add_argument(f"--{level}", type=float, nargs="+", help=text)
    evaluate.add_argument("--json", metavar="FILE", help="write means and per-image results")
    evaluate.set_defaults(run=_evaluate)

    train = commands.add_parser("train", help="train a recipe on a folder of photos")
    train.add_argument("recipe", help="name of the preset to train: any of tfgan-zoo list")
    train.add_argument("--data", required=True, metavar="FOLDER", help="clean photos; every 25th is held out")
    train.add_argument("-o", "--output", help="folder of the run (default: runs/RECIPE)")
    train.add_argument("--minutes", type=float, help="shorten or lengthen the schedule to take about so long")
    train.add_argument("--resume", action="store_true", help="go on with a run that was interrupted")
    train.add_argument("--tensorboard", action="store_true", help="also log for TensorBoard (pip install tensorboard)")
    train.set_defaults(run=_train)

    card = commands.add_parser("card", help="write a preset's card and picture")
    card.add_argument("preset", help="name or folder of a preset")
    card.add_argument("--photo", help="clean photo to show it on (default: scikit-image's cat)")
    card.add_argument("--results", nargs="*", default=[], metavar="FILE", help="what evaluate --json wrote")
    card.set_defaults(run=_card)
    return parser


def _tile(text: str):
    if text in ("auto", "off"):
        return None if text == "off" else text
    if not text.isdigit():
        raise argparse.ArgumentTypeError(f"a number of pixels, auto or off; got {text!r}")
    return int(text)


def _fail(reason) -> int:
    print(f"tfgan-zoo: {' '.join(str(reason).split())}", file=sys.stderr)
    return 2


def _list(options) -> int:
    from tfgan_zoo import zoo

    for name in zoo.list():
        print(f"{name:<16} {zoo.metadata(name).get('summary', '')}")
    return 0


def _demo(options) -> int:
    from tfgan_zoo import demo

    demo.run(options.output)
    return 0


def _restore(options) -> int:
    import tqdm

    from tfgan_zoo import inference, zoo
    from tfgan_zoo.data import images

    jobs = _jobs([Path(name) for name in options.inputs], Path(options.output), options)
    if not jobs:
        print("all of them exist")
        return 0
    restorer = inference.KerasRestorer(
        zoo.load(options.preset or zoo.DEFAULT),
        sigma=options.sigma,
        strength=options.strength,
        tile=options.tile,
        ensemble=options.ensemble,
    )
    failures = 0
    # One photo is measured in rows, since it may be a large one; many in photos.
    rows = images.Picture(jobs[0][0]).height if len(jobs) == 1 else None
    with tqdm.tqdm(total=rows or len(jobs), unit="row" if rows else "image", disable=None) as bar:
        for source, target in jobs:
            bar.set_postfix_str(source.name)
            try:
                target.parent.mkdir(parents=True, exist_ok=True)
                inference.restore_file(restorer, source, target, bar.update if rows else lambda _: None)
            except (images.ImageError, OSError) as error:
                bar.write(f"tfgan-zoo: {' '.join(str(error).split())}", file=sys.stderr)
                failures += 1
            if not rows:
                bar.update()
    done = len(jobs) - failures
    if done:
        print(f"wrote {jobs[0][1]}" if len(jobs) == 1 else f"wrote {done} of {len(jobs)} images into {options.output}")
    if failures:
        return 1 if done else 2
    return 0


def _jobs(inputs: list[Path], output: Path, options) -> list[tuple[Path, Path]]:
    """Pairs (source, target): one file to a file, else into a folder that keeps the tree."""
    from tfgan_zoo.data import images

    if len(inputs) == 1 and not inputs[0].is_dir() and output.suffix and not output.is_dir():
        jobs = [(inputs[0], output)]
    else:
        if output.suffix.lower() in images.SUFFIXES or (output.exists() and not output.is_dir()):
            raise images.ImageError(f"several images need a folder to go into, not {output}")
        jobs = []
        for place in inputs:
            found = images.files(place) if place.is_dir() else [place]
            if place.is_dir() and (others := images.others(place)):
                print(f"{len(others)} files left out: {', '.join(sorted({p.suffix for p in others}))}", file=sys.stderr)
            if place.resolve() in output.resolve().parents:
                # What an earlier run wrote into a folder inside the input is no input.
                found = [path for path in found if output.resolve() not in path.resolve().parents]
            jobs += [(path, output / (path.relative_to(place) if place.is_dir() else path.name)) for path in found]
    targets = [target for _, target in jobs]
    if len(set(targets)) < len(targets):
        twice = next(target for target in targets if targets.count(target) > 1)
        raise images.ImageError(f"two inputs would be written to {twice}")
    if options.skip_existing:
        return [job for job in jobs if not job[1].exists()]
    if not options.overwrite and (existing := [target for target in targets if target.exists()]):
        raise images.ImageError(f"{existing[0]} exists; --overwrite replaces it, --skip-existing leaves it")
    return jobs


def _evaluate(options) -> int:
    from tfgan_zoo import evaluation, zoo

    if options.protocol not in evaluation.PROTOCOLS:
        raise ValueError(f"there is no protocol {options.protocol}; known: {', '.join(evaluation.PROTOCOLS)}")
    if options.json and not Path(options.json).resolve().parent.is_dir():
        raise ValueError(f"{Path(options.json).parent} is not a folder")
    protocol = evaluation.PROTOCOLS[options.protocol]
    for other in {"sigma", "quality"} - {protocol.level}:
        if getattr(options, other):
            raise ValueError(f"{protocol.name} varies {protocol.level}, not {other}")
    levels = options.level or options.sigma or options.quality
    name = Path(options.preset).name
    results = evaluation.evaluate(zoo.load(options.preset), protocol, options.data, levels)
    print(evaluation.table(name, protocol, options.data, results))
    if options.json:
        sha256 = zoo.metadata(options.preset)["files"]["model.weights.h5"]
        facts = {"weights_sha256": sha256, "data": Path(options.data).resolve().name}
        evaluation.save_json(options.json, name, protocol, results, **facts)
    return 0


def _train(options) -> int:
    from tfgan_zoo import recipes

    folder = options.output or f"runs/{options.recipe}"
    preset = recipes.train(
        recipes.get(options.recipe),
        options.data,
        folder,
        minutes=options.minutes,
        resume=options.resume,
        tensorboard=options.tensorboard,
    )
    print(f"preset written to {preset}; tfgan-zoo restore --preset {preset} uses it")
    return 0


def _card(options) -> int:
    import numpy as np

    from tfgan_zoo import demo
    from tfgan_zoo.data import images
    from tfgan_zoo.recipes.card import write_card

    photo = images.read(options.photo, 3).astype(np.float32) / 255 if options.photo else demo.photo()
    print(write_card(options.preset, photo, options.results))
    return 0
