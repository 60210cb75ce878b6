"""Patterns as far as both engines that match them agree: RE2 for posted records, PostgreSQL's for stored rows.

A pattern is about the whole text: letters, `.`, classes, `\\d \\w \\s` and their opposites (ASCII), groups,
alternatives, and the quantifiers `* + ? {m} {m,} {m,n}`. It is rewritten so that neither engine finds in it what the
other does not know.
"""

from typing import Final

from services.validation.domain.rules.expressions.faults import InvalidExpression

MAX_LENGTH: Final = 200
MAX_REPEATS: Final = 255
MAX_SIZE: Final = 1000
MAX_NESTING: Final = 20

_CLASSES: Final = {"d": "0-9", "w": "0-9A-Za-z_", "s": r" \t\n\r\f\v"}
_CONTROLS: Final = {"t": "\\t", "n": "\\n", "r": "\\r", "f": "\\f", "v": "\\v"}


def common_form(pattern: str, position: int) -> str:
    """The pattern as both engines understand it, without anchors. Raises InvalidExpression at `position`."""
    if not 0 < len(pattern) <= MAX_LENGTH:
        raise InvalidExpression(f"A pattern has 1 to {MAX_LENGTH} characters.", position)
    body = pattern.removeprefix("^")
    if body.endswith("$") and not _is_escaped(body, len(body) - 1):
        body = body[:-1]
    return _Reader(body, position).read()


def _is_escaped(text: str, place: int) -> bool:
    before = text[:place]
    return (len(before) - len(before.rstrip("\\"))) % 2 == 1


class _Reader:
    """Recursive descent; the size of what was read is what it would be with every repetition written out."""

    def __init__(self, pattern: str, position: int) -> None:
        self.rest = pattern
        self.position = position
        self.nesting = 0

    def read(self) -> str:
        form, size = self._alternatives()
        if self.rest:
            raise self._fault(f"unexpected {self.rest[0]!r}")
        if size > MAX_SIZE:
            raise self._fault("it repeats too much")
        return form

    def _alternatives(self) -> tuple[str, int]:
        forms, size = [], 0
        while True:
            form, more = self._sequence()
            forms.append(form)
            size += more
            if not self._takes("|"):
                return "|".join(forms), size

    def _sequence(self) -> tuple[str, int]:
        form, size = "", 0
        while self.rest and self.rest[0] not in "|)":
            atom, one = self._atom()
            quantifier, times = self._quantifier()
            form += atom + quantifier
            size += one * times
        if not form:
            raise self._fault("an alternative is empty")
        return form, size

    def _atom(self) -> tuple[str, int]:
        letter = self._next()
        if letter == "(":
            return self._group()
        if letter == "[":
            return self._class(), 1
        if letter == "\\":
            return self._escaped(inside=False), 1
        if letter in "*+?{}^$])":
            raise self._fault(f"unexpected {letter!r}")
        return letter if letter == "." else _plain(letter), 1

    def _group(self) -> tuple[str, int]:
        if self.rest.startswith("?") and not self._takes("?:"):
            raise self._fault("groups may be (...) and (?:...) only")
        self.nesting += 1
        if self.nesting > MAX_NESTING:
            raise self._fault(f"more than {MAX_NESTING} groups in one another")
        form, size = self._alternatives()
        if not self._takes(")"):
            raise self._fault("a group is not closed")
        self.nesting -= 1
        return f"(?:{form})", size

    def _class(self) -> str:
        form = "[^" if self._takes("^") else "["
        items = ""
        while not self._takes("]"):
            items += self._item()
        if not items:
            raise self._fault("a class is empty")
        return form + items + "]"

    def _item(self) -> str:
        first = self._single()
        if not self.rest.startswith("-") or self.rest.startswith("-]") or len(first) > 2:
            return first
        self._takes("-")
        last = self._single()
        if len(last) > 2 or first[-1] > last[-1] or (first + last).count("\\") != first.count("\\") + last.count("\\"):
            raise self._fault("a range runs backwards")
        return f"{first}-{last}"

    def _single(self) -> str:
        letter = self._next()
        if letter == "[":
            raise self._fault("write \\[ for a bracket in a class")
        return self._escaped(inside=True) if letter == "\\" else _plain(letter)

    def _escaped(self, *, inside: bool) -> str:
        letter = self._next()
        if letter in _CLASSES:
            return _CLASSES[letter] if inside else f"[{_CLASSES[letter]}]"
        if letter.lower() in _CLASSES and not inside:
            return f"[^{_CLASSES[letter.lower()]}]"
        if letter in _CONTROLS:
            return _CONTROLS[letter]
        if letter.isalnum():
            raise self._fault(f"\\{letter} is not supported")
        return _plain(letter)

    def _quantifier(self) -> tuple[str, int]:
        form, times = self._single_quantifier()
        if form and self.rest[:1] in ("*", "+", "?", "{"):
            raise self._fault("a quantifier follows a quantifier")
        return form, times

    def _single_quantifier(self) -> tuple[str, int]:
        for sign in "*+?":
            if self._takes(sign):
                return sign, 1
        if not self._takes("{"):
            return "", 1
        inside, closed, self.rest = self.rest.partition("}")
        low, comma, high = inside.partition(",")
        numbers = [text for text in (low, high) if text]
        if not closed or not low or not all(text.isascii() and text.isdigit() and len(text) < 4 for text in numbers):
            raise self._fault("a repetition is {m}, {m,} or {m,n}")
        if max(map(int, numbers)) > MAX_REPEATS or (high and int(high) < int(low)):
            raise self._fault(f"a repetition counts from m up to n, at most {MAX_REPEATS}")
        return "{" + low + comma + high + "}", max(1, *map(int, numbers), 1)

    def _takes(self, text: str) -> bool:
        if not self.rest.startswith(text):
            return False
        self.rest = self.rest[len(text) :]
        return True

    def _next(self) -> str:
        if not self.rest:
            raise self._fault("it ends too early")
        letter, self.rest = self.rest[0], self.rest[1:]
        return letter

    def _fault(self, reason: str) -> InvalidExpression:
        return InvalidExpression(f"The pattern cannot be read: {reason}.", self.position)


def _plain(letter: str) -> str:
    """The letter itself; ASCII signs are escaped, so that they mean nothing else."""
    if letter in "\t\n\r\f\v":
        return _CONTROLS["tnrfv"["\t\n\r\f\v".index(letter)]]
    return letter if letter.isalnum() or not letter.isascii() or letter in " _" else f"\\{letter}"
