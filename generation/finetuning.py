"""Tunes the reply model on dialogues with LoRA (Hu et al., 2021), on a CPU or a GPU; a killed run can go on.

Only the reply and its end are learnt. On a CPU each core works on its own part of a batch: small matrices use a core
better than two cores share one.
"""

from __future__ import annotations

import json
import logging
import math
import os
import sys
import time
import warnings
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any

from generation import examples, model, tuned
from generation.examples import Sample
from generation.plotting import loss_plot
from retrieval.descent import set_gradients
from retrieval.errors import InputError, ModelError
from retrieval.precision import multiplies_bf16

logger = logging.getLogger(__name__)

_CHECKPOINT = "checkpoint.pt"
_STEPS = "steps.jsonl"
_WEIGHTS = "adapter_model.safetensors"
_OTHER = "name one tuned from this model with --start, or none"
_LIMITS: dict[str, tuple[float, float]] = {
    "epochs": (0.01, 1000),
    "rate": (1e-7, 0.1),
    "rank": (1, 256),
    "batch": (1, 1024),
    "warmup": (0.0, 0.9),
    "validation": (1, 10_000),
    "evaluations": (1, 1000),
    "patience": (1, 1000),
    "threads": (1, 256),
    "minutes": (0.01, 100_000),
    "seed": (0, 2**32 - 1),
}


@dataclass(frozen=True, slots=True)
class Options:
    """How to train. Raises InputError for a value outside its limits.

    epochs       passes over the data
    rate         highest learning rate; it rises over ``warmup`` (a share of the steps) and falls as a cosine to 0
    rank         of the LoRA matrices, on every projection; alpha is twice the rank
    batch        examples of a step
    validation   examples kept for validation, at most a fifth of the file
    evaluations  how often validation is measured, spread evenly
    patience     evaluations without a better validation loss after which training stops
    threads      CPU cores to use
    minutes      end within this time, the schedule with it; None trains all epochs
    seed         same seed, data, options and machine: same adapter (without ``minutes``)
    """

    epochs: float = 1.0
    rate: float = 4e-4
    rank: int = 16
    batch: int = 8
    warmup: float = 0.05
    validation: int = 48
    evaluations: int = 10
    patience: int = 3
    threads: int = 2
    minutes: float | None = None
    seed: int = 7

    def __post_init__(self) -> None:
        for name, (low, high) in _LIMITS.items():
            value = getattr(self, name)
            if value is not None and not low <= value <= high:
                raise InputError(f"{name} is {value!r}", f"give a number from {low:g} to {high:g}")


@dataclass(slots=True)
class _State:
    """How far the training has come; it is what a checkpoint holds besides the tensors."""

    step: int = 0
    seconds: float = 0.0
    best: float = math.inf
    best_step: int = 0
    worse: int = 0
    tokens: int = 0
    done: bool = False
    training: list[tuple[int, float]] = field(default_factory=list)
    validation: list[tuple[int, float]] = field(default_factory=list)


