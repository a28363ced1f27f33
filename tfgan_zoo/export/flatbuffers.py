"""TFLite files as data: metadata put in, operations counted."""

import collections

import flatbuffers
import numpy as np

from tfgan_zoo.inference.tflite import litert


def read(content: bytes):
    """The file as an object of TFLite's schema that can be changed."""
    schema = litert("schema_py_generated")
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(content, 0))
    for part in model.buffers:  # those that lie behind the tables come in, since their places move
        if part.offset > 1:
            part.data = np.frombuffer(content, np.uint8, part.size, part.offset)
            part.offset = part.size = 0
    return model


def packed(model) -> bytes:
    """The file of what `read` gave."""
    builder = flatbuffers.Builder(1 << 20)
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def with_metadata(content: bytes, name: str, text: str) -> bytes:
    """The file with a named buffer of text, which every reader leaves alone that does not know it."""
    schema, model = litert("schema_py_generated"), read(content)
    buffer, entry = schema.BufferT(), schema.MetadataT()
    buffer.data, entry.name, entry.buffer = np.frombuffer(text.encode(), np.uint8), name.encode(), len(model.buffers)
    model.buffers.append(buffer)
    model.metadata = [*(model.metadata or []), entry]
    return packed(model)


def operations(content: bytes) -> dict[str, int]:
    """How often each operation comes, by TFLite's name for it; custom ones as CUSTOM:name."""
    model = read(content)
    return dict(collections.Counter(kind(model, operator) for graph in model.subgraphs for operator in graph.operators))


def kind(model, operator) -> str:
    """TFLite's name for an operation of what `read` gave; a custom one as CUSTOM:name."""
    known = vars(litert("schema_py_generated").BuiltinOperator).items()
    code = model.operatorCodes[operator.opcodeIndex]
    if code.customCode:
        return f"CUSTOM:{code.customCode.decode()}"
    number = max(code.builtinCode, code.deprecatedBuiltinCode)
    return next(name for name, value in known if value == number)


def places(content: bytes, end: str) -> dict[str, int]:
    """The names of the "Inputs" or "Outputs" in the signature's order, each with its place among those of the graph.

    Interpreters count by the graph, LiteRT's CompiledModel by the signature.
    """
    model = litert("schema_py_generated").Model.GetRootAs(content, 0)
    graph, signature = model.Subgraphs(0), model.SignatureDefs(0)

    def listed(part):
        return [getattr(part, end)(number) for number in range(getattr(part, f"{end}Length")())]

    tensors = listed(graph)
    return {tensor.Name().decode(): tensors.index(tensor.TensorIndex()) for tensor in listed(signature)}
