from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from html.parser import HTMLParser
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.messages import announcements
from bot.messages.text import safe
from bot.rehearsal.loopback import Person, Server, TextChannel
from bot.rehearsal.reading import Reader, as_html, as_text, clean, names_on, relative
from tests.builders import FIRST_START, NEW_YORK, a_place, a_talk, expected
from tests.examples import examples

UNIX = int(FIRST_START.timestamp())
NAMES = {("#", 1): "hall-f", ("@", 2): "Ada", ("@&", 3): "moderators", ("@", 4): "<b>Eve</b>"}
READER = Reader(FIRST_START - timedelta(minutes=5), NEW_YORK, lambda sigil, number: NAMES.get((sigil, number)))

ALLOWED = {
    *("p", "blockquote", "small", "h3", "h4", "h5", "pre", "ul", "ol", "li"),
    *("strong", "em", "u", "s", "code", "span", "time", "a"),
}
ATTRIBUTES = {
    *("dir", "class", "value", "tabindex", "datetime", "title", "data-unix", "data-style", "href", "target", "rel"),
}


def html(content: str) -> str:
    """What `as_html` makes of one line of text, without the paragraph around it."""
    drawn = as_html(content, READER)
    return drawn.removeprefix('<p dir="auto">').removesuffix("</p>")


def time(how: str, text: str) -> str:
    about = f'datetime="2022-07-21T19:30:00Z" title="Thursday, 21 July 2022 15:30" data-unix="{UNIX}"'
    return f'<time {about} data-style="{how}">{text}</time>'


def mention(text: str) -> str:
    return f'<span class="mention">{text}</span>'


def link(url: str, text: str) -> str:
    return f'<a href="{url}" target="_blank" rel="noopener noreferrer">{text}</a>'


@pytest.mark.parametrize(
    ("content", "text", "drawn"),
    [
        ("plain <b>&", "plain <b>&", "plain &lt;b&gt;&amp;"),
        ("**bold** on", "bold on", "<strong>bold</strong> on"),
        ("*it* _it_", "it it", "<em>it</em> <em>it</em>"),
        ("__under__ ~~gone~~", "under gone", "<u>under</u> <s>gone</s>"),
        ("***both***", "both", "<em><strong>both</strong></em>"),
        ("***a** b*", "a b", "<em><strong>a</strong></em><em> b</em>"),
        ("*a _b_ c*", "a b c", "<em>a b c</em>"),
        ("2 * 3 * 4", "2 * 3 * 4", "2 * 3 * 4"),
        ("snake_case_name", "snake_case_name", "snake_case_name"),
        ("**open", "**open", "**open"),
        ("****", "****", "****"),
        ("**_**", "**_**", "**_**"),
        (r"\*no\* \_no\_ \\", r"*no* _no_ \ ".rstrip(), "*no* _no_ \\"),
        ("`a*b*<i>`", "a*b*<i>", "<code>a*b*&lt;i&gt;</code>"),
        ("``a`b``", "a`b", "<code>a`b</code>"),
        ("a ` b", "a ` b", "a ` b"),
        ("||who||", "███", '<span class="spoiler" tabindex="0">who</span>'),
        ("<#1> <@2> <@!2> <@&3>", "#hall-f @Ada @Ada @moderators", None),
        ("<#9>", "#unknown", mention("#unknown")),
        ("<@4>", "@<b>Eve</b>", mention("@&lt;b&gt;Eve&lt;/b&gt;")),
        ("</schedule import:77>", "/schedule import", mention("/schedule import")),
        ("<:wave:12> <a:dance:13>", ":wave: :dance:", ":wave: :dance:"),
        ("see https://a.b/c_d_e.", "see https://a.b/c_d_e.", f"see {link('https://a.b/c_d_e', 'https://a.b/c_d_e')}."),
        ("<https://a.b/?x=1&y>", "https://a.b/?x=1&y", link("https://a.b/?x=1&amp;y", "https://a.b/?x=1&amp;y")),
        ("[the **page**](https://a.b)", "the page", link("https://a.b", "the <strong>page</strong>")),
        ("[x](javascript:alert(1))", "[x](javascript:alert(1))", "[x](javascript:alert(1))"),
        ('[x](https://a.b/")', "x", link("https://a.b/&quot;", "x")),
        ("](https://a.b)", "](https://a.b)", "](https://a.b)"),
        ("@everyone", "@everyone", "@everyone"),
    ],
)
def test_markup(content: str, text: str, drawn: str | None) -> None:
    assert as_text(content, READER).plain == text
    if drawn is not None:
        assert html(content) == drawn


