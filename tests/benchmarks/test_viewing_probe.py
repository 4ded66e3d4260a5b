"""What those who look on were told, from what came in whatever pieces."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from benchmarks.viewing_probe import told

STREAM = (
    b"HTTP/1.0 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
    b'event: clock\ndata: {"now":1}\n\nevent: state\ndata: {"to":60000,"on":null}\n\n'
    b'event: state\ndata: {"messages":[]}\n\nevent: message\ndata: {"id":"7","html":"\xc3\xa9"}\n\nevent: state\ndata'
)


@given(st.sets(st.integers(1, len(STREAM) - 1)))
def test_each_event_that_names_something_is_noted_when_its_end_came(cuts: set[int]) -> None:
    ends = [0, *sorted(cuts), len(STREAM)]
    received = [(float(end), STREAM[begin:end]) for begin, end in pairwise(ends)]
    found = list(told(received))
    assert [event[1:] for event in found] == [("state", 60000), ("message", "7")]
    for (at, *_), last in zip(found, (b'"on":null}\n\n', b'\xc3\xa9"}\n\n'), strict=True):
        whole = STREAM.index(last) + len(last)
        assert at == min(end for end in ends if end >= whole)
