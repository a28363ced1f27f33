"""tfgan-zoo list."""


def add(commands) -> None:
    """Adds the command and its arguments."""
    names = commands.add_parser("list", help="the presets that come with the package")
    names.set_defaults(run=run)


def run(options) -> int:
    """Runs the command and returns its exit code."""
    from tfgan_zoo import zoo

    for name in zoo.list():
        print(f"{name:<16} {zoo.metadata(name).get('summary', '')}")
    return 0
