"""Text made fit to be spoken (可读文本): numbers as words, letters apart, nothing that an engine misreads.

Pure functions. Each rule answers one thing that eSpeak NG was found to misread: full-width and circled
digits are dropped silently (hence NFKC), "#" is read "hash", "B1" turns to noise, "VIP" and "AB" are read as
words, "A012" becomes "A zero twelve".
"""

import re
import unicodedata

_ZH_DIGITS = "零一二三四五六七八九"
_EN_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_EN_TEENS = (
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
)
_EN_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_ZH_UNITS = ((1000, "千"), (100, "百"), (10, "十"))

# NFKC turns the Chinese stops into ASCII ones; in Chinese text they go back.
_ZH_STOPS = str.maketrans({",": "，", ";": "；", ":": "：", "!": "！", "?": "？"})
_ZH_PIECES = re.compile(r"[0-9]+|[A-Za-z]+|[\u3007\u3400-\u9fff]+|[，。、；：！？]")
_EN_PIECES = re.compile(r"[0-9]+|[A-Za-z]+(?:['’][A-Za-z]+)*|[,.;:!?-]")
_CJK = re.compile(r"[\u3400-\u9fff]")


def clean(text: str) -> str:
    """The text in its compatibility form (NFKC), with white space made single and the ends trimmed."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def has_chinese(text: str) -> bool:
    """Whether the text holds at least one Chinese character."""
    return _CJK.search(text) is not None


def number_zh(value: int) -> str:
    """A whole number as Chinese words: 7 七, 12 十二, 32 三十二, 102 一百零二, 1010 一千零一十.

    Raises ValueError outside 0..9999.
    """
    if not 0 <= value <= 9999:
        raise ValueError(f"A spoken number lies in 0..9999, not {value}")
    if value < 10:
        return _ZH_DIGITS[value]
    words, rest, gap = "", value, False
    for size, unit in _ZH_UNITS:
        digit, rest = divmod(rest, size)
        if digit:
            words += ("零" if gap else "") + _ZH_DIGITS[digit] + unit
            gap = False
        elif words:
            gap = True
    if rest:
        words += ("零" if gap else "") + _ZH_DIGITS[rest]
    # 12 is 十二; inside a larger number the 一 stays: 112 is 一百一十二.
    return words[1:] if words.startswith("一十") else words


def number_en(value: int) -> str:
    """A whole number as English words: 7 seven, 32 thirty-two, 102 one hundred and two.

    Raises ValueError outside 0..9999.
    """
    if not 0 <= value <= 9999:
        raise ValueError(f"A spoken number lies in 0..9999, not {value}")
    if value >= 100:
        size, unit = (1000, "thousand") if value >= 1000 else (100, "hundred")
        head, rest = divmod(value, size)
        words = f"{number_en(head)} {unit}"
        if not rest:
            return words
        return f"{words} and {number_en(rest)}" if rest < 100 else f"{words} {number_en(rest)}"
    if value < 10:
        return _EN_DIGITS[value]
    if value < 20:
        return _EN_TEENS[value - 10]
    tens, ones = divmod(value, 10)
    return _EN_TENS[tens] + (f"-{_EN_DIGITS[ones]}" if ones else "")


def digits_zh(digits: str, one: str = "一") -> str:
    """Digits one by one in Chinese, a space between: "031" is "零 三 一" (报号).

    `one` is how 1 is said: 一, or 幺 where the hall prefers it. Characters that are no digit are left out.
    """
    return " ".join(one if digit == "1" else _ZH_DIGITS[int(digit)] for digit in _ascii_digits(digits))


def digits_en(digits: str) -> str:
    """Digits one by one in English: "031" is "zero three one". Characters that are no digit are left out."""
    return " ".join(_EN_DIGITS[int(digit)] for digit in _ascii_digits(digits))


def letters_apart(letters: str, comma: str) -> str:
    """Letters to be spelled, upper case, each followed by a comma's pause: "vip" is "V，I，P"."""
    return comma.join(letter.upper() for letter in clean(letters) if letter.isascii() and letter.isalpha())


def speakable_zh(text: str) -> str:
    """Any short text as a Chinese voice can say it: "#3 VIP区" is "三，V，I，P，区".

    Chinese characters and stops stay, Latin letters are spelled, numbers become Chinese words (a number with
    a leading zero, or above 9999, digit by digit), every other character is left out.
    """
    said = ""
    for piece in _ZH_PIECES.findall(clean(text).translate(_ZH_STOPS)):
        spelled = piece.isascii() and piece.isalpha()
        if said and (spelled or said[-1].isascii()) and not _is_stop(said[-1]) and not _is_stop(piece):
            said += "，"
        said += letters_apart(piece, "，") if spelled else _any_number_zh(piece) if piece.isdecimal() else piece
    return said


def speakable_en(text: str) -> str:
    """Any short text as an English voice can say it: "#3 VIP desk" is "three V, I, P, desk".

    Words stay; words in capitals are spelled; numbers become words; other characters are left out.
    """
    said = ""
    for piece in _EN_PIECES.findall(clean(text)):
        if len(piece) == 1 and not piece.isalnum():
            said = said.rstrip(",") + (piece if said else "")
            continue
        spelled = piece.isalpha() and piece.isupper() and (len(piece) > 1 or piece not in "AI")
        word = letters_apart(piece, ", ") + "," if spelled else piece
        if piece.isdecimal():
            word = _any_number_en(piece)
        said += ("" if not said or said.endswith("-") else " ") + word
    return said.strip(" ,-")


def _ascii_digits(digits: str) -> str:
    return "".join(digit for digit in clean(digits) if digit in "0123456789")


def _is_stop(character: str) -> bool:
    return character in "，。、；：！？"


def _whole_number(digits: str) -> int | None:
    return int(digits) if len(digits) <= 4 and (digits == "0" or digits[0] != "0") else None


def _any_number_zh(digits: str) -> str:
    value = _whole_number(digits)
    return digits_zh(digits) if value is None else number_zh(value)


def _any_number_en(digits: str) -> str:
    value = _whole_number(digits)
    return digits_en(digits) if value is None else number_en(value)
