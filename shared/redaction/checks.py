"""Check digits and issuer rules that tell a personal number from any other number of its length."""

from typing import Final


def luhn(digits: str) -> bool:
    """ISO/IEC 7812-1, annex B."""
    total = 0
    for position, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if position % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


# Verhoeff's dihedral group D5: products, and the permutation by position (J. Verhoeff, 1969).
_PRODUCT: Final = tuple(
    tuple(
        (a + b) % 5 if a < 5 and b < 5 else 5 + (a + b) % 5 if a < 5 else 5 + (a - b) % 5 if b < 5 else (a - b) % 5
        for b in range(10)
    )
    for a in range(10)
)
_FIRST_PERMUTATION: Final = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)


def _permutations() -> tuple[tuple[int, ...], ...]:
    rows: list[tuple[int, ...]] = [tuple(range(10))]
    for _ in range(7):
        rows.append(tuple(_FIRST_PERMUTATION[value] for value in rows[-1]))
    return tuple(rows)


_PERMUTATION: Final = _permutations()


def verhoeff(digits: str) -> bool:
    check = 0
    for position, digit in enumerate(reversed(digits)):
        check = _PRODUCT[check][_PERMUTATION[position % 8][int(digit)]]
    return check == 0


def aadhaar(digits: str) -> bool:
    return len(digits) == 12 and digits[0] in "23456789" and verhoeff(digits)


def _between(digits: str, low: int, high: int) -> bool:
    return low <= int(digits[: len(str(low))]) <= high


def card_issuer(digits: str) -> bool:
    """Whether an issuer gives out cards of this prefix and length."""
    length = len(digits)
    known = (
        (digits[0] == "4", (13, 16, 19)),
        (_between(digits, 51, 55) or _between(digits, 2221, 2720), (16,)),
        (digits[:2] in ("34", "37"), (15,)),
        (digits[:2] in ("36", "38", "39") or _between(digits, 300, 305) or digits[:4] == "3095", range(14, 20)),
        (_between(digits, 3528, 3589), range(16, 20)),
        (digits[:4] == "6011" or _between(digits, 644, 649) or digits[:2] == "65", range(16, 20)),
        (digits[:2] in ("60", "62", "81", "82") or digits[:3] == "508", range(16, 20)),
        (_between(digits, 2200, 2204), range(16, 20)),
        (
            digits[:2] in ("50", "56", "57", "58") or digits[:4] in ("6304", "6759") or digits[:3] == "676",
            range(13, 20),
        ),
    )
    return any(prefix and length in lengths for prefix, lengths in known)


def card(digits: str) -> bool:
    return 13 <= len(digits) <= 19 and card_issuer(digits) and luhn(digits)


def ssn(area: str, group: str, serial: str) -> bool:
    return area not in ("000", "666") and area[0] != "9" and group != "00" and serial != "0000"


# Length of an IBAN by country: SWIFT IBAN registry.
IBAN_LENGTHS: Final = {
    country: length
    for length, countries in {
        15: "NO",
        16: "BE",
        18: "DK FI FK FO GL NL SD",
        19: "MK SI",
        20: "AT BA EE KZ LT LU MN XK",
        21: "CH CR HR LI LV",
        22: "BG BH DE GB GE IE ME RS VA",
        23: "AE GI IL IQ OM SO TL",
        24: "AD CZ ES MD PK RO SA SE SK TN VG",
        25: "LY PT ST",
        26: "IS TR",
        27: "BI DJ FR GR IT MC MR SM",
        28: "AL AZ BY CY DO GT HN HU LB NI PL SV",
        29: "BR EG PS QA UA",
        30: "JO KW MU YE",
        31: "MT SC",
        32: "LC",
        33: "RU",
    }.items()
    for country in countries.split()
}


def iban(text: str) -> bool:
    """`text` in capitals, without spaces."""
    if IBAN_LENGTHS.get(text[:2]) != len(text):
        return False
    return int("".join(str(int(letter, 36)) for letter in text[4:] + text[:4])) % 97 == 1
