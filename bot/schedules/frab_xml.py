"""schedule.xml of frab, pretalx and their kin: a root <schedule> with its conference, days, rooms and events."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain, islice
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
_BLANKS = re.compile(rb"(?:\xef\xbb\xbf|[ \t\r\n])*")
_DECLARATION = re.compile(rb"<\?xml\s[^>]*>", re.IGNORECASE)
# XML forbids these, but exports hold them where someone pasted them into an abstract.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_CONTROL_BYTES = bytes(code for code in range(0x80) if _FORBIDDEN.match(chr(code)))
# What surrogates, U+FFFE and U+FFFF begin with in UTF-8.
_BEGINS_OF_FORBIDDEN = (b"\xed", b"\xef\xbf")
_FORBIDDEN_NUMBER = re.compile(rb"&#(?:0*(?:[0-8]|1[124-9]|2\d|3[01])|x0*(?:[0-8bcef]|1[0-9a-f]));", re.IGNORECASE)
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
    sound = _sound(text)
    if sound.count(b"<") > _MOST_TAGS:
        raise ScheduleError("this XML has more tags than any programme's", do="Import the programme in parts")
    blanks = _BLANKS.match(sound)
    begins = blanks.end() if blanks else 0
    lines_before = sound.count(b"\n", 0, begins)
    # The text was decoded already, and a declaration behind a blank line or a comment would be an error.
    declared = _DECLARATION.search(sound, begins, begins + _LOOK)
    before, after = declared.span() if declared else (begins, begins)
    head = sound[begins:before] + b"\n" * sound.count(b"\n", before, after)
    try:
        # Only a document type can hold what is dangerous, and the parser that refuses one is four times as slow.
        if b"<!DOCTYPE" in sound:
            refused: Element = fromstring((head + sound[after:]).decode(), forbid_dtd=True)
            return refused
        parser = ET.XMLParser(encoding="utf-8")  # noqa: S314 - see above
        parser.feed(head)
        parser.feed(memoryview(sound)[after:])
        return parser.close()
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


def _sound(text: str) -> bytes:
    """The text in UTF-8 without the characters that XML forbids."""
    encoded = text.encode("utf-8", "surrogatepass")
    has_controls = len(encoded.translate(None, _CONTROL_BYTES)) < len(encoded)
    if has_controls or any(begin in encoded for begin in _BEGINS_OF_FORBIDDEN):
        encoded = _SURROGATES.sub("\ufffd", _FORBIDDEN.sub("", text)).encode()
    return _FORBIDDEN_NUMBER.sub(b"", encoded) if b"&#" in encoded else encoded


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
        if any(_local(name) != name for name in {element.tag for element in level}):
            for element in level:
                element.tag = _local(element.tag)
        level = list(chain.from_iterable(level))


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
    for name, value in _attributes(element).items():
        fields.setdefault(name, value)
    return {**fields, "persons": people} if people else fields


def _person(element: Element) -> Fields:
    if len(element):
        return _fields(element)
    return {**_attributes(element), "text": _text(element)}


def _fields(element: Element) -> Fields:
    """An element's attributes, and the texts of those of its elements that hold nothing else."""
    texts = {child.tag: text for child in reversed(element) if not len(child) and (text := _text(child))}
    return {**_attributes(element), **texts}


def _attributes(element: Element) -> dict[str, str]:
    return {_local(name): value for name, value in element.items()}


def _text(element: Element) -> str:
    return "".join(element.itertext()).strip() if len(element) else (element.text or "").strip()


def _prose(element: Element) -> str:
    """A text of several paragraphs, as HTML where it holds elements and no escaped tags."""
    if len(element) and any(inner.tag in _MARKUP for inner in element.iter()):
        return str(tostring(element, encoding="unicode", method="html"))
    return _text(element)


READER = Reader(FORMAT, "a schedule.xml of frab or pretalx", recognises, read)
