"""Which column of a table holds what, by the words of its header in several languages."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from bot.timezones import is_abbreviation, is_zone

LONGEST_HEADER = 80
_NOTE = re.compile(r"[(\[{]([^()\[\]{}]{0,60})[)\]}]")
_PLURAL = re.compile(r"\((?:s|es|en|in|innen|n|e)\)|[*:/_](?:innen|in)\b", re.IGNORECASE)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_NO_WORD = re.compile(r"[\W_]+")
_NUMBER = re.compile(r"\b\d{1,3}\b|(?<=[a-z])\d{1,2}\b")
_OFFSET = re.compile(r"(?:UTC|GMT)\s?[+\-−]\d{1,2}(?::?\d\d)?", re.IGNORECASE)
_HOURS = re.compile(r"\b(?:h|hrs?|hours?|std|stunden?|heures?|horas?|ore)\b", re.IGNORECASE)

# The phrases of each role; of several columns the one whose phrase stands first is taken.
_PHRASES = {
    "timezone": "timezone, time zone, tz, zone, zeitzone, fuseau horaire, zona horaria, fuso orario, fuso horario",
    "weekday": """weekday, day of week, day of the week, wochentag, jour de la semaine, dia de la semana,
        giorno della settimana, dia da semana, day, tag, jour, dia, giorno""",
    "duration": """duration, length, dauer, duree, duracion, durata, duracao, lange, laenge, longueur, minutes, mins,
        min, minuten, duur, varighed, varaktighet, dlugosc, vortragsdauer, hours""",
    "title": """title, titel, titre, titulo, titolo, tytul, otsikko, tittel, talk title, presentation title,
        title of talk, title of the talk, titel des vortrags, titre de la presentation, titulo de la charla,
        titolo del talk, vortragstitel, paper title, proposal title, event title, contribution title, lecture title,
        activity title, item title, event name, talk name, presentation name, activity name, subject, betreff,
        objet, asunto, oggetto, assunto, summary, talk, presentation, vortrag, event, veranstaltung, evenement, evento,
        contribution, beitrag, lecture, charla, palestra, ponencia, intervento, expose, programmpunkt, activity,
        activite, actividad, attivita, atividade, agenda item, item, agenda, what, was, bezeichnung, name, nombre, nom,
        nome, topic, thema, sujet, tema, session title, session name, sitzungstitel, titre de la session,
        titulo de la sesion, titolo della sessione, titulo da sessao, session, sitzung, sesion, sessione, sessao,
        seance, 标题, 題名, タイトル, 제목""",
    "speakers": """speakers, speaker, presenters, presenter, presenting author, presented by, by, lecturer, lecturers,
        panelists, referent, referenten, referentin, referentinnen, referierende, vortragende, vortragender, sprecher,
        sprecherin, sprecherinnen, redner, rednerin, dozent, dozenten, intervenant, intervenants, intervenante,
        orateur, orateurs, conferencier, conferenciers, ponente, ponentes, orador, oradores, conferencista, relatore,
        relatori, relatrice, palestrante, palestrantes, spreker, sprekers, foredragsholder, taler, talare, prelegent,
        prelegenci, speaker name, speaker full name, who, wer, author, authors, autor, autoren,
        autorin, auteur, auteurs,
        autores, autore, autori, people, persons, personen, instructor, instructors, trainer, performer, artist,
        organiser, organisers, organizer, organizers, veranstalter, leader, hosts, name, nom, nombre, nome,
        演讲者, 講演者, 登壇者, 발표자""",
    "given": "speaker first name, first name, given name, firstname, vorname, prenom",
    "family": "speaker last name, last name, family name, lastname, surname, nachname, familienname",
    "more_speakers": "co speakers, co speaker, co presenters, co presenter, additional speakers, other speakers",
    "room": """room, rooms, raum, saal, salle, sala, aula, zaal, rum, pokoj, hall, stage, buhne, buehne, scene,
        palco, escenario, palcoscenico, auditorium, auditorio, raumname, horsaal, hoersaal, room location,
        location room, room venue, venue room, room stage, stage room, location, place, ort, lieu, lugar, luogo, local,
        lokal, locatie, lokale, standort, venue, veranstaltungsort, espacio, space, where, wo, ou, donde, dove, onde,
        地点, 会場, 場所, 장소""",
    "moderator": """session chair, session chairs, chair, chairs, moderator, moderators, moderatorin, moderation,
        chairperson, chaired by, moderated by, chairman, sitzungsleitung, leitung, vorsitz, vorsitzender, moderateur,
        moderateurs, moderatrice, president de seance, moderador, moderadora, moderadores, presidente, moderatore,
        moderatori, coordinador, session moderator, session host, presider, facilitator, host, voorzitter, 座長""",
    "session": """session title, session name, session, sitzung, sitzungstitel, titre de la session, sesion, sessione,
        sessao, seance, block, session block, titulo de la sesion, titolo della sessione, titulo da sessao""",
    "track": "track, tracks, track name, strand, stream, schiene, parcours, filiere, trilha",
    "kind": """kind, type, session type, event type, talk type, presentation type, contribution type, submission type,
        activity type, typ, art, vortragsart, veranstaltungsart, veranstaltungstyp, type de session, tipo, tipologia,
        tipo de sesion, tipo di sessione, tipo de sessao, format, session format, talk format, formato, category,
        categories, kategorie, kategorien, categorie, categoria, soort, 类型, 種別""",
    "abstract": """abstract, kurzfassung, zusammenfassung, resume, resumen, resumo, riassunto, sommario, abstrakt,
        abstract text, short description, description, beschreibung, kurzbeschreibung, descripcion, descrizione,
        descricao, omschrijving, beskrivelse, beskrivning, opis, summary, long description, full description, details,
        inhalt, contents, content""",
    "url": """url, link, web link, weblink, website, webpage, web page, permalink, href, talk url, event url,
        session url, talk link, event link, session link, lien, enlace, collegamento, page, live url, web""",
    "id": """id, uid, code, event id, talk id, session id, paper id, proposal id, submission id, contribution id,
        presentation id, unique id, identifier, guid, uuid, key, event key, talk code, session code, submission code,
        paper, paper number, slug, kennung, identifiant, identificador, identificativo, codigo, codice, number, nr, no,
        num, nummer, numero, friendly id, program code""",
    "status": """status, state, zustand, etat, statut, estado, stato, session status, talk status, event status,
        proposal state""",
    "cancelled": "cancelled, canceled, is cancelled, is canceled, abgesagt, annule, cancelado, annullato, ausgefallen",
}
# What a row may say in another column where the likeliest is empty.
_ALSO = {"speakers": "authors", "abstract": "description"}
_NEUTRAL = """talk talks session event vortrag vortrags presentation local scheduled planned lecture the of for at in de
    del della di da do du des der la le el il d l veranstaltung veranstaltungs evento evenement sesion sessione
    sessao seance sitzung paper item activity slot hh mm h uhr program programme schedule"""
_WHEN_ROLES = frozenset({"start", "date"})
_START = """start starts starting begin begins beginning from beginn anfang von
    ab debut inicio comienzo comeco desde inizio dalle"""
_END = (
    "end ends ending finish finishes until to till ende bis fin fine fim termino hasta ate alle eind einde slut schluss"
)
_DATE = "date dates datum fecha data dato day tag jour dia giorno dag pvm"
_TIME = """time times zeit uhrzeit zeiten heure heures horaire horaires hora horas horario ora orario tijd tid hour
    timeslot timeslots zeitslot zeitraum klo klokka klokken godzina creneau"""
_WHEN = "datetime timestamp termin zeitpunkt wann when quand cuando quando"
_NEUTRAL_WORDS = frozenset(_NEUTRAL.split())
_COMPOUND = re.compile(
    r"(start|anfangs?|beginn?|dt(?=start|end)|end|eind|slut)(zeit|uhrzeit|time|tijd|tid|datum|date|dato|day|tag|datetime|start|end)"
)


@dataclass(frozen=True, slots=True)
class Columns:
    """Where a table holds what.

    Attributes:
        of: the columns of each role, counted from 0, the likeliest first.
        zone: the zone that the header of a time names.
        in_hours: whether a bare number in the column of lengths is hours.
    """

    of: Mapping[str, tuple[int, ...]]
    zone: str | None = None
    in_hours: bool = False

    @property
    def is_programme(self) -> bool:
        """Whether these are the columns of a programme: at least a title and when it is."""
        return "title" in self.of and not _WHEN_ROLES.isdisjoint(self.of)

    def texts(self, role: str, cells: Sequence[str]) -> list[str]:
        """What a row says in the columns of a role; empty cells left out."""
        return [cells[at] for at in self.of.get(role, ()) if at < len(cells) and cells[at]]

    def text(self, role: str, cells: Sequence[str]) -> str:
        """What a row says in the likeliest column of a role that is not empty there; else an empty text."""
        for at in self.of.get(role, ()):
            if at < len(cells) and cells[at]:
                return cells[at]
        return ""


def is_header(cells: Sequence[str]) -> bool:
    """Whether a row is the header of a programme."""
    # Most rows are none, and few of those have the words of one that says when.
    return not _WHEN_ROLES.isdisjoint(_times(_phrases(cells))) and columns_of(cells).is_programme


def columns_of(header: Sequence[str]) -> Columns:
    """What the columns under a header hold; those whose words are not understood are left out."""
    phrases = _phrases(header)
    of: dict[str, tuple[int, ...]] = _times(phrases)
    taken = {at for columns in of.values() for at in columns}
    for role in _PHRASES:
        ranked = sorted(
            (rank, at)
            for at, phrase in enumerate(phrases)
            if at not in taken and (rank := _rank(role, phrase, header[at])) is not None
        )
        if ranked:
            of[role] = tuple(at for rank, at in ranked if rank == ranked[0][0])
            also = tuple(at for rank, at in ranked if rank != ranked[0][0]) if role in _ALSO else ()
            if also:
                of[_ALSO[role]] = also
            taken.update((*of[role], *also))
    if "title" not in of and "session" in of:
        of["title"] = of.pop("session")
    notes = [header[at] for role in ("start", "date", "end") for at in of.get(role, ())]
    lengths = [header[at] for at in of.get("duration", ())]
    return Columns(of, _zone(notes), any(_HOURS.search(text) for text in lengths))


def _phrases(header: Sequence[str]) -> list[str]:
    return [_phrase(cell) if len(cell) <= LONGEST_HEADER else "" for cell in header]


def _phrase(cell: str) -> str:
    """A header's words without accents, capitals, marks and what stands in brackets."""
    cell = _NOTE.sub(" ", _PLURAL.sub("", cell)) if _NOTE.sub("", cell).strip() else cell
    letters = unicodedata.normalize("NFKD", _CAMEL.sub(" ", cell))
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter)).casefold()
    return _NO_WORD.sub(" ", plain).strip()


