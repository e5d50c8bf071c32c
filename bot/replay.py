"""Recorded conversations, replayed offline with the real models, and every difference turn by turn."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import yaml

from bot.conversation import IncomingMessage, Reply
from generation.request import Customer
from retrieval.errors import InputError

if TYPE_CHECKING:
    from bot.storage.customers import Customers
    from bot.turn import Assistant

STARTED = 1_767_578_400.0  # Monday 5 January 2026, 10:00 in Singapore: the desk is open
_EXPECTATIONS = frozenset(
    {"sources", "contains", "absent", "sentiment", "escalated", "reason", "language", "answered", "silent"}
)


@dataclass(frozen=True, slots=True)
class RecordedTurn:
    """What the customer wrote, what must hold of the answer, and the answer recorded last (None: not recorded)."""

    text: str
    line: int
    expect: dict[str, Any] = field(default_factory=dict)
    reply: str | None = None


@dataclass(frozen=True, slots=True)
class Recording:
    """A conversation on file."""

    path: Path
    title: str
    channel: str
    customer: Customer
    turns: tuple[RecordedTurn, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """One expectation that does not hold: ``what`` it is about, ``expected`` and ``actual`` in words."""

    what: str
    expected: str
    actual: str


@dataclass(frozen=True, slots=True)
class ReplayedTurn:
    text: str
    line: int
    reply: Reply
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class Replayed:
    """A recording and what became of it."""

    recording: Recording
    turns: tuple[ReplayedTurn, ...]

    @property
    def ok(self) -> bool:
        return not any(turn.differences for turn in self.turns)


def find(paths: Sequence[Path]) -> list[Path]:
    """The recordings named, and those in the folders named. Raises InputError where there are none."""
    found: list[Path] = []
    for path in paths:
        if not path.exists():
            raise InputError("no such file or folder", "name a recording or a folder of recordings", path=path)
        found += sorted([*path.rglob("*.yaml"), *path.rglob("*.yml")]) if path.is_dir() else [path]
    if not found:
        raise InputError("holds no recordings", "add .yaml files", path=paths[0])
    return found


def read(path: Path) -> Recording:
    """Read one recording. Raises InputError naming the line."""
    try:
        text = path.read_text(encoding="utf-8")
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        data = yaml.safe_load(text)
    except UnicodeDecodeError as error:
        raise InputError("not UTF-8 text", "save it as UTF-8", path=path) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise InputError(
            "not valid YAML", "check indents and quotes", path=path, line=mark.line + 1 if mark else None
        ) from error
    if not isinstance(data, dict) or not isinstance(data.get("turns"), list):
        raise InputError("a recording needs 'turns', a list", "see docs/replay.md", path=path, line=1)
    assert root is not None
    lines = next((value for key, value in root.value if key.value == "turns"), None)
    turns: list[RecordedTurn] = []
    for node, turn in zip(lines.value if lines is not None else [], data["turns"], strict=True):
        line = node.start_mark.line + 1
        if not isinstance(turn, dict):
            raise InputError("a turn is a mapping such as {customer: ...}", "see docs/replay.md", path=path, line=line)
        if "customer" not in turn:
            continue  # what the bot or a human said then; answers are made anew
        expect = turn.get("expect") or {}
        if not isinstance(expect, dict) or (unknown := set(expect) - _EXPECTATIONS):
            names = ", ".join(sorted(map(str, unknown))) if isinstance(expect, dict) else "not a mapping"
            raise InputError(
                f"unknown expectation: {names}", f"known are {', '.join(sorted(_EXPECTATIONS))}", path=path, line=line
            )
        turns.append(RecordedTurn(str(turn["customer"]), line, expect, turn.get("reply")))
    if not turns:
        raise InputError("no customer turn", "add one: - customer: ...", path=path, line=1)
    return Recording(
        path, str(data.get("title", path.stem)), str(data.get("channel", "web")), _customer(data), tuple(turns)
    )


def _customer(data: dict[str, Any]) -> Customer:
    raw = data.get("customer") or {}
    return Customer(
        id=str(raw.get("id", "replayed")),
        name=raw.get("name"),
        language=raw.get("language"),
        orders=tuple(map(str, raw.get("orders", ()))),
        preferences=tuple(map(str, raw.get("preferences", ()))),
        notes=tuple(map(str, raw.get("notes", ()))),
        segment=raw.get("segment"),
    )


class Tape:
    """A clock that stands still but for what is replayed, so that two runs see the same times."""

    def __init__(self) -> None:
        self.now = STARTED

    def __call__(self) -> float:
        return self.now


async def replay(
    recording: Recording, assistant: Assistant, customers: Customers, tape: Tape, *, number: int = 0
) -> Replayed:
    """Have every customer turn answered in a fresh conversation and compare."""
    conversation_id = f"{recording.channel}:replay-{number}"
    await customers.save(conversation_id, recording.customer)
    tape.now = STARTED
    turns: list[ReplayedTurn] = []
    for index, turn in enumerate(recording.turns):
        tape.now += 30.0
        message = IncomingMessage(recording.channel, conversation_id, str(index + 1), turn.text, tape.now)
        reply = await assistant.respond(message)
        turns.append(ReplayedTurn(turn.text, turn.line, reply, tuple(differences(turn, reply))))
    return Replayed(recording, tuple(turns))


def differences(turn: RecordedTurn, reply: Reply) -> list[Difference]:
    """Every expectation of the turn that the reply does not meet."""
    found: list[Difference] = []
    expect = turn.expect

    def differs(what: str, expected: object, actual: object) -> None:
        found.append(Difference(what, str(expected), str(actual)))

    if wanted := expect.get("sources"):
        names = {name for s in reply.sources for name in (s.id, s.source, f"{s.source}:{s.line}", s.title)}
        if not names & set(_list(wanted)):
            differs(
                "sources",
                " or ".join(_list(wanted)),
                ", ".join(f"{s.source}:{s.line}" for s in reply.sources) or "none",
            )
    for part in _list(expect.get("contains")):
        if part.casefold() not in reply.text.casefold():
            differs("contains", part, reply.text)
    for part in _list(expect.get("absent")):
        if part.casefold() in reply.text.casefold():
            differs("absent", f"no {part!r}", reply.text)
    actual = {
        "sentiment": reply.mood.label,
        "escalated": reply.decision.escalate,
        "language": reply.language,
        "answered": reply.answered,
        "silent": reply.silent,
    }
    for what, value in actual.items():
        if what in expect and expect[what] != value:
            differs(what, expect[what], value)
    if (reason := expect.get("reason")) and not any(reason.casefold() in r.casefold() for r in reply.decision.reasons):
        differs("reason", reason, "; ".join(reply.decision.reasons) or "none")
    if turn.reply is not None and turn.reply.strip() != reply.text.strip():
        differs("reply", turn.reply, reply.text)
    return found


def _list(value: object) -> list[str]:
    if value is None:
        return []
    return [str(v) for v in value] if isinstance(value, list) else [str(value)]


def update(replayed: Replayed) -> bool:
    """Write the new behaviour into the recording where it differs; whether anything was written.

    Expectations that no longer hold take the observed value; words that are no longer said, or are said now,
    are dropped from ``contains`` and ``absent``.
    """
    if replayed.ok:
        return False
    path = replayed.recording.path
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    customer_turns = [turn for turn in data["turns"] if "customer" in turn]
    for turn, result in zip(customer_turns, replayed.turns, strict=True):
        reply, expect = result.reply, turn.get("expect") or {}
        for difference in result.differences:
            match difference.what:
                case "reply":
                    turn["reply"] = reply.text
                case "contains":
                    expect["contains"] = [p for p in _list(expect["contains"]) if p.casefold() in reply.text.casefold()]
                case "absent":
                    expect["absent"] = [p for p in _list(expect["absent"]) if p.casefold() not in reply.text.casefold()]
                case "sources":
                    expect["sources"] = [source.source for source in reply.sources]
                case "reason":
                    expect["reason"] = reply.decision.reasons[0] if reply.decision.reasons else ""
                case "sentiment":
                    expect["sentiment"] = reply.mood.label
                case "escalated":
                    expect["escalated"] = reply.decision.escalate
                case what:
                    expect[what] = getattr(reply, what)
        if expect:
            turn["expect"] = {key: value for key, value in expect.items() if value not in ([], "")}
    path.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=110), encoding="utf-8")
    return True


def as_text(results: Sequence[Replayed]) -> str:
    """One line a recording; for one that differs, its transcript with file:line and each difference."""
    out: list[str] = []
    for result in results:
        out.append(f"{'ok  ' if result.ok else 'DIFF'} {result.recording.path}: {result.recording.title}")
        if result.ok:
            continue
        for turn in result.turns:
            out += [f"    {result.recording.path}:{turn.line}", f"      customer: {turn.text[:300]}"]
            out.append(f"      reply:    {turn.reply.text[:300]}")
            out += [f"      {d.what}: expected {d.expected}, got {d.actual[:300]}" for d in turn.differences]
    good = sum(result.ok for result in results)
    out.append(f"{good} of {len(results)} conversations as recorded")
    return "\n".join(out)


def as_record(results: Sequence[Replayed]) -> dict[str, Any]:
    """The results as one JSON document."""
    return {
        "passed": sum(result.ok for result in results),
        "failed": sum(not result.ok for result in results),
        "conversations": [
            {
                "path": str(result.recording.path),
                "title": result.recording.title,
                "ok": result.ok,
                "turns": [
                    {
                        "line": turn.line,
                        "customer": turn.text,
                        "reply": turn.reply.text,
                        "sources": [asdict(source) for source in turn.reply.sources],
                        "sentiment": turn.reply.mood.label,
                        "action": turn.reply.decision.action,
                        "differences": [asdict(difference) for difference in turn.differences],
                    }
                    for turn in result.turns
                ],
            }
            for result in results
        ],
    }


def as_junit(results: Sequence[Replayed]) -> str:
    """JUnit XML: a test case a conversation."""
    failed = sum(not result.ok for result in results)
    suite = ElementTree.Element("testsuite", name="frontdesk replay", tests=str(len(results)), failures=str(failed))
    for result in results:
        case = ElementTree.SubElement(
            suite, "testcase", classname=str(result.recording.path), name=result.recording.title
        )
        if not result.ok:
            count = sum(len(turn.differences) for turn in result.turns)
            failure = ElementTree.SubElement(case, "failure", message=f"{count} differences")
            failure.text = as_text([result])
    return ElementTree.tostring(suite, encoding="unicode", xml_declaration=True)


def as_html(results: Sequence[Replayed]) -> str:
    """A page with every transcript; differences are marked."""
    rows: list[str] = []
    for result in results:
        mark = "ok" if result.ok else "diff"
        title = html.escape(f"{result.recording.title} ({result.recording.path})")
        rows.append(f'<details class="{mark}"{"" if result.ok else " open"}><summary>{mark.upper()} {title}</summary>')
        for turn in result.turns:
            rows.append(
                f'<p class="customer">{html.escape(turn.text)}</p><p class="bot">{html.escape(turn.reply.text)}</p>'
            )
            rows += [
                f'<p class="difference">line {turn.line}, {html.escape(d.what)}: expected {html.escape(d.expected)}, '
                f"got {html.escape(d.actual)}</p>"
                for d in turn.differences
            ]
        rows.append("</details>")
    style = (
        "body{font:16px/1.5 system-ui;max-width:60rem;margin:2rem auto;padding:0 1rem}details{border:1px solid #ddd;"
        "border-radius:8px;margin:.5rem 0;padding:.5rem 1rem}.diff>summary{color:#b00020}.ok>summary{color:#176b3a}"
        ".customer{font-weight:600;white-space:pre-wrap}.bot{margin-left:1.5rem;white-space:pre-wrap}"
        ".difference{color:#b00020;margin-left:1.5rem}"
    )
    return f'<!doctype html><meta charset="utf-8"><title>Replay</title><style>{style}</style><h1>Replay</h1>{"".join(rows)}'
