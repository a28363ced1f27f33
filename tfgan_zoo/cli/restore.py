"""tfgan-zoo restore: files, several, or a folder tree."""

import argparse
import contextlib
import sys
from pathlib import Path

_VIDEOS = (
    ".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".mpg", ".mpeg",
    ".ts", ".mts", ".m2ts", ".wmv", ".flv", ".3gp", ".ogv", ".mxf",
)  # fmt: skip
_WRITTEN = (".mp4", ".m4v", ".mov", ".mkv", ".webm")
"""`videos.WRITTEN`, which cannot be asked where PyAV is missing."""


def add(commands) -> None:
    """Adds the command and its arguments."""
    restore = commands.add_parser("restore", help="restore photos and videos")
    restore.add_argument("inputs", nargs="+", metavar="INPUT", help="image file, video file, or folder of them")
    restore.add_argument("-o", "--output", required=True, help="file for one input file, else a folder")
    restore.add_argument(
        "--preset",
        action="append",
        help="name or folder of a preset, see tfgan-zoo list, or a TFLite file (default: resunet_photo); given several "
        "times, one after the other",
    )
    restore.add_argument(
        "--sigma", type=float, help="noise level, 0 to 255, for presets that take one (default: estimated)"
    )
    restore.add_argument("--strength", type=float, default=1.0, help="0 changes nothing, 1 is all (default: 1)")
    restore.add_argument(
        "--tile",
        default="auto",
        type=_tile,
        help="side in pixels, the least depends on the preset; auto or off",
    )
    restore.add_argument("--ensemble", action="store_true", help="average over 8 orientations: slower, a little better")
    restore.add_argument("--smooth", type=float, help="less flicker in a video: 0 is none, 1 most (default: 0)")
    restore.add_argument("--report", metavar="CSV", help="write a row a file: size, seconds, status, error")
    existing = restore.add_mutually_exclusive_group()
    existing.add_argument("--overwrite", action="store_true", help="replace existing files")
    existing.add_argument("--skip-existing", action="store_true", help="do the missing ones: go on with a folder")
    restore.set_defaults(run=run)


def run(options) -> int:
    """Runs the command and returns its exit code."""
    import tqdm

    jobs = _jobs([Path(name) for name in options.inputs], Path(options.output), options)
    there = {target: source for source, target in jobs if options.skip_existing and target.exists()}
    jobs = [job for job in jobs if job[1] not in there]
    if jobs and options.smooth is not None and not any(_is_video(source) for source, _ in jobs):
        raise ValueError("--smooth is for videos")
    restorer, failures = _restorer(options) if jobs else None, 0
    with _report(options, [path for pair in (*jobs, *there.items()) for path in pair]) as report:
        for source in there.values() if report else []:
            # Its row is lost where the run that wrote it was killed.
            report.existed(source)
        for outcome in _outcomes(restorer, jobs, options):
            if outcome.error:
                of = "" if str(outcome.source) in outcome.error else f"{outcome.source}: "
                tqdm.tqdm.write(f"tfgan-zoo: {of}{outcome.error}", file=sys.stderr)
                failures += 1
            if report:
                report.add(outcome)
    if not jobs:
        print("all of them exist")
    done = len(jobs) - failures
    if done:
        print(f"wrote {jobs[0][1]}" if len(jobs) == 1 else f"wrote {done} of {len(jobs)} files into {options.output}")
    if failures:
        return 1 if done else 2
    return 0


def _restorer(options):
    from tfgan_zoo import inference, zoo

    presets = options.preset or [zoo.DEFAULT]
    if len(presets) == 1:
        return _of(presets[0], options)
    if options.sigma is not None or options.strength != 1:
        raise ValueError("--sigma and --strength are for one preset")
    return inference.InTurn([_of(preset, options) for preset in presets])


def _of(preset, options):
    from tfgan_zoo import inference, zoo

    asked = {name: getattr(options, name) for name in ("sigma", "strength", "tile", "ensemble")}
    if str(preset).endswith(".tflite"):
        return inference.TFLiteRestorer(preset, **asked)
    if options.strength != 1 and "trained_from" in zoo.metadata(preset):
        return inference.KerasRestorer(zoo.between(preset, options.strength), **{**asked, "strength": 1.0})
    network = zoo.load(preset)
    if getattr(network, "whole", False) and len(options.preset or ()) > 1:
        asked["tile"] = "auto"  # which is none; the others take what was asked for
    return inference.KerasRestorer(network, **asked)


