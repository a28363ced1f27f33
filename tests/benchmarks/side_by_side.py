"""What the benchmarks share: two ways to do the same work, each in a process of its own, in turn."""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")


def seconds(step, least: float = 3.0, most_runs: int = 50) -> float:
    """Median seconds of a call, after two to warm up."""
    step()
    step()
    times, begun = [], time.perf_counter()
    while not times or (time.perf_counter() - begun < least and len(times) < most_runs):
        started = time.perf_counter()
        step()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def batch():
    """16 colour images of 128 x 128, float32 in [0, 1]."""
    import numpy as np

    return np.random.default_rng(0).random((16, 128, 128, 3), dtype=np.float32)


def degrading(layer):
    """Steps of a degradation on `batch`, in the graph, of another seed each."""
    import tensorflow as tf

    images, seed = tf.constant(batch()), tf.Variable(0)
    call = tf.function(lambda: layer(images, seed=seed.assign_add(1)))
    return lambda: call().numpy()


def measure(kind: str, side: str, argument: str) -> dict[str, float]:
    """Runs one measurement of the calling script in a fresh process: seconds and peak memory in MB."""
    command = [sys.executable, sys.argv[0], "--worker", kind, side, argument]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(result.stdout.splitlines()[-1])


def main(description: str, rows: list[tuple[str, str, str]], functions: dict) -> None:
    """Prints one line a row.

    Args:
        description: of the script.
        rows: kind, argument and text; the steps come from the functions KIND_ours and KIND_peer.
        functions: by name.
    """
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", help="rows whose kind or text holds this")
    parser.add_argument("--worker", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        kind, side, argument = options.worker
        taken = seconds(functions[f"{kind}_{side}"](argument))
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({"seconds": taken, "memory": memory}))
        return
    print(f"{'':<60} {'ours':>10} {'peer':>10} {'faster':>7} {'memory, MB':>15} {'less':>5}")
    for kind, argument, text in rows:
        if options.only and options.only not in kind + text:
            continue
        pairs = [[measure(kind, side, argument) for side in ("ours", "peer")] for _ in range(options.rounds)]
        ours, peer = ([pair[i]["seconds"] for pair in pairs] for i in (0, 1))
        ratio = statistics.median(p / o for o, p in zip(ours, peer))
        memory = [statistics.median(pair[i]["memory"] for pair in pairs) for i in (0, 1)]
        print(
            f"{text:<60} {statistics.median(ours) * 1e3:>7.1f} ms {statistics.median(peer) * 1e3:>7.1f} ms "
            f"{ratio:>6.2f}x {memory[0]:>7.0f}/{memory[1]:<7.0f} {memory[1] / memory[0]:>4.2f}x",
            flush=True,
        )
