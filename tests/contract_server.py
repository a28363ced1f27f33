"""A stand-in for TensorFlow Serving, whose binary cannot be had where tests run.

It answers with the exported SavedModels themselves, over gRPC by the service's own stubs and over
REST by the rules that TensorFlow Serving's REST documentation gives. It is held to those rules, not
to what the client happens to send.
"""

import base64
import concurrent.futures
import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import grpc
import numpy as np
import tensorflow as tf
from google.protobuf import json_format
from tensorflow.core.protobuf import saved_model_pb2
from tensorflow_serving.apis import get_model_metadata_pb2, predict_pb2, prediction_service_pb2_grpc


class ContractError(Exception):
    """A refusal: gRPC's status and the HTTP code that TensorFlow Serving makes of it."""

    def __init__(self, status, code, text):
        super().__init__(text)
        self.status, self.code = status, code


def not_found(text):
    return ContractError(grpc.StatusCode.NOT_FOUND, 404, text)


def invalid(text):
    return ContractError(grpc.StatusCode.INVALID_ARGUMENT, 400, text)


class Model:
    """One exported model: its signatures, as the file declares them."""

    def __init__(self, folder: Path):
        version = max((path for path in folder.iterdir() if path.name.isdigit()), key=lambda path: int(path.name))
        stored = saved_model_pb2.SavedModel()
        stored.ParseFromString((version / "saved_model.pb").read_bytes())
        self.version, self.loaded = int(version.name), tf.saved_model.load(str(version))
        self.signatures = dict(stored.meta_graphs[0].signature_def)

    def run(self, signature, inputs, fill_defaults):
        """Inputs are arrays by name; only gRPC fills in what a signature has a default for."""
        if signature not in self.signatures:
            raise invalid(f'Serving signature key "{signature}" not found.')
        declared = self.signatures[signature]
        if unknown := set(inputs) - set(declared.inputs):
            raise invalid(f"input tensor alias not found in signature: {unknown.pop()}")
        if fill_defaults:
            inputs = {**{n: tf.make_ndarray(v) for n, v in declared.defaults.items()}, **inputs}
        if missing := set(declared.inputs) - set(inputs):
            raise invalid(f"input size does not match signature: {sorted(missing)} missing")
        tensors = {}
        for name, value in inputs.items():
            dtype = tf.dtypes.as_dtype(declared.inputs[name].dtype)
            if isinstance(value, np.ndarray) and tf.dtypes.as_dtype(value.dtype) != dtype and fill_defaults:
                raise invalid(f"Expected {name} to be {dtype.name}, got {value.dtype}")
            try:
                tensors[name] = tf.constant(value, dtype)
            except (TypeError, ValueError) as error:
                raise invalid(f"JSON Value: not a {dtype.name} tensor for {name}: {error}") from error
        try:
            return {name: value.numpy() for name, value in self.loaded.signatures[signature](**tensors).items()}
        except (tf.errors.OpError, TypeError) as error:
            raise invalid(str(error)) from error


