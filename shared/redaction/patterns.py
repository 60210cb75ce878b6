"""Personal numbers and addresses inside text, each match replaced by the token of its kind.

Every pattern is either of bounded length or starts at a character that no other match shares, so that the time is
linear in the text. The kinds run one after the other: what one has replaced is a boundary for the next.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from shared.redaction.checks import IBAN_LENGTHS, aadhaar, card, iban, ssn

_SPACE: Final = " \u00a0\u202f"
_DASH: Final = "\\-\u2010\u2011\u2012\u2013"
_GAP: Final = f"[{_SPACE}{_DASH}]"
_START: Final = r"(?<![^\W_])"  # no letter or digit before
_END: Final = r"(?![^\W_])"
_NO_LETTER: Final = r"(?<![^\W\d_])"

_ANYTHING: Final = re.compile(r"[0-9@]")
_LOCAL: Final = re.compile(r"[\w.%+'\-]")
_DOMAIN: Final = re.compile(r"(?:[\w\-]+\.)+[^\W\d_]{2,63}" + _END)
_IBAN_START: Final = re.compile(_START + r"[A-Za-z]{2}[0-9]{2}")
_PAN: Final = re.compile(_START + r"[A-Z]{3}[ABCFGHJLPT][A-Z][0-9]{4}[A-Z]" + _END)
_SSN: Final = re.compile(_START + rf"([0-9]{{3}})({_GAP})([0-9]{{2}})\2([0-9]{{4}})" + _END)
_AADHAAR: Final = re.compile(_START + rf"[0-9]{{4}}({_GAP})[0-9]{{4}}\1[0-9]{{4}}" + _END)
_BARE_AADHAAR: Final = re.compile(_START + r"[2-9][0-9]{11}" + _END)
_BARE_PHONE: Final = re.compile(_START + r"[6-9][0-9]{9}" + _END)
_AMERICAN_PHONE: Final = re.compile(
    rf"(?:{_START}1[{_SPACE}{_DASH}.]?)?"
    + rf"(?:{_NO_LETTER}\([2-9][0-9]{{2}}\)[{_SPACE}{_DASH}.]?|{_START}[2-9][0-9]{{2}}[{_SPACE}{_DASH}.])"
    + rf"[0-9]{{3}}[{_SPACE}{_DASH}.][0-9]{{4}}"
    + _END
)
_DIALLED: Final = rf"\(?[0-9]+(?:[{_SPACE}{_DASH}./()]{{1,2}}[0-9]+)*"
_PLUS_PHONE: Final = re.compile(rf"{_NO_LETTER}(\+[{_SPACE}]?{_DIALLED})")
_NAMED_PHONE: Final = re.compile(
    rf"{_START}(?:tel|telephone|phone|mobile|call)[\s.:#=\-\"']{{0,6}}(\+?{_DIALLED})", re.IGNORECASE
)
_CARD_RUN: Final = re.compile(rf"{_START}[0-9]{{3,19}}(?:{_GAP}[0-9]{{3,15}})*")
_GROUP: Final = re.compile(r"[0-9]+")

# Moments and identifiers made of digits: nothing in them is a phone or a card number.
_PROTECTED: Final = re.compile(
    _START
    + r"(?:[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"
    + r"|(?:19|20)[0-9]{2}-[01][0-9]-[0-3][0-9](?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,9})?)?"
    + r"(?:Z|[+\-][0-9]{2}:?[0-9]{2})?)?)"
    + _END
)
_INSIDE_NUMBER_BEFORE: Final = re.compile(r"[0-9][.,]$")
_INSIDE_NUMBER_AFTER: Final = re.compile(r"[.,][0-9]")
_AMOUNT_BEFORE: Final = re.compile(r"(?:[$€£¥₹]|(?<![A-Za-z])(?:rs\.?|inr|usd|eur|gbp)) ?$", re.IGNORECASE)
_CODE_BEFORE: Final = re.compile(r"([A-Za-z0-9]+)[\-_/#]$")
_CODE_AFTER: Final = re.compile(r"[\-_/][A-Za-z0-9]")
_LABELS: Final = frozenset({"tel", "telephone", "phone", "mobile", "call", "fax", "cell", "ssn", "aadhaar", "aadhar"})

# A replaced number may have been what joined its neighbour to a code, so that the neighbour shows in the next pass.
_PASSES: Final = 4

Check = Callable[[str, int, int], bool]


def redact_text(text: str, *, free_text: bool = False) -> str:
    """The text with each match replaced; `free_text` searches for bare Aadhaar and phone numbers too."""
    for _ in range(_PASSES):
        redacted = _once(text, free_text) if _ANYTHING.search(text) else text
        if redacted == text:
            break
        text = redacted
    return text


def _once(text: str, free_text: bool) -> str:
    text = _ibans(_emails(text))
    if not _GROUP.search(text):
        return text
    text = _sub(_PAN, "[PAN]", _cards(text), lambda *_: True)
    text = _sub(_AADHAAR, "[AADHAAR]", text, _is_aadhaar)
    if free_text:
        text = _sub(_BARE_AADHAAR, "[AADHAAR]", text, _is_aadhaar)
    text = _sub(_SSN, "[SSN]", text, _is_ssn)
    return _phones(text, free_text)


def _phones(text: str, free_text: bool) -> str:
    text = _dialled(_NAMED_PHONE, text, 7)
    text = _dialled(_PLUS_PHONE, text, 8)
    text = _sub(_AMERICAN_PHONE, "[PHONE]", text, _is_american_phone)
    if free_text:
        text = _sub(_BARE_PHONE, "[PHONE]", text, _stands_alone)
    return text


def _sub(pattern: re.Pattern[str], token: str, text: str, accept: Check) -> str:
    """Replaces the matches that pass the check and do not touch a moment or an identifier."""
    return _replaced(text, token, (m.span() for m in pattern.finditer(text) if accept(text, m.start(), m.end())))


def _replaced(text: str, token: str, spans: Iterable[tuple[int, int]]) -> str:
    found = list(spans)
    if not found:
        return text
    protected = [match.span() for match in _PROTECTED.finditer(text)]
    parts, done, shield = [], 0, 0
    for start, end in found:
        while shield < len(protected) and protected[shield][1] <= start:
            shield += 1
        if shield == len(protected) or protected[shield][0] >= end:
            parts += [text[done:start], token]
            done = end
    return "".join([*parts, text[done:]])


def _emails(text: str) -> str:
    parts, done, at = [], 0, text.find("@")
    while at != -1:
        domain = _DOMAIN.match(text, at + 1)
        start = at
        while domain and start > done and _LOCAL.match(text[start - 1]):
            start -= 1
        while domain and start < at and not text[start].isalnum():
            start += 1
        if domain and start < at:
            parts += [text[done:start], "[EMAIL]"]
            done = domain.end()
        at = text.find("@", max(at + 1, done))
    return "".join([*parts, text[done:]])


def _ibans(text: str) -> str:
    spans = ((match.start(), _iban_end(text, match.start())) for match in _IBAN_START.finditer(text))
    return _replaced(text, "[IBAN]", ((start, end) for start, end in spans if end))


def _iban_end(text: str, start: int) -> int:
    """End of the IBAN that begins here, 0 if there is none; groups of four may stand apart."""
    length = IBAN_LENGTHS.get(text[start : start + 2].upper(), 0)
    found, position = "", start
    while len(found) < length and position < len(text):
        letter = text[position]
        if letter.isascii() and letter.isalnum():
            found += letter.upper()
        elif not (letter in " -\u00a0" and len(found) % 4 == 0 and text[position - 1].isalnum()):
            return 0
        position += 1
    whole = position == len(text) or not text[position].isalnum()
    return position if length and whole and iban(found) else 0


def _cards(text: str) -> str:
    runs = _CARD_RUN.finditer(text)
    return _replaced(text, "[CARD]", (span for run in runs for span in _cards_in(text, run.start(), run.end())))


def _cards_in(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Card numbers in a run of digit groups, each made of whole groups."""
    groups = [match.span() for match in _GROUP.finditer(text, start, end)]
    first = 0
    while first < len(groups):
        ends = [
            last
            for last in range(min(first + 6, len(groups)) - 1, first - 1, -1)
            if _is_card(text, groups[first][0], groups[last][1])
        ]
        if ends:
            yield groups[first][0], groups[ends[0]][1]
        first = ends[0] + 1 if ends else first + 1


