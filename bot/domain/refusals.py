"""The "no" a person may be told. Each carries the sentence they read, with what to do about it.

A refusal is not a fault of ours: the guard shows its sentence and logs nothing but its name.
"""

from collections.abc import Sequence


class Refusal(Exception):  # noqa: N818 - it is an answer to a person, not an error
    """Something a person asked for cannot be done; its `str()`, plain text, is what they read."""


class NoScheduleHere(Refusal):
    """The channel has no daily question."""

    def __init__(self) -> None:
        super().__init__(
            "There is no daily question in this channel. /prep setup starts one; "
            "/prep random gives you a question right away."
        )


class OfAnotherWorkspace(Refusal):
    """A guest of a shared channel pressed a button of the team that has the app."""

    def __init__(self) -> None:
        super().__init__(
            "This button is for members of the workspace that Prep is installed in. "
            "Ask someone of that team to press it."
        )


class BoardGone(Refusal):
    """The schedule whose board a button shows is not there any more."""

    def __init__(self) -> None:
        super().__init__(
            "The daily question this board belongs to is gone. /prep setup starts a new one."
        )


class BoardOfAnotherChannel(Refusal):
    """A board was to be shown outside its channel."""

    def __init__(self) -> None:
        super().__init__(
            "This board belongs to another channel. "
            "Type /prep leaderboard here to see the board of this one."
        )


class NobodyOnBoard(Refusal):
    """A board was to be shown, and everyone on it has taken their answers back."""

    def __init__(self) -> None:
        super().__init__("Nobody is on this board any more. The next answer opens it again.")


class CannotPostHere(Refusal):
    """Slack does not let the app post in a channel."""

    def __init__(self) -> None:
        super().__init__(
            "Prep cannot post in this channel. Type /invite @Prep here, then try again."
        )


class ScopeMissing(Refusal):
    """The app was installed without a scope that something needs; nothing was done."""

    def __init__(self, scopes: Sequence[str]) -> None:
        super().__init__(
            f"Slack has not given Prep the permission for that ({', '.join(scopes)}), so it was "
            "left undone, and nothing is lost. Whoever runs Prep here can install it again from "
            "its manifest; then please try once more."
        )


class SlackIsBusy(Refusal):
    """Slack asks the app to wait; nothing was posted."""

    def __init__(self, seconds: int) -> None:
        super().__init__(
            "Slack asks Prep to slow down, so nothing was posted. "
            f"Please try again in {_wait(seconds)}."
        )


class SlackIsBusyShowing(Refusal):
    """Slack asks the app to wait with what a person wanted to see."""

    def __init__(self, seconds: int) -> None:
        super().__init__(
            f"Slack asks Prep to slow down. Please try again in {_wait(seconds)}; "
            "nothing you did is lost."
        )


def _wait(seconds: int) -> str:
    return "a second" if seconds <= 1 else f"{seconds} seconds"


class PostedOrNot(Refusal):
    """Slack did not say whether it took a post, so it must not be repeated unseen."""

    def __init__(self) -> None:
        super().__init__(
            "Slack did not say whether the message arrived. "
            "Please look in the channel before you try again."
        )


class QuestionGone(Refusal):
    """A button names a round or a question that is not there, or not there for this workspace."""

    def __init__(self) -> None:
        super().__init__(
            "This button belongs to a question that is gone, or to another team's workspace. "
            "Type /prep random for a question to practise."
        )


class OutdatedButton(Refusal):
    """A button carries something that today's app does not understand."""

    def __init__(self) -> None:
        super().__init__("This button no longer works. Type /prep random for a new question.")


class SeveralLevels(Refusal):
    """Somebody asked for two levels at once."""

    def __init__(self) -> None:
        super().__init__("Please name one level: easy, medium or hard.")


class EmptyBank(Refusal):
    """There is no question at all."""

    def __init__(self) -> None:
        super().__init__(
            "There is no question to practise yet. Whoever runs Prep here can add some."
        )


class PostedAlready(Refusal):
    """The same member posted the same question in the same channel a moment ago."""

    def __init__(self) -> None:
        super().__init__("You posted this question here a moment ago, so it was not posted twice.")


class TooLateToOpen(Refusal):
    """Slack gives an app three seconds to open a window, and they were over."""

    def __init__(self) -> None:
        super().__init__("Slack was too slow to open the window. Please try once more.")


class AnswerTooLong(Refusal):
    """A sample answer does not fit the fields of a form."""

    def __init__(self) -> None:
        super().__init__(
            "This sample answer is too long to be edited in Slack. "
            "Whoever runs Prep here can change its file."
        )


class ProposalGone(Refusal):
    """A button names a proposal that is not there for this member."""

    def __init__(self) -> None:
        super().__init__(
            "This suggestion is gone, or it is not yours. Press Suggest An Improvement beside a "
            "sample answer to make another."
        )


class NotReviewer(Refusal):
    """Somebody who is no reviewer asked for the queue, or for what only reviewers do."""

    def __init__(self) -> None:
        super().__init__(
            "Suggestions are looked at by the people who set up a daily question and by those they "
            "name. /prep reviewers shows who that is."
        )


class NotOwner(Refusal):
    """Somebody who set up no schedule wanted to name reviewers."""

    def __init__(self) -> None:
        super().__init__(
            "Only the people who set up a daily question can name reviewers. "
            "/prep setup makes you one of them."
        )


class NobodyNamed(Refusal):
    """No person was recognised among the words after /prep reviewers."""

    def __init__(self) -> None:
        super().__init__(
            "I recognised nobody there. Type @ and choose each person from the list Slack offers: "
            "/prep reviewers @name, or /prep reviewers remove @name."
        )


class OwnersStay(Refusal):
    """Somebody wanted to take an owner of a schedule off the list of reviewers."""

    def __init__(self) -> None:
        super().__init__(
            "Whoever set up a daily question stays a reviewer, so nobody was taken off the list."
        )


class VersionGone(Refusal):
    """A version of an answer is not there."""

    def __init__(self) -> None:
        super().__init__("That version is not there. Open Earlier Versions again to see what is.")
