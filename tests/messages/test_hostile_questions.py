"""Text as hostile as it gets, in every message that shows what people typed: it fits, pings nobody, breaks nothing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.messages import question_form, question_queue
from bot.messages import questions as shown
from bot.messages.message import Message
from bot.messages.typed import label, literal, quotation
from bot.rehearsal.loopback.validation.modals import check_modal
from bot.rules.questions import Order, Question, QuestionState, Standing
from bot.rules.queue_times import Phase
from tests.examples import examples
from tests.messages.asking import ID, SESSION, TALK, a_question, checked, moderators, page

RIGHT_TO_LEFT = "\u202e\u2067\u05d4\u05d0\u05dd \u05d6\u05d4 \u05e2\u05d5\u05d1\u05d3? \u202d"
HOSTILE = {
    "everyone": "@everyone @here @ever\u202eyone look",
    "people": "<@81384788765712384> <@!81384788765712384> <@&381870129706958858> <#381870129706958858> <@1> <@&1>",
    "invite": "https://discord.gg/abc http://www.discord.com/invite/abc discord.gg/abc DISCORDAPP.COM/invite/a",
    "turned invite": "discord.\u202egg/abc https://dis\u202acord.gg/abc discord://-/invite/abc",
    "masked link": "[click](https://evil.example) [a](<https://evil.example>) [b](HTTPS://evil.example 'x')",
    "link": "https://arxiv.org/abs/2206.09313, https://x.example/_a_**b**/~~c~~||d||. https://\U0001f4a9.la https://(x)",
    "marks": "Z" + "\u0301\u0489" * 250,
    "turned": "\u202eerongi \u2066\u2067\u2068 \u202a\u202b",
    "right to left": RIGHT_TO_LEFT,
    "fence": "```py\nimport os\n``` `x` ```",
    "markup": "**b** __u__ _i_ ~~s~~ ||spoiler|| <t:0:R> </now:81384788765712384> <:e:81384788765712384> <id:browse>",
    "heading": "# One\n## Two\n-# small\n> quote\n>>> all\n- item\n* item\n1. one\n2) two",
    "long word": "x" * 4000,
    "escapes": "\\*" * 1000,
    "stars": "*" * 500,
    "mentions": "@here" * 100,
    "lines": "\n".join("ab" * 250),
    "separators": "a\u2028b\u2029c\x85d\x0be\x1cf\rg\x00h\ud800i",
    "facts": "Why? · Ada Lovelace · 999 votes (you voted)\n**2.** Another?\nEmmy · 7 votes",
    "blank": " \n\t ",
    "emoji": "\U0001f469\u200d\U0001f469\u200d\U0001f467" * 100,
    "4,000 characters": "How does it scale? " * 210,
}
PLAIN = "Does it hold?"


def hostile(text: str, state: QuestionState = QuestionState.QUEUED, number: int = 7, *, name: bool = True) -> Question:
    return a_question(number, text, state, name=text if name else "Ada", votes=123_456)


def several(text: str, number: int) -> list[Question]:
    return [hostile(text, number=n) for n in range(1, number + 1)]


def titled(text: str) -> Message:
    talk = replace(TALK, talk=replace(TALK.talk, title=text))
    question = hostile(text, QuestionState.ASKED)
    return shown.asked(question, talk, text, ID)


def listed(text: str) -> Message:
    questions = [replace(q, anonymous=True) for q in several(text, 199)]
    waiting = [hostile(text, QuestionState.WAITING, number) for number in range(200, 240)]
    pairs = [(questions[n], waiting[n], 100.0) for n in range(4)]
    questions += [replace(waiting[n], anonymous=True) for n in range(40)]
    talk = replace(TALK, talk=replace(TALK.talk, title=text))
    more = {"order": Order.FAIR, "phase": Phase.VOTING}
    assert moderators(questions, 12, proposals=pairs, last_step=10**17, **more).content
    return question_queue.moderators_list(
        10**17, talk, questions, Order.FAIR, {}, Phase.VOTING, 3, proposals=pairs, last_step=10**17
    )


def console(text: str) -> Message:
    lines = question_queue.console_lines(
        hostile(text, QuestionState.ASKED), several(text, 3), 99_999, 99_999, Phase.VOTING
    )
    assert len("\n".join(lines)) <= 400
    return Message("\n".join(lines), question_queue.console_buttons(10**17, 10**17, 10**17, 9, 99_999, ID))


FOR_THE_ROOM: dict[str, Callable[[str], Message]] = {
    "asked": titled,
    "answered": lambda text: shown.asked(hostile(text), TALK, text, ID, state=QuestionState.ANSWERED),
    "taken back": lambda text: shown.asked(hostile(text), TALK, text, ID, state=QuestionState.QUEUED),
    "queue": lambda text: page(several(text, 12), 1, now_asked=hostile(text, QuestionState.ASKED), phase=Phase.VOTING),
    "mine": lambda text: shown.mine([(question, text, f"merged into “{text}”") for question in several(text, 3)]),
    "mine, many": lambda text: shown.mine([(question, PLAIN, "asked") for question in several(text, 50)]),
    "leftovers": lambda text: shown.leftovers_part(several(text, 4), 997, 250, 250, ID, {1}),
    "leftovers' head": lambda text: shown.leftovers_head(replace(TALK, talk=replace(TALK.talk, title=text)), 1000, ID),
    "console": console,
    "step": lambda text: question_queue.step_done(f"“{text}” was pinned", 10**17, 10**17),
    "list": listed,
}
QUOTING: dict[str, Callable[[str], Message]] = {
    "received": lambda text: shown.received(
        hostile(text), text, waits_for_approval=False, position=100_000, alike=hostile(text, number=8)
    ),
    "waits": lambda text: shown.received(
        hostile(text, QuestionState.WAITING), text, waits_for_approval=True, position=0, alike=hostile(text, number=8)
    ),
    # a moment is the one tag that a refusal may hold
    "refused": lambda text: shown.refused(text.replace("<t:0:R>", ""), text),
    "one": lambda text: question_queue.one_for_moderators(
        hostile(text), replace(TALK, talk=replace(TALK.talk, title=text)), SESSION, into=hostile(text), last_step=10**17
    ),
}
EVERY = FOR_THE_ROOM | QUOTING


def unescaped(content: str) -> str:
    """What Discord still gives a meaning: without what a backslash takes it from, and without plain links."""
    return re.sub(r"<https?://[^ >]+>|\\[^0-9A-Za-z\s]", "", re.sub(r"(\d)\\(?=[.)])", r"\1", content))


def assert_nothing_acts(content: str) -> None:
    left = unescaped(content)
    assert re.search(r"[`_~|\[\]<\\]", left) is None, left
    assert re.search(r"@(?:everyone|here)", content) is None
    assert re.search(r"discord(?:app)?\.(?:gg|com[\\/]+invite)|(?:discord|steam)://", content, re.IGNORECASE) is None
    assert re.search(r"https?://", left, re.IGNORECASE) is None


def assert_isolated(content: str) -> None:
    """No character turns what follows, and right-to-left text stands in an isolate that ends on its line."""
    for line in content.splitlines():
        depth = 0
        for character in line:
            direction = unicodedata.bidirectional(character)
            depth += {"FSI": 1, "PDI": -1}.get(direction, 0)
            assert direction not in {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI"}
            assert direction not in {"R", "AL"} or depth == 1
            assert depth in {0, 1}
        assert depth == 0


def assert_calm(content: str) -> None:
    marks = "".join("m" if unicodedata.category(character)[0] == "M" else " " for character in content)
    assert "m" * 5 not in marks
    assert not any(unicodedata.category(character) in {"Cc", "Cs"} for character in content if character != "\n")


def skeleton(content: str) -> list[str]:
    """How each line begins, and how much of its own markup it has."""
    begins = re.compile(r"#{1,3} |-# |>>> |> |- |\*\*\d+\.\*\*|")
    lines = [(line, begins.match(line)) for line in unescaped(content).split("\n")]
    return [f"{re.sub('[0-9]+', '1', found[0])}{line.count('*')}" for line, found in lines if found]


@pytest.mark.parametrize("case", HOSTILE)
@pytest.mark.parametrize("view", EVERY)
async def test_message_fits_and_nothing_in_it_acts(view: str, case: str) -> None:
    message = EVERY[view](HOSTILE[case])
    checked(message)
    assert len(message.content) <= 2000
    assert_nothing_acts(message.content)
    assert_isolated(message.content)
    assert_calm(message.content)
    for text in [part for button in message.buttons for part in (button.label, button.custom_id)]:
        assert 0 < len(text) <= 100
    for option in [option for select in message.selects for option in select.options]:
        assert "\n" not in option.label + option.description
        assert_isolated(option.label)
        assert_isolated(option.description)
        assert_calm(option.label + option.description)


@pytest.mark.parametrize("case", HOSTILE)
@pytest.mark.parametrize("view", FOR_THE_ROOM)
def test_message_keeps_the_layout_that_a_plain_question_has(view: str, case: str) -> None:
    text, plain = skeleton(FOR_THE_ROOM[view](HOSTILE[case]).content), skeleton(FOR_THE_ROOM[view](PLAIN).content)
    if view == "mine, many":  # the longer they are, the fewer are shown
        text, plain = text[:5], plain[:5]
    if view == "asked":  # the longer it is, the smaller its heading
        text[0], plain[0] = text[0].replace("##", "#"), plain[0]
    assert text == plain


@pytest.mark.parametrize("case", HOSTILE)
@pytest.mark.parametrize("view", QUOTING)
def test_quotation_does_not_break_out(view: str, case: str) -> None:
    lines = [line for line in skeleton(QUOTING[view](HOSTILE[case]).content) if not line.startswith("> ")]
    assert lines == [line for line in skeleton(QUOTING[view](PLAIN).content) if not line.startswith("> ")]


def test_long_text_is_cut_within_its_room() -> None:
    assert len(label("\u05d0" * 200)) == 100
    many_lines = quotation("word\n" * 100, 30, lines_at_most=100)
    assert many_lines == "> word\n> word\n> word\n> …"


@settings(max_examples=examples(300))
@given(
    st.text(
        alphabet="ab \\*_~|`[]()<>@#:/t.-1everyonh\n\u202e\u05d0\u0301\u2028https",
        max_size=200,
    )
    | st.lists(st.sampled_from(["discord.gg/a", "https://", "<", ">", "(", "](", "@everyone", "\\", "**", "`"])).map(
        "".join
    )
)
def test_nothing_in_any_text_can_act(text: str) -> None:
    for content in (literal(text), literal(text, 500, 60), quotation(text, 300)):
        assert_nothing_acts(content)
        assert_isolated(content)
        assert_calm(content)
        assert unescaped(content).count("*") == 0
    assert "\n" not in literal(text)
    assert len(literal(text, 500, 60)) <= 60
    assert len(quotation(text, 300)) <= 300
    assert 0 < len(label(text, 40)) <= 40


@pytest.mark.parametrize("case", HOSTILE)
async def test_form_and_thread_take_any_title_and_text(case: str) -> None:
    text = HOSTILE[case]
    check_modal(question_form.ask_modal(10**17, text, text).to_dict())
    name = shown.thread_name(replace(TALK, talk=replace(TALK.talk, title=text)))
    assert len(name) <= 100
    assert "\n" not in name
    assert_isolated(name)


SECRET = "Zebedee Secret"


def secret(state: QuestionState = QuestionState.QUEUED, number: int = 7) -> Question:
    return replace(a_question(number, PLAIN, state, name=SECRET, anonymous=True, votes=3), asker=424242)


SEEN_BY_ATTENDEES: dict[str, Callable[[], Message]] = {
    **{
        f"asked, {state}": partial(shown.asked, secret(), TALK, "Deep Learning", ID, state=state)
        for state in QuestionState
    },
    "queue": lambda: page([secret(number=n) for n in range(9)], now_asked=secret(QuestionState.ASKED, 99)),
    "received": lambda: shown.received(
        a_question(), "Talk 1", waits_for_approval=False, position=1, alike=secret(number=8)
    ),
    "own": lambda: shown.received(secret(), "Talk 1", waits_for_approval=False, position=1),
    "mine": lambda: shown.mine([(secret(), "Talk 1", "asked")]),
    "leftovers": lambda: shown.leftovers_part([secret(number=n) for n in range(4)], 1, 1, 1, ID, {1}),
    "step": lambda: question_queue.step_done("“Does it hold?” was pinned", 1, SESSION),
    "console": lambda: Message(
        "\n".join(question_queue.console_lines(secret(QuestionState.ASKED), [secret()], 3, 2, Phase.OPEN))
    ),
}


@pytest.mark.parametrize("view", SEEN_BY_ATTENDEES)
def test_anonymous_askers_name_is_in_nothing_that_attendees_see(view: str) -> None:
    said = repr(SEEN_BY_ATTENDEES[view]())
    assert "Zebedee" not in said
    assert "424242" not in said


@pytest.mark.parametrize(
    "message",
    [moderators([secret()]), question_queue.one_for_moderators(secret(), TALK, SESSION)],
    ids=["list", "one"],
)
def test_anonymous_askers_name_is_shown_to_moderators(message: Message) -> None:
    assert f"{SECRET} (anonymous to the room)" in message.content


def test_waiting_question_is_in_nothing_that_others_see() -> None:
    waiting = a_question(8, "Not yet approved", QuestionState.WAITING)
    views = [
        page([waiting]),
        shown.received(a_question(), "Talk 1", waits_for_approval=False, position=1, alike=waiting),
        shown.leftovers_part([waiting], 1, 1, 1, ID, set()),
        shown.asked(replace(waiting, standing=Standing(QuestionState.WAITING)), TALK, "Deep Learning", ID),
    ]
    assert [view for view in views if "Not yet" in repr(view)] == []
