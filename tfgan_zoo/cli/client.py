"""tfgan-zoo client: restores and generates by a TensorFlow Serving."""

from pathlib import Path


def add(commands) -> None:
    """Adds the command and its arguments."""
    client = commands.add_parser("client", help="restore or generate by a TensorFlow Serving")
    actions = client.add_subparsers(required=True, metavar="ACTION")
    restore = actions.add_parser("restore", help="restore a photo")
    restore.add_argument("input", metavar="INPUT", help="image file")
    restore.add_argument(
        "--sigma", type=float, help="noise level, 0 to 255, for presets that take one (default: estimated)"
    )
    generate = actions.add_parser("generate", help="make images")
    generate.add_argument("-n", "--count", type=int, default=1, help="images (default: 1)")
    generate.add_argument("--seed", type=int, default=0, help="the same seed gives the same images (default: 0)")
    generate.add_argument("--label", help="what to show, by name or number")
    generate.add_argument("--color", help="such as #c03020")
    generate.add_argument("--image", metavar="FILE", help="outline, for presets that take an image")
    for action, run in ((restore, _restore), (generate, _generate)):
        action.add_argument("--url", required=True, help="http://HOST:8501 or grpc://HOST:8500")
        action.add_argument("--model", help="its name on the server (default: resunet_photo, cgan_fashion)")
        action.add_argument("-o", "--output", required=True, help="file, or folder for several images")
        action.add_argument("--overwrite", action="store_true", help="replace existing files")
        action.set_defaults(run=run)


def _restore(options) -> int:
    from tfgan_zoo import client, zoo
    from tfgan_zoo.cli.generate import refuse_existing

    refuse_existing([Path(options.output)], options.overwrite)
    asked = client.Client(options.url, options.model or zoo.DEFAULT)
    client.restore_file(asked, options.input, options.output, options.sigma)
    print(f"wrote {options.output}")
    return 0


def _generate(options) -> int:
    from tfgan_zoo import client
    from tfgan_zoo.cli.generate import conditions_of, refuse_existing
    from tfgan_zoo.data import images

    if options.count < 1:
        raise ValueError(f"the count must be at least 1, got {options.count}")
    model, output = options.model or "cgan_fashion", Path(options.output)
    single = options.count == 1 and output.suffix
    targets = [output] if single else [output / f"{options.seed}_{n:04d}.png" for n in range(options.count)]
    refuse_existing(targets, options.overwrite)
    asked = client.Client(options.url, model)
    inputs = asked.signatures.get("generate_bytes", {})
    conditions = {
        name: shape[1:] if len(shape) > 1 else None
        for name, (_, shape) in inputs.items()
        if name not in ("seed", "number")
    }
    values = conditions_of(model, conditions, _classes(model), options, options.count)
    if not single:
        output.mkdir(parents=True, exist_ok=True)
    for target, image in zip(targets, asked.generate(options.count, options.seed, **values)):
        images.write(target, image)
    print(f"wrote {options.output}")
    return 0


def _classes(model: str) -> dict:
    """Names of labels, where the model is a preset that is at hand."""
    from tfgan_zoo import zoo

    return zoo.metadata(model).get("classes", {}) if model in zoo.list() else {}
