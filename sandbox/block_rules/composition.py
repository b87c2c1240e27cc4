"""The objects that blocks and elements are made of: texts, options, dialogs, filters."""

from sandbox.block_rules.checks import (
    Check,
    Record,
    at_least_one_of,
    boolean,
    choice,
    exactly_one_of,
    listing,
    string,
    tagged,
    url,
)

LONGEST_TEXT = 3000
MOST_OPTIONS = 100


def plain_text(maximum: int = LONGEST_TEXT) -> Check:
    """A `plain_text` object of 1 to so many characters."""
    return tagged({"plain_text": _plain(maximum)}, what="text type")


def mrkdwn(maximum: int = LONGEST_TEXT) -> Check:
    """A `mrkdwn` object of 1 to so many characters."""
    return tagged({"mrkdwn": _mrkdwn(maximum)}, what="text type")


def any_text(maximum: int = LONGEST_TEXT) -> Check:
    """A `plain_text` or a `mrkdwn` object of 1 to so many characters."""
    return tagged(
        {"plain_text": _plain(maximum), "mrkdwn": _mrkdwn(maximum)},
        what="text type",
    )


def _plain(maximum: int) -> Record:
    return Record(
        {"type": choice("plain_text"), "text": string(1, maximum)},
        {"emoji": boolean},
    )


def _mrkdwn(maximum: int) -> Record:
    return Record(
        {"type": choice("mrkdwn"), "text": string(1, maximum)},
        {"verbatim": boolean},
    )


STYLE = choice("primary", "danger")

CONFIRM = Record(
    {"title": plain_text(100), "text": any_text(300)},
    {"confirm": plain_text(30), "deny": plain_text(30), "style": STYLE},
)

DISPATCH = Record(
    {"trigger_actions_on": listing(choice("on_enter_pressed", "on_character_entered"), 1, 2)}
)

CONVERSATION_FILTER = Record(
    optional={
        "include": listing(choice("im", "mpim", "private", "public"), 1, 4),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
    also=(at_least_one_of("include", "exclude_external_shared_channels", "exclude_bot_users"),),
)

SLACK_FILE = Record(optional={"id": string(), "url": url()}, also=(exactly_one_of("id", "url"),))


def option(text: Check) -> Record:
    """An option of a menu or of a group of boxes, whose text passes the check."""
    return Record(
        {"text": text, "value": string(1, 150)},
        {"description": text},
    )


MENU_OPTION = option(plain_text(75))
BOX_OPTION = option(any_text(75))
OVERFLOW_OPTION = Record(MENU_OPTION.required, {**MENU_OPTION.optional, "url": url()})

OPTION_GROUP = Record(
    {"label": plain_text(75), "options": listing(MENU_OPTION, 1, MOST_OPTIONS)},
)
