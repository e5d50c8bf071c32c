"""llama.cpp as its wheel's front page runs it, in a process of its own: the peer of ``frontdesk bench generation``.

Reads one JSON line ``{"prompts": [[token, ...], ...], "max_tokens": n}`` at a time; answers, all prompts having been
asked at once, ``{"seconds", "first", "tokens"}``.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from importlib import import_module
from typing import Any


def main(path: str, threads: str) -> None:
    native = import_module("xllamacpp")
    params = native.CommonParams()
    params.model.path = path
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = int(threads)
    params.n_ctx = 4096
    params.verbosity = -1
    server = native.Server(params)
    print("ready", flush=True)
    for line in sys.stdin:
        print(json.dumps(_run(server, **json.loads(line))), flush=True)


def _run(server: Any, prompts: list[list[int]], max_tokens: int) -> dict[str, float]:
    began = time.perf_counter()
    firsts: list[float] = []
    tokens: list[int] = []

    def ask(prompt: list[int]) -> None:
        heard = 0

        def hear(chunk: Any) -> bool:
            nonlocal heard
            heard += 1
            if heard == 1:
                firsts.append(time.perf_counter() - began)
            if "usage" in chunk:
                tokens.append(chunk["usage"]["completion_tokens"])
            return False

        server.handle_completions({"prompt": prompt, "max_tokens": max_tokens, "temperature": 0, "stream": True}, hear)

    asked = [threading.Thread(target=ask, args=(prompt,)) for prompt in prompts]
    for thread in asked:
        thread.start()
    for thread in asked:
        thread.join()
    return {"seconds": time.perf_counter() - began, "first": min(firsts), "tokens": sum(tokens)}


if __name__ == "__main__":
    main(*sys.argv[1:])