class ContractServer:
    """Serves every NAME/VERSION below a folder, on free ports of the loopback interface.

    Attributes:
        rest, grpc: URLs.
        failures: how many of the next requests are refused as busy.
    """

    def __init__(self, folder):
        self.models = {
            path.parent.parent.name: Model(path.parent.parent) for path in Path(folder).glob("*/*/saved_model.pb")
        }
        self.failures, outer = 0, self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                self.answer(lambda: outer.described(self.path))

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self.answer(lambda: outer.predicted(self.path, body))

            def answer(self, make):
                try:
                    outer.may_refuse()
                    code, said = 200, make()
                except ContractError as error:
                    code, said = error.code, {"error": str(error)}
                content = json.dumps(said).encode()
                self.send_response(code)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *rest):
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        threading.Thread(target=self._http.serve_forever, daemon=True).start()
        self.rest = f"http://127.0.0.1:{self._http.server_port}"
        self._grpc = grpc.server(concurrent.futures.ThreadPoolExecutor(4))
        prediction_service_pb2_grpc.add_PredictionServiceServicer_to_server(_Service(self), self._grpc)
        self.grpc = f"grpc://127.0.0.1:{self._grpc.add_insecure_port('127.0.0.1:0')}"
        self._grpc.start()

    def close(self):
        self._http.shutdown()
        self._http.server_close()
        self._grpc.stop(None).wait()

    def may_refuse(self):
        if self.failures > 0:
            self.failures -= 1
            raise ContractError(grpc.StatusCode.UNAVAILABLE, 503, "the model is being loaded")

    def model(self, name):
        if name not in self.models:
            raise not_found(f"Servable not found for request: Latest({name})")
        return self.models[name]

    def described(self, path):
        match = re.fullmatch(r"/v1/models/([^/:]+)/metadata", path)
        if not match:
            raise invalid(f"Malformed request: GET {path}")
        model = self.model(match[1])
        signatures = get_model_metadata_pb2.SignatureDefMap(signature_def=model.signatures)
        return {
            "model_spec": {"name": match[1], "signature_name": "", "version": str(model.version)},
            "metadata": {"signature_def": json_format.MessageToDict(signatures, preserving_proto_field_name=True)},
        }

    def predicted(self, path, body):
        match = re.fullmatch(r"/v1/models/([^/:]+):predict", path)
        if not match:
            raise invalid(f"Malformed request: POST {path}")
        model = self.model(match[1])
        try:
            asked = json.loads(body)
        except ValueError as error:
            raise invalid(f"JSON Parse error: {error}") from error
        if not isinstance(asked, dict):
            raise invalid("JSON Parse error: a request must be a JSON object")
        if ("inputs" in asked) == ("instances" in asked):
            raise invalid("Request must have either 'inputs' or 'instances', and not both")
        signature = asked.get("signature_name", "serving_default")
        if signature not in model.signatures:
            raise invalid(f'Serving signature key "{signature}" not found.')
        named = model.signatures[signature].inputs
        if "instances" in asked:
            if not isinstance(asked["instances"], list) or not asked["instances"]:
                raise invalid("Expecting 'instances' value to be a non-empty list")
            rows = [
                row if isinstance(row, dict) and "b64" not in row else {next(iter(named)): row}
                for row in asked["instances"]
            ]
            if any(set(row) != set(rows[0]) for row in rows):
                raise invalid("Failed to process element of 'instances' list: a tensor of others is missing")
            columns = {name: [_decoded(row[name]) for row in rows] for name in rows[0]}
            outputs = model.run(signature, columns, fill_defaults=False)
            plain = {name: _encoded(name, value) for name, value in outputs.items()}
            if len(plain) == 1:
                return {"predictions": next(iter(plain.values()))}
            return {"predictions": [dict(zip(plain, row)) for row in zip(*plain.values())]}
        inputs = asked["inputs"]
        if not isinstance(inputs, dict) or "b64" in inputs:
            inputs = {next(iter(named)): inputs}
        outputs = model.run(signature, {n: _decoded(v) for n, v in inputs.items()}, fill_defaults=False)
        plain = {name: _encoded(name, value) for name, value in outputs.items()}
        return {"outputs": next(iter(plain.values())) if len(plain) == 1 else plain}


class _Service(prediction_service_pb2_grpc.PredictionServiceServicer):
    def __init__(self, outer):
        self.outer = outer

    def Predict(self, request, context):
        def make():
            inputs = {name: tf.make_ndarray(value) for name, value in request.inputs.items()}
            model = self.outer.model(request.model_spec.name)
            answer = predict_pb2.PredictResponse()
            signature = request.model_spec.signature_name or "serving_default"
            for name, value in model.run(signature, inputs, fill_defaults=True).items():
                answer.outputs[name].CopyFrom(tf.make_tensor_proto(value))
            return answer

        return self._answer(make, context)

    def GetModelMetadata(self, request, context):
        def make():
            model = self.outer.model(request.model_spec.name)
            answer = get_model_metadata_pb2.GetModelMetadataResponse()
            answer.metadata["signature_def"].Pack(
                get_model_metadata_pb2.SignatureDefMap(signature_def=model.signatures)
            )
            return answer

        return self._answer(make, context)

    def _answer(self, make, context):
        try:
            self.outer.may_refuse()
            return make()
        except ContractError as error:
            context.abort(error.status, str(error))


def _decoded(value):
    """JSON's values with every {"b64": ...} turned into bytes."""
    if isinstance(value, dict) and set(value) == {"b64"}:
        try:
            return base64.b64decode(value["b64"], validate=True)
        except (TypeError, ValueError) as error:
            raise invalid(f"Unable to base64 decode: {error}") from error
    return [_decoded(item) for item in value] if isinstance(value, list) else value


def _encoded(name, value):
    """Only of outputs whose name ends in _bytes does REST give base64; others must be text."""
    if value.dtype != object:
        return value.tolist()
    if name.endswith("_bytes"):
        return [{"b64": base64.b64encode(item).decode()} for item in value]
    return [item.decode("utf8", "replace") for item in value]
