"""BM25 over passages: English words with light stemming, Chinese through jieba and character pairs."""

from __future__ import annotations

import logging
import re
import unicodedata
import warnings
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

_WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)?|[\u3400-\u4dbf\u4e00-\u9fff]+")
_HAN = re.compile(r"[\u3400-\u9fff]")
STOP = frozenset(
    [
        "a",
        "an",
        "the",
        "and",
        "or",
        "but",
        "if",
        "of",
        "at",
        "by",
        "for",
        "with",
        "about",
        "to",
        "from",
        "in",
        "on",
        "up",
        "is",
        "am",
        "are",
        "was",
        "were",
        "be",
        "been",
        "being",
        "have",
        "has",
        "had",
        "do",
        "does",
        "did",
        "i",
        "me",
        "my",
        "we",
        "our",
        "you",
        "your",
        "it",
        "its",
        "he",
        "she",
        "they",
        "them",
        "their",
        "this",
        "that",
        "these",
        "those",
        "there",
        "here",
        "what",
        "which",
        "who",
        "when",
        "where",
        "how",
        "why",
        "can",
        "could",
        "will",
        "would",
        "shall",
        "should",
        "may",
        "might",
        "must",
        "any",
        "some",
        "just",
        "so",
        "than",
        "too",
        "very",
        "also",
        "please",
        "tell",
        "know",
        "like",
        "want",
        "need",
        "get",
        "let",
        "ok",
        "okay",
        "yes",
        "no",
        "not",
        "s",
        "t",
        "d",
        "ll",
        "ve",
        "re",
        "m",
        "im",
        "i'm",
        "it's",
        "的",
        "了",
        "吗",
        "呢",
        "吧",
        "啊",
        "我",
        "你",
        "您",
        "他",
        "她",
        "它",
        "们",
        "我们",
        "你们",
        "是",
        "在",
        "有",
        "和",
        "与",
        "就",
        "都",
        "也",
        "很",
        "想",
        "要",
        "请",
        "请问",
        "这",
        "那",
        "个",
        "这个",
        "那个",
        "一下",
        "可以",
        "能",
        "会",
        "怎么",
        "什么",
        "多少",
        "呀",
    ]
)


@cache
def _jieba() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import jieba

    jieba.setLogLevel(logging.WARNING)
    return jieba


def stem(word: str) -> str:
    """A light English stem: plural, -ing, -ed and -ly off."""
    for ending, put in (("ies", "y"), ("sses", "ss"), ("ing", ""), ("ed", ""), ("ly", ""), ("es", ""), ("s", "")):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            word = word[: -len(ending)] + put
            break
    return word[:-1] if word.endswith("e") and len(word) > 4 else word


# Ways to ask the same thing, brought to the usual one: the embedder reads no Chinese, so words must meet.
_SAME = tuple(
    (re.compile(pattern), usual)
    for pattern, usual in (
        (r"多少天|几天|多长时间|多少日|多少个?月|几个月|多久时间", "多久"),
        (r"邮费|快递费|运输费|配送费|送货费", "运费"),
        (r"价钱|什么价|怎么卖|价格(?:是)?多少|售价|几多钱", "多少钱"),
        (r"退掉|退回去?|寄回去?|退换货?|能退吗|可以退吗|能不能退|可退", "退货"),
        (r"坏了|坏掉了?", "损坏"),
        (r"顺丰|快递|包裹", "包裹"),
        (r"微信(?!支付)", "微信支付"),
    )
)
# A kind that its members belong to: "台灯" is also asked of what is said of "灯具".
_KINDS = (
    (re.compile(r"台灯|落地灯|吊灯|夜灯|灯泡|灯带|射灯|吸顶灯|壁灯|的灯|[买盏个]灯|^灯"), "灯具"),
    (re.compile(r"沙发|书桌|椅|书架|茶几|床头柜|升降桌"), "家具"),
    (re.compile(r"水壶|烤面包机|咖啡机|电饭煲|空气炸锅|搅拌机|磨豆机"), "电器"),
    (re.compile(r"充电宝|移动电源"), "电池"),
)
_GLUE = frozenset("的了吗呢么吧啊可以在是有我你您们要想请问能会把被和与就都还也")


@lru_cache(maxsize=4096)
def words(text: str) -> tuple[str, ...]:
    """The search words of a text, stop words left out; traditional spellings and widths are folded."""
    found: list[str] = []
    text = unicodedata.normalize("NFKC", text[:20000]).lower()
    text = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    for run in _WORD.findall(text):
        if not _HAN.match(run):
            if run not in STOP:
                found.append(stem(run.removesuffix("'s")))
            continue
        for pattern, usual in _SAME:
            run = pattern.sub(usual, run)
        cut = [word for word in _jieba().cut_for_search(run) if word not in STOP]
        pairs = [run[i : i + 2] for i in range(len(run) - 1)]
        pairs = [pair for pair in pairs if pair not in cut and not (set(pair) & _GLUE)]
        found += cut + pairs + [kind for pattern, kind in _KINDS if pattern.search(run) and kind not in cut]
    return tuple(found)


class Lexical:
    """BM25 (k1 1.2, b 0.6) over fixed documents, held as one sparse matrix of weights."""

    def __init__(self, documents: Sequence[Iterable[str]]) -> None:
        self.vocabulary: dict[str, int] = {}
        rows, columns, counts = [], [], []
        lengths = np.zeros(len(documents), dtype=np.float32)
        for row, document in enumerate(documents):
            tally = Counter(document)
            lengths[row] = sum(tally.values())
            for word, count in tally.items():
                rows.append(row)
                columns.append(self.vocabulary.setdefault(word, len(self.vocabulary)))
                counts.append(count)
        n, size = len(documents), max(1, len(self.vocabulary))
        tf = np.asarray(counts, dtype=np.float32)
        column = np.asarray(columns, dtype=np.int64)
        row_index = np.asarray(rows, dtype=np.int64)
        frequency = np.bincount(column, minlength=size) if n else np.zeros(size)
        self.idf: NDArray[np.float32] = np.log1p((n - frequency + 0.5) / (frequency + 0.5)).astype(np.float32)
        norm = 1.2 * (0.4 + 0.6 * lengths / max(1.0, float(lengths.mean()) if n else 1.0))
        weight = self.idf[column] * tf * 2.2 / (tf + norm[row_index]) if len(tf) else tf
        self._matrix = sparse.csc_matrix((weight, (row_index, column)), shape=(n, size))
        self._unseen = float(np.log1p(n + 0.5))

    def scores(self, query: Sequence[str]) -> NDArray[np.float32]:
        """(n,) scores of all documents, divided by the greatest a document could reach: in [0, 1]."""
        known = Counter(self.vocabulary[w] for w in query if w in self.vocabulary)
        total = sum(self.weight(word) for word in query)
        result = np.zeros(self._matrix.shape[0], dtype=np.float32)
        for column, count in known.items():
            start, end = self._matrix.indptr[column], self._matrix.indptr[column + 1]
            result[self._matrix.indices[start:end]] += count * self._matrix.data[start:end]
        if total:
            result /= 2.2 * total
        return result

    def weight(self, word: str) -> float:
        """Inverse document frequency; words never seen weigh the most."""
        column = self.vocabulary.get(word)
        return self._unseen if column is None else float(self.idf[column])

    def coverage(self, query: Sequence[str], document: Iterable[str]) -> float:
        """The share of the query's words, by weight, that the document holds: in [0, 1]."""
        held = set(document)
        total = sum(self.weight(w) for w in query)
        return sum(self.weight(w) for w in query if w in held) / total if total else 0.0
