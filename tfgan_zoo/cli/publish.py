"""tfgan-zoo publish: presets for others to download."""

from tfgan_zoo.cli import targets


def add(commands) -> None:
    """Adds the command and its arguments."""
    publish = commands.add_parser("publish", help="lay presets out for a web server, bucket or hub's repository")
    publish.add_argument("folder", metavar="DIR", help="folder of a preset, or of several")
    publish.add_argument("-o", "--output", metavar="TREE", help="folder to copy to (default: only DIR's index.json)")
    publish.set_defaults(run=run)


def run(options) -> int:
    """Runs the command and returns its exit code."""
    from tfgan_zoo import zoo
    from tfgan_zoo.zoo.folders import sha256

    written = zoo.publish(options.folder, options.output and targets.folder(options.output))
    print(f"wrote {written}, sha256 {sha256(written)}")
    return 0
