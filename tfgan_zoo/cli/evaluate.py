"""tfgan-zoo evaluate: a preset under a named protocol."""

from pathlib import Path


def add(commands) -> None:
    """Adds the command and its arguments."""
    evaluate = commands.add_parser("evaluate", help="measure a preset under a named protocol")
    evaluate.add_argument("preset", help="name or folder of a preset, or a TFLite file")
    evaluate.add_argument(
        "--protocol",
        required=True,
        help="awgn-gray, awgn-rgb, camera-rgb, jpeg-gray, sr-y, deblur-rgb, derain-y, dehaze-rgb, lowlight-rgb; of "
        "generators fmnist-cfid, emoji-fd, flowers-prdc",
    )
    evaluate.add_argument(
        "--data", required=True, metavar="FOLDER", help="clean images, or the data set that the generator learnt from"
    )
    varied = evaluate.add_mutually_exclusive_group()
    for level in ("level", "sigma", "quality"):
        text = "what the protocol varies (default: its usual values)" if level == "level" else "the same, by its name"
        varied.add_argument(f"--{level}", type=float, nargs="+", help=text)
    evaluate.add_argument("--json", metavar="FILE", help="write means and per-image results")
    evaluate.set_defaults(run=run)


def run(options) -> int:
    """Runs the command and returns its exit code."""
    from tfgan_zoo import evaluation, inference

    known = {**evaluation.PROTOCOLS, **evaluation.GENERATION_PROTOCOLS}
    if options.protocol not in known:
        raise ValueError(f"there is no protocol {options.protocol}; known: {', '.join(known)}")
    if options.json and not Path(options.json).resolve().parent.is_dir():
        raise ValueError(f"{Path(options.json).parent} is not a folder")
    protocol, name = known[options.protocol], Path(options.preset).name
    network, sha256 = _network(options.preset, name)
    facts = {"weights_sha256": sha256, "data": evaluation.data_name(options.data)}
    if options.protocol in evaluation.GENERATION_PROTOCOLS:
        if options.level or options.sigma or options.quality:
            raise ValueError(f"{protocol.name} has no level to vary")
        _generator(network, protocol, options, name, facts)
        return 0
    for other in {"sigma", "quality"} - {protocol.level}:
        if getattr(options, other):
            raise ValueError(f"{protocol.name} varies {protocol.level}, not {other}")
    levels = options.level or options.sigma or options.quality
    if isinstance(network, inference.TiledRestorer):
        protocol = protocol.in_eight_bits()
    results = evaluation.evaluate(network, protocol, options.data, levels)
    print(evaluation.table(name, protocol, options.data, results))
    if options.json:
        evaluation.save_json(options.json, name, protocol, results, **facts)
    return 0


def _network(preset: str, name: str):
    """A preset's network, or what stands for it where a TFLite file is named; and the sha256 of its weights."""
    from tfgan_zoo import inference, zoo

    if not name.endswith(".tflite"):
        return zoo.load(preset), zoo.metadata(preset)["files"]["model.weights.h5"]
    about = inference.tflite.metadata(preset)
    made = inference.TFLiteGenerator if about["kind"] == "generation" else inference.TFLiteRestorer
    return made(preset), about.get("weights_sha256")


def _generator(network, protocol, options, name, facts) -> None:
    from tfgan_zoo import evaluation, zoo

    scores = evaluation.evaluate_generator(network, protocol, options.data, progress=print)
    measured_by = {
        role: zoo.metadata(preset)["files"]["model.weights.h5"]
        for role, preset in (("extractor", protocol.extractor), ("judge", protocol.judge))
        if preset
    }
    print(f"{protocol.name}: {protocol.summary}")
    print(", ".join(f"{role} {sha256[:12]}" for role, sha256 in measured_by.items()))
    print(evaluation.scores_text(name, scores))
    if options.json:
        hashes = {f"{role}_sha256": sha256 for role, sha256 in measured_by.items()}
        evaluation.save_scores(options.json, name, protocol, scores, **hashes, **facts)
