"""Text to a typed tree, by recursive descent."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Final

from services.validation.domain.rules.expressions.building import apply, demand_bounded
from services.validation.domain.rules.expressions.faults import MAX_DEPTH, InvalidExpression
from services.validation.domain.rules.expressions.operators import FUNCTIONS
from services.validation.domain.rules.expressions.tokens import Token, tokens
from services.validation.domain.rules.expressions.trees import Field, Literal, Tree
from services.validation.domain.rules.types import Type

_COMPARISONS: Final = ("=", "!=", "<", "<=", ">", ">=")
_NUMBER_LENGTH: Final = 38
_WORDS: Final = {
    "true": Literal(True, Type.BOOLEAN),
    "false": Literal(False, Type.BOOLEAN),
    "null": Literal(None, Type.NULL),
}


def parse(source: str, fields: Mapping[str, Type]) -> Tree:
    """The tree of an expression over these fields. Raises InvalidExpression."""
    return demand_bounded(_Parser(source, fields).read())


class _Parser:
    """From the loosest binding to the tightest: or, and, not, comparison, sum, product, sign, value."""

    def __init__(self, source: str, fields: Mapping[str, Type]) -> None:
        self.fields = fields
        self.coming = tokens(source)
        self.token = next(self.coming)
        self.nesting = 0

    def read(self) -> Tree:
        tree = self._or()
        if self.token.kind != "end":
            raise self._fault(f"unexpected {self.token.text!r}")
        return tree

    def _or(self) -> Tree:
        return self._joined("or", self._and)

    def _and(self) -> Tree:
        return self._joined("and", self._not)

    def _joined(self, word: str, part: Callable[[], Tree]) -> Tree:
        position = self.token.position
        parts = [part()]
        while self._takes(word):
            parts.append(part())
        return parts[0] if len(parts) == 1 else apply(word, *parts, position=position)

    def _not(self) -> Tree:
        position = self.token.position
        if self._takes("not"):
            return apply("not", self._deeper(self._not), position=position)
        return self._comparison()

    def _comparison(self) -> Tree:
        left = self._sum()
        at = self.token.position
        for sign in _COMPARISONS:
            if self._takes(sign):
                tree = apply(sign, left, self._sum(), position=at)
                self._demand_single()
                return tree
        if self._takes("is"):
            return self._nullness(left, at)
        negated = self._takes("not")
        if self._takes("in"):
            tree = apply("in", left, *self._list(), position=at)
        elif self._takes("between"):
            low = self._sum()
            self._demand("and")
            tree = apply("between", left, low, self._sum(), position=at)
        elif negated:
            raise self._fault("after a value, not stands before in or between")
        else:
            return left
        return apply("not", tree, position=at) if negated else tree

    def _nullness(self, left: Tree, at: int) -> Tree:
        name = "is not null" if self._takes("not") else "is null"
        self._demand("null")
        return apply(name, left, position=at)

    def _sum(self) -> Tree:
        return self._chain(("+", "-"), self._product)

    def _product(self) -> Tree:
        return self._chain(("*", "/", "%"), self._signed)

    def _chain(self, signs: tuple[str, ...], part: Callable[[], Tree]) -> Tree:
        tree = part()
        while self.token.kind == "sign" and self.token.text in signs:
            sign, at = self.token.text, self.token.position
            self._advance()
            tree = apply(sign, tree, part(), position=at)
        return tree

    def _signed(self) -> Tree:
        at = self.token.position
        if not self._takes("-"):
            return self._value()
        inside = self._deeper(self._signed)
        if isinstance(inside, Literal) and isinstance(inside.value, int | Decimal):
            return Literal(-inside.value, inside.type)
        return apply("negative", inside, position=at)

    def _value(self) -> Tree:
        token = self.token
        if self._takes("("):
            tree = self._deeper(self._or)
            self._demand(")")
            return tree
        self._advance()
        if token.kind == "number":
            return self._number(token)
        if token.kind == "text":
            return Literal(token.text, Type.TEXT)
        if token.kind == "keyword" and token.text in _WORDS:
            return _WORDS[token.text]
        if token.kind == "keyword" and token.text == "date":
            return self._date(token)
        if token.kind in ("name", "quoted"):
            return self._named(token)
        raise self._fault("a value is missing" if token.kind == "end" else f"unexpected {token.text!r}", token)

    def _number(self, token: Token) -> Tree:
        if len(token.text) > _NUMBER_LENGTH:
            raise self._fault(f"a number has at most {_NUMBER_LENGTH} digits", token)
        if "." in token.text:
            return Literal(Decimal(token.text), Type.DECIMAL)
        return Literal(int(token.text), Type.INTEGER)

    def _date(self, keyword: Token) -> Tree:
        token = self.token
        if token.kind != "text":
            raise self._fault("a date is written date '2024-01-31'", keyword)
        self._advance()
        try:
            found = date.fromisoformat(token.text)
        except ValueError:
            found = None
        if found is None or found.isoformat() != token.text:
            raise self._fault("a date is written date '2024-01-31'", token)
        return Literal(found, Type.DATE)

    def _named(self, token: Token) -> Tree:
        if token.kind == "name" and self.token.text == "(" and self.token.kind == "sign":
            return self._called(token)
        if token.text in self.fields:
            return Field(token.text, self.fields[token.text])
        if token.kind == "name" and token.text.lower() == "today":
            return apply("today", position=token.position)
        raise self._fault(f"there is no field {token.text!r}", token)

    def _called(self, token: Token) -> Tree:
        name = token.text.lower()
        if name not in FUNCTIONS:
            raise self._fault(f"there is no function {token.text!r}", token)
        return apply(name, *self._list(), position=token.position)

    def _list(self) -> list[Tree]:
        self._demand("(")
        if self._takes(")"):
            return []
        items = [self._deeper(self._or)]
        while self._takes(","):
            items.append(self._deeper(self._or))
        self._demand(")")
        return items

    def _demand_single(self) -> None:
        if self.token.kind == "sign" and self.token.text in _COMPARISONS:
            raise self._fault("comparisons are joined by and")

    def _deeper(self, part: Callable[[], Tree]) -> Tree:
        self.nesting += 1
        if self.nesting > MAX_DEPTH:
            raise self._fault(f"more than {MAX_DEPTH} levels")
        tree = part()
        self.nesting -= 1
        return tree

    def _takes(self, text: str) -> bool:
        if self.token.kind not in ("sign", "keyword") or self.token.text != text:
            return False
        self._advance()
        return True

    def _demand(self, text: str) -> None:
        if not self._takes(text):
            raise self._fault(f"{text!r} is missing")

    def _advance(self) -> None:
        if self.token.kind != "end":
            self.token = next(self.coming)

    def _fault(self, reason: str, token: Token | None = None) -> InvalidExpression:
        return InvalidExpression(f"The expression cannot be read: {reason}.", (token or self.token).position)
