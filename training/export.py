"""Rounds a trained reader to what is shipped, qa/reader/reader.npz. What tells kinds of questions apart is trained after it (fit_asked.py).

    python -m training.export RUN [--out qa/reader/reader.npz]

RUN is a folder that training.fit wrote. Of each linear layer the input that takes the largest values is found on our dev part, as
docs/fit_model.py does for the embedder, and stays in float16.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from tokenizers import Tokenizer
from torch import nn

from index.embedding.default_model import model_folder
from index.embedding.encoder_graph import LINEAR
from qa.reader.learned import MARKS, TRAINED
from qa.reader.windows import Windows
from training import data
from training.data import every_window
from training.model import Layer, Reader, packed_weights, padded

LOOKED_AT = 40  # questions
# The parts of a joined linear layer, and its name in the package's words: see encoder_graph.py.
_PARTS = {"qkv": ("q", "k", "v"), "attention": ("ao",), "inner": ("fi",), "outer": ("fo",)}


def outliers(layers: Sequence[nn.Module], look: Callable[[], object]) -> npt.NDArray[np.int64]:
    """Shape (layers, len(LINEAR)): of each linear layer the input with the largest value in all that `look` runs through them."""
    largest: dict[tuple[int, str], torch.Tensor] = {}

    def watch(number: int, kind: str) -> Any:
        def note(_: nn.Module, inputs: tuple[torch.Tensor]) -> None:
            values = inputs[0].detach().float().abs().amax(dim=(0, 1))
            largest[number, kind] = torch.maximum(largest.get((number, kind), values), values)

        return note

    hooks = [getattr(layer, kind).register_forward_pre_hook(watch(number, kind)) for number, layer in enumerate(layers) for kind in LINEAR]
    look()
    for hook in hooks:
        hook.remove()
    return np.array([[int(largest[number, kind].argmax()) for kind in LINEAR] for number in range(len(layers))], dtype=np.int64)


def read_some(reader: Reader, windows: Windows) -> None:
    """Reads a window for some questions of our dev part."""
    with torch.inference_mode():
        for item in data.own("dev")[:LOOKED_AT]:
            for window in every_window(windows, item)[:1]:
                reader(*padded([window]))


def arrays(reader: Reader, apart: npt.NDArray[np.int64]) -> dict[str, npt.NDArray[Any]]:
    """What `qa.reader.learned.Trained` reads."""
    made: dict[str, npt.NDArray[Any]] = {
        "outliers": apart,
        "emb.pos": half(reader.positions),
        "head.w": half(reader.head.weight),
        "head.b": half(reader.head.bias),
    }
    _norm(made, "emb.ln", reader.norm)
    for number, layer in enumerate(reader.layers):
        assert isinstance(layer, Layer)
        made |= layer_arrays(f"l{number}", layer, apart[number])
    return made


def layer_arrays(name: str, layer: Layer, apart: npt.NDArray[np.int64]) -> dict[str, npt.NDArray[Any]]:
    """Those of a layer, whose linear layers keep the inputs `apart` unrounded."""
    made: dict[str, npt.NDArray[Any]] = {}
    _norm(made, f"{name}.aln", layer.attention_norm)
    _norm(made, f"{name}.oln", layer.outer_norm)
    for kind, one in zip(LINEAR, apart, strict=True):
        linear: nn.Linear = getattr(layer, kind)
        parts = _PARTS[kind]
        weights, biases = linear.weight.detach().numpy(), linear.bias.detach().numpy()
        for part, weight, bias in zip(parts, np.split(weights, len(parts)), np.split(biases, len(parts)), strict=True):
            _linear(made, f"{name}.{part}", weight, bias, int(one))
    return made


def _linear(made: dict[str, npt.NDArray[Any]], name: str, weight: npt.NDArray[np.float32], bias: Any, apart: int) -> None:
    others = weight.copy()
    others[:, apart] = 0
    scale = np.abs(others).max(axis=1) / 127
    made[f"{name}.w bytes"] = np.rint(others / scale[:, None]).astype(np.int8)
    made[f"{name}.w scale"] = scale.astype(np.float32)
    made[f"{name}.w apart"] = np.array(apart)
    made[f"{name}.w outlier"] = weight[:, apart].astype(np.float16)
    made[f"{name}.b"] = bias.astype(np.float16)


def _norm(made: dict[str, npt.NDArray[Any]], name: str, norm: nn.LayerNorm) -> None:
    made[f"{name}.w"], made[f"{name}.b"] = half(norm.weight), half(norm.bias)


def half(values: torch.Tensor) -> npt.NDArray[Any]:
    return values.detach().numpy().astype(np.float16)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m training.export", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("run", type=Path)
    parser.add_argument("--out", type=Path, default=TRAINED)
    options = parser.parse_args()
    reader = load(options.run)
    windows = Windows(Tokenizer.from_file(str(model_folder() / "tokenizer.json")), MARKS)
    np.savez_compressed(options.out, **arrays(reader, outliers(list(reader.layers), lambda: read_some(reader, windows))))
    print(f"{options.out}: {options.out.stat().st_size / 2**20:.1f} MB")
    return 0


def load(run: Path) -> Reader:
    """The reader that training.fit wrote into a folder."""
    trained = torch.load(run / "reader.pt", weights_only=True)
    reader = Reader(packed_weights(), 1 + max(int(name.split(".")[1]) for name in trained if name.startswith("layers.")))
    reader.load_state_dict(trained, strict=False)
    reader.eval()
    return reader


if __name__ == "__main__":
    sys.exit(main())
