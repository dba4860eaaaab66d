"""Fuzz the whole pipeline: mutated pages, random Unicode, raw bytes, for a given time.

    python tests/bench/fuzz.py MINUTES [--seed N] [--short SHARE] [--findings DIR]

Every input is cleaned, and what is promised for any input is checked (`faults_of`). A finding is shrunk to a small
input that still shows it, printed, and written to DIR; of findings with one cause (promise, exception, place or rule)
only the first is kept. Exit code 1 when there were any. The inputs depend on the seed only, so a finding can be met
again. SHARE of the inputs are cut to a stretch of at most SHORT_CHARS: many more of them fit into the time.
"""

from __future__ import annotations

import argparse
import gzip
import random
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import FrameType

from cleantext.decode import DecodeError, decode
from cleantext.edits import apply
from cleantext.pipeline import Cleaner
from cleantext.records import Cleaned, Options
from cleantext.trail import dump, load, output_bytes, restore, trail_of

TESTS = Path(__file__).parents[1]
PAGES = (*sorted((TESTS.parent / "seeds").glob("*.txt")), *sorted((TESTS / "cases/pages_dev").glob("*.txt")))
# What rules look for: lumps that are put in at random places.
LUMPS = """
着名 关於 甚麽 乾净 干隆 區(qū)塊(kuài)鏈(liàn) 繁體字與簡體字 這個國家 着作权 改着名的那一行 顯着
经由过程 上风 泉币 弗成 今朝 是以 人平易近 平易近人 不雅观 黑白凡人性化 也便是说 会晤临 采办 描绘 才干
&nbsp; &amp;amp;lt; &#x4e2d; &#0; &#xD800; <p> <br/> </div> <!-- <script> <table><tr><td> ]]> <html> <body>
http://a.cn/b?c=d www.vhao.net Ｗｗｗ．ｘｘｘ．Ｃｏｍ w?ww.Xx.C♂om 一秒记住 加微信abc123 QQ:12345 扫一扫
版权所有 责任编辑:张三 上一篇:没有了 首页>新闻>正文 来源[未分类] 点击[39] 第1页共16页 【1】 第一章 2017-05-05
２０１７年 ?? —— 丶 弊罱K 楫a 嘚 鉯 孨 龘 ﷽ 👨‍👩‍👧 ▲ ● ➤ ㈠ ① 《》 （） “” ， 。 ! ! … { } [ ] | \\ $ ^
é e\u0301 \u200b\u200d\ufeff \x1b[2J \ue000 \ufffd \U0010ffff \U000e0041
""".split()  # noqa: SIM905  # a list of literals would hide the words among quotes
LUMPS += ["9 r& u7 q& h 3x ", "本 文 件 按 照", "\n", "\r\n", "\n\n\n", "\r", "\t", " ", "\u3000\u3000", "    "]
LUMPS += ["\0", "\x85", "\u2028", "\x0c", "\x1c"]
CODECS = ("utf-8", "utf-8-sig", "gb18030", "gbk", "big5", "big5hkscs", "utf-16", "utf-16-le", "utf-16-be", "utf-32")
OPTIONS = (
    Options(),
    Options(script="simplified"),
    Options(min_confidence=0.0),
    Options(min_confidence=1.0),
    Options(detect_only=True, keep=("metadata", "comments")),
    Options(only=("normalize", "tidy")),
    Options(skip=("chrome",)),
    Options(input_format="html"),
    Options(input_format="text"),
)
# Seconds that a page of some thousand characters may take; the machine may be busy.
SLOW_SECONDS = 30
# Characters of an input that was cut short: some lines, so that rules about neighbours still meet.
SHORT_CHARS = 200
# Trials that shrinking one finding may take.
SHRINKING = 400

Faults = dict[str, str]  # cause -> what it looked like


class TooSlow(Exception):
    """A page took longer than SLOW_SECONDS."""


def texts(dice: random.Random) -> Iterator[str]:
    """Inputs as text, without end."""
    pages = [path.read_bytes().decode("utf-8") for path in PAGES]
    lines = [line for page in pages for line in page.splitlines() if line.strip()]
    while True:
        yield _mutated(dice.choice(pages), lines, dice)
        yield "".join(dice.choices([*LUMPS, *dice.sample(lines, 20)], k=dice.randrange(1, 60)))
        yield "".join(_any_char(dice) for _ in range(dice.randrange(300)))
        yield dice.choice(LUMPS) * dice.randrange(1, 400)


def _mutated(page: str, lines: list[str], dice: random.Random) -> str:
    """A page with lines dropped, moved, doubled and put in, and characters changed."""
    kept = [line for line in page.split("\n") if dice.random() < dice.choice((0.3, 0.8, 1.0))]
    for _ in range(dice.randrange(8)):
        kept.insert(dice.randrange(len(kept) + 1), dice.choice((*lines, *LUMPS)))
    if dice.random() < 0.2:
        dice.shuffle(kept)
    text = dice.choice(("\n", "\n", "\r\n", "\n\n", "\r", "")).join(kept)
    for _ in range(dice.choice((0, 1, 10, 60))):
        at = dice.randrange(len(text) + 1)
        text = text[:at] + dice.choice((dice.choice(LUMPS), _any_char(dice), "")) + text[at + dice.randrange(4) :]
    if dice.random() < 0.1:
        text = f"<html><body><div><p>{text.replace(chr(10), '</p><p>')}</p></div></body></html>"
    return text


def _any_char(dice: random.Random) -> str:
    low, high = dice.choice(((0, 0x80), (0x80, 0x3000), (0x3000, 0xD800), (0x4E00, 0xA000), (0xE000, 0x110000)))
    return chr(dice.randrange(low, high))


