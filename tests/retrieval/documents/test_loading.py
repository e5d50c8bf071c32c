"""The shop's files as passages: source, line, language, and what is wrong with a malformed one."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.documents import SUFFIXES, load, read
from retrieval.errors import InputError
from tests.retrieval.documents import making

_WHOLE = {".pdf": making.pdf("en"), ".docx": making.docx("zh"), ".csv": "id,name,price\nA,灯,5\n".encode()}


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


def test_a_chinese_table_saved_in_gbk_is_read(tmp_path: Path) -> None:
    written(tmp_path, "a.csv", "question,answer\n几点开门？,早上九点\n".encode("gbk"))
    (passage,) = load(tmp_path).passages
    assert (passage.title, passage.text, passage.language) == ("几点开门？", "早上九点", "zh")


def test_a_file_that_changes_while_it_is_read_is_a_problem_and_the_rest_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(tmp_path, "good.md", "## Open?\nFrom nine.\n")
    path = written(tmp_path, "growing.md", "## Half")
    opened = Path.open

    def grown(self: Path, *args: object, **options: object) -> object:
        if self == path:  # another program writes on
            with opened(path, "ab") as file:
                file.write(b" more")
        return opened(self, *args, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", grown)
    monkeypatch.setattr("retrieval.documents.loading._PAUSE", 0.0)
    loaded = load(tmp_path)
    assert [p.title for p in loaded.passages] == ["Open?"]
    assert "changes while it is read" in loaded.problems[0].problem


def test_a_file_that_comes_to_rest_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, "a.md", "## Open?\nFrom")
    opened = Path.open
    times = []

    def grown(self: Path, *args: object, **options: object) -> object:
        if not times:
            times.append(1)
            with opened(path, "ab") as file:
                file.write(b" nine.")
        return opened(self, *args, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", grown)
    monkeypatch.setattr("retrieval.documents.loading._PAUSE", 0.0)
    assert load(tmp_path).passages[0].text == "From nine."


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("retrieval.documents.loading.LARGEST", 2**20)
    written(tmp_path, "a.md", b"x" * (2**21))
    assert "has 2 MB; at most 1 MB" in load(tmp_path).problems[0].problem


@pytest.mark.parametrize(("name", "mend"), [("list.xlsx", "CSV"), ("old.doc", "DOCX"), ("talk.pptx", "PDF")])
def test_an_office_file_that_is_not_read_is_named_with_what_to_save_it_as(tmp_path: Path, name: str, mend: str) -> None:
    written(tmp_path, name, b"anything")
    (problem,) = load(tmp_path).problems
    assert mend in problem.mend


def test_pictures_hidden_files_and_what_word_leaves_lying_are_passed_over(tmp_path: Path) -> None:
    for name in ("logo.png", ".hidden.md", ".git/a.md", "~$manual.docx", "a.md~", "a.md.swp"):
        written(tmp_path, name, b"\x00")
    loaded = load(tmp_path)
    assert (loaded.passages, loaded.problems) == ((), ())


@pytest.mark.parametrize(("name", "text"), [("a.json", "[" * 100_000), ("a.yaml", "[" * 5_000)])
def test_a_file_nested_without_end_is_a_problem(tmp_path: Path, name: str, text: str) -> None:
    written(tmp_path, name, text)
    assert len(load(tmp_path).problems) == 1


def test_a_date_that_is_none_is_named(tmp_path: Path) -> None:
    written(tmp_path, "a.yaml", "products:\n  - {id: A, name: Lamp, price: 5, restock: 2026-02-31}\n")
    assert "not valid YAML" in load(tmp_path).problems[0].problem


def test_the_earlier_passages_of_a_broken_file_can_be_kept(tmp_path: Path) -> None:
    path = written(tmp_path, "faq/a.md", "## Open?\nFrom nine.\n")
    written(tmp_path, "faq/b.md", "## Where?\nHere.\n")
    before = load(tmp_path).passages
    path.write_bytes(b"\x00")
    loaded = load(tmp_path)
    assert [p.title for p in loaded.passages] == ["Where?"]
    assert sorted(p.title for p in loaded.keeping(tmp_path, before).passages) == ["Open?", "Where?"]
    assert sorted(p.title for p in loaded.keeping(tmp_path, ()).passages) == ["Where?"]


def test_a_section_of_the_other_language_is_of_that_language(tmp_path: Path) -> None:
    written(tmp_path, "manual.md", "# Lamp\n\n## Use\nPress the button once.\n\n## 使用方法\n按一下按钮即可开灯。\n")
    assert [p.language for p in load(tmp_path).passages] == ["en", "zh"]


def test_a_deep_section_is_named_with_all_headings_above_it(tmp_path: Path) -> None:
    written(tmp_path, "manual.md", "# Lamp\n## Use\n### Dimming\nTurn the knob.\n## Care\nDust it.\n")
    assert [p.title for p in load(tmp_path).passages] == ["Lamp: Use: Dimming", "Lamp: Care"]


def test_a_heading_in_code_or_a_quotation_begins_no_section(tmp_path: Path) -> None:
    written(tmp_path, "a.md", "## One\n```\n# not\n```\n> # nor this\n\nText.\n")
    assert [p.title for p in load(tmp_path).passages] == ["One"]


def test_tables_and_lists_of_a_page_are_read(tmp_path: Path) -> None:
    written(
        tmp_path,
        "a.html",
        "<html lang=en><title>Shop</title><body><nav>Home</nav><h1>Care</h1><p>You need:</p><ul><li>a cloth<li>water</ul>"
        "<table><tr><th>Part</th><th>Warranty</th></tr><tr><td>Lamp</td><td>36 months</td></tr></table></body></html>",
    )
    (passage,) = load(tmp_path).passages
    assert passage.text == "You need:\n\n- a cloth\n- water\n\nPart: Lamp; Warranty: 36 months."


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_a_table_with_another_delimiter_is_read(tmp_path: Path, delimiter: str) -> None:
    written(tmp_path, "a.csv", f"id{delimiter}name{delimiter}price\nA-1{delimiter}Lamp, small{delimiter}5.00\n")
    (passage,) = load(tmp_path).passages
    assert (passage.title, dict(passage.fields)["price"]) == ("Lamp, small", "S$5.00")


@settings(deadline=None)
@given(
    st.sampled_from(sorted(SUFFIXES)),
    st.binary(max_size=80),
    st.integers(0, 10_000),
    st.booleans(),
)
def test_whatever_a_file_holds_it_is_read_or_named(suffix: str, raw: bytes, at: int, cut: bool) -> None:
    whole = _WHOLE.get(suffix, b"# A\n\n- b: [c]\n")
    at %= len(whole)
    damaged = whole[:at] + raw if cut else whole[:at] + raw + whole[at + len(raw) :]
    with contextlib.suppress(InputError):
        read(Path(f"a{suffix}"), f"a{suffix}", damaged)
