"""The English weights can be made anew, all of them or some."""

from __future__ import annotations

import json
from pathlib import Path

from retrieval.ranking import WEIGHTS
from retrieval.training import main


def test_only_the_weights_that_are_free_are_fitted(models: Path, tmp_path: Path) -> None:
    knowledge, queries, out = (tmp_path / name for name in ("k.jsonl", "q.jsonl", "ranking.json"))
    goods = ("lamps", "tables", "chairs", "rugs", "shelves", "mirrors")
    knowledge.write_text(
        "\n".join(
            json.dumps({"id": f"{good}-{n}", "title": title, "text": f"{title} Ask us.", "entity": None})
            for good in goods
            for n, title in enumerate((f"How can I return {good}?", f"Which {good} are in stock?"))
        )
    )
    asked = [(f"i want to send my {good} back", f"{good}-0") for good in goods]
    asked += [(f"any {good} you could sell me today", f"{good}-1") for good in goods]
    queries.write_text(
        "\n".join(
            json.dumps({"history": [{"role": "customer", "text": text}], "relevant": [answer]})
            for text, answer in asked
        )
    )
    embedder = str(models / "all-MiniLM-L6-v2")
    fixed = ["--embedder", embedder, "--pair", str(knowledge), str(queries), "--out", str(out)]
    shipped = json.loads(WEIGHTS.read_text())
    main([*fixed, "--free", "general"])
    made = json.loads(out.read_text())
    assert made["answerable"] == shipped["answerable"]
    assert {k: v for k, v in made["ranking"].items() if k != "general"} == {
        k: v for k, v in shipped["ranking"].items() if k != "general"
    }
    main([*fixed, "--free", "dense_in_context"])
    made = json.loads(out.read_text())
    assert made["ranking"]["dense_in_context"] != shipped["ranking"]["dense_in_context"]
