"""The shop's files as passages: source, line, language, and what is wrong with a malformed one."""

from __future__ import annotations

import contextlib
import json
from dataclasses import asdict
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


def test_an_id_is_a_name_only_where_other_products_are_listed(tmp_path: Path) -> None:
    written(
        tmp_path,
        "a.csv",
        "id,name,name_zh,price,stock,warranty_months,summary,summary_zh,not_compatible_with\n"
        "12,Desk Fan,台扇,49.90,37,24,Compatible with: 12 sockets.,兼容：12种插座。,24; 30.5; any 49\n"
        "24,Kettle,,39.00,5,12,,,\n",
    )
    written(tmp_path, "b.csv", "id,name,name_zh,price\n37,Blue Mug,蓝杯,12.50\n30.5,Oak Tray No. 5,橡木托盘,24.00\n")
    english, chinese = load(tmp_path).passages[:2]
    assert english.text == (
        "Compatible with: 12 sockets. The Desk Fan costs S$49.90. The Desk Fan is in stock (37 available). The Desk Fan has"
        " a warranty of 24 months. The Desk Fan is not compatible with: Kettle, Oak Tray No. 5, any 49."
    )
    assert chinese.text == (
        "兼容：12种插座。台扇的价格是49.90新元。台扇现有库存37件。台扇的保修期为24个月。台扇不兼容：Kettle、橡木托盘、any 49。"
    )


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        (
            "a.json",
            '[{"question": "How long? \\ude00", "answer": "Thirty days \\ud83d"}]',
            ("How long? ", "Thirty days "),
        ),
        ("a.json", '[{"question": "多久？", "answer": "三天\\ud83d", "aliases": ["\\ud83d几天"]}]', ("多久？", "三天")),
        ("a.json", '[{"question": "Open?", "answer": "Yes \\ud83d\\ude00"}]', ("Open?", "Yes 😀")),
        ("a\udcf6.md", "## Open?\nFrom nine.\n", ("Open?", "From nine.")),
    ],
)
def test_half_a_character_is_left_out(tmp_path: Path, name: str, text: str, said: tuple[str, str]) -> None:
    written(tmp_path, name, text)
    loaded = load(tmp_path)
    (passage,) = loaded.passages
    assert (passage.title, passage.text) == said
    assert json.dumps([asdict(passage), loaded.hashes], ensure_ascii=False).encode()


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
        ("names.json", '[\n{"question": "Open?", "answer": "From nine.", "aliases": true}]', 2),
        ("names.yaml", "- question: 几点开门？\n  answer: 九点。\n  aliases: {营业: 时间}\n", 1),
        ("glossary.md", "---\nlanguage: en\nglossary: {lamp: light}\n---\n## Open?\nFrom nine.\n", 3),
        ("digits.json", '{"products": [\n{"id": "A", "name": "Lamp", "price": ' + "1" * 5000 + "}]}", 2),
        ("catalogue.yaml", "products: []\ncategory: 灯具\nproducts: []\n", 3),
        ("twice.yaml", "products:\n  - id: A\n    name: Lamp\n    price: 5\n    price: 6\n", 5),
        ("twice.md", "---\nlanguage: zh\nlanguage: en\n---\n## Open?\nFrom nine.\n", 3),
        ("comment.md", "---\nlanguage: en\n---\n## Open?\nFrom nine.\n<!-- ask Ann\n", 6),
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


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<h2>Returns</h2><div>You can return within <b>30</b> days.</div>", "You can return within 30 days."),
        ("<h2>退货</h2><section><span>三十天内可退。</span></section>", "三十天内可退。"),
        ("<h2>Post</h2>Free over S$60.<p>Else S$5.</p>Abroad: no.", "Free over S$60.\n\nElse S$5.\n\nAbroad: no."),
        ("<h2>Post</h2><details><summary>How long?</summary><div>3 days</div></details>", "How long?\n\n3 days"),
        ("<h2>保修</h2><dl><dt>台灯<dd><p>三年</p><ul><li>灯泡除外</ul></dl>", "台灯\n\n三年\n\n- 灯泡除外"),
        (
            "<h2>Size</h2><a><span><div>A5</div>or A4</span></a><blockquote><p>Nice</p></blockquote>",
            "A5\n\nor A4\n\nNice",
        ),
    ],
)
def test_running_text_of_a_page_is_read_once(tmp_path: Path, body: str, text: str) -> None:
    written(tmp_path, "a.html", f"<html><body>{body}</body></html>")
    assert [p.text for p in load(tmp_path).passages] == [text]


