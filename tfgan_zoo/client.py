"""A client of TensorFlow Serving, by REST or gRPC, for models that `export` wrote."""

import base64
import os
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import requests

from tfgan_zoo import addresses, extras
from tfgan_zoo.data import ArrayPicture, conditions, estimate_sigma, images, png

_BUSY = (429, 502, 503, 504)
_TYPES = {"DT_FLOAT": np.float32, "DT_INT32": np.int32, "DT_INT64": np.int64, "DT_UINT8": np.uint8, "DT_STRING": object}


class ServerError(ValueError):
    """What a server refused or failed at, in its own words; or that it cannot be reached."""


class Client:
    """Asks one model on a server.

    Args:
        url: http://HOST:8501 or https://..., for REST; grpc://HOST:8500 for gRPC, which needs the
            extra `serving`.
        model: its name there.
        retries: how often to ask again a server that is busy or cannot be reached, after 0.5 s
            and then twice as long each time.
        timeout: of one request, in seconds.

    Raises:
        ValueError: a URL of another kind, or the extra package is missing.
    """

    def __init__(self, url: str, model: str, *, retries: int = 4, timeout: float = 120.0):
        kind, found, _ = url.partition("://")
        if not found or kind not in _TRANSPORTS:
            raise ValueError(f"a server's URL begins with http://, https:// or grpc://, got {url}")
        self.model, self.retries = model, retries
        self._transport = _TRANSPORTS[kind](url.rstrip("/"), model, timeout)
        self._signatures = None

    @property
    def signatures(self) -> dict[str, dict[str, tuple[type, tuple]]]:
        """The model's signatures: for each its inputs by name, as type and shape, -1 where any size goes."""
        if self._signatures is None:
            self._signatures = self._patiently(self._transport.signatures)
        return self._signatures

    def predict(self, signature: str, inputs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Asks a signature; values by name, arrays of batch first, encoded images as arrays of bytes.

        Raises:
            ServerError: what the server says, or that it cannot be reached.
            ValueError: a signature or an input that the model does not have.
        """
        if signature not in self.signatures:
            raise ValueError(f"{self.model} has no signature {signature}; known: {', '.join(sorted(self.signatures))}")
        known = self.signatures[signature]
        if set(inputs) != set(known):
            raise ValueError(f"{signature} takes {', '.join(sorted(known))}, got {', '.join(sorted(inputs))}")
        typed = {name: _typed(name, np.asarray(value), known[name][0]) for name, value in inputs.items()}
        return self._patiently(lambda: self._transport.predict(signature, typed))

    def restore(self, pixels: np.ndarray, sigma: float | None = None) -> np.ndarray:
        """Restores (height, width, 1 or 3), uint8, as the server's network does it, the whole at once.

        As `inference.restore` does it, a gray network restores each colour on its own, and a
        colour network a gray image as three equal colours.

        Args:
            pixels: of the image.
            sigma: the noise's, in 8-bit levels, where the network takes one; None estimates it.

        Raises:
            ServerError: of `predict`.
            ValueError: of `predict`; a sigma outside of 0 to 255.
        """
        if sigma is not None and not 0 <= sigma <= 255:
            raise ValueError(f"sigma must be within [0, 255], got {sigma:g}")
        takes_sigma = "sigma" in self.signatures.get("serve_bytes", {})
        own = pixels.shape[-1]
        channels = self.signatures.get("serve_uint8", {}).get("image", (0, (own,)))[1][-1]
        if channels != own and takes_sigma and sigma is None:
            # Of the image, not of what becomes of it on the way.
            sigma = estimate_sigma(ArrayPicture(pixels))
        planes = [pixels]
        if channels == 1 < own:
            planes = [pixels[..., i : i + 1] for i in range(own)]
        elif channels == 3 > own:
            planes, sigma = [pixels.repeat(3, axis=-1)], None if sigma is None else 3**0.5 * sigma
        asked = {"image_bytes": np.array([png.packed(plane) for plane in planes], object)}
        if takes_sigma:
            # Sent even when it is not known: REST fills in no defaults.
            asked["sigma"] = [-1.0 if sigma is None else sigma] * len(planes)
        elif sigma is not None:
            raise ValueError(f"{self.model} finds the noise's level itself and takes no sigma")
        restored = [png.unpacked(item) for item in self.predict("serve_bytes", asked)["restored_bytes"]]
        if own == 1 and channels == 3:
            return np.round(restored[0].mean(axis=-1, keepdims=True)).astype(np.uint8)
        return np.concatenate(restored, axis=-1)

    def generate(self, count: int, seed: int = 0, **asked) -> list[np.ndarray]:
        """Images of a generator, (height, width, channels), uint8: those that `inference.generate` makes.

        Args:
            count: of images.
            seed: of the latent vectors.
            **asked: by the model's names of its conditions; one value for all images, or one an image.

        Raises:
            ServerError: of `predict`.
            ValueError: of `predict`; a seed, or values of a condition, that `inference.generate` refuses.
        """
        conditions.check_seed(seed)
        known = self.signatures.get("generate_bytes", {})
        asked = {name: value for name, value in asked.items() if value is not None}
        for name in set(asked) & set(known):
            kind, shape = known[name]
            asked[name] = conditions.rows(name, asked[name], shape[1:], kind, count)
        if "seed" in known:
            asked |= {"seed": [seed] * count, "number": range(count)}
        return [png.unpacked(item) for item in self.predict("generate_bytes", asked)["image_bytes"]]

    def _patiently(self, ask: Callable):
        for attempt in range(self.retries + 1):
            try:
                return ask()
            except _Unavailable as error:
                if attempt == self.retries:
                    raise ServerError(str(error)) from error
                time.sleep(0.5 * 2**attempt)


class _Unavailable(Exception):
    """The server may answer later."""


class _Rest:
    """TensorFlow Serving's REST interface, in its columnar form."""

    def __init__(self, url, model, timeout):
        self.place, self.timeout, self.session = f"{url}/v1/models/{model}", timeout, requests.Session()
        self.proxies = addresses.proxies(url)

    def signatures(self):
        try:
            described = self._ask("GET", "/metadata")["metadata"]["signature_def"]["signature_def"]
            known = {name: signature for name, signature in described.items() if not name.startswith("__")}
            made = {name: signature["outputs"].items() for name, signature in known.items()}
            self.outputs = {name: {n: _TYPES[o["dtype"]] for n, o in outputs} for name, outputs in made.items()}
            return {
                name: {n: (_TYPES[i["dtype"]], _dimensions(i)) for n, i in signature["inputs"].items()}
                for name, signature in known.items()
            }
        except (KeyError, TypeError, AttributeError) as error:
            raise ServerError(f"{self.place} does not answer as TensorFlow Serving does") from error

    def predict(self, signature, inputs):
        body = {"signature_name": signature, "inputs": {name: _plain(value) for name, value in inputs.items()}}
        answer, kinds = self._ask("POST", ":predict", json=body), self.outputs[signature]
        try:
            outputs = answer["outputs"]
            if len(kinds) == 1:
                outputs = {next(iter(kinds)): outputs}  # a single output comes without its name
            return {name: _array(outputs[name], kind) for name, kind in kinds.items()}
        except (KeyError, TypeError, ValueError) as error:
            raise ServerError(f"{self.place} does not answer as TensorFlow Serving does") from error

    def _ask(self, method, path, **rest):
        try:
            answer = self.session.request(method, self.place + path, timeout=self.timeout, proxies=self.proxies, **rest)
        except requests.exceptions.SSLError as error:
            raise ServerError(f"{self.place} cannot be trusted: {error}") from error
        except requests.ConnectionError as error:  # a timeout while connecting, too
            raise _Unavailable(f"{self.place} cannot be reached: {_cause(error)}") from error
        except requests.Timeout as error:
            raise ServerError(f"{self.place} did not answer within {self.timeout:g} s") from error
        except requests.RequestException as error:
            raise ServerError(f"{self.place} cannot be asked: {error}") from error
        try:
            said = answer.json()
        except ValueError:
            said = answer.text[:500]
        if not isinstance(said, dict):
            said = {"error": said}
        if answer.status_code in _BUSY:
            raise _Unavailable(f"{self.place} is busy: {answer.status_code} {said.get('error', '')}")
        if not answer.ok:
            raise ServerError(f"{self.place} answers {answer.status_code}: {said.get('error', said)}")
        return said


class _Grpc:
    """TensorFlow Serving's gRPC interface."""

    def __init__(self, url, model, timeout):
        grpc = extras.module("grpc", "serving", "grpc:// addresses")
        services = extras.module("tensorflow_serving.apis.prediction_service_pb2_grpc", "serving", "grpc:// addresses")
        self.place, self.model, self.timeout = url, model, timeout
        largest = [("grpc.max_send_message_length", -1), ("grpc.max_receive_message_length", -1)]
        channel = grpc.insecure_channel(url.removeprefix("grpc://"), options=largest)
        self.stub = services.PredictionServiceStub(channel)

    def signatures(self):
        import tensorflow as tf
        from tensorflow_serving.apis import get_model_metadata_pb2

        request = get_model_metadata_pb2.GetModelMetadataRequest(metadata_field=["signature_def"])
        request.model_spec.name = self.model
        described = get_model_metadata_pb2.SignatureDefMap()
        self._ask(self.stub.GetModelMetadata, request).metadata["signature_def"].Unpack(described)
        return {
            name: {
                n: (
                    object if i.dtype == tf.string.as_datatype_enum else tf.dtypes.as_dtype(i.dtype).as_numpy_dtype,
                    tuple(side.size for side in i.tensor_shape.dim),
                )
                for n, i in signature.inputs.items()
            }
            for name, signature in described.signature_def.items()
            if not name.startswith("__")
        }

    def predict(self, signature, inputs):
        import tensorflow as tf
        from tensorflow_serving.apis import predict_pb2

        request = predict_pb2.PredictRequest()
        request.model_spec.name, request.model_spec.signature_name = self.model, signature
        for name, value in inputs.items():
            request.inputs[name].CopyFrom(tf.make_tensor_proto(value))
        answer = self._ask(self.stub.Predict, request)
        return {name: tf.make_ndarray(value) for name, value in answer.outputs.items()}

    def _ask(self, method, request):
        import grpc

        try:
            return method(request, timeout=self.timeout)
        except grpc.RpcError as error:
            later = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.RESOURCE_EXHAUSTED)
            kind = _Unavailable if error.code() in later else ServerError
            raise kind(f"{self.place} answers {error.code().name}: {error.details()}") from error


