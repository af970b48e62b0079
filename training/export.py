"""Rounds a trained reader to what is shipped, qa/reader/reader.npz, with what tells kinds of questions apart (asked.py).

    python -m training.export RUN [--out qa/reader/reader.npz]

RUN is a folder that training.fit wrote. Of each linear layer the input that takes the largest values is found on our dev part, as
docs/fit_model.py does for the embedder, and stays in float16.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from tokenizers import Tokenizer
from torch import nn

from index.embedding.default_model import model_folder
from index.embedding.encoder_graph import LINEAR
from qa.reader.learned import HEAD, MARKS, TRAINED
from qa.reader.windows import Windows
from training import data
from training.asked import facts, fit_asked, macro_f1, states
from training.data import every_window
from training.examples import asked_kinds
from training.model import Layer, Reader, packed_weights, padded

LOOKED_AT = 40  # questions
# The parts of a joined linear layer, and its name in the package's words: see encoder_graph.py.
_PARTS = {"qkv": ("q", "k", "v"), "attention": ("ao",), "inner": ("fi",), "outer": ("fo",)}


def outliers(reader: Reader, windows: Windows) -> npt.NDArray[np.int64]:
    """Shape (layers, len(LINEAR)): of each linear layer the input with the largest value."""
    largest: dict[tuple[int, str], torch.Tensor] = {}

    def watch(number: int, kind: str) -> Any:
        def look(_: nn.Module, inputs: tuple[torch.Tensor]) -> None:
            values = inputs[0].detach().float().abs().amax(dim=(0, 1))
            largest[number, kind] = torch.maximum(largest.get((number, kind), values), values)

        return look

    hooks = [
        getattr(layer, kind).register_forward_pre_hook(watch(number, kind)) for number, layer in enumerate(reader.layers) for kind in LINEAR
    ]
    with torch.inference_mode():
        for item in data.own("dev")[:LOOKED_AT]:
            for window in every_window(windows, item)[:1]:
                reader(*padded([window]))
    for hook in hooks:
        hook.remove()
    return np.array([[int(largest[number, kind].argmax()) for kind in LINEAR] for number in range(len(reader.layers))], dtype=np.int64)


def arrays(reader: Reader, apart: npt.NDArray[np.int64]) -> dict[str, npt.NDArray[Any]]:
    """What `qa.reader.learned.Trained` reads."""
    made: dict[str, npt.NDArray[Any]] = {
        "outliers": apart,
        "emb.pos": _half(reader.positions),
        "head.w": _half(reader.head.weight[: len(HEAD)]),
    }
    made["head.b"] = _half(reader.head.bias[: len(HEAD)])
    _norm(made, "emb.ln", reader.norm)
    for number, layer in enumerate(reader.layers):
        assert isinstance(layer, Layer)
        _norm(made, f"l{number}.aln", layer.attention_norm)
        _norm(made, f"l{number}.oln", layer.outer_norm)
        for kind in LINEAR:
            linear: nn.Linear = getattr(layer, kind)
            names = _PARTS[kind]
            weights, biases = linear.weight.detach().numpy(), linear.bias.detach().numpy()
            for name, weight, bias in zip(names, np.split(weights, len(names)), np.split(biases, len(names)), strict=True):
                _linear(made, f"l{number}.{name}", weight, bias, int(apart[number, LINEAR.index(kind)]))
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
    made[f"{name}.w"], made[f"{name}.b"] = _half(norm.weight), _half(norm.bias)


def _half(values: torch.Tensor) -> npt.NDArray[Any]:
    return values.detach().numpy().astype(np.float16)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m training.export", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("run", type=Path)
    parser.add_argument("--out", type=Path, default=TRAINED)
    options = parser.parse_args()
    reader = load(options.run)
    windows = Windows(Tokenizer.from_file(str(model_folder() / "tokenizer.json")), MARKS)
    asked = [*asked_kinds(), *facts()]
    made = states(reader, windows, asked)
    parts = np.array([one.part for one in asked])
    seen, kept = (np.flatnonzero(where) for where in (parts == "train", parts != "train"))
    heads = fit_asked(made[seen], [asked[place] for place in seen])
    print(macro_f1(made[kept], [asked[place] for place in kept], *heads))
    weights, constants = fit_asked(made, asked)
    told = {"asked.w": _half(weights), "asked.b": _half(constants)}
    np.savez_compressed(options.out, **arrays(reader, outliers(reader, windows)), **told)
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