@pytest.mark.parametrize(
    "frame",
    [
        "<header><div class=menu><a>Home</a> <a>Shop</a> Cart (0)</div></header>",
        "<footer><div>© 2024 LampShop</div><div><a>Privacy</a></div></footer>",
        "<div><a>Terms</a> <a>Facebook</a></div>",
    ],
)
def test_the_frame_of_a_page_is_no_text(tmp_path: Path, frame: str) -> None:
    page = f"<html><body>{frame}<main><h1>Returns</h1><div>Within 30 days.</div></main>{frame}</body></html>"
    written(tmp_path, "a.html", page)
    assert [(p.title, p.text) for p in load(tmp_path).passages] == [("Returns", "Within 30 days.")]


def test_a_page_of_which_the_text_was_commented_out_is_forgotten(tmp_path: Path) -> None:
    written(tmp_path, "a.html", "<h1>Sale</h1><!-- <p>Half price until Sunday.</p> -->")
    found = load(tmp_path)
    assert (found.passages, found.problems) == ((), ())


@pytest.mark.parametrize(
    ("name", "text", "told", "line"),
    [
        (
            "a.md",
            "# Shop\n<!-- TODO\n## Old\nS$5\n-->\n## Post\n<!-- ask Ann -->\nFree <!-- now --> over S$60.\n",
            "Free over S$60.",
            6,
        ),
        ("a.md", "## 邮费\n- 满六十免邮 <!-- 三月前 -->\n- 其他五元\n", "- 满六十免邮 \n- 其他五元", 1),
        ("a.md", "## Post\n```\n<!-- kept -->\n```\n", "```\n<!-- kept -->\n```", 1),
        ("a.md", "## 标记\n写 `<!-- 注 -->` 即可。\n", "写 `<!-- 注 -->` 即可。", 1),
        (
            "a.html",
            "<h2>Post</h2><ul><li>Free <!-- until March --></ul><p>Always<!-- no -->.</p>",
            "- Free\n\nAlways .",
            1,
        ),
        ("a.html", "<h2>邮费</h2><ul><li>免邮<!-- 三月前 --></ul><!-- 内部 -->", "- 免邮", 1),
    ],
)
def test_a_comment_is_not_told(tmp_path: Path, name: str, text: str, told: str, line: int) -> None:
    written(tmp_path, name, text)
    assert [(p.text, p.line) for p in load(tmp_path).passages] == [(told, line)]


@pytest.mark.parametrize(
    ("name", "text", "answer", "aliases"),
    [
        ("a.yaml", "- {question: To Japan?, answer: Yes, aliases: 101}", "Yes", ("101",)),
        ("a.yaml", "- {question: 能寄到秘鲁吗？, answer: No, aliases: [0123, ~]}", "No", ("0123",)),
        ("a.yaml", "- {question: Which colours?, answer: [black, ~, white]}", "black, white", ()),
        ("a.yaml", "- {question: 有什么颜色？, answer: [黑, 白]}", "黑、白", ()),
        ("a.json", '[{"question": "Which Bluetooth?", "answer": 5.10, "aliases": [5.10]}]', "5.10", ("5.10",)),
        ("a.md", "---\nglossary: 2024\n---\n## 几点？\n九点。\n", "九点。", ("2024",)),
    ],
)
def test_values_are_told_as_they_are_written(
    tmp_path: Path, name: str, text: str, answer: str, aliases: tuple[str, ...]
) -> None:
    written(tmp_path, name, text)
    assert [(p.text, p.aliases) for p in load(tmp_path).passages] == [(answer, aliases)]


def test_a_name_may_replace_one_that_is_taken_over(tmp_path: Path) -> None:
    written(
        tmp_path,
        "a.yaml",
        "products:\n  - &lamp {id: A, name: Lamp, price: 5, stock: 2}\n  - {<<: *lamp, id: B, name: Big lamp}\n",
    )
    assert [(p.title, dict(p.fields)["stock"]) for p in load(tmp_path).passages] == [("Lamp", "2"), ("Big lamp", "2")]


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
