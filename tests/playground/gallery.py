"""One example of every block and of every element, by type."""

from typing import Any

JSON = dict[str, Any]


def words(text: str) -> JSON:
    """A plain text."""
    return {"type": "plain_text", "text": text}


def marked(text: str) -> JSON:
    """A mrkdwn text."""
    return {"type": "mrkdwn", "text": text}


def options(*names: str) -> list[JSON]:
    """Options whose values are their names in small letters."""
    return [{"text": words(name), "value": name.lower()} for name in names]


def rich(*parts: JSON) -> JSON:
    """Rich text."""
    return {"type": "rich_text", "elements": list(parts)}


def said(*pieces: JSON) -> JSON:
    """A paragraph of rich text."""
    return {"type": "rich_text_section", "elements": list(pieces)}


def asked(element: JSON, **more: Any) -> JSON:
    """An input block."""
    return {"type": "input", "block_id": "b", "label": words("Label"), "element": element, **more}


PICTURE = {"type": "image", "image_url": "https://example.org/cat.png", "alt_text": "A cat"}
BUTTON = {"type": "button", "text": words("Press"), "value": "v", "action_id": "press"}
_THREE = options("One", "Two", "Three")
_GROUPED = [{"label": words("Some"), "options": _THREE}]
_PIECES = (
    {"type": "text", "text": "so", "style": {"bold": True, "code": True}},
    {"type": "link", "url": "https://example.org", "text": "a link"},
    {"type": "user", "user_id": "U1"},
    {"type": "usergroup", "usergroup_id": "S1"},
    {"type": "team", "team_id": "T1"},
    {"type": "channel", "channel_id": "C1"},
    {"type": "broadcast", "range": "here"},
    {"type": "emoji", "name": "tada"},
    {"type": "date", "timestamp": 1772438400, "format": "{date_long}"},
    {"type": "color", "value": "#112233"},
)
_LIST = {"type": "rich_text_list", "style": "ordered", "indent": 1, "elements": [said(*_PIECES)]}
TASK = {
    "type": "task_card",
    "title": "Look",
    "status": "complete",
    "details": rich(said(*_PIECES)),
    "sources": [{"type": "url", "url": "https://example.org", "text": "Source"}],
}

ELEMENTS: dict[str, JSON] = {
    "button": BUTTON | {"style": "primary"},
    "workflow_button": {"type": "workflow_button", "text": words("Run"), "action_id": "w"},
    "icon_button": {"type": "icon_button", "icon": "trash", "text": words("Bin"), "action_id": "i"},
    "feedback_buttons": {
        "type": "feedback_buttons",
        "action_id": "f",
        "positive_button": {"text": words("Good"), "value": "good"},
        "negative_button": {"text": words("Bad"), "value": "bad"},
    },
    "overflow": {"type": "overflow", "action_id": "o", "options": _THREE},
    "checkboxes": {"type": "checkboxes", "action_id": "c", "options": _THREE},
    "radio_buttons": {"type": "radio_buttons", "action_id": "r", "options": _THREE},
    "static_select": {"type": "static_select", "action_id": "s", "option_groups": _GROUPED},
    "multi_static_select": {"type": "multi_static_select", "action_id": "m", "options": _THREE},
    "external_select": {"type": "external_select", "action_id": "e"},
    "multi_external_select": {"type": "multi_external_select", "action_id": "me"},
    "users_select": {"type": "users_select", "action_id": "u"},
    "multi_users_select": {"type": "multi_users_select", "action_id": "mu"},
    "channels_select": {"type": "channels_select", "action_id": "ch"},
    "multi_channels_select": {"type": "multi_channels_select", "action_id": "mch"},
    "conversations_select": {"type": "conversations_select", "action_id": "co"},
    "multi_conversations_select": {"type": "multi_conversations_select", "action_id": "mco"},
    "datepicker": {"type": "datepicker", "action_id": "d", "initial_date": "2026-03-02"},
    "timepicker": {"type": "timepicker", "action_id": "t", "initial_time": "09:00"},
    "datetimepicker": {"type": "datetimepicker", "action_id": "dt"},
    "plain_text_input": {"type": "plain_text_input", "action_id": "p", "multiline": True},
    "rich_text_input": {"type": "rich_text_input", "action_id": "ri"},
    "email_text_input": {"type": "email_text_input", "action_id": "em"},
    "url_text_input": {"type": "url_text_input", "action_id": "ur"},
    "number_input": {"type": "number_input", "action_id": "n", "is_decimal_allowed": False},
    "file_input": {"type": "file_input", "action_id": "fi"},
    "image": PICTURE,
}

BLOCKS: dict[str, JSON] = {
    "section": {"type": "section", "text": marked("*Hi*"), "fields": [marked("a"), words("b")]},
    "header": {"type": "header", "text": words("Title :tada:")},
    "divider": {"type": "divider"},
    "context": {"type": "context", "elements": [PICTURE, marked("_quiet_")]},
    "actions": {"type": "actions", "elements": [BUTTON]},
    "context_actions": {"type": "context_actions", "elements": [ELEMENTS["feedback_buttons"]]},
    "input": asked(ELEMENTS["plain_text_input"], optional=True, hint=words("A hint")),
    "image": PICTURE | {"title": words("A picture")},
    "rich_text": rich(
        said(*_PIECES),
        _LIST,
        {"type": "rich_text_quote", "elements": list(_PIECES)},
        {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "x = 1"}]},
    ),
    "markdown": {"type": "markdown", "text": "# T\n\n- *a*\n\n```\nx\n```"},
    "table": {
        "type": "table",
        "column_settings": [{"align": "right"}, None],
        "rows": [
            [{"type": "raw_text", "text": "Name"}, {"type": "raw_text", "text": "Streak"}],
            [rich(said(*_PIECES)), {"type": "raw_text", "text": "3"}],
        ],
    },
    "video": {
        "type": "video",
        "title": words("Film"),
        "alt_text": "A film",
        "video_url": "https://example.org/film",
        "thumbnail_url": "https://example.org/film.png",
    },
    "file": {"type": "file", "external_id": "ABC", "source": "remote"},
    "call": {"type": "call", "call_id": "R1"},
    "alert": {"type": "alert", "level": "warning", "text": marked("*Careful*")},
    "card": {
        "type": "card",
        "hero_image": PICTURE,
        "title": marked("*Card*"),
        "body": marked("Body"),
        "actions": [BUTTON],
    },
    "carousel": {"type": "carousel", "elements": [{"type": "card", "title": marked("One")}]},
    "container": {
        "type": "container",
        "title": words("Inside"),
        "default_collapsed": True,
        "child_blocks": [{"type": "section", "text": marked("In here"), "block_id": "in"}],
    },
    "task_card": TASK,
    "plan": {"type": "plan", "title": "Plan", "tasks": [TASK]},
    "auth_provider": {
        "type": "auth_provider",
        "name": words("Provider"),
        "description": words("What it is"),
        "is_connected": True,
    },
}
