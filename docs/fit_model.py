"""Fits index/embedding/e5_small.npz: from the model's hidden states to token vectors, and what rounding to int8 needs.

    .venv/bin/python docs/fit_model.py CORPUS.jsonl

The means of the layers that a token's vector is made of are subtracted (what all tokens share says nothing) and each is brought to length
one; from each the direction in which the two languages of the corpus lie apart is taken out; they are joined and reduced by principal
components; a random rotation then spreads what is left evenly, so that every dimension can be rounded alike. No question and no label is
used. The committed file was fitted on NTREX (Federmann et al. 2022; 57 news stories in English and Arabic).

article@1 on xquad-en-on-ar / xquad-ar-on-en, nothing rounded yet: .885 / .820 with all 1,152 dimensions, .877 / .802 with 256, .850 / .802
with 256 that keep the direction between the languages.

Which input of each linear layer takes the largest values is found on the same texts.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import onnx
from onnx import TensorProto, helper
from tokenizers import Tokenizer

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from index.articles import Article, read_sources  # noqa: E402 (the project is not installed)
from index.embedding.default_model import package_file  # noqa: E402
from index.embedding.embed import Vectors  # noqa: E402
from index.embedding.encoder_graph import LINEAR  # noqa: E402
from index.embedding.unpack import FITTED, PREFIXES, TOKEN_LAYERS, read_packed, token_weights, write_folder  # noqa: E402
from index.store.passages import passages_of  # noqa: E402

# Bytes a token: half as many, two dimensions in each.
DIMENSIONS = 256


def main(corpus: Path) -> None:
    import onnxruntime  # noqa: PLC0415 (after index, which switches its reports to its maker off)

    packed = read_packed(package_file().read_bytes())
    weights = token_weights(packed)
    with TemporaryDirectory() as folder:
        write_folder(packed, None, Path(folder), "float32")
        model = onnx.load(str(Path(folder) / "model.onnx"))
        # What goes into each linear layer, to be looked at: the first input of its product.
        entering = {
            node.output[0].removesuffix(" product"): node.input[0] for node in model.graph.node if node.output[0].endswith(" product")
        }
        seen = sorted(set(entering.values()))
        model.graph.output.extend(helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in seen)
        session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
        tokenizer = Tokenizer.from_file(str(Path(folder) / "tokenizer.json"))
        states: dict[str, list[Vectors]] = {}
        largest: dict[str, Vectors] = {}
        for article in read_sources([corpus]):
            for passage in passages_of(article) if isinstance(article, Article) else ():
                ids = np.array(tokenizer.encode(PREFIXES["passage"] + passage.text).ids[:512], dtype=np.int64)
                found, *inputs = session.run(["token_embeddings", *seen], {"input_ids": ids[None, :]})
                states.setdefault(article.language, []).append(found[0][weights[ids] > 0])
                for name, values in zip(seen, inputs, strict=True):
                    highest = np.abs(values[0]).max(axis=0)
                    largest[name] = np.maximum(largest.get(name, highest), highest)
    if len(states) != 2:
        sys.exit(f"The corpus must be in two languages; this is in: {', '.join(states)}")
    first, second = (np.concatenate(found).reshape(-1, len(TOKEN_LAYERS), packed.width) for found in states.values())
    means = np.concatenate([first, second]).mean(axis=0)
    first, second = unit(first - means), unit(second - means)
    apart = unit(first.mean(axis=0) - second.mean(axis=0))
    layers = np.concatenate([first, second])
    layers -= np.einsum("tlw,lw->tl", layers, apart)[:, :, None] * apart
    joined = layers.reshape(len(layers), -1).astype(np.float64)
    _, directions = np.linalg.eigh(joined.T @ joined)
    rotation = np.linalg.qr(np.random.default_rng(0).standard_normal((DIMENSIONS, DIMENSIONS)))[0]
    matrix = (directions[:, -DIMENSIONS:] @ rotation).reshape(len(TOKEN_LAYERS), packed.width, -1)
    matrix -= np.einsum("lw,lv,lvd->lwd", apart, apart, matrix)
    outliers = [[largest[entering[f"l{layer}.{kind}"]].argmax() for kind in LINEAR] for layer in range(packed.layers)]
    np.savez_compressed(
        FITTED,
        means=means.astype(np.float32),
        matrix=matrix.reshape(joined.shape[1], -1).astype(np.float16),
        outliers=np.array(outliers),
    )
    print(f"{len(layers)} tokens")


def unit(vectors: Vectors) -> Vectors:
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