def finetune(
    data: Path,
    out: Path,
    base: Path,
    options: Options | None = None,
    *,
    start: Path | None = None,
    resume: bool = False,
) -> dict[str, Any]:
    """Train on a file and leave the best adapter in ``out``, with its note, its loss plot and the steps' figures.

    It learns on from the adapter ``start``, or from the base alone. With ``resume`` a run that was cut off goes on from
    its last checkpoint. A bar is shown on a terminal only.
    Raises InputError for the file, the folder or another rank than that of ``start``, ModelError for the base or ``start``.
    """
    options = options or Options()
    begun = _begun(start, base, options) if start is not None else None
    _ready(out, resume)
    network, tokenizer = model.load(base)
    samples, teaches = examples.read(data, tokenizer)
    started = {
        **asdict(options),
        "data_sha256": model.sha256(data),
        "base_sha256": tuned.identity(base),
        "start_sha256": model.sha256(start / _WEIGHTS) if start is not None else None,
    }
    kept = Random(options.seed).sample(samples, k=len(samples))
    count = min(options.validation, max(1, len(kept) // 5))
    run = _Run(network, kept[count:], kept[:count], options, out, started)
    if begun is not None:
        run.begin(begun)
    if resume:
        run.restore()
    run.train()
    note = {
        "format": 1,
        "teaches": teaches,
        "base": base.name,
        "base_sha256": started["base_sha256"],
        "prompt": tuned.prompt_version(),
        "data": data.name,
        "data_sha256": started["data_sha256"],
        "start_sha256": started["start_sha256"],
        "examples": len(kept) - count,
        "options": asdict(options),
        "steps": run.state.best_step,
        "validation_loss": round(run.state.best, 4),
    }
    tuned.write_note(out, note)
    (out / "loss.svg").write_text(loss_plot(run.state.training, run.state.validation), encoding="utf-8")
    (out / _CHECKPOINT).unlink(missing_ok=True)
    return {
        "out": str(out),
        "examples": len(kept) - count,
        "steps": run.state.step,
        "best_step": run.state.best_step,
        "validation_loss": run.state.best,
        "first_validation_loss": run.state.validation[0][1],
        "tokens_per_second": run.state.tokens / max(run.state.seconds, 1e-9),
        "seconds": run.state.seconds,
    }


def _begun(adapter: Path, base: Path, options: Options) -> dict[str, Any]:
    """The tensors of an adapter to learn on from, by name."""
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    tuned.verify(adapter, base)
    try:
        rank = json.loads((adapter / "adapter_config.json").read_text(encoding="utf-8"))["r"]
        tensors: dict[str, Any] = load_file(str(adapter / _WEIGHTS))
    except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
        raise ModelError(f"the adapter {adapter} is broken ({error})", "name another one with --start") from error
    if rank != options.rank:
        raise InputError(f"rank is {options.rank}, that of {adapter} is {rank}", f"give --rank {rank}")
    return tensors


def _ready(out: Path, resume: bool) -> None:
    """Make the folder; a run that was cut off there must be resumed or removed."""
    if out.exists() and not out.is_dir():
        raise InputError("is a file", "name a folder for the adapter", path=out)
    if resume and not (out / _CHECKPOINT).is_file():
        raise InputError("holds no checkpoint to resume from", "leave --resume out", path=out)
    if not resume and (out / _CHECKPOINT).is_file():
        raise InputError("holds a run that was cut off", "add --resume to go on, or remove the folder", path=out)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot be made ({error.strerror})", "name a folder that can be written", path=out) from error
    if not resume:
        (out / _STEPS).unlink(missing_ok=True)


class _Run:
    """One training: the network with its LoRA matrices, the optimiser, and the step it is at."""

    def __init__(
        self,
        network: Any,
        training: Sequence[Sample],
        validation: Sequence[Sample],
        options: Options,
        out: Path,
        started: dict[str, Any],
    ) -> None:
        import torch
        from peft import LoraConfig, get_peft_model

        torch.manual_seed(options.seed)
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        # bf16 products, fp32 weights: nearly three times as fast on a processor with AMX.
        self.half = multiplies_bf16(self.device)
        self.options, self.out, self.started = options, out, started
        self.training, self.validation = training, validation
        config = LoraConfig(
            r=options.rank, lora_alpha=2 * options.rank, target_modules="all-linear", task_type="CAUSAL_LM"
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # peft asks for a name that transformers has renamed
            self.network = get_peft_model(network.to(self.device), config)
        self.parameters = [parameter for parameter in self.network.parameters() if parameter.requires_grad]
        self.optimiser = torch.optim.AdamW(self.parameters, lr=options.rate, weight_decay=0.0, betas=(0.9, 0.98))
        self.state = _State()
        batches = math.ceil(len(training) / options.batch)
        self.per_epoch = batches
        self.steps = max(1, round(options.epochs * batches))
        # One core each; cores that share a small matrix mostly wait for one another.
        self.workers = 1 if self.device.type == "cuda" else min(options.threads, options.batch)

    def begin(self, tensors: dict[str, Any]) -> None:
        """Start with these LoRA matrices. Raises ModelError where they are not those of this network."""
        from peft import set_peft_model_state_dict

        try:
            result = set_peft_model_state_dict(self.network, tensors)
        except (RuntimeError, KeyError) as error:
            raise ModelError(f"the adapter does not fit ({str(error).splitlines()[0]})", _OTHER) from error
        lacking = [name for name in result.missing_keys if "lora_" in name]
        if lacking or result.unexpected_keys:
            raise ModelError(f"the adapter does not fit ({(lacking or result.unexpected_keys)[0]})", _OTHER)

    def train(self) -> None:
        """Step until the end, the time is up or validation gets no better; the best adapter is in ``out`` then."""
        import torch
        from tqdm import tqdm

        before, torch_threads = time.monotonic() - self.state.seconds, torch.get_num_threads()
        every = max(1, self.steps // self.options.evaluations)
        if self.device.type == "cpu":
            torch.set_num_threads(1)
        saved = due = time.monotonic()
        pool = ThreadPoolExecutor(self.workers)
        bar = tqdm(
            total=self.steps, initial=self.state.step, disable=not sys.stderr.isatty(), unit="step", file=sys.stderr
        )
        try:
            if not self.state.validation:
                self._validate(pool)
            spacing = (self.options.minutes or 0) * 60 / self.options.evaluations
            due = time.monotonic() + spacing
            epoch, batches = -1, []
            while not self.state.done:
                if self.state.step // self.per_epoch != epoch:
                    epoch = self.state.step // self.per_epoch
                    random = Random(f"{self.options.seed} {epoch}")
                    batches = examples.shape(self.training, self.options.batch, random)
                loss = self._step(batches[self.state.step % self.per_epoch], pool)
                self.state.seconds = time.monotonic() - before
                self.state.training.append((self.state.step, loss))
                bar.update()
                bar.set_postfix(loss=f"{loss:.3f}", validation=f"{self.state.best:.3f}")
                self._note(loss)
                over = self._progress() >= 1.0
                if over or self.state.step % every == 0 or (spacing and time.monotonic() >= due):
                    due = time.monotonic() + spacing
                    self._validate(pool)
                    self.state.seconds = time.monotonic() - before
                    self.state.done = over or self.state.worse >= self.options.patience
                    saved = 0.0
                if time.monotonic() - saved > 120:
                    self._save()
                    saved = time.monotonic()
        finally:
            bar.close()
            pool.shutdown()
            torch.set_num_threads(torch_threads)

    def _progress(self) -> float:
        """How much of the training is over, in [0, 1]: of its steps, or of its time where that is further."""
        share = self.state.step / self.steps
        if self.options.minutes is not None:
            share = max(share, self.state.seconds / 60 / self.options.minutes)
        return min(1.0, share)

    def _rate(self) -> float:
        share = self._progress()
        # The first step already learns a little.
        rising = (share + 1 / self.steps) / self.options.warmup if self.options.warmup else 1.0
        falling = 0.5 * (1 + math.cos(math.pi * share))
        return self.options.rate * min(1.0, rising) * falling

    def _step(self, batch: Sequence[Sample], pool: ThreadPoolExecutor) -> float:
        import torch

        for group in self.optimiser.param_groups:
            group["lr"] = self._rate()
        learnt = sum(len(sample.reply) for sample in batch)

        def slope(part: Sequence[Sample]) -> tuple[float, Sequence[Any]]:
            loss = self.loss(part) / learnt
            return float(loss.detach()), torch.autograd.grad(loss, self.parameters)

        loss = set_gradients(self.parameters, slope, batch, pool, self.workers)
        torch.nn.utils.clip_grad_norm_(self.parameters, 1.0)
        self.optimiser.step()
        self.optimiser.zero_grad()
        self.state.step += 1
        self.state.tokens += sum(len(sample) for sample in batch)
        return loss

    def loss(self, batch: Sequence[Sample]) -> Any:
        """Summed cross-entropy (nats, a scalar tensor) of the replies' tokens, the end token included.

        Padding stands at the right, where a causal model never looks; the vocabulary is only computed where a token
        of a reply is to be foretold.
        """
        import torch

        ids, wanted = tensors(batch)
        decoder = self.network.get_base_model()
        with torch.autocast(self.device.type, dtype=torch.bfloat16, enabled=self.half):
            states = decoder.model(input_ids=ids.to(self.device), use_cache=False).last_hidden_state
            learnt = wanted[:, 1:] >= 0
            chosen = states[:, :-1][learnt.to(self.device)]
            logits = decoder.lm_head(chosen).float()
        return torch.nn.functional.cross_entropy(logits, wanted[:, 1:][learnt].to(self.device), reduction="sum")

    def _validate(self, pool: ThreadPoolExecutor) -> None:
        import torch

        ordered = sorted(self.validation, key=len)
        parts = [ordered[at : at + 8] for at in range(0, len(ordered), 8)]

        def measure(part: Sequence[Sample]) -> float:
            with torch.no_grad():
                return float(self.loss(part))

        loss = sum(pool.map(measure, parts)) / sum(len(sample.reply) for sample in self.validation)
        self.state.validation.append((self.state.step, loss))
        if loss < self.state.best:
            self.state.best, self.state.best_step, self.state.worse = loss, self.state.step, 0
            self._export()
        else:
            self.state.worse += 1
        self._note(loss, "validation_loss")

    def _note(self, loss: float, name: str = "loss") -> None:
        row = {
            "step": self.state.step,
            name: round(loss, 4),
            "rate": round(self._rate(), 8),
            "tokens": self.state.tokens,
            "seconds": round(self.state.seconds, 1),
        }
        with (self.out / _STEPS).open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")

    def _export(self) -> None:
        """Write the adapter as it is now, in half precision."""
        import torch
        from peft import get_peft_model_state_dict
        from safetensors.torch import save_file

        tensors = get_peft_model_state_dict(self.network)
        halves = {name: tensor.detach().to("cpu", torch.float16).contiguous() for name, tensor in tensors.items()}
        config = self.network.peft_config["default"]
        replaced = replace(config, inference_mode=True, base_model_name_or_path=None)
        replaced.target_modules = sorted(config.target_modules)
        replaced.save_pretrained(str(self.out))
        partial = self.out / "adapter_model.partial"
        save_file(halves, str(partial), metadata={"format": "pt"})
        os.replace(partial, self.out / _WEIGHTS)

    def _save(self) -> None:
        """A checkpoint, whole or not at all."""
        import torch

        partial = self.out / f"{_CHECKPOINT}.partial"
        torch.save(
            {
                "started": self.started,
                "state": asdict(self.state),
                "parameters": [parameter.detach().cpu() for parameter in self.parameters],
                "optimiser": self.optimiser.state_dict(),
            },
            partial,
        )
        os.replace(partial, self.out / _CHECKPOINT)

    def restore(self) -> None:
        """Go on where the checkpoint is. Raises InputError where it is of other data or options."""
        import torch

        path = self.out / _CHECKPOINT
        try:
            saved = torch.load(path, map_location="cpu", weights_only=True)
            different = [name for name, value in self.started.items() if saved["started"].get(name) != value]
            if different:
                raise InputError(
                    f"was begun with another {different[0].removesuffix('_sha256')}",
                    "give what it was begun with",
                    path=path,
                )
            self.state = _State(**saved["state"])
            self.optimiser.load_state_dict(saved["optimiser"])
            with torch.no_grad():
                for parameter, value in zip(self.parameters, saved["parameters"], strict=True):
                    parameter.copy_(value)
        except (OSError, RuntimeError, KeyError, ValueError, TypeError) as error:
            raise ModelError(
                f"{path} is damaged ({str(error).splitlines()[0]})", "remove it and start again"
            ) from error


def tensors(batch: Sequence[Sample]) -> tuple[Any, Any]:
    """Token ids (batch, longest) padded at the right with 0, and the same with -1 where nothing is learnt."""
    import torch

    longest = max(len(sample) for sample in batch)
    ids = torch.zeros((len(batch), longest), dtype=torch.long)
    wanted = torch.full((len(batch), longest), -1, dtype=torch.long)
    for row, sample in enumerate(batch):
        whole, start = (*sample.prompt, *sample.reply), len(sample.prompt)
        ids[row, : len(whole)] = torch.tensor(whole)
        wanted[row, start : len(whole)] = torch.tensor(sample.reply)
    return ids, wanted
