"""What is wrong with an expression, and where."""

from typing import Final

MAX_LENGTH: Final = 2000
MAX_NODES: Final = 200
MAX_DEPTH: Final = 32
# No value of an expression can become longer than this, whatever numbers the fields hold.
MAX_DIGITS: Final = 1000


class InvalidExpression(ValueError):
    """`position` counts characters from 1."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.message = message
        self.position = position