@pytest.mark.parametrize(
    ("content", "text", "drawn"),
    [
        ("# One\n## Two", "One\nTwo", '<h3 dir="auto">One</h3><h4 dir="auto">Two</h4>'),
        ("#hash", "#hash", '<p dir="auto">#hash</p>'),
        (
            "- a\n  - b\n* c",
            "• a\n  • b\n• c",
            (
                '<ul><li class="level-0" dir="auto">a</li><li class="level-1" dir="auto">b</li>'
                '<li class="level-0" dir="auto">c</li></ul>'
            ),
        ),
        ("2. b", "2. b", '<ol><li class="level-0" value="2" dir="auto">b</li></ol>'),
        ("-5 degrees", "-5 degrees", '<p dir="auto">-5 degrees</p>'),
        ("> a\n> *b*\nc", "▎ a\n▎ b\nc", '<blockquote dir="auto">a\n<em>b</em></blockquote><p dir="auto">c</p>'),
        (">>> a\n- b", "▎ a\n▎ - b", '<blockquote dir="auto">a\n- b</blockquote>'),
        ("-# small", "small", '<small dir="auto">small</small>'),
        (
            "before\n```py\n<x> **y**\n```\nafter",
            "before\n<x> **y**\nafter",
            '<p dir="auto">before</p><pre tabindex="0"><code>&lt;x&gt; **y**</code></pre><p dir="auto">after</p>',
        ),
        ("```open", "```open", '<p dir="auto">```open</p>'),
        ("one\n\n**two\nthree**", "one\n\ntwo\nthree", '<p dir="auto">one\n\n<strong>two\nthree</strong></p>'),
        ("", "", ""),
    ],
)
def test_blocks(content: str, text: str, drawn: str) -> None:
    assert as_text(content, READER).plain == text
    assert as_html(content, READER) == drawn


@pytest.mark.parametrize(
    ("how", "text"),
    [
        ("t", "15:30"),
        ("T", "15:30:00"),
        ("d", "21/07/2022"),
        ("D", "21 July 2022"),
        ("f", "21 July 2022 15:30"),
        ("F", "Thursday, 21 July 2022 15:30"),
        ("s", "21/07/2022, 15:30"),
        ("S", "21/07/2022, 15:30:00"),
        ("R", "in 5 minutes"),
    ],
)
def test_moments_in_the_readers_zone(how: str, text: str) -> None:
    assert as_text(f"<t:{UNIX}:{how}>", READER).plain == text
    assert html(f"<t:{UNIX}:{how}>") == time(how, text)


def test_moment_without_a_style_is_date_and_time() -> None:
    assert as_text(f"<t:{UNIX}>", READER).plain == "21 July 2022 15:30"


@pytest.mark.parametrize("content", ["<t:9999999999999:R>", "<t:-9999999999999:F>", "<t:1:Q>", "<t:١٢:R>", "<t:>"])
def test_moment_that_does_not_exist_is_text(content: str) -> None:
    assert as_text(content, READER).plain == content


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.4, "now"),
        (1, "in 1 second"),
        (24, "in 24 seconds"),
        (-24, "24 seconds ago"),
        (60, "in a minute"),
        (89, "in a minute"),
        (91, "in 2 minutes"),
        (300, "in 5 minutes"),
        (-120, "2 minutes ago"),
        (3599, "in an hour"),
        (-7200, "2 hours ago"),
        (86_400, "in a day"),
        (40 * 86_400, "in a month"),
        (-400 * 86_400, "a year ago"),
        (3 * 365 * 86_400, "in 3 years"),
    ],
)
def test_relative(seconds: float, words: str) -> None:
    assert relative(seconds) == words


