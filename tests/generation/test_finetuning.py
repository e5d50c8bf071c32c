"""Fine-tuning on a tiny random model with the real tokenizer: masks, schedule, resuming, and the adapter it leaves."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from generation import examples, model, tuned
from generation.examples import Sample
from generation.finetuning import Options, finetune, tensors
from generation.plotting import loss_plot
from retrieval.errors import InputError, ModelError

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="module")
def base(models: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Llama of two thin layers with random weights and the reply model's tokenizer."""
    from transformers import AutoTokenizer, LlamaConfig, LlamaForCausalLM

    folder = tmp_path_factory.mktemp("tiny")
    tokenizer = AutoTokenizer.from_pretrained(str(models / "SmolLM2-135M-Instruct"))
    torch.manual_seed(0)
    network = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=len(tokenizer),
            hidden_size=32,
            intermediate_size=64,
            num_hidden_layers=2,
            num_attention_heads=2,
            num_key_value_heads=1,
            max_position_embeddings=1024,
            tie_word_embeddings=True,
        )
    )
    network.save_pretrained(str(folder))
    tokenizer.save_pretrained(str(folder))
    return folder


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "replies.jsonl"
    path.write_text("".join(json.dumps(record(n)) + "\n" for n in range(40)), encoding="utf-8")
    return path


def record(number: int) -> dict[str, Any]:
    text = f"Refunds reach your card in {number} working days."
    return {
        "history": [{"role": "customer", "text": "How long does a refund take?"}],
        "passages": [{"id": "1", "title": "Refunds", "text": text}],
        "reference": text,
    }


FAST = Options(epochs=2, batch=8, validation=8, evaluations=4, rate=0.01, rank=4)


@pytest.fixture
def tokenizer(base: Path) -> Any:
    return model.load(base)[1]


def test_only_the_reply_and_its_end_are_learnt(data: Path, tokenizer: Any) -> None:
    samples, kind = examples.read(data, tokenizer)
    assert kind == "replies"
    ids, wanted = tensors(samples[:2])
    for row, sample in enumerate(samples[:2]):
        learnt = [int(token) for token in wanted[row] if token >= 0]
        assert tokenizer.decode(learnt) == f"Refunds reach your card in {row} working days.<|im_end|>"
        start = len(sample.prompt)
        assert (wanted[row, :start] == -1).all() and (wanted[row, len(sample) :] == -1).all()
        assert ids[row, start : len(sample)].tolist() == learnt
        assert tokenizer.decode(ids[row, :start]).endswith("<|im_start|>assistant\n")


def test_padding_and_neighbours_change_no_loss(base: Path, data: Path, tmp_path: Path) -> None:
    from generation.finetuning import _Run

    network, tokenizer = model.load(base)
    samples, _ = examples.read(data, tokenizer)
    longer = replace(samples[1], prompt=(*samples[1].prompt, *samples[1].prompt))
    run = _Run(network, samples, samples[:2], FAST, tmp_path, {})
    together = float(run.loss([samples[0], longer]).detach())
    alone = sum(float(run.loss([sample]).detach()) for sample in (samples[0], longer))
    assert together == pytest.approx(alone, rel=1e-4)
    # The plain loss of transformers, the prompt masked, is the same.
    ids, wanted = tensors([samples[0]])
    plain = run.network(input_ids=ids, labels=wanted.masked_fill(wanted < 0, -100)).loss * len(samples[0].reply)
    assert float(run.loss([samples[0]]).detach()) == pytest.approx(float(plain.detach()), rel=1e-4)


def test_training_lowers_the_loss_and_leaves_an_adapter_that_loads(base: Path, data: Path, tmp_path: Path) -> None:
    out = tmp_path / "adapter"
    figures = finetune(data, out, base, FAST)
    assert figures["validation_loss"] < figures["first_validation_loss"]
    assert figures["steps"] == 8
    note = tuned.read_note(out)
    assert note["base_sha256"] == tuned.identity(base) and note["teaches"] == "replies" and note["examples"] == 32
    assert not (out / "checkpoint.pt").exists()
    assert "<polyline" in (out / "loss.svg").read_text()
    network, _ = model.load(base, adapter=out)
    plain, _ = model.load(base)
    name = "model.layers.1.mlp.down_proj.weight"
    assert not network.state_dict()[name].equal(plain.state_dict()[name])
    from safetensors import safe_open

    with safe_open(str(out / "adapter_model.safetensors"), "pt") as file:
        assert {str(file.get_tensor(key).dtype) for key in file.keys()} == {"torch.float16"}  # noqa: SIM118


