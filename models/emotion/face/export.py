"""Writing the trained network as ONNX, its numbers in half precision (torch and onnx: extras)."""

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from models.emotion.face.network import Network, Served
from models.emotion.face.served import INPUT
from models.emotion.face.tile import SIDE

OPSET = 17
OUTPUTS = ("features", "logits")


def export(network: Network, path: Path) -> None:
    """Write `network` to `path`; beside it first, then into place. It computes in float32 from halved weights."""
    beside = path.with_suffix(".partial")
    axes = {name: {0: "n"} for name in (INPUT, *OUTPUTS)}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch's tracing exporter announces its successor, which needs onnxscript
        torch.onnx.export(
            Served(network).eval(),
            (torch.zeros(2, 1, SIDE, SIDE),),
            str(beside),
            dynamo=False,
            input_names=[INPUT],
            output_names=list(OUTPUTS),
            dynamic_axes=axes,
            opset_version=OPSET,
        )
    model = onnx.load(str(beside))
    _halve(model)
    onnx.checker.check_model(model)
    onnx.save(model, str(beside))
    beside.replace(path)


def _halve(model: Any) -> None:
    """Every table of weights in half precision, and a cast before its use."""
    casts = []
    for table in model.graph.initializer:
        if table.data_type != TensorProto.FLOAT or np.prod(table.dims) < 64:
            continue
        halved = numpy_helper.from_array(numpy_helper.to_array(table).astype(np.float16), f"{table.name}_half")
        casts.append(helper.make_node("Cast", [halved.name], [table.name], to=TensorProto.FLOAT))
        table.CopyFrom(halved)
    for cast in reversed(casts):
        model.graph.node.insert(0, cast)
