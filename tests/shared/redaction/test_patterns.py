"""Patterns in text: what is a person's number, and what only looks like one."""

import pytest

from shared.redaction import redact_text
from shared.redaction.checks import aadhaar, card, iban, luhn, verhoeff

AADHAAR = "2341 2341 2346"  # first digit 2..9, valid check digit


def test_the_check_digits_hold() -> None:
    assert luhn("79927398713")
    assert not luhn("79927398710")
    assert verhoeff("2363")
    assert not verhoeff("2364")
    assert aadhaar(AADHAAR.replace(" ", ""))
    assert sum(aadhaar(f"23412341234{digit}") for digit in range(10)) == 1
    assert iban("GB82WEST12345698765432")
    assert not iban("GB82WEST12345698765431")
    assert not iban("XX82WEST12345698765432")


@pytest.mark.parametrize(
    "number",
    [
        "4111111111111111",
        "4222222222222",
        "5555555555554444",
        "2223003122003222",
        "378282246310005",
        "30569309025904",
        "6011111111111117",
        "3530111333300000",
        "6240008631401148",
        "2201382000000013",
    ],
)
def test_cards_of_all_issuers(number: str) -> None:
    assert card(number)
    assert redact_text(f"paid with {number}, thanks") == "paid with [CARD], thanks"


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("mail john.o'brien+x@ex-ample.co.uk.", "mail [EMAIL]."),
        ("<ada@example.com>,bob@example.org;", "<[EMAIL]>,[EMAIL];"),
        ("'ada@example.com'", "'[EMAIL]'"),
        ("jörg@bücher.example", "[EMAIL]"),
        ("https://user:pass@host.example/path", "https://user:[EMAIL]/path"),
        ("4111 1111 1111 1111", "[CARD]"),
        ("4111-1111-1111-1111.", "[CARD]."),
        ("3782 822463 10005", "[CARD]"),
        ("4111 1111 1111 1111 5500 0000 0000 0004", "[CARD] [CARD]"),
        ("visa-4111111111111111", "visa-[CARD]"),
        (f"aadhaar {AADHAAR} and {AADHAAR.replace(' ', '-')}", "aadhaar [AADHAAR] and [AADHAAR]"),
        ("GB82 WEST 1234 5698 7654 32 and DE89370400440532013000.", "[IBAN] and [IBAN]."),
        ("to gb82west12345698765432", "to [IBAN]"),
        ("123-45-6789 or 123 45 6789", "[SSN] or [SSN]"),
        ("SSN-123-45-6789", "SSN-[SSN]"),
        ("PAN ABCPE1234F.", "PAN [PAN]."),
        ("+49 151 2345678", "[PHONE]"),
        ("+1 (555) 123-4567, +915551234567", "[PHONE], [PHONE]"),
        ("(555) 123-4567 555.123.4567 555-123-4567", "[PHONE] [PHONE] [PHONE]"),
        ("1-555-123-4567", "[PHONE]"),
        ("tel. 030 1234567", "tel. [PHONE]"),
        ("Phone: 1234567; call 98765432", "Phone: [PHONE]; call [PHONE]"),
        ('{"phone": "5551234567"}', '{"phone": "[PHONE]"}'),
        ("mobile-9876543210", "mobile-[PHONE]"),
        ("a\u00a0+49\u00a0151\u00a02345678", "a\u00a0[PHONE]"),
    ],
)
def test_replaces(text: str, redacted: str) -> None:
    assert redact_text(text) == redacted
    assert redact_text(text, free_text=True) == redacted


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("reach me at 9876543210", "reach me at [PHONE]"),
        (f"number {AADHAAR.replace(' ', '')}", "number [AADHAAR]"),
        ("9876543210, 6000000000", "[PHONE], [PHONE]"),
    ],
)
def test_bare_numbers_count_in_free_text_only(text: str, redacted: str) -> None:
    assert redact_text(text, free_text=True) == redacted
    assert redact_text(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nothing here",
        "ada@localhost and @mention and a@b",
        "4111111111111112",  # fails Luhn
        "4111 1111 1111 1112",
        "1234567812345670",  # valid by Luhn, but no issuer
        "41111111111111111111",  # too long
        "x4111111111111111 4111111111111111x",
        "234123412345 2341 2341 2345",  # fails Verhoeff
        "1341 2341 2341 2346 2341",  # three groups out of five
        "GB82WEST12345698765431",
        "666-12-3456 000-12-3456 900-12-3456 123-00-4567 123-45-0000",
        "123456789",
        "123-45 6789",
        "ABCDE1234F ABCPE12345 abcpe1234f XABCPE1234F",
        "2026-11-20T10:15:30.123456+05:30 2026-11-20 10:15",
        "call 2026-11-20",
        "1732099999 1732099999123",
        "c0ffee00-1234-4234-8234-123456789012",
        "41111111-1111-4111-8111-111111111111",
        "da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "12.9715987, 77.5945627 and +12.9715987, +77.5945627",
        "52.52000659999999870 13.404953999999975",
        "1,234,567.89 EUR 9876543210.50 $9876543210 Rs. 9876543210",
        "1.234.567.890,12",
        "WO-2026-000123 SN9876543210 SN-9876543210 ORD-123-45-6789 PO/9876543210 555-123-4567-X",
        "192.168.100.200:8080 10.15.7.1234 v1.2.3456",
        "2001:0db8:85a3:0000:0000:8a2e:0370:7334",
        "hotel 1234567 recall 1234567",
        "phone 123456",
        "+123 +1234567",
        "3 x 4 = 12, 100 %",
        "[EMAIL] [CARD] [AADHAAR] [IBAN] [SSN] [PAN] [PHONE] [REDACTED]",
    ],
)
def test_leaves_alone(text: str) -> None:
    assert redact_text(text) == text
    assert redact_text(text, free_text=True) == text


@pytest.mark.parametrize(
    "part",
    [
        "1 ",
        "a@",
        "a.",
        "call ",
        "call 1",
        "+1 ",
        "GB82",
        "4111-",
        "4111 1111 1111 1111 ",
        "+49 151 2345678-123-45-6789-",
    ],
)
def test_long_text_of_the_worst_kind_is_read_to_its_end(part: str) -> None:
    redact_text(part * (400_000 // len(part)) + " ada@example.com")
    assert redact_text("x" * 400_000 + " ada@example.com").endswith(" [EMAIL]")