def test_the_same_seed_gives_the_same_adapter(base: Path, data: Path, tmp_path: Path) -> None:
    made = []
    for name in ("one", "two"):
        finetune(data, tmp_path / name, base, replace(FAST, epochs=1))
        made.append((tmp_path / name / "adapter_model.safetensors").read_bytes())
    assert made[0] == made[1]


def test_a_killed_run_goes_on_and_ends_as_if_it_had_not_been(base: Path, data: Path, tmp_path: Path) -> None:
    options = replace(FAST, epochs=12, evaluations=12, patience=1000, threads=1)
    whole = finetune(data, tmp_path / "whole", base, options)
    script = (
        "import sys; from pathlib import Path; from generation.finetuning import Options, finetune;"
        "finetune(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]),"
        "Options(epochs=12, batch=8, validation=8, evaluations=12, rate=0.01, rank=4, patience=1000, threads=1))"
    )
    out = tmp_path / "cut"
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(data), str(out), str(base)],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while not (out / "checkpoint.pt").exists():
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    with pytest.raises(InputError, match="--resume"):
        finetune(data, out, base, options)
    with pytest.raises(InputError, match="begun with another rate"):
        finetune(data, out, base, replace(options, rate=0.02), resume=True)
    resumed = finetune(data, out, base, options, resume=True)
    assert resumed["steps"] == whole["steps"]
    assert resumed["validation_loss"] == pytest.approx(whole["validation_loss"], rel=1e-5)


def test_training_stops_when_validation_gets_no_better(base: Path, data: Path, tmp_path: Path) -> None:
    figures = finetune(
        data, tmp_path / "a", base, replace(FAST, epochs=60, evaluations=60, patience=1, rate=0.1, warmup=0)
    )
    assert figures["steps"] < 240
    assert figures["best_step"] < figures["steps"]


def test_the_rate_rises_and_falls(base: Path, data: Path, tmp_path: Path) -> None:
    finetune(data, tmp_path / "a", base, replace(FAST, epochs=3, warmup=0.2))
    rows = [json.loads(line) for line in (tmp_path / "a" / "steps.jsonl").read_text().splitlines()]
    rates = [row["rate"] for row in rows if "loss" in row]
    top = rates.index(max(rates))
    assert 1 <= top <= 4 and rates == [*sorted(rates[: top + 1]), *sorted(rates[top + 1 :], reverse=True)]
    assert rates[-1] < 0.01 * 0.05


def test_no_bar_is_drawn_in_a_pipe(base: Path, data: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    finetune(data, tmp_path / "a", base, replace(FAST, epochs=0.5))
    assert "step/s" not in capfd.readouterr().err


def test_marketing_copy_is_learnt_by_kind(base: Path, tmp_path: Path, tokenizer: Any) -> None:
    path = tmp_path / "copy.json"
    path.write_text(
        json.dumps([{"text": f"Light number {n}.", "label": "slogan"} for n in range(12)]), encoding="utf-8"
    )
    samples, kind = examples.read(path, tokenizer)
    assert kind == "copy"
    assert "Write a slogan:" in tokenizer.decode(samples[0].prompt)
    finetune(path, tmp_path / "a", base, replace(FAST, epochs=1))
    assert tuned.read_note(tmp_path / "a")["teaches"] == "copy"


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{", "not valid JSON"),
        ("[1]", "not an object"),
        ('{"history": [], "passages": [], "reference": "x"}', "history is missing"),
        (json.dumps(record(1) | {"tone": "angry"}), "tone is 'angry'"),
        (json.dumps(record(1) | {"reference": " "}), "reference is empty"),
    ],
)
def test_a_bad_line_is_named(line: str, problem: str, tmp_path: Path, tokenizer: Any) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text(json.dumps(record(1)) + "\n" + line + "\n", encoding="utf-8")
    with pytest.raises(InputError, match=problem) as caught:
        examples.read(path, tokenizer)
    assert caught.value.line == 2 and caught.value.mend


def test_an_option_out_of_range_is_refused() -> None:
    with pytest.raises(InputError, match="rate is 3"):
        Options(rate=3)


