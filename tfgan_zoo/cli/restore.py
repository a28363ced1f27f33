"""tfgan-zoo restore: files, several, or a folder tree."""

import argparse
import sys
from pathlib import Path


def add(commands) -> None:
    """Adds the command and its arguments."""
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
    restore.set_defaults(run=run)


def run(options) -> int:
    """Runs the command and returns its exit code."""
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


def _tile(text: str):
    if text in ("auto", "off"):
        return None if text == "off" else text
    if not text.isdigit():
        raise argparse.ArgumentTypeError(f"a number of pixels, auto or off; got {text!r}")
    return int(text)
