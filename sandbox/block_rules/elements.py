"""Everything that can sit inside a block: one row in `ELEMENTS` for each type.

To add an element: add its row, then name it in the groups at the end that may hold it.
"""

from collections.abc import Mapping

from sandbox.block_rules.checks import (
    Check,
    Record,
    RecordCheck,
    boolean,
    calendar_date,
    choice,
    exactly_one_of,
    integer,
    listing,
    number,
    shaped,
    string,
    tagged,
    url,
)
from sandbox.block_rules.composition import (
    BOX_OPTION,
    CONFIRM,
    CONVERSATION_FILTER,
    DISPATCH,
    MENU_OPTION,
    MOST_OPTIONS,
    OPTION_GROUP,
    OVERFLOW_OPTION,
    SLACK_FILE,
    STYLE,
    plain_text,
)
from sandbox.block_rules.element_rules import (
    first_choice_is_within,
    initial_options_are_offered,
    lengths_are_in_order,
    not_both_conversations,
    numbers_are_in_order,
    option_values_are_unique,
    visible_lines_are_in_order,
)
from sandbox.block_rules.rich_text import RICH_TEXT_PARTS

Fields = Mapping[str, Check]

ID = string(1, 255)
BUTTON_TEXT = plain_text(75)
TIME = shaped(r"([01]\d|2[0-3]):[0-5]\d", "a time as HH:mm")
DECIMAL = shaped(r"-?\d+(\.\d+)?", "a number")

_CONFIRMED: Fields = {"confirm": CONFIRM}
_FOCUSED: Fields = {"focus_on_load": boolean}
_PICKED: Fields = {**_CONFIRMED, **_FOCUSED, "placeholder": plain_text(150)}
_TYPED: Fields = {**_FOCUSED, "placeholder": plain_text(150), "dispatch_action_config": DISPATCH}
_SEVERAL: Fields = {"max_selected_items": integer(1)}
_ANSWERED: Fields = {"response_url_enabled": boolean}
_CONVERSATIONS: Fields = {
    "filter": CONVERSATION_FILTER,
    "default_to_current_conversation": boolean,
}
_STATIC: Fields = {
    "options": listing(MENU_OPTION, 1, MOST_OPTIONS),
    "option_groups": listing(OPTION_GROUP, 1, MOST_OPTIONS),
}
_OPTION_RULES: tuple[RecordCheck, ...] = (option_values_are_unique, initial_options_are_offered)
_STATIC_RULES = (exactly_one_of("options", "option_groups"), *_OPTION_RULES)


def _element(
    kind: str,
    *optional: Fields,
    required: Fields | None = None,
    also: tuple[RecordCheck, ...] = (),
) -> Record:
    fields = {name: check for group in optional for name, check in group.items()}
    return Record(
        {"type": choice(kind), **(required or {})},
        {"action_id": ID, **fields},
        also,
    )


_FEEDBACK_BUTTON = Record(
    {"text": BUTTON_TEXT, "value": string(1, 2000)}, {"accessibility_label": string(1, 75)}
)
_SEEN_BY: Fields = {"visible_to_user_ids": listing(string())}
_LABELLED: Fields = {"accessibility_label": string(1, 75)}
_IDS = listing(string())

IMAGE_SOURCE: Fields = {"image_url": shaped(r"https?://\S+", "a valid URL", 3000)} | {
    "slack_file": SLACK_FILE
}
IMAGE_HAS_ONE_SOURCE = exactly_one_of("image_url", "slack_file")
ALT_TEXT = string(1, 2000)

