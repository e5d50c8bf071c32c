"""The shop's file of learned FAQ entries: knowledge_base/faq/learned.md, and learned.zh.md for Chinese."""

from __future__ import annotations

import os
import re
import threading
from pathlib import Path

from retrieval.errors import InputError
from retrieval.passages import Language

_TITLES: dict[Language, str] = {"en": "Learned at the desk", "zh": "人工客服解答"}
_WRITING = threading.Lock()


def path(knowledge: Path, language: Language) -> Path:
    return knowledge / "faq" / ("learned.md" if language == "en" else f"learned.{language}.md")


def write(knowledge: Path, language: Language, question: str, answer: str) -> Path:
    """Add the entry to its file, or replace the answer where the same question stands there; the file's path.

    Raises InputError for an empty entry, or where the file cannot be written.
    """
    question, answer = " ".join(question.split()).lstrip("#").strip(), _paragraphs(answer)
    if not question or not answer:
        raise InputError("a FAQ entry needs a question and an answer", "write both")
    file = path(knowledge, language)
    with _WRITING:
        try:
            entries = _entries(file.read_text(encoding="utf-8")) if file.exists() else {}
            same = next((old for old in entries if old.casefold() == question.casefold()), question)
            entries[same] = answer
            file.parent.mkdir(parents=True, exist_ok=True)
            partial = file.with_suffix(".partial")
            partial.write_text(_render(language, entries), encoding="utf-8")
            os.replace(partial, file)
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"cannot be written ({error})", "let the server write there", path=file) from error
    return file


def _entries(text: str) -> dict[str, str]:
    """Question to answer, in the file's order; whatever stands before the first entry is written anew."""
    parts = re.split(r"^## +(.+)$", text, flags=re.MULTILINE)
    return {parts[i].strip(): parts[i + 1].strip() for i in range(1, len(parts) - 1, 2)}


def _render(language: Language, entries: dict[str, str]) -> str:
    title = _TITLES[language]
    body = "\n\n".join(f"## {question}\n{answer}" for question, answer in entries.items())
    return f"---\nlanguage: {language}\ntopic: {title}\n---\n# {title}\n\n{body}\n"


def _paragraphs(text: str) -> str:
    """The answer without headings, which would cut it in two."""
    lines = [re.sub(r"^\s*#+\s*", "", line).rstrip() for line in text.strip().splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
