"""Pieces of HTML share one document: each has to be read as if it were alone, however the others are broken."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.schedules.html_lines import HtmlPieces

USUAL = (
    *("<p>", "</p>", "<P class=x>", "<ul>", "<li>", "</ul>", "<em>", "</em>", "<b>", "<a href='/x'>", "</a>", "<br>"),
    *("</br>", "<div>", "</div>", "<h2>", "</h2>", "<hr/>", "Trees", " ", "\n", "\n\n", "&amp;", "&lt;p>", "&#0;"),
    *("<3", "\ud800", "\x00", "\ufeff"),
)
ODD = ("<table>", "<td>", "<svg>", "</body>", "<!-- no -->", "<!DOCTYPE html>", "<title>", "<style>", "<script>", "<p")


@given(pieces=st.lists(st.lists(st.sampled_from((*USUAL, *ODD)), max_size=8).map("".join), max_size=8))
def test_a_piece_is_read_as_if_it_were_alone(pieces: list[str]) -> None:
    shared = HtmlPieces()
    assert [shared.text(piece) for piece in pieces] == [HtmlPieces().text(piece) for piece in pieces]


@given(parts=st.lists(st.sampled_from(USUAL), max_size=12))
def test_a_piece_is_read_as_the_document_that_it_might_be(parts: list[str]) -> None:
    piece = "".join(parts)
    assert HtmlPieces().text(piece) == HtmlPieces().text(f"{piece}</body>")


def test_hundreds_of_pieces_are_read_alike() -> None:
    pieces = HtmlPieces()
    assert {pieces.text("<p>One</p><ul><li>Two <b>and</b>\n three") for _ in range(250)} == {"One\n\nTwo and three"}
