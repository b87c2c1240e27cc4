"""The forms for proposing something, and what their author is told."""

from collections.abc import Sequence

from bot.domain.proposals import (
    MOST_IN_LINE,
    MOST_IN_POINT,
    MOST_IN_TITLE,
    MOST_POINTS,
    Part,
    Problem,
    ProblemDraft,
    QuestionDraft,
)
from bot.domain.questions import Level, Question, Topic
from bot.slack.answer_form import answer_fields, block_of, long_field, short_field
from bot.slack.blocks import (
    Json,
    Message,
    Modal,
    clip,
    mrkdwn,
    option,
    section,
    text_input,
)
from bot.slack.names import COMMAND, Callback

READ = "Prep keeps what you write here. The reviewers read it, with your name."
_PROBLEMS = {
    Problem.WRONG: "Wrong: something in it is not true",
    Problem.OUTDATED: "Outdated: it was true once",
    Problem.UNCLEAR: "Unclear: it is hard to understand",
    Problem.OFFENSIVE: "Offensive: it may hurt somebody",
}


def suggestion_form(
    question: Question, answer: tuple[str, ...], memo: str, note: str = ""
) -> Modal:
    """Let a member change a sample answer. `answer` is what its fields hold at first."""
    blocks = (
        section(mrkdwn("*{title}*", title=clip(question.title, MOST_IN_LINE))),
        *answer_fields(answer),
        short_field(block_of(Part.NOTE), "What does it improve?", note) | {"optional": True},
    )
    return Modal(
        Callback.SUGGEST, "Suggest an improvement", blocks, "Send", close="Cancel", memo=memo
    )


def report_form(question: Question, memo: str, given: ProblemDraft | None = None) -> Modal:
    """Let a member say what is wrong with a question."""
    options = {problem: option(label, problem.value) for problem, label in _PROBLEMS.items()}
    element: Json = {"type": "radio_buttons", "options": list(options.values())}
    if given is not None:
        element |= {"initial_option": options[given.problem]}
    blocks = (
        section(mrkdwn("*{title}*", title=clip(question.title, MOST_IN_LINE))),
        text_input(block_of(Part.PROBLEM), "What is the problem?", element),
        short_field(block_of(Part.LINE), "In a line", given.line if given else "", READ)
        | {"optional": True},
    )
    return Modal(Callback.REPORT, "Report a problem", blocks, "Send", close="Cancel", memo=memo)


def add_form(
    topics: Sequence[Topic], answer: tuple[str, ...], given: QuestionDraft | None = None
) -> Modal:
    """Let a member write a question."""
    text = "" if given is None else given.text
    points = "" if given is None else "\n".join(given.key_points)
    why = "" if given is None else given.why
    blocks = (
        short_field(
            block_of(Part.TITLE),
            "Title",
            given.title if given else "",
            f"Up to {MOST_IN_TITLE} characters, without a full stop.",
        ),
        _select(
            Part.TOPIC,
            "Topic",
            {topic.slug: topic.title for topic in topics},
            given.topic if given else None,
        ),
        _select(
            Part.LEVEL,
            "Level",
            {level.value: level.value for level in Level},
            given.level.value if given else Level.MEDIUM.value,
        ),
        long_field(block_of(Part.TEXT), "Question", text, "What an interviewer would really say."),
        long_field(block_of(Part.WHY), "Why it is asked", why) | {"optional": True},
        *answer_fields(answer),
        long_field(
            block_of(Part.POINTS),
            "Key points",
            points,
            f"One to a line, up to {MOST_POINTS} of {MOST_IN_POINT} characters.",
        )
        | {"optional": True},
    )
    return Modal(Callback.ADD, "Add a question", blocks, "Send", close="Cancel")


def _select(part: Part, label: str, choices: dict[str, str], chosen: str | None) -> Json:
    options = [option(title, value) for value, title in choices.items()]
    initial = [one for one in options if one["value"] == chosen]
    element: Json = {"type": "static_select", "options": options}
    return text_input(
        block_of(part), label, element | ({"initial_option": initial[0]} if initial else {})
    )


def received(title: str) -> Message:
    """Tell a member that what they sent is in the queue."""
    text = mrkdwn(
        "Thank you. What you sent about *{title}* waits for the reviewers; I tell you here what "
        "becomes of it.",
        title=title,
    )
    return Message(text, (section(text),))


def something_waits(title: str) -> Message:
    """Tell a reviewer that the queue is no longer empty."""
    text = mrkdwn(
        "A suggestion about *{title}* waits for a reviewer. `{command} suggestions` shows it.",
        title=title,
        command=COMMAND,
    )
    return Message(text, (section(text),))
