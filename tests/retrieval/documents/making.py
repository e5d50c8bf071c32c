"""Makes real PDF and DOCX files to read: a manual in English or Chinese."""

from __future__ import annotations

import io
from typing import Any

from docx import Document
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle, getSampleStyleSheet
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import ListFlowable, ListItem, PageBreak, Paragraph, SimpleDocTemplate, Table, TableStyle

MANUAL: dict[str, dict[str, Any]] = {
    "en": {
        "title": "Brio coffee machine",
        "cleaning": "Cleaning",
        "text": "Rinse the tank with clean water once a week, and dry it. Descale the machine every three months.",
        "items": ["Switch it off", "Remove the tank", "Pour the rest away"],
        "warranty": "Warranty",
        "table": [["Part", "Warranty"], ["Lighting, with bulbs", "36 months"], ["Frames", "60 months"]],
        "faults": "Faults",
        "fault": "If the lamp blinks, wait ten minutes.",
    },
    "zh": {
        "title": "布里奥咖啡机",
        "cleaning": "清洁",
        "text": "每周用清水冲洗水箱一次，然后擦干。每三个月除垢一次。",
        "items": ["关闭电源", "取下水箱", "倒掉余水"],
        "warranty": "保修",
        "table": [["部件", "保修"], ["灯具", "36 个月"], ["框架", "60 个月"]],
        "faults": "故障",
        "fault": "如果指示灯闪烁，请等待十分钟。",
    },
}


def pdf(language: str, *, repeat: int = 1, encrypt: Any = None) -> bytes:
    """Two pages with a footer: title, section with text and list, section with table; a section on page 2."""
    said = MANUAL[language]
    styles = getSampleStyleSheet()
    font = {}
    if language == "zh":
        pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
        font = {"fontName": "STSong-Light", "wordWrap": "CJK"}
    first, second, body = (
        ParagraphStyle(f"{name} {language}", parent=styles[name], **font)
        for name in ("Heading1", "Heading2", "BodyText")
    )
    table = Table(said["table"])
    table.setStyle(TableStyle([("GRID", (0, 0), (-1, -1), 0.5, colors.black)]))
    if language == "zh":
        table.setStyle(TableStyle([("FONT", (0, 0), (-1, -1), "STSong-Light")]))
    story = [
        Paragraph(said["title"], first),
        Paragraph(said["cleaning"], second),
        Paragraph((" " if language == "en" else "").join([said["text"]] * repeat), body),
        ListFlowable([ListItem(Paragraph(item, body)) for item in said["items"]], bulletType="bullet"),
        Paragraph(said["warranty"], second),
        table,
        PageBreak(),
        Paragraph(said["faults"], second),
        Paragraph(said["fault"], body),
    ]

    def foot(canvas: Any, template: Any) -> None:
        canvas.setFont("Helvetica", 8)
        canvas.drawString(60, 30, "Lumen & Oak 2026")
        canvas.drawRightString(530, 30, f"Page {template.page}")

    out = io.BytesIO()
    SimpleDocTemplate(out, pagesize=A4, encrypt=encrypt).build(story, onFirstPage=foot, onLaterPages=foot)
    return out.getvalue()


def scan() -> bytes:
    """A page without a letter, as a scanner makes it."""
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4)
    canvas.rect(100, 100, 200, 300, fill=1)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def docx(language: str) -> bytes:
    """Paragraphs 1 title, 2 heading, 3 text, 4 to 6 list, 7 heading, 8 to 10 table, 11 heading, 12 text."""
    said = MANUAL[language]
    document = Document()
    document.add_heading(said["title"], 0)
    document.add_heading(said["cleaning"], 1)
    document.add_paragraph(said["text"])
    for item in said["items"]:
        document.add_paragraph(item, style="List Number")
    document.add_heading(said["warranty"], 1)
    table = document.add_table(rows=0, cols=2)
    for row in said["table"]:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    document.add_heading(said["faults"], 2)
    document.add_paragraph(said["fault"])
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