ELEMENTS: Mapping[str, Record] = {
    "button": _element(
        "button",
        _CONFIRMED,
        _LABELLED,
        _SEEN_BY,
        {"style": STYLE, "value": string(1, 2000), "url": url()},
        {"agent_prompt": string(1, 4000), "agent_prompt_display": string()},
        required={"text": BUTTON_TEXT},
    ),
    "workflow_button": _element(
        "workflow_button",
        _LABELLED,
        {"style": STYLE},
        required={
            "text": BUTTON_TEXT,
            "workflow": Record(
                {
                    "trigger": Record(
                        {"url": url()},
                        {
                            "customizable_input_parameters": listing(
                                Record({"name": string(), "value": string(0)})
                            )
                        },
                    )
                }
            ),
        },
    ),
    "icon_button": _element(
        "icon_button",
        _CONFIRMED,
        _LABELLED,
        _SEEN_BY,
        {"value": string(1, 2000)},
        required={"icon": choice("trash"), "text": BUTTON_TEXT},
    ),
    "feedback_buttons": _element(
        "feedback_buttons",
        required={"positive_button": _FEEDBACK_BUTTON, "negative_button": _FEEDBACK_BUTTON},
    ),
    "overflow": _element(
        "overflow",
        _CONFIRMED,
        required={"options": listing(OVERFLOW_OPTION, 1, 5)},
        also=(option_values_are_unique,),
    ),
    "checkboxes": _element(
        "checkboxes",
        _CONFIRMED,
        _FOCUSED,
        {"initial_options": listing(BOX_OPTION, 1, 10)},
        required={"options": listing(BOX_OPTION, 1, 10)},
        also=_OPTION_RULES,
    ),
    "radio_buttons": _element(
        "radio_buttons",
        _CONFIRMED,
        _FOCUSED,
        {"initial_option": BOX_OPTION},
        required={"options": listing(BOX_OPTION, 1, 10)},
        also=_OPTION_RULES,
    ),
    "static_select": _element(
        "static_select", _PICKED, _STATIC, {"initial_option": MENU_OPTION}, also=_STATIC_RULES
    ),
    "multi_static_select": _element(
        "multi_static_select",
        _PICKED,
        _STATIC,
        _SEVERAL,
        {"initial_options": listing(MENU_OPTION, 1, MOST_OPTIONS)},
        also=(*_STATIC_RULES, first_choice_is_within("initial_options")),
    ),
    "external_select": _element(
        "external_select", _PICKED, {"initial_option": MENU_OPTION, "min_query_length": integer(0)}
    ),
    "multi_external_select": _element(
        "multi_external_select",
        _PICKED,
        _SEVERAL,
        {"initial_options": listing(MENU_OPTION), "min_query_length": integer(0)},
        also=(first_choice_is_within("initial_options"),),
    ),
    "users_select": _element("users_select", _PICKED, {"initial_user": string()}),
    "multi_users_select": _element(
        "multi_users_select",
        _PICKED,
        _SEVERAL,
        {"initial_users": _IDS},
        also=(first_choice_is_within("initial_users"),),
    ),
    "conversations_select": _element(
        "conversations_select",
        _PICKED,
        _CONVERSATIONS,
        _ANSWERED,
        {"initial_conversation": string()},
        also=(not_both_conversations,),
    ),
    "multi_conversations_select": _element(
        "multi_conversations_select",
        _PICKED,
        _CONVERSATIONS,
        _SEVERAL,
        {"initial_conversations": _IDS},
        also=(not_both_conversations, first_choice_is_within("initial_conversations")),
    ),
    "channels_select": _element(
        "channels_select", _PICKED, _ANSWERED, {"initial_channel": string()}
    ),
    "multi_channels_select": _element(
        "multi_channels_select",
        _PICKED,
        _SEVERAL,
        {"initial_channels": _IDS},
        also=(first_choice_is_within("initial_channels"),),
    ),
    "datepicker": _element("datepicker", _PICKED, {"initial_date": calendar_date}),
    "timepicker": _element("timepicker", _PICKED, {"initial_time": TIME, "timezone": string()}),
    "datetimepicker": _element(
        "datetimepicker",
        _CONFIRMED,
        _FOCUSED,
        # Slack asks for ten digits, which is every moment from 2001 to 2286.
        {"initial_date_time": integer(1_000_000_000, 9_999_999_999)},
    ),
    "plain_text_input": _element(
        "plain_text_input",
        _TYPED,
        {
            "initial_value": string(0, 3000),
            "multiline": boolean,
            "min_length": integer(0, 3000),
            "max_length": integer(1, 3000),
        },
        also=(lengths_are_in_order,),
    ),
    "rich_text_input": _element(
        "rich_text_input",
        _TYPED,
        {
            "initial_value": tagged(
                {
                    "rich_text": Record(
                        {"type": choice("rich_text"), "elements": RICH_TEXT_PARTS},
                        {"block_id": ID},
                    )
                }
            ),
            "min_lines": integer(1, 100),
            "max_lines": integer(1, 100),
        },
        also=(visible_lines_are_in_order,),
    ),
    "email_text_input": _element("email_text_input", _TYPED, {"initial_value": string(0)}),
    "url_text_input": _element("url_text_input", _TYPED, {"initial_value": string(0)}),
    "number_input": _element(
        "number_input",
        _TYPED,
        {"initial_value": DECIMAL, "min_value": DECIMAL, "max_value": DECIMAL},
        required={"is_decimal_allowed": boolean},
        also=(numbers_are_in_order,),
    ),
    "file_input": _element(
        "file_input", {"filetypes": listing(string()), "max_files": integer(1, 10)}
    ),
    "image": Record(
        {"type": choice("image"), "alt_text": ALT_TEXT}, IMAGE_SOURCE, (IMAGE_HAS_ONE_SOURCE,)
    ),
}

CELLS: Mapping[str, Record] = {
    "raw_text": Record({"type": choice("raw_text"), "text": string()}),
    "raw_number": Record({"type": choice("raw_number"), "value": number, "text": string()}),
}

SELECTS = frozenset(name for name in ELEMENTS if name.endswith("_select"))
BUTTONS_AND_BOXES = frozenset({"button", "workflow_button", "overflow"}) | frozenset(
    {"checkboxes", "radio_buttons", "datepicker", "timepicker"}
)
IN_SECTIONS = BUTTONS_AND_BOXES | SELECTS | {"image"}
IN_ACTIONS = BUTTONS_AND_BOXES | SELECTS | {"datetimepicker", "rich_text_input"}
IN_INPUTS = (
    SELECTS
    | {"checkboxes", "radio_buttons", "datepicker", "timepicker", "datetimepicker", "file_input"}
    | {name for name in ELEMENTS if name.endswith("_input")}
)
IN_CONTEXT_ACTIONS = frozenset({"feedback_buttons", "icon_button"})
"""Which elements each kind of block may hold, as Slack's reference lists them."""


def element(allowed: frozenset[str]) -> Check:
    """An element of one of the allowed types."""
    return tagged(ELEMENTS, allowed, what="element type")