def inputs(seed: int, short: float = 0.0) -> Iterator[tuple[bytes, Options]]:
    """Documents as bytes, with options, without end; the share `short` of them has at most SHORT_CHARS."""
    dice = random.Random(seed)
    for text in texts(dice):
        if dice.random() < short:
            at = dice.randrange(max(1, len(text) - SHORT_CHARS // 2))
            text = text[at : at + dice.randrange(SHORT_CHARS) + 1]
        data = text.encode(dice.choice(CODECS) if dice.random() < 0.3 else "utf-8", "ignore")
        match dice.randrange(12):
            case 0:
                data = dice.randbytes(dice.randrange(2000))
            case 1:
                at = dice.randrange(len(data) + 1)
                data = data[:at] + dice.randbytes(dice.randrange(20)) + data[at + dice.randrange(20) :]
            case 2:
                data = data[dice.randrange(3) : len(data) - dice.randrange(3)]
            case 3:
                data += gzip.compress(data, mtime=0)
        yield data, dice.choice(OPTIONS) if dice.random() < 0.5 else OPTIONS[0]


def faults_of(data: bytes, options: Options) -> Faults:
    """The promises that an input breaks.

    They are: no crash, an exact way back, valid edits, UTF-8 out, never an empty page, cleaned twice like once.
    """
    try:
        cleaned = Cleaner(options).clean_bytes(data, "fuzz")
    except DecodeError as error:
        return {} if "\n" not in str(error) else {"message of two lines": str(error)}
    except Exception as error:
        return _crash("crash", error)
    try:
        return _broken_promises(cleaned, data, options)
    except Exception as error:
        return _crash("check", error)


def _broken_promises(cleaned: Cleaned, data: bytes, options: Options) -> Faults:
    faults: Faults = {}
    page, out = cleaned.page, output_bytes(cleaned)
    out.decode("utf-8")
    if apply(page.text, cleaned.edits) != cleaned.text:
        faults["edits do not give the text"] = ""
    (trail,) = load(dump(trail_of(cleaned, data)))
    if restore(out, trail) != (page.text.encode() if page.origin.kind == "html" else data):
        faults["restore"] = page.origin.encoding
    if page.text.strip() and not cleaned.text.strip():
        faults["empty output"] = ""
    for traced in cleaned.trail:
        edit = traced.edit
        if edit.before == edit.after or not edit.rule or not edit.reason or not 0 <= edit.confidence <= 1:
            faults[f"bad edit of {traced.stage}/{edit.rule}"] = str(edit)
    if "not-converged" in cleaned.verdict.flags:
        faults["not converged"] = ", ".join(sorted({f"{t.stage}/{t.edit.rule}" for t in cleaned.trail}))
    if "kept-original" not in cleaned.verdict.flags:
        again = Cleaner(replace(options, input_format="text")).clean(cleaned.text)
        for traced in again.trail[:1]:
            faults[f"second cleaning: {traced.stage}/{traced.edit.rule}"] = str(traced.edit)
    return faults


def _crash(what: str, error: Exception) -> Faults:
    ours = [frame for frame in traceback.extract_tb(error.__traceback__) if "cleantext" in frame.filename]
    where = f"{Path(ours[-1].filename).name}:{ours[-1].name}" if ours else "?"
    return {f"{what}: {type(error).__name__} in {where}": str(error)[:300]}


def shrink(data: bytes, still: Callable[[bytes], bool]) -> bytes:
    """A smaller input for which `still` holds: ever smaller stretches are left out."""
    size, trials = len(data) // 2, 0
    while size and trials < SHRINKING:
        at = 0
        while at < len(data) and trials < SHRINKING:
            less = data[:at] + data[at + size :]
            trials += 1
            if still(less):
                data = less
            else:
                at += size
        size //= 2
    return data


def _alarm(signum: int, frame: FrameType | None) -> None:
    raise TooSlow


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("minutes", type=float)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--short", type=float, default=0.0, metavar="SHARE")
    parser.add_argument("--findings", type=Path, metavar="DIR")
    asked = parser.parse_args()
    signal.signal(signal.SIGALRM, _alarm)
    found: Counter[str] = Counter()
    end = time.monotonic() + 60 * asked.minutes
    count = size = 0
    for number, (data, options) in enumerate(inputs(asked.seed, asked.short)):
        if time.monotonic() > end:
            break
        count, size = count + 1, size + len(data)
        signal.alarm(SLOW_SECONDS)
        try:
            faults = faults_of(data, options)
        except TooSlow:
            faults = {"slow": f"more than {SLOW_SECONDS} s"}
        signal.alarm(0)
        for cause, looks in faults.items():
            found[cause] += 1
            if found[cause] == 1:
                _tell(number, cause, looks, data, options, asked.findings)
    print(f"{count:,} inputs, {size / 1e6:,.1f} MB, seed {asked.seed}: {len(found)} kinds of findings")
    for cause, times in found.most_common():
        print(f"{times:>7,} × {cause}")
    return int(bool(found))


def _tell(number: int, cause: str, looks: str, data: bytes, options: Options, folder: Path | None) -> None:
    small = data if cause == "slow" else shrink(data, lambda less: cause in faults_of(less, options))
    try:
        shown = decode(small, "fuzz", options).text[:400]
    except DecodeError:
        shown = small[:400].decode("utf-8", "backslashreplace")
    print(f"input {number}: {cause}\n  {looks}\n  {options}\n  {len(small)} bytes: {shown!r}", flush=True)
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
        name = "".join(char if char.isalnum() else "-" for char in cause)[:80]
        (folder / f"{number}-{name}.bin").write_bytes(small)


if __name__ == "__main__":
    sys.exit(main())
