"""The shop's files as passages: source, line, language, and what is wrong with a malformed one."""

from __future__ import annotations

from pathlib import Path

import pytest

from retrieval.documents import load
from retrieval.errors import InputError


def written(folder: Path, name: str, text: str | bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_a_heading_is_an_entry_with_its_source_and_line(tmp_path: Path) -> None:
    written(
        tmp_path,
        "faq/returns.md",
        "---\nlanguage: en\n---\n# Returns\n\n## How long?\nThirty days.\n\n## Who pays?\nYou do.\n",
    )
    passages = load(tmp_path).passages
    assert [(p.title, p.text, p.source, p.line) for p in passages] == [
        ("How long?", "Thirty days.", "faq/returns.md", 6),
        ("Who pays?", "You do.", "faq/returns.md", 9),
    ]


def test_a_chinese_twin_is_chinese(tmp_path: Path) -> None:
    written(tmp_path, "faq/a.zh.md", "## 多久？\n三十天。\n")
    assert load(tmp_path).passages[0].language == "zh"


def test_products_of_other_files_are_called_by_name(tmp_path: Path) -> None:
    written(tmp_path, "a.yaml", "products:\n  - {id: A-1, name: Lamp, price: 5, compatible_with: [B-2]}\n")
    written(tmp_path, "b.yaml", "products:\n  - {id: B-2, name: Plug, name_zh: 插头, price: 7.5}\n")
    lamp, plug, chinese = load(tmp_path).passages
    assert "compatible with: Plug" in lamp.text
    assert (plug.entity, dict(plug.fields)["price"]) == ("Plug", "S$7.50")
    assert "7.50新元" in chinese.text


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("bad.yaml", "products:\n  - id: [\n", 3),
        ("bad.json", '[{"question": "a",\n "answer": }]', 2),
        ("bad.csv", "question,answer\na,b\nonly one\n", 3),
        ("bad.md", b"# ok\n\xff\xfe\n", 2),
        ("open.md", "---\nlanguage: en\n# no end\n", 1),
        ("price.yaml", "products:\n  - id: A\n    name: Lamp\n    price: cheap\n", 2),
        ("none.csv", "colour,size\nred,5\n", 1),
    ],
)
def test_a_malformed_file_is_named_with_its_line_and_the_rest_is_kept(
    tmp_path: Path, name: str, text: str | bytes, line: int
) -> None:
    written(tmp_path, "good.md", "## Open?\nFrom nine.\n")
    path = written(tmp_path, name, text)
    loaded = load(tmp_path)
    assert [p.title for p in loaded.passages] == ["Open?"]
    (problem,) = loaded.problems
    assert (problem.path, problem.line) == (path, line)
    assert problem.mend


def test_csv_json_and_html_are_read(tmp_path: Path) -> None:
    written(tmp_path, "a.csv", 'question,answer\nOpen?,"From 9, daily"\n')
    written(tmp_path, "b.json", '[{"question": "Where?", "answer": "Here."}]')
    written(tmp_path, "c.html", "<html lang=en><body><h1>About</h1><p>Since 2014.</p><script>x</script></body></html>")
    assert [(p.title, p.text) for p in load(tmp_path).passages] == [
        ("Open?", "From 9, daily"),
        ("Where?", "Here."),
        ("About", "Since 2014."),
    ]


def test_a_folder_that_is_not_there_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such folder"):
        load(tmp_path / "gone")
