"""schedule.xml of frab, pretalx and their kin: a root <schedule> with its conference, days, rooms and events."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring, tostring

from bot.errors import ScheduleError
from bot.schedules.finishing import MOST_TALKS
from bot.schedules.frab import schedule_of_events
from bot.schedules.frab_event import Fields
from bot.schedules.reader import Reader
from bot.schedules.schedule import ReadingOptions, Schedule

FORMAT = "frab-xml"

_LOOK = 20_000
_MOST_TAGS = 1_000_000
_DEEPEST = 100

_GAP = r"[\s\ufeff\x00]*"
_BEFORE_ROOT = re.compile(_GAP + r"(?:<\?[^>]*>|<!--.*?-->|<!(?!--)[^>]*>|\]\s*>)", re.DOTALL)
_ROOT = re.compile(_GAP + r"<(?:[\w.-]{1,100}:)?schedule[\s/>]", re.IGNORECASE)
_DECLARATION = re.compile(r"<\?xml\s[^>]*>", re.IGNORECASE)
# XML forbids these, but exports hold them where someone pasted them into an abstract.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_CONTROL_BYTES = bytes(code for code in range(0x80) if _FORBIDDEN.match(chr(code)))
# What surrogates, U+FFFE and U+FFFF begin with in UTF-8.
_BEGINS_OF_FORBIDDEN = (b"\xed", b"\xef\xbf")
_FORBIDDEN_NUMBER = re.compile(r"&#(?:0*(?:[0-8]|1[124-9]|2\d|3[01])|x0*(?:[0-8bcef]|1[0-9a-f]));", re.IGNORECASE)
_SURROGATES = re.compile("[\ud800-\udfff]")

_EVENTS = frozenset({"event", "break"})
_PEOPLE = frozenset({"persons", "speakers", "people"})
_PERSON = frozenset({"person", "speaker"})
_PROSE = frozenset({"abstract", "description"})
_MARKUP = frozenset({"p", "br", "div", "ul", "ol", "li", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre"})


def recognises(text: str) -> bool:
    """Whether the first element is a <schedule>, of whatever namespace and case."""
    start, end = text[:_LOOK], 0
    while before := _BEFORE_ROOT.match(start, end):
        end = before.end()
    return _ROOT.match(start, end) is not None


def read(text: str, options: ReadingOptions) -> Schedule:
    """The events of a schedule.xml.

    Raises:
        ScheduleError: it is no well-formed XML, declares a document type or entities, or holds no usable event.
        ScheduleQuestion: its times name no zone and no offset.
    """
    root = _parsed(text)
    _simplify(root)
    conference: dict[str, object] = dict(_fields(root))
    for element in root.iter("conference"):
        conference.update(_fields(element))
    return schedule_of_events(FORMAT, conference, list(islice(_events(root), MOST_TALKS + 1)), options)


def _parsed(text: str) -> Element:
    if text.count("<") > _MOST_TAGS:
        raise ScheduleError("this XML has more tags than any programme's", do="Import the programme in parts")
    sound = _sound(text)
    begun = sound.lstrip("\ufeff \t\r\n")
    lines_before = sound.count("\n", 0, len(sound) - len(begun))
    # The text is decoded already, and a declaration behind a blank line or a comment would be an error.
    declared = _DECLARATION.search(begun[:_LOOK])
    if declared:
        begun = begun[: declared.start()] + "\n" * declared[0].count("\n") + begun[declared.end() :]
    try:
        # Only a document type can hold what is dangerous, and the parser that refuses one is four times as slow.
        if "<!DOCTYPE" not in begun:
            return ET.fromstring(begun)  # noqa: S314 - see above
        root: Element = fromstring(begun, forbid_dtd=True)
    except DefusedXmlException as error:
        raise ScheduleError(
            "this XML declares a document type or entities, which are not read here",
            do="Save it without <!DOCTYPE …>",
        ) from error
    except ParseError as error:
        reason = str(error).partition(": line ")[0]
        raise ScheduleError(
            f"this is broken XML ({reason})",
            where=f"line {error.position[0] + lines_before}",
            do="Export the schedule again, or mend that line",
        ) from error
    return root


def _sound(text: str) -> str:
    """The text without the characters that XML forbids."""
    encoded = text.encode("utf-8", "surrogatepass")
    has_controls = len(encoded.translate(None, _CONTROL_BYTES)) < len(encoded)
    if has_controls or any(begin in encoded for begin in _BEGINS_OF_FORBIDDEN):
        text = _SURROGATES.sub("\ufffd", _FORBIDDEN.sub("", text))
    return _FORBIDDEN_NUMBER.sub("", text) if "&#" in text else text


def _simplify(root: Element) -> None:
    """Names without namespace and in lower case.

    Raises:
        ScheduleError: elements are held deeper inside each other than in any schedule.
    """
    level, depth = [root], 0
    while level:
        depth += 1
        if depth > _DEEPEST:
            raise ScheduleError(
                f"this XML is nested more than {_DEEPEST} elements deep", do="Export the schedule again"
            )
        for element in level:
            element.tag = _local(element.tag)
            if attributes := element.items():
                element.attrib = {_local(name): value for name, value in attributes}
        level = [child for element in level for child in element]


@lru_cache(maxsize=1_000)
def _local(name: str) -> str:
    return name.rpartition("}")[2].rpartition(":")[2].casefold()


def _events(root: Element) -> Iterator[tuple[Fields, Fields, str]]:
    """Each event's fields, those of its day, and its room's name, in the order of the file."""
    nothing: Fields = {}
    waiting = [(root, nothing, "")]
    while waiting:
        element, day, room = waiting.pop()
        if element.tag in _EVENTS:
            yield _event(element), day, room
            continue
        if element.tag == "day":
            day, room = _fields(element), ""
        elif element.tag == "room":
            fields = _fields(element)
            room = str(fields.get("name") or fields.get("title") or "")
        waiting.extend((child, day, room) for child in reversed(element))


def _event(element: Element) -> Fields:
    fields: dict[str, object] = {"type": "Break"} if element.tag == "break" else {}
    people: list[object] = []
    for child in element:
        if child.tag in _PERSON:
            people.append(_person(child))
        elif child.tag in _PEOPLE:
            people += [_person(person) for person in child] or [_text(child)]
        elif text := _prose(child) if child.tag in _PROSE else _text(child):
            fields.setdefault(child.tag, text)
    for name, value in element.attrib.items():
        fields.setdefault(name, value)
    return {**fields, "persons": people} if people else fields


def _person(element: Element) -> Fields:
    if len(element):
        return _fields(element)
    return {**element.attrib, "text": _text(element)}


def _fields(element: Element) -> Fields:
    """An element's attributes, and the texts of those of its elements that hold nothing else."""
    texts = {child.tag: text for child in reversed(element) if not len(child) and (text := _text(child))}
    return {**element.attrib, **texts}


def _text(element: Element) -> str:
    return ("".join(element.itertext()) if len(element) else element.text or "").strip()


def _prose(element: Element) -> str:
    """A text of several paragraphs, as HTML where it holds elements and no escaped tags."""
    if len(element) and any(inner.tag in _MARKUP for inner in element.iter()):
        return str(tostring(element, encoding="unicode", method="html"))
    return _text(element)


READER = Reader(FORMAT, "a schedule.xml of frab or pretalx", recognises, read)