@cache
def _ranks() -> Mapping[str, Mapping[str, int]]:
    return {
        role: {" ".join(phrase.split()): rank for rank, phrase in enumerate(phrases.split(","))}
        for role, phrases in _PHRASES.items()
    }


def _rank(role: str, phrase: str, header: str) -> int | None:
    """How well a header suits a role, the lower the better; None where it does not."""
    ranks = _ranks()[role]
    if header.strip() == "#":
        return len(ranks) if role == "id" else None
    unnumbered = " ".join(_NUMBER.sub(" ", phrase).split())
    bare = re.sub(
        r"^(?:event|talk|presentation|lecture|session|the|main|scheduled|planned)\s+|\s+(?:names?|list|full name)$",
        "",
        unnumbered,
    )
    if phrase in ranks or unnumbered in ranks:
        return ranks.get(phrase, ranks.get(unnumbered))
    return ranks[bare] + len(ranks) if bare in ranks and role not in {"title", "timezone"} else None


@cache
def _kinds() -> Mapping[str, frozenset[str]]:
    kinds = {"start": _START, "end": _END, "date": _DATE, "time": _TIME}
    known = {word: frozenset({kind}) for kind, words in kinds.items() for word in words.split()}
    return known | dict.fromkeys(_WHEN.split(), frozenset({"date", "time"}))


