"""Payloads of every shape, near to Slack's own and far from them, for hypothesis."""

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

BOT = "U0PREP"
_ODD = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=20)
    | st.sampled_from([BOT, "U1", "C1", "1772400000.000100", "", "\x00"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
"""Anything JSON can say."""


def near(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Mappings with these fields, of which any may be missing, or hold something else entirely."""
    return st.fixed_dictionaries(
        {}, optional={name: value | _ODD for name, value in fields.items()}
    )


TS = st.sampled_from(["1772400000.000100", "1772400001.000200", "1772400000", "soon"])
_USER = st.sampled_from([BOT, "U1", "U2"])
_PLAIN = near(
    type=st.just("message"),
    subtype=st.sampled_from(["thread_broadcast", "file_share", "bot_message", "tombstone"]),
    channel=st.sampled_from(["C1", "G1"]),
    user=_USER,
    text=st.text(max_size=40),
    ts=TS,
    thread_ts=TS,
    event_ts=TS,
    deleted_ts=TS,
    parent_user_id=_USER,
    bot_id=st.just("B1"),
    files=st.just([{"id": "F1"}]),
    edited=near(user=_USER, ts=TS),
    root=near(user=_USER),
    metadata=near(
        event_type=st.just("prep_round"),
        event_payload=near(round=st.integers(-(2**70), 2**70)),
    ),
)


def _nested(message: Mapping[str, Any], changed: Any, subtype: str) -> dict[str, Any]:
    name = "message" if subtype == "message_changed" else "previous_message"
    return {**message, "subtype": subtype, name: changed}


MESSAGES = st.one_of(
    _PLAIN,
    st.builds(
        _nested, _PLAIN, _PLAIN | _ODD, st.sampled_from(["message_changed", "message_deleted"])
    ),
)
MESSAGE_EVENTS = near(type=st.just("event_callback"), team_id=st.just("T1"), event=MESSAGES)

USER = near(id=_USER, team_id=st.sampled_from(["T1", "T2"]))
CLICKS = near(
    type=st.just("block_actions"),
    team=near(id=st.just("T1")),
    user=USER,
    channel=near(id=st.just("C1")),
    trigger_id=st.just("1.2.3"),
    response_url=st.just("http://127.0.0.1:9/respond"),
    actions=st.lists(
        near(action_id=st.just("why_round"), block_id=st.just("b"), value=st.just("1")), max_size=2
    ),
)
COMMANDS = near(
    command=st.just("/prep"),
    team_id=st.just("T1"),
    user_id=_USER,
    channel_id=st.just("C1"),
    text=st.text(max_size=40),
    trigger_id=st.just("1.2.3"),
    response_url=st.just("http://127.0.0.1:9/respond"),
)
_ELEMENT = near(
    type=st.just("plain_text_input"),
    value=st.text(max_size=5),
    selected_option=near(value=st.text(max_size=5)),
    selected_options=st.lists(near(value=st.text(max_size=5)) | _ODD, max_size=2),
    selected_time=st.just("09:00"),
    selected_conversation=st.just("C1"),
)
SUBMISSIONS = near(
    type=st.just("view_submission"),
    team=near(id=st.just("T1")),
    user=USER,
    view=near(
        type=st.just("modal"),
        callback_id=st.just("setup"),
        private_metadata=st.text(max_size=5),
        state=near(values=st.dictionaries(st.text(max_size=5), near(only=_ELEMENT), max_size=2)),
    ),
)
EVENTS = near(
    type=st.just("event_callback"),
    team_id=st.just("T1"),
    authorizations=st.lists(near(team_id=st.just("T1"), user_id=_USER), max_size=2),
    event=near(
        type=st.sampled_from(["channel_archive", "channel_id_changed", "app_uninstalled", "odd"]),
        channel=st.just("C1"),
        old_channel_id=st.just("C1"),
        new_channel_id=st.just("C2"),
        user=_USER,
    ),
)
