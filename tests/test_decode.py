"""The decode ladder: encodings found, nothing lost, bytes given back."""

import codecs
import gzip
import io
import lzma
import random
import sys
import tarfile
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cleantext.decode import DecodeError, decode, encode
from cleantext.records import Options, Page

SIMPLIFIED = """昨天下午，村里的老校长把修好的钟重新挂上了屋檐。孩子们围在树下，听他讲这口钟的来历。
钟声响起时，大家都安静了下来。
"""
TRADITIONAL = """昨天下午，村裡的老校長把修好的鐘重新掛上了屋簷。孩子們圍在樹下，聽他講這口鐘的來歷。
鐘聲響起時，大家都安靜了下來。
"""


def read(data: bytes, **options: object) -> Page:
    return decode(data, "page.txt", Options(**options))  # type: ignore[arg-type]  # keyword names are Options fields


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        (SIMPLIFIED, "utf-8"),
        (SIMPLIFIED, "gb18030"),
        (TRADITIONAL, "gb18030"),
        (TRADITIONAL, "big5"),
        (SIMPLIFIED, "utf-16-le"),
        (SIMPLIFIED, "utf-16-be"),
    ],
)
@pytest.mark.parametrize("cut", [slice(None), slice(1, None), slice(None, -1)])
def test_encoding_is_found_even_when_cut_mid_character(text: str, codec: str, cut: slice) -> None:
    data = text.strip().encode(codec)[cut]
    page = read(data)
    assert page.origin.encoding == codec
    assert text.strip()[1:-1] in page.text
    assert encode(page.text, page.origin) == data
    assert ("undecodable-bytes" in page.origin.flags) == ("\ufffd" in page.text)


def test_a_first_line_that_begins_in_the_middle_of_a_character_is_no_other_encoding() -> None:
    text = "：她说是很累，等老了就带孩子离开这儿，找个有山有水的地方舒舒服服地生活。\n他：孩子怎么办"
    page = decode(text.encode("gb18030")[1:-1], "cut", Options())
    assert page.text[1:-1] == text[1:-1]
    assert "mixed-encoding" not in page.origin.flags


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        ("霽虹橋在哈爾濱，二〇〇九年修過一次，橋上的車很多，橋下的空間又不夠。", "gb18030"),
        ("哆哆嗦嗦地喊了一句：好冷啊！於是大家都笑了，把爐火撥旺，給他倒了一碗熱湯。", "big5"),
    ],
)
def test_a_rare_first_character_is_no_cut_one(text: str, codec: str) -> None:
    assert decode(text.encode(codec), "whole", Options()).text == text


@pytest.mark.parametrize("codec", ["utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be", "gb18030"])
def test_byte_order_mark_decides_and_is_kept(codec: str) -> None:
    data = ("\ufeff" + SIMPLIFIED).encode(codec)
    page = read(data)
    assert (page.text, page.origin.encoding, page.origin.bom) == (SIMPLIFIED, codec, "\ufeff".encode(codec))
    assert encode(page.text, page.origin) == data


def test_lying_byte_order_mark() -> None:
    page = read(codecs.BOM_UTF8 + SIMPLIFIED.encode("gb18030"))
    assert (page.text, page.origin.encoding) == (SIMPLIFIED, "gb18030")
    assert encode(page.text, page.origin) == codecs.BOM_UTF8 + SIMPLIFIED.encode("gb18030")


@pytest.mark.parametrize("ending", ["\r\n", "\r", "\n", "\n\r\n", "\x0b\u2028\x85"])
def test_line_endings_stay(ending: str) -> None:
    text = f"第一行{ending}第二行{ending}"
    assert read(text.encode()).text == text


def test_empty_input_is_an_empty_page() -> None:
    page = read(b"")
    assert page.text == ""
    assert encode(page.text, page.origin) == b""


@pytest.mark.parametrize("text", ["你好", "a", "\n", "naïve café", "Привет, мир", "½ ±", "😀"])
def test_short_utf8(text: str) -> None:
    assert read(text.encode()).text == text


def test_each_run_of_broken_bytes_becomes_one_mark() -> None:
    data = "开头".encode() + b"\xff\xfe\xfd" + "中间".encode() + b"\x80" + "结尾".encode()
    page = read(data)
    assert page.text == "开头\ufffd中间\ufffd结尾"
    assert page.origin.undecodable == ((2, b"\xff\xfe\xfd"), (5, b"\x80"))
    assert encode(page.text, page.origin) == data


def test_a_genuine_replacement_character_is_no_broken_byte() -> None:
    data = "有\ufffd有".encode() + b"\xff" + "无".encode()
    page = read(data)
    assert page.text == "有\ufffd有\ufffd无"
    assert page.origin.undecodable == ((3, b"\xff"),)


