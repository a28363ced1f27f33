"""tfgan-zoo list."""

_KINDS = ("restore photos", "make pictures", "judge pictures, for losses and scores")


def add(commands) -> None:
    """Adds the command and its arguments."""
    names = commands.add_parser("list", help="the presets that come with the package or can be downloaded")
    names.set_defaults(run=run)


def run(options) -> int:
    """Runs the command and returns its exit code."""
    from tfgan_zoo import zoo
    from tfgan_zoo.zoo import catalogue

    ours = {name: zoo.metadata(name) for name in zoo.list()}
    for kind in _KINDS:
        if of_kind := [name for name, facts in ours.items() if _kind(facts) == kind]:
            print(f"{kind}:")
        for name in of_kind:
            print(f"  {name:<16} {ours[name].get('summary', '')}")
    for name in catalogue.names(fresh=True):
        if name not in ours:
            print(f"{name:<16} (tfgan-zoo download {name})")
    return 0


def _kind(facts) -> str:
    return _KINDS[0 if "multiply_adds_per_pixel" in facts else 1 if facts.get("protocols") else 2]