def test_reminder_as_its_readers_see_it() -> None:
    talk = a_talk("Why $5 *and* <script>_x_</script>?", speakers=["Léon Bottou"])
    session = expected(talk)
    reminder = announcements.up_next_reminder(session, session.talks, a_place(timezone=NEW_YORK), "d" * 22)
    assert as_text(reminder.content, READER).plain == (
        "Up next in 5 minutes: Why $5 *and* <script>_x_</script>?\n"
        "Spotlight · Léon Bottou\n"
        "15:30 EDT · 12:30 PDT (15:30 your time) · 5 min\n"
        "Hall F · Deep Learning"
    )


def test_styles_for_the_terminal() -> None:
    spans = as_text("**a** `b` [c](https://a.b) <#1>", READER).spans
    assert [(span.start, span.end, span.style) for span in spans] == [
        (0, 1, "bold"),
        (2, 3, "cyan"),
        (4, 5, " link https://a.b"),
        (6, 13, "cyan"),
    ]


def test_names_on_a_loopback(server: Server, hall: TextChannel, robin: Person) -> None:
    role = server.add_role("chairs")
    reader = replace(READER, names=names_on(server.world))
    content = f"{hall.mention} {robin.mention} {role.mention} <@1>"
    assert as_text(content, reader).plain == "#hall-f @Robin Walters @chairs @unknown"


def test_clean_text_cannot_steer_a_terminal() -> None:
    assert clean("a\x1b[31mb\x07\r\nc\td\x9b\ud800\u2028e") == "a[31mb\nc d\ufffd\ne"


@pytest.mark.parametrize(
    "part",
    [
        *("*", "_", "**a", "*_a", "`", "`` ` ", "```", "[", "](https://", "[a](http://x)", "<", "<t:", "<https://"),
        *("\\", "||", "> ", "> a\n", "- ", "-# x\n", "\n", " ", "&", "https://", "</a "),
    ],
)
def test_hostile_repetition_is_read_in_linear_time(part: str) -> None:
    def seconds(times: int) -> float:
        begun = process_time()
        as_html(part * times, READER)
        as_text(part * times, READER)
        return process_time() - begun

    # Ten times the text may take forty times as long on a busy machine; a quadratic reader takes a hundred.
    few = max(seconds(200), seconds(200), 0.002)
    assert min(seconds(2000), seconds(2000)) < 40 * few


@dataclass
class Tags(HTMLParser):
    """Checks that HTML is well-formed and holds only tags and attributes that `as_html` is meant to write."""

    text: str = ""
    opened: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ALLOWED
        assert {name for name, _ in attrs} <= ATTRIBUTES
        href = dict(attrs).get("href")
        assert href is None or href.startswith(("http://", "https://"))
        self.opened.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.opened.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(decl)

    def handle_pi(self, data: str) -> None:
        raise AssertionError(data)


MARKUP = st.sampled_from(
    [
        *("*", "**", "***", "_", "__", "~~", "||", "`", "``", "```", "\n", "> ", ">>> ", "- ", "3. ", "# ", "-# "),
        *("\\", " ", "[", "](https://a.b/'\"", ")", "https://x.y/&<", "<t:1658431800:R>", "<t:", "<#1>", "<@4>"),
        *("</a b:1>", "<script>", "</p>", "<img src=x onerror=y>", "&lt;", "<!--", "]]>", '"', "'", "\x00", "\ud800"),
    ]
)
CONTENTS = st.lists(MARKUP | st.text(max_size=8), max_size=30).map("".join)


@settings(deadline=None, max_examples=examples(200))
@given(CONTENTS)
def test_nothing_of_the_content_becomes_markup(content: str) -> None:
    tags = Tags()
    drawn = as_html(content, READER)
    tags.feed(drawn)
    tags.close()
    assert tags.opened == []
    shown = as_text(content, READER).plain
    assert (drawn + shown).encode().decode() == drawn + shown


@settings(deadline=None, max_examples=examples(100))
@given(st.text(min_size=1, max_size=200).map(clean).map(lambda text: " ".join(text.split())).filter(bool))
def test_what_the_bot_makes_safe_is_read_literally(text: str) -> None:
    shown = as_text(f"**{safe(text)}**", READER)
    invisible = str.maketrans("", "", "\u200b\u2068\u2069")
    assert shown.plain.translate(invisible) == text.translate(invisible)