_TRANSPORTS = {"http": _Rest, "https": _Rest, "grpc": _Grpc}


def _typed(name, values, kind):
    """Values in the type that a signature wants; what would change them, but for rounding of floats, is refused."""
    if kind is object:
        return values.astype(object)
    whole = np.issubdtype(kind, np.integer)
    if values.dtype.kind not in ("iu" if whole else "iuf"):
        raise ValueError(f"{name} must be {np.dtype(kind).name}, got {values.dtype}")
    with np.errstate(over="ignore"):
        typed = values.astype(kind)
    changed = typed != values if whole else np.isinf(typed) & ~np.isinf(values)
    if changed.any():
        raise ValueError(f"{name} must fit into {np.dtype(kind).name}, got {values[changed][0]}")
    return typed


def _cause(error: Exception) -> str:
    """What lies under an error of requests, whose own text tells of retries and addresses of objects."""
    reason = getattr(error.args[0], "reason", error) if error.args else error
    return str(reason).rpartition(": ")[2]


def _dimensions(described) -> tuple:
    shape = described["tensor_shape"]
    return () if shape.get("unknown_rank") else tuple(int(side["size"]) for side in shape.get("dim", []))


def _plain(values):
    if values.dtype == object:
        return [{"b64": base64.b64encode(item).decode()} for item in values]
    return values.tolist()


def _array(value, kind):
    if kind is object:
        return np.array([base64.b64decode(item["b64"]) for item in value], object)
    return np.asarray(value, kind)


def restore_file(client: Client, source: str | os.PathLike, target: str | os.PathLike, sigma: float | None = None):
    """Restores a file into a file by a server, in 8 bits, keeping alpha, EXIF and ICC profile.

    Raises:
        images.ImageError: what cannot be read or written; ServerError: what the server says.
    """
    picture, target = images.Picture(source), Path(target)
    images.check_target(target, picture)
    images.write(target, client.restore(images.read(source), sigma), like=picture)
