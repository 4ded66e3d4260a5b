"""The words that dates and times hold in several languages, without accents and capitals."""

from __future__ import annotations

import unicodedata

_WEEKDAYS = (
    "monday montag lundi lunes lunedi segunda maandag mandag mandagen",
    "tuesday dienstag mardi martes martedi terca dinsdag tirsdag tisdag",
    "wednesday mittwoch mercredi miercoles mercoledi quarta woensdag onsdag",
    "thursday donnerstag jeudi jueves giovedi quinta donderdag torsdag",
    "friday freitag vendredi viernes venerdi sexta vrijdag fredag",
    "saturday samstag sonnabend samedi sabado sabato zaterdag lordag",
    "sunday sonntag dimanche domingo domenica zondag sondag",
)
_MONTHS = (
    "january januar janvier enero gennaio janeiro januari janner",
    "february februar fevrier febrero febbraio fevereiro februari feber",
    "march marz mars marzo marco maart maerz mrz",
    "april avril abril aprile avr",
    "may mai mayo maggio maio mei maj",
    "june juni juin junio giugno junho",
    "july juli juillet julio luglio julho juil",
    "august aout agosto augustus augusti",
    "september septembre septiembre settembre setembro setiembre sept",
    "october oktober octobre octubre ottobre outubro",
    "november novembre noviembre novembro",
    "december dezember decembre diciembre dicembre dezembro desember",
)
SHORT_WEEKDAYS = {"mo": 0, "di": 1, "mi": 2, "do": 3, "fr": 4, "sa": 5, "so": 6}
NOON_WORDS = frozenset({"noon", "midday", "mittag", "mittags", "midi", "mediodia", "mezzogiorno", "meiodia"})
MIDNIGHT_WORDS = frozenset({"midnight", "mitternacht", "minuit", "medianoche", "mezzanotte", "meianoite"})
FILLERS = frozenset(
    {
        "at",
        "um",
        "le",
        "el",
        "il",
        "lo",
        "la",
        "on",
        "den",
        "der",
        "the",
        "of",
        "de",
        "del",
        "do",
        "da",
        "di",
        "dal",
        "dalle",
        "das",
        "from",
        "von",
        "ab",
        "a",
        "al",
        "as",
        "les",
        "du",
        "kl",
        "klo",
        "klokken",
        "uhr",
        "h",
        "hrs",
        "hs",
        "hr",
        "t",
        "o",
        "starting",
        "feira",
        "day",
        "tag",
        "jour",
        "dia",
        "giorno",
    }
)
DASHES = frozenset({"to", "until", "till", "bis", "hasta", "al", "ate", "alle", "a", "tot", "til", "au", "as"})


def _cut(names: tuple[str, ...]) -> dict[str, int]:
    """Each name and what it is cut to, with its number from 0; what two share is left out."""
    cut: dict[str, set[int]] = {}
    for number, spellings in enumerate(names):
        for spelling in spellings.split():
            for end in range(3, len(spelling) + 1):
                cut.setdefault(spelling[:end], set()).add(number)
    return {name: numbers.pop() for name, numbers in cut.items() if len(numbers) == 1}


WEEKDAY_BY_NAME = _cut(_WEEKDAYS)
# January is 0.
MONTH_BY_NAME = _cut(_MONTHS)


def folded(word: str) -> str:
    """A word without accents and capitals."""
    letters = unicodedata.normalize("NFKD", word)
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).casefold()