def _outcomes(restorer, jobs, options):
    """Restores the files, photos first, and yields what became of each."""
    import tqdm

    from tfgan_zoo import inference
    from tfgan_zoo.data import images

    photos = [job for job in jobs if not _is_video(job[0])]
    if len(photos) == 1:
        # One photo is measured in rows, since it may be a large one; many in photos.
        ((source, target),) = photos
        outcome = inference.Outcome(source, target)
        with outcome.attempt():
            picture = images.Picture(source)
            outcome.width, outcome.height = picture.width, picture.height
            with tqdm.tqdm(total=picture.height, unit="row", disable=None) as bar:
                inference.restore_file(restorer, source, target, bar.update)
        yield outcome
    elif photos:
        with tqdm.tqdm(total=len(photos), unit="image", disable=None) as bar:
            for outcome in inference.restore_files(restorer, photos):
                bar.set_postfix_str(outcome.source.name)
                bar.update()
                yield outcome
    for job in jobs:
        if _is_video(job[0]):
            yield _video(restorer, *job, options)


def _video(restorer, source, target, options):
    """Restores one video, measured in frames."""
    import tqdm

    from tfgan_zoo import inference

    outcome = inference.Outcome(source, target)
    with outcome.attempt():
        # First, since it says what to install where PyAV is missing.
        restore_video = inference.restore_video
        from tfgan_zoo.data import videos

        clip = videos.Clip(source)
        outcome.width, outcome.height = clip.width, clip.height
        target.parent.mkdir(parents=True, exist_ok=True)
        with tqdm.tqdm(total=clip.count or None, unit="frame", disable=None, postfix=source.name) as bar:
            restore_video(
                restorer,
                source,
                target,
                smooth=options.smooth or 0.0,
                anew=options.overwrite,
                progress=bar.update,
                report=lambda message: bar.write(message, file=sys.stderr),
            )
    return outcome


def _report(options, files):
    from tfgan_zoo import inference

    if not options.report:
        return contextlib.nullcontext()
    path, output = Path(options.report), Path(options.output)
    if path.resolve() in {file.resolve() for file in files}:
        raise ValueError(f"the report cannot be {path}, which is one of the files to restore or to write")
    if path.is_file() and not (options.overwrite or options.skip_existing):
        raise ValueError(f"{path} exists; --overwrite replaces it, --skip-existing adds to it")
    if output in path.parents:
        path.parent.mkdir(parents=True, exist_ok=True)
    return inference.Report(path, anew=options.overwrite)


def _is_video(path: Path) -> bool:
    return path.suffix.lower() in _VIDEOS


def _jobs(inputs: list[Path], output: Path, options) -> list[tuple[Path, Path]]:
    """Pairs (source, target): one file to a file, else into a folder that keeps the tree; some exist, if allowed."""
    from tfgan_zoo.data import images

    if len(inputs) == 1 and not inputs[0].is_dir() and output.suffix and not output.is_dir():
        jobs = [(inputs[0], output)]
    else:
        if output.suffix.lower() in (*images.SUFFIXES, *_VIDEOS) or (output.exists() and not output.is_dir()):
            raise images.ImageError(f"several files need a folder to go into, not {output}")
        jobs = []
        for place in inputs:
            known = (*images.SUFFIXES, *_VIDEOS)
            found = images.files(place, known) if place.is_dir() else [place]
            if place.is_dir() and (others := images.others(place, known)):
                count = f"{len(others)} file{'s' * (len(others) > 1)}"
                print(f"{count} left out: {', '.join(sorted({p.suffix for p in others}))}", file=sys.stderr)
            if place.resolve() in output.resolve().parents:
                # What an earlier run wrote into a folder inside the input is no input.
                found = [path for path in found if output.resolve() not in path.resolve().parents]
            for path in found:
                jobs.append((path, _written(output / (path.relative_to(place) if place.is_dir() else path.name))))
    targets = [target for _, target in jobs]
    if len(set(targets)) < len(targets):
        twice = next(target for target in targets if targets.count(target) > 1)
        both = " and ".join(str(source) for source, target in jobs if target == twice)
        raise images.ImageError(f"{both} would both be written to {twice}")
    allowed = options.overwrite or options.skip_existing
    if not allowed and (existing := [target for target in targets if target.exists()]):
        raise images.ImageError(f"{existing[0]} exists; --overwrite replaces it, --skip-existing leaves it")
    return jobs


def _written(target: Path) -> Path:
    """The same, with a second suffix where the first is read and not written: clip.avi and clip.mp4 both fit."""
    suffix = target.suffix.lower()
    if suffix != ".gif" and (not _is_video(target) or suffix in _WRITTEN):
        return target
    return target.with_name(target.name + (".png" if suffix == ".gif" else ".mp4"))


def _tile(text: str):
    if text in ("auto", "off"):
        return None if text == "off" else text
    if not text.isdigit():
        raise argparse.ArgumentTypeError(f"a number of pixels, auto or off; got {text!r}")
    return int(text)
