"""The form of a recorded session's file: which values can stand where, and how many of them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from bot.rules.outbox import State
from bot.rules.question_steps import StepKind
from bot.rules.questions import QuestionState
from bot.rules.queue_times import Phase
from bot.rules.run import TimingKind
from bot.rules.session_log import RECORDED, Change

MOST = 50_000
"""Of events, questions, steps or deliveries that a log may hold."""
MOST_TALKS, MOST_PLANS, MOST_PEOPLE = 2_000, 200, 2_000

_Number = Annotated[int, Field(ge=1, le=MOST)]
_Talk = Annotated[int, Field(ge=1, le=MOST_TALKS)]
_Person = Annotated[int, Field(ge=1, le=MOST_PEOPLE)]
_Seconds = Annotated[float, Field(ge=-1e6, le=1e6, allow_inf_nan=False)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _PlannedTalk(BaseModel):
    model_config = ConfigDict(extra="allow")
    title: str
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    kind: str | None = None
    cancelled: bool = False


class _PlannedSession(BaseModel):
    model_config = ConfigDict(extra="allow")
    title: str
    room: str | None = None
    talks: Annotated[list[_PlannedTalk], Field(min_length=1, max_length=MOST_TALKS)]


class _Programme(BaseModel):
    model_config = ConfigDict(extra="allow")
    sessions: Annotated[list[_PlannedSession], Field(min_length=1, max_length=1)]


class _Plan(_Strict):
    at: AwareDatetime | None
    how: Annotated[Change, Field(strict=False)]
    talks: Annotated[list[_Talk], Field(min_length=1)]
    programme: _Programme

    @model_validator(mode="after")
    def _numbered(self) -> _Plan:
        if len(self.talks) != len(self.programme.sessions[0].talks) or len(set(self.talks)) != len(self.talks):
            raise ValueError("its talks are not numbered one by one")
        return self


class _Settings(_Strict):
    lead_minutes: Annotated[list[Annotated[int, Field(ge=1, le=1440)]], Field(min_length=1, max_length=5)]
    ladders: dict[str, Annotated[list[_Seconds], Field(max_length=6)]]
    kept: dict[str, _Seconds]
    in_channel: bool
    guards_clock: bool
    question_choices: dict[
        Literal["order", "approval", "opens", "closes", "seconds_between", "open_at_most"], str | bool | int
    ]
    channel: bool
    room_channel: bool
    moderators_channel: bool
    posts_reports: bool


class Event(_Strict):
    """A timing event."""

    number: _Number
    kind: Annotated[TimingKind, Field(strict=False)]
    at: AwareDatetime
    tapped_at: AwareDatetime
    talk: _Talk | None = None
    leaves: _Talk | None = None
    by: _Person | None = None
    amount: _Seconds = 0
    lengths: Annotated[list[tuple[_Talk, _Seconds]], Field(max_length=MOST_TALKS, strict=False)] = []
    undoes: _Number | None = None


class _Question(_Strict):
    number: _Number
    talk: _Talk
    entered_at: AwareDatetime
    asker: _Person | None
    anonymous: bool
    entered_by: _Person | None
    from_message: bool


class _Changed(_Strict):
    question: _Number
    state: Annotated[QuestionState, Field(strict=False)]
    pinned: bool
    merged_into: _Number | None


class _Step(_Strict):
    number: _Number
    talk: _Talk
    kind: Annotated[StepKind, Field(strict=False)]
    at: AwareDatetime
    by: _Person | None
    changes: Annotated[list[_Changed], Field(max_length=1000)]
    undoes: _Number | None


class _Queue(_Strict):
    talk: _Talk
    phase: Annotated[Phase, Field(strict=False)]
    at: AwareDatetime
    by: _Person | None


class _Delivery(_Strict):
    kind: Literal[tuple(kind.value for kind in RECORDED)]  # type: ignore[valid-type] # of what is recorded
    place: Literal["room", "moderators", "thread"]
    talks: Annotated[list[_Talk], Field(max_length=MOST_TALKS)]
    due_at: AwareDatetime
    state: Annotated[State, Field(strict=False)]
    lead: Annotated[int, Field(ge=0, le=1_000_000)]
    revision: Annotated[int, Field(ge=0, le=1_000_000)]
    mark: _Seconds | None
    stint: _Number | None
    question: _Number | None
    part: _Number | None
    reason: Annotated[str, Field(max_length=500)] | None


class File(_Strict):
    """A whole log."""

    chairside_log: int
    starts_at: AwareDatetime
    until: AwareDatetime
    timezone: Annotated[str, Field(max_length=64)]
    page_timezone: Annotated[str, Field(max_length=64)] | None
    plans: Annotated[list[_Plan], Field(min_length=1, max_length=MOST_PLANS)]
    settings: _Settings
    events: Annotated[list[Event], Field(max_length=MOST)]
    questions: Annotated[list[_Question], Field(max_length=MOST)]
    steps: Annotated[list[_Step], Field(max_length=MOST)]
    queues: Annotated[list[_Queue], Field(max_length=MOST_TALKS)]
    deliveries: Annotated[list[_Delivery], Field(max_length=MOST)]
    left_out: Annotated[list[Annotated[str, Field(max_length=500)]], Field(max_length=100)]
