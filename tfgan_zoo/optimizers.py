"""Muon for convolutions."""

import keras
from keras import ops

# Coefficients of the quintic Newton-Schulz iteration (Jordan et al. 2024).
_A, _B, _C = 3.4445, -4.7750, 2.0315
_ITERATIONS = 5


def orthogonalize(matrix):
    """Nearest semi-orthogonal matrix, roughly: all singular values of the result are near 1.

    Newton-Schulz iteration X <- (a + b G + c G^2) X with G = X X^T. G is made of X each time: iterated
    alone, which is cheaper, what rounding pushes below 0 grows twelvefold a round, on GPUs of
    TensorFloat-32 to steps ten times too long.

    Args:
        matrix: (rows, columns), float32.
    """
    if matrix.shape[0] > matrix.shape[1]:
        return ops.transpose(orthogonalize(ops.transpose(matrix)))
    matrix = matrix / (ops.norm(matrix) + 1e-7)
    for _ in range(_ITERATIONS):
        gram = ops.matmul(matrix, ops.transpose(matrix))
        matrix = _A * matrix + ops.matmul(_B * gram + _C * ops.matmul(gram, gram), matrix)
    return matrix


@keras.saving.register_keras_serializable("tfgan_zoo")
class Muon(keras.optimizers.Optimizer):
    """Momentum, orthogonalised (Jordan et al. 2024, kellerjordan.github.io/posts/muon).

    A kernel of shape (..., in, out) is taken as the matrix (... x in, out). `keras.optimizers.Muon`
    leaves every convolution to Adam; this one leaves only weights of one dimension (biases,
    normalisation) to it.
    Updates are scaled to 0.2 of the learning rate per weight in the root mean square (Liu et
    al. 2025, arXiv:2502.16982), so that learning rates are those of Adam.

    Args:
        learning_rate: a float or a schedule.
        momentum: of the gradients of kernels, in Nesterov's form.
        beta_1, beta_2, epsilon: of Adam, for vectors.
        **kwargs: of `keras.optimizers.Optimizer`.
    """

    def __init__(self, learning_rate=2e-3, momentum=0.95, beta_1=0.9, beta_2=0.99, epsilon=1e-7, name="muon", **kwargs):
        super().__init__(learning_rate=learning_rate, name=name, **kwargs)
        self.momentum, self.beta_1, self.beta_2, self.epsilon = momentum, beta_1, beta_2, epsilon

    def build(self, variables):
        if self.built:
            return
        super().build(variables)
        self._momenta = [self.add_variable_from_reference(v, name="momentum") for v in variables]
        self._velocities = [
            self.add_variable_from_reference(v, name="velocity") if len(v.shape) < 2 else None for v in variables
        ]

    def update_step(self, gradient, variable, learning_rate):
        index = self._get_variable_index(variable)
        rate = ops.cast(learning_rate, variable.dtype)
        gradient = ops.cast(gradient, variable.dtype)
        if self._velocities[index] is None:
            self._muon_step(gradient, variable, rate, self._momenta[index])
        else:
            self._adam_step(gradient, variable, rate, self._momenta[index], self._velocities[index])

    def _muon_step(self, gradient, variable, rate, momentum):
        self.assign(momentum, self.momentum * momentum + (1 - self.momentum) * gradient)
        ahead = self.momentum * momentum + (1 - self.momentum) * gradient
        update = orthogonalize(ops.reshape(ahead, (-1, variable.shape[-1])))
        scale = 0.2 * max(update.shape) ** 0.5
        self.assign_sub(variable, rate * scale * ops.reshape(update, variable.shape))

    def _adam_step(self, gradient, variable, rate, first, second):
        step = ops.cast(self.iterations + 1, variable.dtype)
        self.assign(first, self.beta_1 * first + (1 - self.beta_1) * gradient)
        self.assign(second, self.beta_2 * second + (1 - self.beta_2) * ops.square(gradient))
        unbiased = first / (1 - ops.power(self.beta_1, step))
        spread = ops.sqrt(second / (1 - ops.power(self.beta_2, step)))
        self.assign_sub(variable, rate * unbiased / (spread + self.epsilon))

    def get_config(self):
        return {
            **super().get_config(),
            "momentum": self.momentum,
            "beta_1": self.beta_1,
            "beta_2": self.beta_2,
            "epsilon": self.epsilon,
        }
