"""A small convolutional classifier, whose features measure generators."""

import keras
from keras import ops

from tfgan_zoo import layers


@keras.saving.register_keras_serializable("tfgan_zoo")
class ConvClassifier(keras.Model):
    """3x3 convolutions with batch norm and ReLU, halved by pooling, then a hidden dense layer and logits.

    Images (batch, height, width, channels) in [0, 1] to logits, (batch, classes), float32.

    Args:
        shape: of the image.
        classes: number of classes.
        widths: channels before each halving.
        features: length of what `features` gives.
        **kwargs: of `keras.Model`.
    """

    def __init__(self, shape=(28, 28, 1), classes: int = 10, widths=(32, 64, 128), features: int = 128, **kwargs):
        super().__init__(**kwargs, autocast=False)
        self.shape, self.classes, self.widths, self.feature_size = tuple(shape), classes, tuple(widths), features
        policy = {"dtype": self.dtype_policy}
        self.convolutions = [
            keras.layers.Conv2D(w, 3, padding="same", use_bias=False, name=f"convolution{i}", **policy)
            for i, w in enumerate(widths)
        ]
        self.norms = [layers.BatchNormalization(momentum=0.9, name=f"norm{i}", **policy) for i in range(len(widths))]
        self.pool = keras.layers.MaxPooling2D(2, padding="same", **policy)
        self.flatten = keras.layers.Flatten(**policy)
        self.drop = keras.layers.Dropout(0.3, **policy)
        self.hidden = keras.layers.Dense(features, activation="relu", dtype="float32", name="hidden")
        self.last = keras.layers.Dense(classes, dtype="float32", name="last")
        self(ops.zeros((1, *self.shape)))

    def feature_maps(self, images, training=None) -> list:
        """What each convolution gives, from the largest map to the smallest; of images of any size."""
        x, maps = ops.cast(2.0 * ops.convert_to_tensor(images, "float32") - 1.0, self.compute_dtype), []
        for convolution, norm in zip(self.convolutions, self.norms):
            maps.append(ops.relu(norm(convolution(x), training=training)))
            x = self.pool(maps[-1])
        return maps

    def features(self, images, training=None):
        """The hidden layer's values, (batch, features), not negative."""
        x = self.pool(self.feature_maps(images, training)[-1])
        return self.hidden(self.drop(self.flatten(x), training=training))

    def call(self, inputs, training=None):
        return self.last(self.features(inputs, training))

    def get_config(self):
        return {
            **super().get_config(),
            "shape": self.shape,
            "classes": self.classes,
            "widths": self.widths,
            "features": self.feature_size,
        }
