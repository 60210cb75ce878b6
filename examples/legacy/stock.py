"""What the old system holds, the same at every start: made row by row when it is asked for, so nothing is kept.

Field names and words are German, dates are `D!M!Y`, numbers have decimal commas, flags are words. Every 997th article
repeats an article number, every 499th names a family that is not there, every 211th weighs nothing, every 101st has a
word for its weight; every 251st variant has lost its article.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

Row = dict[str, Any]

START = datetime(2026, 1, 1, tzinfo=UTC)
FAMILIES = 40
# Names for how things are advertised, as the people who name campaigns have them too.
CONCEPTS = ("HERO", "UGC", "TESTI", "HOWTO", "SALE", "DROP", "LOOK", "SUST", "COLLAB", "GIFT", "CITY", "FIT")
_KINDS = ("Hose", "Rock", "Jacke", "Hut", "Schal", "Hemd", "Tasche", "Gürtel", "Bluse", "Mütze")
_LOOKS = ("blau", "grün", "rot", "weiß", "kariert", "gestreift", "bunt", "schwarz")
_FIRST = ("Jürgen", "Anna", "Björn", "Chloé", "Zoë", "Heinz", "Käthe", "Lars")
_LAST = ("Müller", "Groß", "Öztürk", "Schmidt", "d'Angelo", "Weiß", "Yıldız", "Kühn")
_COUNTRIES = ("D", "Deutschland", "AT", "ÖSTERREICH", "CH", "Schweiz", "FR", "")


def family(number: int) -> Row:
    return {
        **_system(number),
        "ID": number,
        "Name": f"Familie {_KINDS[number % len(_KINDS)]} {number}",
        "Eltern_ID": number // 10 or None,
    }


def concept(number: int) -> Row:
    return {**_system(number), "ID": number, "Name": CONCEPTS[number - 1]}


def article(number: int) -> Row:
    random = Random(number)
    kind, look = random.choice(_KINDS), random.choice(_LOOKS)
    return {
        **_system(number),
        "ID": number,
        "Art_Nr": _article_number(number - 1 if number % 997 == 0 else number),
        "Bezeichnung": f"{kind} {look} ",
        "Bezeichnung_E": "",
        "Familie_ID": 9_999 if number % 499 == 0 else 1 + number % FAMILIES,
        "Gewicht": _weight(number, random),
        "Preise": {"Liste": _price_list(random)},
        "aktiv": random.choice(("ja", "ja", "ja", "nein", "")),
        "angelegt_am": _day(START - timedelta(days=random.randint(0, 9_000))),
    }


def variant(number: int) -> Row:
    random = Random(-number)
    parent = 10_000_000 if number % 251 == 0 else 1 + (number - 1) // 2
    code = ("S", "M", "L", "XL")[number % 4]
    return {
        **_system(number),
        "ID": 1_000_000 + number,
        "Art_Nr": f"{_article_number(parent)}-{code}{number % 2}",
        "Bezeichnung": f"{random.choice(_KINDS)} Größe {code}",
        "Artikel_ID": parent,
        "Gewicht": _comma(random.randint(1, 900), 2),
        "aktiv": True,
    }


def customer(number: int) -> Row:
    random = Random(number * 7)
    is_firm = random.random() < 0.6
    return {
        **_system(number),
        "ID": number,
        "Kunden_Nr": f"{number:06}",
        "Adress_Nr": 50_000 + number,
        "Firma": f"{random.choice(_LAST)} & Söhne" if is_firm else "",
        "Vorname": "" if is_firm else random.choice(_FIRST),
        "Nachname": "" if is_firm else random.choice(_LAST),
        "Land": random.choice(_COUNTRIES),
        "Kreditlimit": f"{_grouped(random.randint(0, 90_000))},00 €",
        "Skonto": _comma(random.choice((0, 20, 25, 30)), 1),
        "Skonto_Tage": random.choice((0, 8, 10, "sofort")),
        "Netto_Tage": random.choice((14, 30, 60)),
        "Liefersperre": random.choice(("nein", "nein", "nein", "J")),
        "letzter_Kauf": random.choice(("0!0!0", _day(START - timedelta(days=random.randint(0, 900))))),
    }


TABLES: dict[str, Callable[[int], Row]] = {
    "Artikel_Familie": family,
    "Artikel": article,
    "Artikel_Variante": variant,
    "Kunde": customer,
    "Werbekonzept": concept,
}
# Tables that do not grow with the others.
SMALL = {"Artikel_Familie": FAMILIES, "Werbekonzept": len(CONCEPTS)}


def _weight(number: int, random: Random) -> str:
    if number % 101 == 0:
        return "unbekannt"
    return "0,000" if number % 211 == 0 else _comma(random.randint(1, 9_000), 3)


def _system(number: int) -> Row:
    changed = START + timedelta(seconds=37 * number)
    return {"__KEY": str(number), "__TIMESTAMP": changed.isoformat().replace("+00:00", "Z"), "__STAMP": 1}


def _article_number(number: int) -> str:
    return f"A{number:06}"


def _price_list(random: Random) -> list[Row]:
    shop = random.randint(500, 30_000)
    return [
        {"Art": "Laden", "Preis": _comma(shop, 2), "VE": "Stück"},
        {"Art": "Handel", "Preis": shop * 6 / 1000, "VE": "Karton"},
    ]


def _comma(number: int, places: int) -> str:
    return f"{number / 10**places:.{places}f}".replace(".", ",")


def _grouped(number: int) -> str:
    return f"{number:,}".replace(",", ".")


def _day(moment: datetime) -> str:
    return f"{moment.day}!{moment.month}!{moment.year}"
