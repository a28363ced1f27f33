"""Recipes that teach a generator."""

import dataclasses
import functools
from collections.abc import Callable

import keras
import numpy as np

from tfgan_zoo import callbacks, data, inference, models, networks, pictures
from tfgan_zoo.data.convert import scaled
from tfgan_zoo.recipes.recipe import SetRecipe, Stage


@dataclasses.dataclass(frozen=True)
class GenerationRecipe(SetRecipe):
    """How a generator is trained: the average of the last step is the preset.

    Nothing is selected, and what is watched are training images. The learning rate falls on a
    cosine to a tenth.

    Args:
        name, summary, limits: of `Recipe`.
        examples: reads the data from a folder.
        model: makes the model; called with the dtype policy and the seed.
        steps: of the generator.
        batch: images in a step.
        learning_rate: of both Adams, at the start.
        betas: of both Adams.
        epoch: steps between two looks at the log.
        flip: whether mirrored images are as good as the others.
        shift: pixels by which images may lie elsewhere.
        request: what else to ask for, as options of the command line and as Python, for the card.
        noise: whether images vary by it, so that the card asks for many.
        groups: of like images, where there are no labels: the network is taught by them, as the
            condition "cluster", and the preset is a `networks.Mixture` that draws one itself.
    """

    model: Callable[..., models.Adversarial]
    batch: int = 64
    learning_rate: float = 4e-4
    betas: tuple[float, float] = (0.0, 0.99)
    flip: bool = False
    shift: int = 0
    request: tuple[str, str] = ("", "")
    noise: bool = True
    groups: int = 0

    def read(self, source):
        examples = super().read(source)
        return data.clustered(examples, self.groups) if self.groups else examples

    def compiled(self, dtype, seed):
        keras.utils.set_random_seed(seed)
        model = self.model(dtype=dtype, seed=seed)
        model.compile(self._optimizer(), self._optimizer())
        return model

    def _optimizer(self):
        schedule = keras.optimizers.schedules.CosineDecay(self.learning_rate, self.steps, alpha=0.1)
        return keras.optimizers.Adam(schedule, beta_1=self.betas[0], beta_2=self.betas[1])

    def stages(self, examples, seed):
        return [Stage(self.steps, functools.partial(self._batches, examples.arrays, seed))]

    def _batches(self, arrays, seed, start):
        return data.batches(arrays, self.batch, seed=seed, start=start, flip=self.flip, shift=self.shift)

    def watchers(self, folder, model, examples):
        taken = examples.taken()
        real = taken["image"][_rows(taken, min(500, len(taken["image"])))]
        inputs, few = (fixed_inputs(model.generator, taken, count) for count in (len(real), 60))
        monitor = callbacks.CollapseMonitor(real, inputs, every=5)
        return [monitor, callbacks.SampleGrid(folder / "samples", few)]

    def result(self, folder, model, examples):
        network = type(model.averaged).from_config({**model.averaged.get_config(), "dtype": "float32"})
        network.set_weights(model.averaged.get_weights())
        if self.groups:
            counts = np.bincount(examples.arrays["cluster"], minlength=self.groups)
            network = networks.Mixture(network, counts / counts.sum())
        images, taken = len(examples.arrays["image"]), len(examples.taken()["image"])
        training = {"images": taken, "made_of_them": images - taken, "steps": self.steps}
        classes = {name: names for name, names in examples.classes.items() if name in network.conditions}
        return network, {"training": training, "classes": classes}

    def preview(self, path, network, show):
        labels = [c for c in network.conditions.values() if isinstance(c, int)]
        columns = labels[0] if labels else 10
        if len(labels) == len(network.conditions):
            made = network(fixed_inputs(network, {}, 6 * columns), training=False)
            return pictures.grid(path, pictures.rows(np.asarray(made), columns))
        if show is None:
            raise ValueError(f"{self.name} is shown on the data that it learnt from; give --show FOLDER")
        examples = self.examples(show)
        inputs = fixed_inputs(network, examples.held_out or examples.arrays, 16)
        rows = [*_pictured(network, inputs), (self.name, np.asarray(network(inputs, training=False)))]
        for name in [name for name, condition in network.conditions.items() if condition == (3,)]:
            for color, value in _COLORS.items():
                changed = {**inputs, name: np.tile(np.float32(value), (16, 1))}
                rows.append((f"in {color}", np.asarray(network(changed, training=False))))
        names = examples.classes["label"] if "label" in inputs else []
        pictures.labelled_rows(path, rows, [names[label] for label in inputs.get("label", [])])

    def requests(self, network, source, side):
        inputs = fixed_inputs(network, self.examples(source).taken(), _REQUESTS)
        return [({name: values[row : row + 1] for name, values in inputs.items()}, None) for row in range(_REQUESTS)]

    def origin(self, facts):
        training = facts["training"]
        made = f" and {training['made_of_them']:,} made of them" if training.get("made_of_them") else ""
        images = f"{training['images']:,} images of {training['folder']}{made}"
        return f"{images}, {training['steps']:,} steps of {self.batch}"

    def use(self, name):
        options, arguments = (" -n 64", ", 64, seed=7") if self.noise else ("", "")
        return (
            f"tfgan-zoo generate {name}{options}{self.request[0]} --grid -o {name}.png",
            f'images = tfgan_zoo.inference.generate(tfgan_zoo.zoo.load("{name}"){arguments}{self.request[1]})',
        )


_REQUESTS = 96
_COLORS = {"red": (0.85, 0.2, 0.15), "blue": (0.2, 0.4, 0.85), "yellow": (0.95, 0.8, 0.2)}


def _pictured(network, inputs):
    """The conditions as named rows of pictures: images as they are, colours as areas."""
    for name, condition in network.conditions.items():
        if condition == (3,):
            yield name, [np.broadcast_to(color, network.shape) for color in inputs[name]]
        elif not isinstance(condition, int) and len(condition) == 3:
            yield name, [np.broadcast_to(image, network.shape) for image in inputs[name]]


def fixed_inputs(generator, source: dict[str, np.ndarray], count: int) -> dict[str, np.ndarray]:
    """Inputs to look at again and again: latent vectors, labels in turn, and conditions spread over the data.

    Args:
        generator: a `networks.Generator`.
        source: what gives the conditions, where there are others than labels, of as many kinds
            as there are.
        count: of images.
    """
    inputs = {"latent": inference.latents(generator.latent, count)} if generator.latent else {}
    labels_alone = set(generator.conditions) <= {"label"}
    rows = None if labels_alone else _rows(source, count)
    for name, condition in generator.conditions.items():
        inputs[name] = np.arange(count, dtype=np.int32) % condition if labels_alone else scaled(source[name][rows])
    return inputs


def _rows(source, count):
    """So many examples, evenly spaced, and of a kind each where there are as many."""
    kinds = np.unique(source["label"], return_index=True)[1] if "label" in source else []
    known = np.sort(kinds) if len(kinds) >= count else np.arange(len(source["image"]))
    return known[np.linspace(0, len(known) - 1, count).astype(int)]
