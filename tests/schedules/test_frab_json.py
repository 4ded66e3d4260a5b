from __future__ import annotations

import contextlib
import copy
import json
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import ScheduleError, ScheduleQuestion
from bot.schedules import frab_json
from bot.schedules.detect import read_schedule
from bot.schedules.schedule import Schedule, Talk
from tests.schedules.pages import at, options, read, refusal
from tests.shared import SHARED, needs_shared

Json = dict[str, object]

TIMES: Json = {"date": "2019-08-21T10:00:00+02:00", "start": "10:00", "duration": "00:30"}
ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["10:00", "2019-08-21"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def an_event(**fields: object) -> Json:
    return {"id": 1, "guid": "g-1", "title": "Trees", **TIMES, **fields}


def a_schedule(rooms: object = None, *, day: Json | None = None, **conference: object) -> Json:
    held = {"Hall F": [an_event()]} if rooms is None else rooms
    days = [{"index": "0", "date": "2019-08-21", "rooms": held, **(day or {})}]
    return {"schedule": {"version": "1", "conference": {"title": "Camp 2019", "days": days, **conference}}}


def read_json(content: object) -> Schedule:
    return read(json.dumps(content), timezone="Europe/Berlin")


def only(**fields: object) -> Talk:
    (talk,) = read_json(a_schedule({"Hall F": [an_event(**fields)]})).talks
    return talk


@needs_shared
@pytest.mark.parametrize("stated", [None, "Europe/Berlin"])
def test_rc3_channels_2020(stated: str | None) -> None:
    schedule = read((SHARED / "rc3-channels-2020.json").read_bytes(), timezone=stated)
    talks = schedule.talks
    assert (schedule.format, schedule.conference) == ("frab-json", "rC3 Channels")
    assert (schedule.timezone, schedule.page_timezone, schedule.warnings) == (stated, None, ())
    assert (len(talks), len({talk.room for talk in talks})) == (48, 5)
    assert min(talk.starts_at for talk in talks) == at("2020-12-27 10:30")
    assert max(talk.ends_at for talk in talks) == at("2020-12-30 15:40")
    assert all(talk.url and talk.url.startswith("https://pretalx") for talk in talks)
    assert len({talk.file_id for talk in talks}) == 48


@needs_shared
def test_30c3_2013() -> None:
    content = (SHARED / "30c3-2013.json").read_bytes()
    with pytest.raises(ScheduleQuestion) as question:
        read_schedule(content, options())
    assert question.value.option == "timezone"
    schedule = read(content, timezone="Europe/Berlin")
    talks = schedule.talks
    assert (len(talks), len({talk.room for talk in talks}), schedule.warnings) == (124, 4, ())
    assert (len(schedule.sessions), schedule.timezone) == (16, "Europe/Berlin")
    assert min(talk.starts_at for talk in talks) == at("2013-12-27 10:00")
    assert max(talk.ends_at for talk in talks) == at("2013-12-30 18:30")
    nights = [talk for talk in talks if talk.starts_at.hour == 23]
    assert sorted(f"{talk.starts_at:%d %H:%M}" for talk in nights) == [
        *("27 23:00", "27 23:00", "27 23:30", "28 23:00", "29 23:00")
    ]
    assert not any("&" in f"{talk.title} {talk.abstract}".replace(" & ", "") for talk in talks[:3])
    assert (talks[0].abstract or "").startswith("Introductory event")


def test_an_event_is_read_whole() -> None:
    talk = only(
        room="Hall F",
        type="lecture",
        title="Art &amp; Play",
        abstract="&lt;p&gt;We count.&lt;/p&gt;",
        url="https://example.org/1",
        persons=[{"id": 3, "public_name": "Ada One"}],
        do_not_record=True,
        links=[{"url": "https://example.org/2"}],
    )
    assert (talk.title, talk.kind, talk.room, talk.file_id) == ("Art & Play", "lecture", "Hall F", "g-1")
    assert (talk.speakers, talk.url, talk.abstract) == (("Ada One",), "https://example.org/1", "We count.")
    assert (talk.starts_at, talk.ends_at, talk.cancelled) == (at("2019-08-21 08:00"), at("2019-08-21 08:30"), False)


def test_the_zone_that_the_file_names_is_the_venues() -> None:
    schedule = read(json.dumps(a_schedule(time_zone_name="europe/berlin")))
    assert (schedule.timezone, schedule.page_timezone, schedule.conference) == (
        *("Europe/Berlin", "Europe/Berlin"),
        "Camp 2019",
    )


@pytest.mark.parametrize(
    "rooms",
    [
        {"Hall F": [an_event()]},
        {"Hall F": {"1": an_event()}},
        {"Hall F": {"events": [an_event()]}},
        {"Hall F": [an_event()], "Hall G": [], "Hall H": None, "Hall I": {}, "Hall J": 3},
        [{"name": "Hall F", "events": [an_event()]}],
        [{"name": {"en": "Hall F"}, "talks": [an_event()]}],
        [{"Name": "Hall F", "Events": [an_event()]}, None, {}],
        [[an_event(room="Hall F")]],
        [an_event(room="Hall F")],
        {"x": [an_event(room={"id": 3, "name": "Hall F"})], "y": []},
    ],
)
def test_rooms_by_name_and_in_lists(rooms: object) -> None:
    schedule = read_json(a_schedule(rooms))
    assert [(talk.title, talk.room) for talk in schedule.talks] == [("Trees", "Hall F")]


@pytest.mark.parametrize("room", [None, ""])
def test_an_event_without_a_room(room: object) -> None:
    schedule = read_json(a_schedule([], day={"events": [an_event(room=room)]}))
    assert [(session.room, session.title) for session in schedule.sessions] == [(None, "Wed 21 August")]


def test_days_that_are_empty_null_or_by_name() -> None:
    day = {"rooms": {"Hall F": [an_event(date=None)]}}
    both: list[object] = [{"2019-08-21": day, "2019-08-22": None}, [{"date": "2019-08-21", **day}, None, {}, [], 7]]
    for days in both:
        (talk,) = read_json(a_schedule(days=days)).talks
        assert talk.starts_at == at("2019-08-21 08:00")
    (talk,) = read_json(a_schedule(days={"2019-08-21": [an_event(date=None)]})).talks
    assert talk.starts_at == at("2019-08-21 08:00")


def test_a_file_without_its_wrapper() -> None:
    inner = a_schedule()["schedule"]
    assert isinstance(inner, dict)
    assert read_json(inner).conference == "Camp 2019"
    days_beside = {"conference": {"title": "Camp 2019"}, "days": inner["conference"]["days"]}
    assert read_json(days_beside).conference == "Camp 2019"
    assert len(read_json({"Schedule": {"Conference": {"Days": inner["conference"]["days"]}}}).talks) == 1


@pytest.mark.parametrize(
    ("persons", "speakers"),
    [
        ([{"public_name": "Ada One"}, {"full_public_name": "Bo Two"}, {"name": "Cy"}], ("Ada One", "Bo Two", "Cy")),
        ([{"name": "Ada Real", "public_name": "Ada One"}], ("Ada One",)),
        (["Ada One", "Bo Two", None, 3, {}, {"public_name": None}], ("Ada One", "Bo Two", "3")),
        ({"7": {"public_name": "Ada One"}, "8": "Bo Two"}, ("Ada One", "Bo Two")),
        ({"public_name": "Ada One"}, ("Ada One",)),
        ([{"first_name": "Ada", "last_name": "One"}], ("Ada One",)),
        ("Ada One, Bo Two and Cy Three", ("Ada One", "Bo Two", "Cy Three")),
        ("One, Ada", ("One, Ada",)),
        (None, ()),
        (True, ()),
    ],
)
def test_people(persons: object, speakers: tuple[str, ...]) -> None:
    assert only(persons=persons).speakers == speakers


def test_numbers_where_texts_are_usual() -> None:
    talk = only(guid=None, id=4711, title=2019, duration=45, type={"de": "Vortrag"})
    assert (talk.file_id, talk.title, talk.kind, talk.length.total_seconds()) == ("4711", "2019", "Vortrag", 45 * 60)


def test_ids_that_several_share() -> None:
    events = [an_event(id=number, start=f"1{number}:00", date=None) for number in range(2)]
    assert [talk.file_id for talk in read_json(a_schedule({"Hall F": events})).talks] == ["0", "1"]


@pytest.mark.parametrize("flag", [{"cancelled": True}, {"state": "canceled"}, {"is_cancelled": "true"}])
def test_events_that_are_called_off(flag: Json) -> None:
    assert only(**flag).cancelled


def test_quotation_marks_around_every_abstract_are_the_files() -> None:
    events = [
        an_event(id=1, abstract="&quot;&quot;", description="&quot;Long &amp; good&quot;"),
        an_event(id=2, guid="g-2", start="11:00", date=None, abstract="&quot;Say &quot;so&quot;&quot;"),
    ]
    schedule = read_json(a_schedule({"Hall F": events}))
    assert [talk.abstract for talk in schedule.talks] == ["Long & good", 'Say "so"']
    events[0]["abstract"] = "Plain"
    assert read_json(a_schedule({"Hall F": events})).talks[1].abstract == '"Say "so""'


def test_what_is_no_event_is_left_out_with_a_warning() -> None:
    schedule = read_json(
        a_schedule({"Hall F": [an_event(), None, "x", an_event(id=9, guid="", duration=[], title="Y")]})
    )
    assert len(schedule.talks) == 1
    assert schedule.warnings == (
        "event number 2: has no start: left out",
        "event number 3: has no start: left out",
        "event 9: “Y” has no duration: left out",
    )


def test_half_a_character_is_no_character() -> None:
    talk = only(title="Tr\ud800ees", guid="\udfff", url="https://example.org/\ud800")
    assert (talk.title, talk.file_id, talk.url) == ("Tr\ufffdees", "\ufffd", "https://example.org/\ufffd")


def test_what_nobody_sees_is_in_no_id_and_no_link() -> None:
    talk = only(guid="g\0-\u200b1", url="https://example.org/\0\u202e1")
    assert (talk.file_id, talk.url) == ("g-1", "https://example.org/1")
    assert only(guid="\0", id="\0", url="\0").file_id is None


def test_broken_json_is_refused_with_its_line() -> None:
    text = json.dumps(a_schedule())
    assert refusal("\n\n" + text + "\nx") == "line 4: this is broken JSON (extra data). Export the schedule again."
    assert refusal(text[:-1]).startswith("line 1: this is broken JSON (expecting ")
    huge = text.replace('"index": "0"', '"index": ' + "9" * 5_000)
    assert refusal(huge) == "page.txt: this is broken JSON (a number has too many digits). Export the schedule again."
    deep = text.replace('"index": "0"', '"index": ' + "[" * 200_000)
    assert refusal(deep) == "page.txt: this is broken JSON (it is nested too deep). Export the schedule again."
    assert refusal(text + "[" * 1_000_000).startswith("page.txt: this JSON holds more than any programme's.")


@pytest.mark.parametrize("days", [None, [], {}, [None], [{"date": "2019-08-21", "rooms": None}]])
def test_a_file_without_events_is_refused(days: object) -> None:
    assert refusal(json.dumps(a_schedule(days=days))) == (
        "page.txt: this schedule holds no events. Look whether this is the whole file."
    )


def test_a_byte_order_mark_and_blank_lines_do_not_matter() -> None:
    text = json.dumps(a_schedule())
    assert len(read("\ufeff\ufeff\n\n" + text + "\n\x00").talks) == 1
    assert len(read(text.encode("utf-16")).talks) == 1


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"conference": []}', '{"days": []}', '[{"days": [{"rooms": {}}]}]', "<schedule/>"]
)
def test_what_is_no_schedule_is_not_recognised(text: str) -> None:
    assert not frab_json.recognises(text)


def places(node: object) -> Iterator[Callable[[object], None]]:
    """Every place in a tree that could hold something else, as what puts it there."""
    if isinstance(node, dict):
        yield from (partial(node.__setitem__, name) for name in node)
        yield from (place for held in node.values() for place in places(held))
    elif isinstance(node, list):
        yield from (partial(node.__setitem__, number) for number in range(len(node)))
        yield from (place for held in node for place in places(held))


@given(st.data())
def test_anything_in_any_place_is_read_or_refused(data: st.DataObject) -> None:
    tree = copy.deepcopy(a_schedule({"Hall F": [an_event(persons=[{"name": "A"}]), an_event(id=2, guid="b")]}))
    for _ in range(2):
        data.draw(st.sampled_from(list(places(tree))))(data.draw(ANYTHING))
    text = json.dumps(tree)
    with contextlib.suppress(ScheduleError):
        assert frab_json.read(text, options()).talks
    cut = data.draw(st.integers(0, len(text)))
    with contextlib.suppress(ScheduleError):
        assert frab_json.read(text[:cut], options()).talks
