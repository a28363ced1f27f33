"""The one training step of two networks: a generator, and a discriminator that judges it."""

import dataclasses
from collections.abc import Sequence

import keras
import tensorflow as tf

from tfgan_zoo import losses
from tfgan_zoo.models import checks
from tfgan_zoo.models.counting import count, step_seed
from tfgan_zoo.ops import random


@dataclasses.dataclass
class Judged:
    """What a loss sees of one step.

    Attributes:
        real, fake: images, (batch, height, width, channels) in [0, 1].
        real_logits, fake_logits: what the discriminator says of them; real_logits is None in the
            generator's step of a loss that is not `paired`.
        batch: the batch as the subclass prepared it.
    """

    real: tf.Tensor
    fake: tf.Tensor
    real_logits: tf.Tensor | None
    fake_logits: tf.Tensor
    batch: dict

    def centred_real(self):
        """Logits of the real images less the mean of all: a relativistic loss leaves their level free."""
        return self.real_logits - tf.reduce_mean(tf.concat([self.real_logits, self.fake_logits], axis=0))


class Adversarial(keras.Model):
    """Two networks, two optimizers, and an average of the generator, trained by `fit`.

    A subclass may override `prepare` (what a batch is), `generate` and `judge` (how the
    networks are called) and writes `discriminator_loss` and `generator_loss`.

    Every draw of a step depends on `seed` and the number of the step alone, and all that
    changes is among the weights or in the two optimizers, which `compile` builds: a training
    that was interrupted and restored from a `callbacks.Backup`, `BackupAndRestore` or a
    checkpoint goes on exactly as if it had not been, if its data do: `data.batches` begins where
    `start=model.steps` says when it is read.

    On several devices gradients, ADA's probability and what is logged are of all; batch
    statistics are each device's own.

    Args:
        generator, discriminator: networks.
        loss: a `losses.AdversarialLoss`.
        penalties: on the discriminator's gradient, such as `losses.R1`.
        penalty_every: steps between two penalties, which then count as many times
            (lazy regularisation, StyleGAN2, arXiv:1912.04958); by default 4, but 1 where a
            penalty is taken between real and generated images, as WGAN-GP takes its.
        discriminator_steps: discriminator steps for each generator step, on the same real
            images and new generated ones.
        simultaneous: one set of generated images serves both networks' steps, and both
            gradients are taken before either changes; faster, and no `discriminator_steps`.
        augment: a `layers.DiffAugment` of what the discriminator sees.
        ema_images: the average generator forgets half of its past in so many images; fewer
            early on, a twentieth of the images seen (StyleGAN2-ADA).
        seed: of all that is drawn.
        **kwargs: of `keras.Model`.
    """

    terms = ("d_loss", "g_loss", "d_real", "d_fake", "sign", "penalty")
    """What `fit` logs: losses, mean logits, mean sign of the real ones less the mean of all, penalties."""

    def __init__(
        self,
        generator: keras.Model,
        discriminator: keras.Model,
        loss: losses.AdversarialLoss | None = None,
        penalties: Sequence[losses.Penalty] = (),
        *,
        penalty_every: int | None = None,
        discriminator_steps: int = 1,
        simultaneous: bool = False,
        augment=None,
        ema_images: int = 10_000,
        seed: int = 0,
        **kwargs,
    ):
        kwargs.setdefault("dtype", generator.dtype_policy)
        super().__init__(**kwargs, autocast=False)
        if penalty_every is None:
            penalty_every = 1 if any(penalty.at == "between" for penalty in penalties) else 4
        if penalty_every < 1 or discriminator_steps < 1:
            raise ValueError(
                "penalty_every and discriminator_steps must be at least 1, "
                f"got {penalty_every} and {discriminator_steps}"
            )
        if simultaneous and discriminator_steps > 1:
            raise ValueError("simultaneous steps are one of each network; discriminator_steps must be 1")
        moved = {"translation", "cutout"} & set(getattr(augment, "kinds", ()))
        if moved and getattr(discriminator, "image_conditions", dict)():
            raise ValueError(f"{', '.join(sorted(moved))} would move images away from the conditions that are images")
        self.generator, self.discriminator = generator, discriminator
        self.adversarial_loss = loss or losses.NonSaturating()
        self.penalties, self.penalty_every = tuple(penalties), penalty_every
        self.discriminator_steps, self.simultaneous = discriminator_steps, simultaneous
        self.augment, self.ema_images, self.seed = augment, ema_images, seed
        self.ema_generator = generator.__class__.from_config(generator.get_config())
        self.ema_generator.set_weights(generator.get_weights())
        self.ema_generator.trainable = False
        counter = {"shape": (), "initializer": "zeros", "dtype": "int64", "trainable": False}
        self.steps = self.add_weight(name="steps", **counter)
        self.images_seen = self.add_weight(name="images_seen", **counter)
        self.trackers = {name: keras.metrics.Mean(name) for name in self.terms}
        self.built = True

    # What a subclass writes.

    def discriminator_loss(self, seen: Judged) -> dict:
        """Terms, by names among `terms`, that the discriminator minimises the sum of; one value an image each."""
        return {"d_loss": self.adversarial_loss.discriminator(seen.real_logits, seen.fake_logits)}

    def generator_loss(self, seen: Judged) -> dict:
        """Terms, by names among `terms`, that the generator minimises the sum of; one value an image each."""
        return {"g_loss": self.adversarial_loss.generator(seen.real_logits, seen.fake_logits)}

    def prepare(self, data, seed) -> dict:
        """A batch of `fit` as a dictionary, whose "image" is real."""
        raise NotImplementedError

    def generate(self, generator, batch: dict, seed, training: bool):
        """Images for a batch, by a generator: the trained or the average one."""
        raise NotImplementedError

    def judge(self, images, batch: dict, training: bool):
        """The discriminator's logits of images, real and generated alike."""
        raise NotImplementedError

    @property
    def image_shape(self):
        """Of the images that a batch must hold; None for any size."""
        return self.discriminator.shape

    # The two optimizers.

    def compile(self, generator_optimizer=None, discriminator_optimizer=None, metrics=None, **kwargs):
        """Takes and builds both optimizers, so that restoring a backup restores them too.

        Args:
            generator_optimizer: Adam(2e-4, beta_1=0, beta_2=0.99) by default.
            discriminator_optimizer: by default another like the generator's. A schedule belongs into both
                optimizers: Keras's callbacks that set a learning rate reach the generator's alone.
            metrics: of `evaluate` and validation, of (real, generated).
            **kwargs: of `keras.Model.compile`, but no `optimizer` and no `loss`.

        Raises:
            ValueError: one optimizer for both networks; `optimizer` or `loss`.
        """
        if given := [name for name in ("optimizer", "loss") if kwargs.get(name) is not None]:
            raise ValueError(
                f"{' and '.join(given)}: there are a generator_optimizer and a discriminator_optimizer here, "
                "and the loss is an argument of the model"
            )
        first = keras.optimizers.get(generator_optimizer or keras.optimizers.Adam(2e-4, beta_1=0.0, beta_2=0.99))
        second = keras.optimizers.get(discriminator_optimizer or type(first).from_config(first.get_config()))
        if first is second:
            raise ValueError("the two networks need an optimizer each, got the same for both")
        super().compile(optimizer=_scaled(first, self.generator), metrics=metrics, **kwargs)
        self.discriminator_optimizer = _scaled(second, self.discriminator)
        self.generator_optimizer.build(self.generator.trainable_variables)
        self.discriminator_optimizer.build(self.discriminator.trainable_variables)

    @property
    def generator_optimizer(self):
        """The generator's optimizer, which is Keras's `optimizer` of this model."""
        return self.optimizer

    def get_compile_config(self):
        if not self.compiled:
            return None
        config = super().get_compile_config()
        config["generator_optimizer"] = config.pop("optimizer")
        config["discriminator_optimizer"] = keras.saving.serialize_keras_object(self.discriminator_optimizer)
        return config

    def compile_from_config(self, config):
        self.compile(**keras.saving.deserialize_keras_object(config))

    @property
    def averaged(self):
        """The network to ship: the average of the generator's weights and statistics."""
        return self.ema_generator

    # The step.

    def train_step(self, data):
        drawn, *turns = random.split(step_seed(self.seed, self.steps), 2 + self.discriminator_steps)
        batch = self._checked(self.prepare(data, drawn))
        due = tf.equal(self.steps % self.penalty_every, 0)
        if self.simultaneous:
            terms = self._both(batch, turns[0], due)
        else:
            for turn in turns[:-1]:
                terms = self._discriminator_turn(batch, turn, due)
            terms.update(self._generator_turn(batch, turns[-1]))
        count(self.steps, data)
        seen = tf.shape(batch["image"], tf.int64)[0] * tf.distribute.get_strategy().num_replicas_in_sync
        self.images_seen.assign_add(seen)
        self._update_average(seen)
        if self.augment is not None:
            self.augment.adapt(terms["sign"], seen)
        return self._track(terms)

    def _checked(self, batch):
        return checks.checked(batch, self.image_shape, self.discriminator.conditions)

    def _discriminator_turn(self, batch, seed, due):
        drawing, penalising = random.split(seed, 2)
        fake = self.generate(self.generator, batch, drawing, training=True)
        gradients, terms = self._discriminator_gradients(batch, fake, penalising, due)
        self.discriminator_optimizer.apply(gradients, self.discriminator.trainable_variables)
        return terms

    def _discriminator_gradients(self, batch, fake, seed, due):
        if not self.penalties:
            return self._discriminate(batch, fake, seed, penalise=False)
        # The whole tape is inside each branch: no gradient goes through the condition.
        return tf.cond(
            due,
            lambda: self._discriminate(batch, fake, seed, penalise=True),
            lambda: self._discriminate(batch, fake, seed, penalise=False),
        )

    def _discriminate(self, batch, fake, seed, penalise: bool):
        """Gradients of the discriminator's weights, and the terms."""
        augmenting, mixing = random.split(seed, 2)
        points = tf.concat([batch["image"], tf.stop_gradient(fake)], axis=0)
        with tf.GradientTape() as tape:
            with tf.GradientTape() as inner:
                inner.watch(points)
                logits = self._judge_both(points, batch, augmenting)
                verdicts = _verdicts(logits)
            seen = self._judged(points, logits, batch)
            parts = self.discriminator_loss(seen)
            loss = sum(_mean(part) for part in parts.values())
            penalty = tf.constant(0.0)
            if penalise:
                penalty = self._penalty(inner, points, verdicts, batch, mixing)
                loss = loss + self.penalty_every * penalty
            scaled = self.discriminator_optimizer.scale_loss(_of_replica(loss))
        gradients = tape.gradient(scaled, self.discriminator.trainable_variables)
        terms = {name: _mean(part) for name, part in parts.items()}
        terms |= {
            "d_real": _mean(seen.real_logits),
            "d_fake": _mean(seen.fake_logits),
            "sign": _mean(tf.sign(seen.centred_real())),
            "penalty": self.penalty_every * penalty,  # 0 in the steps between: the mean is of those that are due
        }
        return gradients, terms

    def _penalty(self, inner, points, verdicts, batch, seed):
        """The sum of all penalties; those at real and generated images share one gradient."""
        at_ends = None
        total = 0.0
        for penalty in self.penalties:
            if penalty.at == "between":
                gradient = self._gradient_between(points, batch, seed)
            else:
                if at_ends is None:
                    at_ends = tf.split(inner.gradient(verdicts, points), 2)
                gradient = at_ends[penalty.at == "fake"]
            # Images in [0, 1]: the gradient for [-1, 1] is half of theirs.
            total += tf.reduce_mean(penalty(gradient / 2.0))
        return total

    def _gradient_between(self, points, batch, seed):
        mixing, augmenting = random.split(seed, 2)
        mixed = losses.between(*tf.split(points, 2), mixing)
        with tf.GradientTape() as tape:
            tape.watch(mixed)
            verdicts = _verdicts(self.judge(self._augmented(mixed, augmenting), batch, training=True))
        return tape.gradient(verdicts, mixed)

    def _generator_turn(self, batch, seed):
        drawing, augmenting = random.split(seed, 2)
        with tf.GradientTape() as tape:
            fake = self.generate(self.generator, batch, drawing, training=True)
            parts = self.generator_loss(self._judge_for_generator(fake, batch, augmenting))
            scaled = self.generator_optimizer.scale_loss(_of_replica(sum(_mean(part) for part in parts.values())))
        self.generator_optimizer.apply(
            tape.gradient(scaled, self.generator.trainable_variables), self.generator.trainable_variables
        )
        return {name: _mean(part) for name, part in parts.items()}

    def _both(self, batch, seed, due):
        """Simultaneous steps: the generator's gradient is taken from the discriminator as it was."""
        drawing, augmenting, penalising = random.split(seed, 3)
        with tf.GradientTape() as tape:
            fake = self.generate(self.generator, batch, drawing, training=True)
            parts = self.generator_loss(self._judge_for_generator(fake, batch, augmenting))
            scaled = self.generator_optimizer.scale_loss(_of_replica(sum(_mean(part) for part in parts.values())))
        generator_gradients = tape.gradient(scaled, self.generator.trainable_variables)
        gradients, terms = self._discriminator_gradients(batch, fake, penalising, due)
        self.discriminator_optimizer.apply(gradients, self.discriminator.trainable_variables)
        self.generator_optimizer.apply(generator_gradients, self.generator.trainable_variables)
        return {**terms, **{name: _mean(part) for name, part in parts.items()}}

    def _judge_for_generator(self, fake, batch, seed):
        """What the generator's loss sees: the real images are judged only if it compares with them."""
        if self.adversarial_loss.paired:
            points = tf.concat([batch["image"], fake], axis=0)
            return self._judged(points, self._judge_both(points, batch, seed), batch)
        logits = self.judge(self._augmented(fake, seed), batch, training=True)
        return Judged(batch["image"], fake, None, logits, batch)

    def _judge_both(self, points, batch, seed):
        """Logits of real and generated images in one pass, augmented where asked."""
        return self.judge(self._augmented(points, seed), _twice(batch), training=True)

    def _augmented(self, images, seed):
        return images if self.augment is None else self.augment(images, seed=seed.state)

    def _judged(self, points, logits, batch):
        real, fake = tf.split(points, 2)
        real_logits, fake_logits = tf.split(logits, 2)
        return Judged(real, fake, real_logits, fake_logits, batch)

    def _update_average(self, count):
        seen, count = tf.cast(self.images_seen, tf.float32), tf.cast(count, tf.float32)
        half_life = tf.minimum(float(self.ema_images), seen / 20)
        momentum = 0.5 ** (count / half_life)
        for average, weight in zip(self.ema_generator.weights, self.generator.weights):
            average.assign(average + (1 - momentum) * (weight - average))

    # What Keras asks of a model.

    def _track(self, terms):
        for name, value in terms.items():
            self.trackers[name].update_state(value)
        return {name: tracker.result() for name, tracker in self.trackers.items()}

    @property
    def metrics(self):
        # The terms first, each once; Keras's own loss has no part in this.
        mine = list(self.trackers.values())
        compiled = [self._compile_metrics] if self._compile_metrics is not None else []
        return mine + compiled

    def get_metrics_result(self):
        # Compiled metrics see validation alone; Keras would ask for theirs in training too.
        compiled = self._compile_metrics
        own = {name: tracker.result() for name, tracker in self.trackers.items()}
        return {**own, **(compiled.result() if compiled is not None and compiled.built else {})}

    def test_step(self, data):
        """The losses and the compiled metrics of the average generator, the same at every pass."""
        judged = tf.cast(self.trackers["d_real"].count, tf.int32)  # of images so far in this pass
        seed = random.fold(self.seed, judged)
        batch = self._checked(self.prepare(data, seed))
        fake = self.generate(self.ema_generator, batch, seed, training=False)
        points = tf.concat([batch["image"], fake], axis=0)
        seen = self._judged(points, self.judge(points, _twice(batch), training=False), batch)
        terms = {**self.discriminator_loss(seen), **self.generator_loss(seen)}
        terms |= {"d_real": seen.real_logits, "d_fake": seen.fake_logits, "sign": tf.sign(seen.centred_real())}
        for name, value in terms.items():
            # By its images: the last batch may be smaller.
            self.trackers[name].update_state(_mean(value), sample_weight=tf.shape(batch["image"])[0])
        return {**{name: self.trackers[name].result() for name in terms}, **self._compiled(seen)}

    def _compiled(self, seen):
        if self._compile_metrics is None:
            return {}
        self._compile_metrics.update_state(seen.real, seen.fake)
        return self._compile_metrics.result()

    def call(self, inputs, training=None):
        return (self.generator if training else self.ema_generator)(inputs, training=training)

    def get_config(self):
        serialize = keras.saving.serialize_keras_object
        names = ("penalty_every", "discriminator_steps", "simultaneous", "ema_images", "seed")
        return {
            **super().get_config(),
            "generator": serialize(self.generator),
            "discriminator": serialize(self.discriminator),
            "loss": serialize(self.adversarial_loss),
            "penalties": [serialize(penalty) for penalty in self.penalties],
            "augment": serialize(self.augment),
            **{name: getattr(self, name) for name in names},
        }

    @classmethod
    def from_config(cls, config):
        config, deserialize = dict(config), keras.saving.deserialize_keras_object
        for name in ("generator", "discriminator", "loss", "augment"):
            config[name] = deserialize(config[name])
        config["penalties"] = [deserialize(part) for part in config["penalties"]]
        return cls(**config)


def _scaled(optimizer, network):
    """The optimizer, with a loss scale where the network computes in float16."""
    if network.compute_dtype != "float16" or isinstance(optimizer, keras.optimizers.LossScaleOptimizer):
        return optimizer
    return keras.optimizers.LossScaleOptimizer(optimizer)


def _mean(values):
    return tf.reduce_mean(tf.cast(values, tf.float32))


def _verdicts(logits):
    """One logit an image: the mean over patches, as the losses take it."""
    return tf.reduce_mean(tf.reshape(logits, (tf.shape(logits)[0], -1)), axis=1)


def _of_replica(loss):
    return loss / tf.distribute.get_strategy().num_replicas_in_sync


def _twice(batch):
    """A batch whose every entry stands twice: conditions for real and for generated images."""
    return keras.tree.map_structure(lambda value: tf.concat([value, value], axis=0), batch)
