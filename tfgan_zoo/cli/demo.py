"""tfgan-zoo demo."""

from pathlib import Path

from tfgan_zoo.cli import targets


def add(commands) -> None:
    """Adds the command and its arguments."""
    demo = commands.add_parser("demo", help="degrade a photo, restore it, and show both")
    demo.add_argument("presets", nargs="*", metavar="PRESET", help="a strip for each, damaged as it expects")
    demo.add_argument("--all", action="store_true", help="a strip for every preset that restores")
    demo.add_argument("-o", "--output", default="demo.png", help="PNG or JPEG to write (default: %(default)s)")
    demo.add_argument("--overwrite", action="store_true", help="replace an existing picture")
    demo.set_defaults(run=run)


def run(options) -> int:
    """Runs the command and returns its exit code."""
    from tfgan_zoo import demo

    path = targets.single(Path(options.output), "demo", ".png", ".jpg", ".jpeg")
    targets.refuse_existing([path], options.overwrite)
    if options.presets or options.all:
        demo.gallery(path, demo.restorers() if options.all else options.presets)
    else:
        demo.run(path)
    return 0
