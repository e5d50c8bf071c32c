"""The fast engine: llama.cpp in this process, its slots batched, its replies the same alone and beside others."""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from generation.engine import CONTEXT, SLOTS, Say, encode
from generation.gguf_weights import prepare
from generation.prompt import Prompt
from generation.sampling import SamplingControls
from retrieval.errors import GenerationFailed, ModelError

_SPIN = "500"
_NGRAM, _DRAFT = 3, 8  # tokens that recur, and tokens then guessed from what followed them before
_SEEDS = 2**32 - 1  # llama.cpp takes this very number for "any"


class LlamaEngine:
    """llama.cpp through the wheel ``xllamacpp``, on 8-bit weights made once from the model's own GGUF file.

    Eight replies at once share each pass over the weights. What a prompt shares with the one its slot read before is
    not read again. Replies repeat their passage, so the tokens that followed the last three before are guessed and
    checked in one pass (prompt lookup decoding, Saxena 2023); a guess that the model would not have drawn is dropped.
    Keys are kept in bf16 and values in fp16: with that pair llama.cpp takes the same arithmetic path for one token and
    for many, so that a reply depends neither on the guesses nor on what else is being written.

    Raises ModelError where the weights cannot be loaded, ImportError where the wheel cannot.
    """

    def __init__(self, folder: Path, *, adapter: Path | None = None, threads: int = 2, slots: int = SLOTS) -> None:
        from transformers import AutoTokenizer

        # Threads that wait for one another spin by default: on cores that others use too, most time goes there.
        os.putenv("GOMP_SPINCOUNT", _SPIN)
        native = import_module("xllamacpp")
        self.name = f"{folder.name} (llama.cpp)"
        self.slots = slots
        weights = prepare(folder, adapter)
        params = native.CommonParams()
        params.model.path = str(weights)
        params.n_parallel = slots
        params.n_ctx = CONTEXT * slots
        params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads
        params.cache_type_k, params.cache_type_v = native.ggml_type.GGML_TYPE_BF16, native.ggml_type.GGML_TYPE_F16
        params.cache_ram_mib = 128  # some fifty prompts: the same passage asked for again is mostly read already
        params.speculative.types = [native.common_speculative_type.COMMON_SPECULATIVE_TYPE_NGRAM_SIMPLE]
        lookup = params.speculative.ngram_simple
        lookup.size_n, lookup.size_m, lookup.min_hits = _NGRAM, _DRAFT, 1
        params.n_gpu_layers = 0
        params.verbosity = -1
        # It listens on a loopback port that nothing here uses; nobody else shall.
        params.api_keys = [secrets.token_urlsafe(24)]
        params.ui = params.endpoint_slots = False
        try:
            self._tokenizer: Any = AutoTokenizer.from_pretrained(str(folder), local_files_only=True)
            self._server: Any = native.Server(params)
        except (OSError, ValueError, RuntimeError) as error:
            if weights.parent == folder and weights.name.startswith("served-"):
                weights.unlink(missing_ok=True)
            raise ModelError(f"{folder} cannot be loaded ({error})", "run: frontdesk models fetch") from error

    def count_tokens(self, text: str) -> int:
        return len(self._tokenizer(text, add_special_tokens=False)["input_ids"])

    def write(self, prompt: Prompt, controls: SamplingControls, say: Say) -> None:
        """Write one reply; up to ``slots`` threads may call this at once.

        Raises GenerationFailed where llama.cpp refuses the prompt.
        """
        server = self._server
        if server is None:
            raise GenerationFailed("the reply model is closed")
        ids = encode(self._tokenizer, prompt)
        if len(ids) >= CONTEXT:
            raise GenerationFailed(f"the prompt has {len(ids)} tokens; {CONTEXT - 1} fit")
        failure: list[str] = []

        def hear(chunk: Any) -> bool:
            if "choices" not in chunk:
                failure.append(str(chunk.get("error", chunk)))
                return True
            try:
                return say(chunk["choices"][0]["text"])
            except Exception as error:  # what is raised here would be swallowed by the binding
                failure.append(str(error))
                return True

        try:
            server.handle_completions(request(ids, controls), hear)
        except RuntimeError as error:
            raise GenerationFailed(f"llama.cpp failed: {error}") from error
        if failure:
            raise GenerationFailed(f"llama.cpp failed: {failure[0]}")

    def close(self) -> None:
        """Let go of the weights; what is being written ends first."""
        self._server = None


def request(ids: Sequence[int], controls: SamplingControls) -> dict[str, Any]:
    """What llama.cpp is asked for: the prompt's tokens and the controls, in the order in which they are applied here."""
    return {
        "prompt": list(ids),
        "stream": True,
        "max_tokens": int(controls.max_new_tokens),
        "temperature": controls.temperature,
        "top_k": int(controls.top_k),
        "top_p": controls.top_p,
        "min_p": controls.min_p,
        "repeat_penalty": 1.0,
        "seed": int(controls.seed) % _SEEDS,
        "samplers": ["temperature", "top_k", "top_p", "min_p"],
        "cache_prompt": True,
    }
