"""Every name that Slack and we must agree on; a test compares them with `manifest.yml`."""

COMMAND = "/prep"


class Action:
    """What buttons are called (`action_id`). A name is kept for ever: old messages carry it."""

    REVEAL_ROUND = "reveal_round"
    REVEAL_QUESTION = "reveal_question"
    WHY_ROUND = "why_round"
    ANOTHER = "another_question"
    POST_HERE = "post_question_here"
    SHOW_BOARD = "show_board"
    SUGGEST = "suggest_improvement"
    REPORT = "report_problem"
    SEND_AGAIN = "send_again"
    ACCEPT = "accept_suggestion"
    EDIT = "edit_suggestion"
    DECLINE = "decline_suggestion"
    VERSIONS = "earlier_versions"
    ROLL_BACK = "roll_back"


class Callback:
    """What modals are called (`callback_id`)."""

    SETUP = "setup"
    REVEAL = "reveal"
    WHY = "why"
    NOTICE = "notice"
    SUGGEST = "suggest"
    REPORT = "report"
    ADD = "add"
    QUEUE = "queue"
    EDIT = "edit"
    DECLINE = "decline"
    VERSIONS = "versions"


class Event:
    """The events we subscribe to, as Slack names them."""

    MESSAGE_CHANNELS = "message.channels"
    MESSAGE_GROUPS = "message.groups"
    CHANNEL_ARCHIVE = "channel_archive"
    CHANNEL_DELETED = "channel_deleted"
    CHANNEL_ID_CHANGED = "channel_id_changed"
    CHANNEL_LEFT = "channel_left"
    GROUP_ARCHIVE = "group_archive"
    GROUP_DELETED = "group_deleted"
    GROUP_LEFT = "group_left"
    APP_HOME_OPENED = "app_home_opened"
    APP_UNINSTALLED = "app_uninstalled"
    TOKENS_REVOKED = "tokens_revoked"


class Scope:
    """What we ask Slack to let us do, as Slack names it; `docs/scopes.md` says why."""

    CHANNELS_HISTORY = "channels:history"
    CHANNELS_JOIN = "channels:join"
    CHANNELS_READ = "channels:read"
    CHAT_WRITE = "chat:write"
    COMMANDS = "commands"
    GROUPS_HISTORY = "groups:history"
    GROUPS_READ = "groups:read"
    REACTIONS_WRITE = "reactions:write"
    USERS_READ = "users:read"


SCOPES = frozenset(value for name, value in vars(Scope).items() if name.isupper())

ROUND_METADATA = "prep_round"
"""The metadata event type on the message of a round; its payload is `{"round": <number>}`."""

COUNTED_REACTION = "white_check_mark"
