"""tfgan-zoo list."""


def add(commands) -> None:
    """Adds the command and its arguments."""
    names = commands.add_parser("list", help="the presets that come with the package or can be downloaded")
    names.set_defaults(run=run)


def run(options) -> int:
    """Runs the command and returns its exit code."""
    from tfgan_zoo import zoo
    from tfgan_zoo.zoo import catalogue

    ours = zoo.list()
    for name in ours:
        print(f"{name:<16} {zoo.metadata(name).get('summary', '')}")
    for name in catalogue.names(fresh=True):
        if name not in ours:
            print(f"{name:<16} (tfgan-zoo download {name})")
    return 0