def test_an_adapter_of_another_base_or_prompt_or_none_is_refused(
    base: Path, data: Path, tmp_path: Path, models: Path
) -> None:
    out = tmp_path / "adapter"
    finetune(data, out, base, replace(FAST, epochs=0.25))
    with pytest.raises(ModelError, match="was tuned from"):
        tuned.verify(out, models / "SmolLM2-135M-Instruct")
    note = tuned.read_note(out)
    tuned.write_note(out, note | {"prompt": "other"})
    with pytest.raises(ModelError, match="prompts of another form"):
        model.load(base, adapter=out)
    tuned.write_note(out, note)
    (out / "adapter_model.safetensors").write_bytes(b"not weights")
    with pytest.raises(ModelError, match="does not fit"):
        model.load(base, adapter=out)
    (out / tuned.NOTE).write_text("{", encoding="utf-8")
    with pytest.raises(ModelError, match="is broken"):
        model.load(base, adapter=out)
    with pytest.raises(ModelError, match="holds no adapter"):
        model.load(base, adapter=tmp_path)


def test_batches_hold_every_sample_once_and_like_lengths_together() -> None:
    samples = [Sample(tuple(range(n)), (1,)) for n in range(1, 101)]
    batches = examples.shape(samples, 8, Random(1))
    assert sorted(len(s) for batch in batches for s in batch) == sorted(map(len, samples))
    spread = sum(max(map(len, batch)) - min(map(len, batch)) for batch in batches) / len(batches)
    assert spread < 20


def test_the_plot_of_one_point_is_drawn() -> None:
    assert loss_plot([(1, 2.0)], [(0, 3.0)]).count("<circle") == 1


def test_the_command_refuses_bad_input_in_one_line(tmp_path: Path, base: Path) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text(json.dumps(record(1)) + "\n{}\n", encoding="utf-8")
    run = subprocess.run(
        [
            sys.executable,
            "-m",
            "bot",
            "finetune",
            "--data",
            str(path),
            "--out",
            str(tmp_path / "o"),
            "--base",
            str(base),
        ],
        cwd=ROOT,
        env=os.environ | {"FRONTDESK_DATA": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert run.returncode == 2
    assert run.stderr.count("\n") == 1 and f"{path}:2" in run.stderr and run.stdout == ""


def test_it_learns_on_from_an_adapter(base: Path, data: Path, tmp_path: Path) -> None:
    first = finetune(data, tmp_path / "a", base, FAST)
    second = finetune(data, tmp_path / "b", base, replace(FAST, rate=1e-4), start=tmp_path / "a")
    assert second["first_validation_loss"] == pytest.approx(first["validation_loss"], rel=0.01)  # kept in 16 bits
    assert second["validation_loss"] <= second["first_validation_loss"] < first["first_validation_loss"]
    note = tuned.read_note(tmp_path / "b")
    assert note["start_sha256"] == model.sha256(tmp_path / "a" / "adapter_model.safetensors")


def test_an_adapter_that_cannot_be_learnt_on_from_is_refused(base: Path, data: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="holds no adapter"):
        finetune(data, tmp_path / "b", base, FAST, start=tmp_path)
    finetune(data, tmp_path / "a", base, replace(FAST, epochs=0.1))
    with pytest.raises(InputError, match="give --rank 4"):
        finetune(data, tmp_path / "b", base, replace(FAST, rank=8), start=tmp_path / "a")
    weights = tmp_path / "a" / "adapter_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])
    with pytest.raises(ModelError, match="is broken"):
        finetune(data, tmp_path / "b", base, FAST, start=tmp_path / "a")
    save_file({"lora_A.of.another": torch.zeros(4, 4)}, str(weights))
    with pytest.raises(ModelError, match="does not fit"):
        finetune(data, tmp_path / "b", base, FAST, start=tmp_path / "a")


def test_a_run_that_learns_on_is_not_resumed_without_what_it_began_with(base: Path, data: Path, tmp_path: Path) -> None:
    begun = {"data_sha256": model.sha256(data), "base_sha256": tuned.identity(base), "start_sha256": "0"}
    (tmp_path / "a").mkdir()
    torch.save({"started": {**asdict(FAST), **begun}}, tmp_path / "a" / "checkpoint.pt")
    with pytest.raises(InputError, match="begun with another start"):
        finetune(data, tmp_path / "a", base, FAST, resume=True)


def test_training_ends_when_its_time_is_up(base: Path, data: Path, tmp_path: Path) -> None:
    figures = finetune(data, tmp_path / "a", base, replace(FAST, epochs=1000, minutes=0.02, patience=1000))
    assert 0 < figures["steps"] < 4000


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_a_bar_is_drawn_on_a_terminal(base: Path, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    finetune(data, tmp_path / "a", base, replace(FAST, epochs=0.5))
    assert "2/2" in terminal.getvalue() and "validation=" in terminal.getvalue()