def test_broken_bytes_in_gb18030() -> None:
    data = SIMPLIFIED.encode("gb18030") + b"\xff\xff\n" + SIMPLIFIED.encode("gb18030")
    page = read(data)
    assert page.text == SIMPLIFIED + "\ufffd\n" + SIMPLIFIED
    assert encode(page.text, page.origin) == data


@pytest.mark.parametrize(
    ("first", "second"),
    [("utf-8", "gb18030"), ("gb18030", "utf-8"), ("big5", "utf-8"), ("gb18030", "big5"), ("big5", "gb18030")],
)
def test_lines_in_different_encodings_are_read_each_in_its_own_and_reported(first: str, second: str) -> None:
    texts = [TRADITIONAL if codec == "big5" else SIMPLIFIED for codec in (first, second)]
    data = texts[0].encode(first) * 3 + texts[1].encode(second) * 2
    page = read(data)
    assert page.text == texts[0] * 3 + texts[1] * 2
    assert "mixed-encoding" in page.origin.flags
    assert encode(page.text, page.origin) == data


def test_a_first_line_in_another_encoding_keeps_its_first_character() -> None:
    lines = SIMPLIFIED.split("\n")[0] + "\n", SIMPLIFIED * 3
    data = lines[0].encode() + lines[1].encode("gb18030")
    page = read(data)
    assert page.text == "".join(lines)
    assert encode(page.text, page.origin) == data


@pytest.mark.parametrize(
    ("first", "second"),
    [("utf-8", "utf-16"), ("utf-16", "utf-8"), ("utf-16-le", "gb18030"), ("gb18030", "utf-16"), ("utf-8", "utf-16-be")],
)
def test_files_joined_from_utf16_and_others_are_reported(first: str, second: str) -> None:
    data = (SIMPLIFIED * 4).encode(first) + (SIMPLIFIED * 3).encode(second)
    page = read(data)
    assert page.text == SIMPLIFIED * 7
    assert page.origin.flags == ("mixed-encoding",)
    assert encode(page.text, page.origin) == data


@pytest.mark.parametrize(("first", "second"), [("utf-8", "gb18030"), ("gb18030", "utf-8")])
def test_joined_within_one_line(first: str, second: str) -> None:
    line = SIMPLIFIED.replace("\n", "") * 3
    page = read(line.encode(first) + line.encode(second))
    assert page.origin.flags == ("mixed-encoding",)
    assert page.text[:-5].startswith(line[:-2])
    assert page.text.endswith(line[2:])


@pytest.mark.parametrize("codec", ["gb18030", "big5", "utf-16-le"])
def test_pure_files_are_not_called_mixed(codec: str) -> None:
    assert read((TRADITIONAL * 20).encode(codec)).origin.flags == ()


def test_declared_charset_is_believed_when_it_fits() -> None:
    data = '<?xml version="1.0" encoding="shift_jis"?>\nこれは日本語の文章です。とても短い文章です。\n'.encode("cp932")
    assert read(data, input_format="text").text == data.decode("cp932")


@pytest.mark.parametrize(("declared", "real"), [("utf-8", "gb18030"), ("gb2312", "utf-8"), ("big5", "gb18030")])
def test_lying_declaration(declared: str, real: str) -> None:
    data = f'<meta charset="{declared}">\n{SIMPLIFIED}'.encode(real)
    page = read(data, input_format="text")
    assert page.text == data.decode(real)
    assert page.origin.encoding == real


def test_given_encoding_overrides() -> None:
    data = TRADITIONAL.encode("big5")
    assert read(data, encoding="big5").text == TRADITIONAL
    assert read(data, encoding="GBK").origin.encoding == "gb18030"
    assert read(("\ufeff" + SIMPLIFIED).encode("utf-16-be"), encoding="utf-16").text == SIMPLIFIED


def test_what_is_not_chinese_is_left_to_charset_normalizer() -> None:
    text = "오늘 아침에는 비가 내려서 아이들이 모두 교실 안에서 책을 읽었습니다. 오후에는 날씨가 맑아졌습니다.\n" * 3
    assert read(text.encode("euc-kr")).text == text


@pytest.mark.parametrize("label", ["no-such-codec", "base64", "rot13", "gbk\0"])
def test_unknown_encoding_is_refused(label: str) -> None:
    with pytest.raises(DecodeError, match="unknown encoding"):
        read(b"abc", encoding=label)


@pytest.mark.parametrize(
    "data",
    [b"%PDF-1.4\n...", b"PK\x03\x04aaaa", b"\x89PNG\r\n\x1a\n", b"\x7fELF\x02", bytes(range(256)) * 8, b"\0" * 500],
)
def test_binary_is_refused_in_one_line(data: bytes) -> None:
    with pytest.raises(DecodeError) as caught:
        read(data)
    assert str(caught.value).startswith("page.txt: not text")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("size", [100, 300, 3000, 30_000])
def test_random_bytes_are_refused(size: int) -> None:
    for seed in range(50):
        with pytest.raises(DecodeError, match="not text"):
            read(random.Random(seed).randbytes(size))