def _kinds_of(word: str) -> frozenset[str]:
    if known := _kinds().get(word):
        return known
    if compound := _COMPOUND.fullmatch(word):
        edge = "end" if compound[1] in {"end", "eind", "slut"} else "start"
        first = frozenset[str]() if compound[1] == "dt" else frozenset({edge})
        return first | _kinds()[compound[2]]
    return frozenset()


def _times(phrases: Iterable[str]) -> dict[str, tuple[int, ...]]:
    """The columns that say when: `start`, `end`, `date`, `end_date`."""
    ranked: dict[str, list[tuple[int, int]]] = {}
    for at, phrase in enumerate(phrases):
        words = [word for word in phrase.split() if word not in _NEUTRAL_WORDS and not is_abbreviation(word)]
        kinds = [_kinds_of(word) for word in words]
        if kinds and all(kinds):
            role, rank = _time_role(frozenset[str]().union(*kinds), words)
            ranked.setdefault(role, []).append((rank, at))
        elif phrase in {"scheduled at", "slot", "scheduled"}:
            ranked.setdefault("start", []).append((3, at))
    of: dict[str, tuple[int, ...]] = {role: (min(found)[1],) for role, found in ranked.items()}
    if "start" not in of and "start_date" in of:
        of["start"] = of.pop("start_date")
    if "start_date" in of:
        of["date"] = of.pop("start_date")
    if "end" not in of and "end_date" in of:
        of["end"] = of.pop("end_date")
    return of


def _time_role(kinds: frozenset[str], words: Sequence[str]) -> tuple[str, int]:
    """The role of a header made of such words, and how well it suits it."""
    if {"start", "end"} <= kinds:
        return "start", 2
    if "end" in kinds:
        return ("end_date", 0) if kinds == {"end", "date"} else ("end", 0)
    if "start" in kinds:
        return ("start_date", 0) if kinds == {"start", "date"} else ("start", 0)
    if "time" in kinds:
        return ("start", 1) if "date" in kinds else ("start", 2)
    return "date", int(words[0] in {"day", "tag", "jour", "dia", "giorno", "dag"})


def _zone(headers: Iterable[str]) -> str | None:
    """The zone that stands in the brackets of a header, or behind its word, as in `Start (PDT)`."""
    for header in headers:
        notes: list[str] = _NOTE.findall(header)
        for text in (*notes, *header.split()[1:], header.partition(" ")[2]):
            name = text.strip("()[] ")
            if _OFFSET.fullmatch(name) or (name.isupper() and is_abbreviation(name)) or ("/" in name and is_zone(name)):
                return name
    return None