def _is_card(text: str, start: int, end: int) -> bool:
    follows = end < len(text) and text[end].isalnum()
    return not follows and card(_digits(text, start, end)) and not _inside_number(text, start, end)


def _is_aadhaar(text: str, start: int, end: int) -> bool:
    if not aadhaar(_digits(text, start, end)) or not _stands_alone(text, start, end):
        return False
    # Three groups out of a longer number in groups of four are not one of twelve digits.
    before, after = text[max(0, start - 6) : start], text[end : end + 6]
    return not (re.search(rf"(?<![0-9])[0-9]{{4}}{_GAP}$", before) or re.match(rf"{_GAP}[0-9]{{4}}(?![0-9])", after))


def _is_ssn(text: str, start: int, end: int) -> bool:
    digits = _digits(text, start, end)
    return ssn(digits[:3], digits[3:5], digits[5:]) and _stands_alone(text, start, end)


def _is_american_phone(text: str, start: int, end: int) -> bool:
    dots = text.count(".", start, end)
    return dots != 1 and _stands_alone(text, start, end)


def _dialled(pattern: re.Pattern[str], text: str, least: int) -> str:
    spans = ((match.start(1), _dialled_end(text, match, least)) for match in pattern.finditer(text))
    return _replaced(text, "[PHONE]", ((start, end) for start, end in spans if end))


def _dialled_end(text: str, match: re.Match[str], least: int) -> int:
    """End of the longest number of at most 15 digits in whole groups, 0 if it is none."""
    start, best = match.start(1), 0
    for group in _GROUP.finditer(text, start, match.end(1)):
        digits = _digits(text, start, group.end())
        if len(digits) > 15:
            break
        if len(digits) >= least and _looks_dialled(text, start, group.end()):
            best = group.end()
    return best


def _looks_dialled(text: str, start: int, end: int) -> bool:
    # `+12.9715987` is a coordinate and `1234567.50` an amount; dots count as separators between all groups or none.
    separators = re.findall(r"[^0-9]+", text[start:end].lstrip(f"+({_SPACE}"))
    dots = separators.count(".")
    whole = end == len(text) or not text[end].isalnum()
    return whole and dots in (0, len(separators)) and dots != 1 and not _INSIDE_NUMBER_AFTER.match(text, end)


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Not part of an amount, a coordinate or a code of letters and digits; a label may be joined by a dash."""
    before = text[max(0, start - 24) : start]
    code = _CODE_BEFORE.search(before)
    joined = (code is not None and code[1].lower() not in _LABELS) or _CODE_AFTER.match(text, end) is not None
    return not joined and not _inside_number(text, start, end) and not _AMOUNT_BEFORE.search(before)


def _inside_number(text: str, start: int, end: int) -> bool:
    before = text[max(0, start - 2) : start]
    return bool(_INSIDE_NUMBER_BEFORE.search(before) or _INSIDE_NUMBER_AFTER.match(text, end))


def _digits(text: str, start: int, end: int) -> str:
    return "".join(_GROUP.findall(text, start, end))