@pytest.mark.parametrize("skip", [0, 1, 2])
def test_compressed_data_is_refused_also_without_its_head(skip: int) -> None:
    for data in (gzip.compress(SIMPLIFIED.encode() * 9, 9), lzma.compress(SIMPLIFIED.encode() * 9)):
        with pytest.raises(DecodeError, match="not text"):
            read(data[skip * 10 :])


def test_programs_and_archives_are_refused() -> None:
    program = Path(sys.executable).read_bytes()
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        archive.add(__file__, "page.txt")
    for data in (program, program[:3000][4:], packed.getvalue(), b"PAR1" + bytes(9)):
        with pytest.raises(DecodeError, match="not text"):
            read(data)


@pytest.mark.parametrize("codec", ["utf-8", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    "text",
    [
        "龘靐齉爩麤龗灪龖厵驫鱻羴掱犇猋骉焱淼垚鑫森磊晶品" * 4,  # a list of rare characters
        "㐀字见於《玉篇》，㐁、㐂、㐄、㐅四字亦然；𠀀、𠀁、𠀂、𠀃、𠀄则在补遗之中。" * 4,  # Extensions A and B
        "乾坤屯蒙需讼师，蠱臨觀噬嗑賁剝，夬姤萃昇困井，鼎震艮漸歸妹豐。麑裘黻冕，饔飧不继。" * 3,
        "😀😁😂🤣😃😄😅😆😉😊😋😎😍😘" * 3,
        "สวัสดีตอนเช้า วันนี้อากาศดีมาก เราไปเดินเล่นในสวนสาธารณะ" * 3,
        "def main():\n    print('你好，世界')  # 打印问候\n    return {'a': 1, '乙': [2, 3]}\n" * 3,
        "数据\ue5e5来自\ue5e6调查，图标\uf101还在\uf102这里。" * 3,
    ],
)
def test_no_unusual_text_is_called_binary(text: str, codec: str) -> None:
    data = text.encode(codec)
    page = read(data)
    assert encode(page.text, page.origin) == data


@pytest.mark.parametrize("codec", ["utf-8", "gb18030", "utf-16-le"])
def test_a_text_with_a_torn_stretch_is_no_binary(codec: str) -> None:
    data = (SIMPLIFIED * 4).encode(codec)
    torn = data[:100] + random.Random(1).randbytes(60) + data[160:]
    assert SIMPLIFIED.splitlines()[-1] in read(torn).text


def test_a_stray_control_character_does_not_make_text_binary() -> None:
    text = SIMPLIFIED + "\0\x01"
    assert read(text.encode()).text == text


def test_not_canonical_bytes_are_kept_raw() -> None:
    data = TRADITIONAL.encode("big5") + b"\xa2\xcc\xa4\xa4\xa4\xe5"  # A2CC is a second code of 十
    page = read(data)
    assert page.text == TRADITIONAL + "十中文"
    assert page.origin.raw == data
    assert encode(page.text, page.origin) == data


PIECES = st.lists(
    st.one_of(
        st.binary(max_size=12),
        st.text(max_size=12).map(lambda text: text.encode("utf-8", "ignore")),
        st.sampled_from([SIMPLIFIED[:9], SIMPLIFIED[8:30]]).map(lambda text: text.encode("gb18030")),
        st.sampled_from([TRADITIONAL[:9], TRADITIONAL[8:30]]).map(lambda text: text.encode("big5", "ignore")),
        st.sampled_from([SIMPLIFIED[:9], TRADITIONAL[8:30]]).map(lambda text: text.encode("utf-16-le")),
        st.sampled_from(
            [b"\n", b"\r\n", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\x84\x31\x95\x33", b"\xef\xbf\xbd"]
        ),
    ),
    max_size=8,
).map(b"".join)


@settings(max_examples=400, deadline=None)
@given(PIECES)
@example(b"\xff\xfe\x00\x00")
@example(b"\xff\xfe\x00")
@example(b"\x00\xd8\x00\xd8\x0a\x00")
@example(b"\xfe\xff\xd8\x00")
@example("中".encode("utf-16-le")[:1])
def test_bytes_come_back(data: bytes) -> None:
    try:
        page = read(data, input_format="text")
    except DecodeError:
        return
    assert encode(page.text, page.origin) == data
    for offset, original in page.origin.undecodable:
        assert page.text[offset] == "\ufffd"
        assert original


@settings(max_examples=100, deadline=None)
@given(PIECES, st.sampled_from(["utf-8", "gb18030", "big5", "utf-16-le", "utf-16", "cp1252", "cp932", "utf-7", "hz"]))
def test_bytes_come_back_in_any_given_encoding(data: bytes, label: str) -> None:
    try:
        page = read(data, input_format="text", encoding=label)
    except DecodeError:
        return
    assert encode(page.text, page.origin) == data
