"""Block Kit as HTML: every block and element that the sandbox takes is drawn, and labelled."""

from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest

from sandbox.clock import MovableClock
from sandbox.conversations import with_ids
from sandbox.inputs import filled, first_state, inputs_in
from sandbox.playground.fields import entered, held_by, offers
from sandbox.playground.markup import Eyes
from sandbox.playground.rendering import Painter
from sandbox.reading.blocks import BLOCKS
from sandbox.reading.elements import ELEMENTS
from sandbox.slack import Sandbox
from sandbox.workspace import JSON, RefusedError
from tests.playground import gallery
from tests.playground.gallery import asked, options, words

NASTY = '"><script>alert(1)</script>'


class Outline(HTMLParser):
    """Counts tags and finds form fields without a name for screen readers."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[dict[str, str | None]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes.append(dict(attrs))
        if tag not in ("input", "hr", "br", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def outline(html: str) -> Outline:
    """Parse HTML, and see that every tag is closed in order."""
    parser = Outline()
    parser.feed(html)
    parser.close()
    assert parser.open == []
    return parser


class Easel:
    """Draws blocks as Maya sees them."""

    def __init__(self) -> None:
        self.sandbox = Sandbox(MovableClock(datetime(2026, 3, 2, 8, tzinfo=UTC)))
        self.maya = self.sandbox.person("maya")
        self.sandbox.channel("general", members=[self.maya])
        self.workspace = self.sandbox.workspace
        self.painter = Painter(self.workspace)

    def draw(self, *blocks: JSON, errors: dict[str, str] | None = None) -> str:
        """The blocks with their first state."""
        whole = with_ids(blocks, self.workspace)
        held = {
            (block["block_id"], element["action_id"]): first_state(element)
            for block, element in inputs_in(whole)
        }
        eyes = Eyes(self.maya.id, UTC, self.workspace.now(), self.workspace.names())
        return str(self.painter.blocks(whole, eyes, held, errors))


@pytest.fixture
def easel() -> Easel:
    return Easel()


def test_there_is_an_example_of_every_type_that_can_be_read_as_text() -> None:
    assert set(gallery.BLOCKS) == set(BLOCKS)
    assert set(gallery.ELEMENTS) == set(ELEMENTS)


@pytest.mark.parametrize("kind", sorted(gallery.BLOCKS))
def test_every_block_is_drawn_whole(easel: Easel, kind: str) -> None:
    drawn = easel.draw(gallery.BLOCKS[kind])
    assert outline(drawn).tags
    assert "of type" not in drawn


@pytest.mark.parametrize("kind", sorted(gallery.ELEMENTS))
@pytest.mark.parametrize("place", ["actions", "section", "input"])
def test_every_element_is_drawn_whole_wherever_it_stands(
    easel: Easel, kind: str, place: str
) -> None:
    element = gallery.ELEMENTS[kind]
    blocks: dict[str, JSON] = {
        "actions": {"type": "actions", "elements": [element]},
        "section": {"type": "section", "text": words("Beside"), "accessory": element},
        "input": asked(element),
    }
    drawn = easel.draw(blocks[place])
    assert outline(drawn).tags
    assert "of type" not in drawn


def test_an_unknown_block_is_named_and_nothing_else_is_lost(easel: Easel) -> None:
    drawn = easel.draw({"type": "mystery"}, gallery.BLOCKS["header"])
    assert "(a block of type mystery)" in drawn
    assert "Title" in drawn


@pytest.mark.parametrize(
    "block",
    [
        {"type": "section", "text": words(NASTY)},
        {"type": "section", "text": {"type": "mrkdwn", "text": NASTY}},
        {"type": "header", "text": words(NASTY)},
        {"type": "context", "elements": [words(NASTY)]},
        {"type": "markdown", "text": NASTY},
        {"type": "image", "image_url": NASTY, "alt_text": NASTY, "title": words(NASTY)},
        {"type": "actions", "elements": [
            {"type": "button", "text": words(NASTY), "value": NASTY, "action_id": NASTY}]},
        {"type": "actions", "elements": [
            {"type": "button", "text": words("Go"), "url": "javascript:alert(1)", "action_id": "a",
             "confirm": {"title": words(NASTY), "text": words(NASTY)}}]},
        asked({"type": "plain_text_input", "action_id": "a", "initial_value": NASTY}) | {
            "block_id": f"x onfocus=alert(1) {NASTY}", "label": words(NASTY)},
        asked({"type": "static_select", "action_id": "a", "options": options(NASTY)}),
        asked({"type": "checkboxes", "action_id": "a", "options": options(NASTY)}),
        {"type": "table", "rows": [[{"type": "raw_text", "text": NASTY}]]},
        {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [
            {"type": "text", "text": NASTY},
            {"type": "link", "url": "javascript:1", "text": "x"}]}]},
    ],
)  # fmt: skip
def test_no_text_and_no_id_becomes_markup(easel: Easel, block: JSON) -> None:
    parsed = outline(easel.draw(block))
    assert "script" not in parsed.tags
    for attributes in parsed.attributes:
        assert not {name for name in attributes if name.startswith("on")}
        assert not (attributes.get("href") or "").startswith("javascript")


def test_every_field_has_a_label(easel: Easel) -> None:
    field = {"type": "plain_text_input", "action_id": "a"}
    drawn = outline(easel.draw(asked(field, hint=words("A hint"))))
    labels = [a["for"] for t, a in zip(drawn.tags, drawn.attributes, strict=True) if t == "label"]
    fields = [a["id"] for t, a in zip(drawn.tags, drawn.attributes, strict=True) if t == "input"]
    assert labels == fields == ["f-b"]


def test_an_error_stands_at_its_field(easel: Easel) -> None:
    drawn = easel.draw(
        asked({"type": "timepicker", "action_id": "a"}), errors={"b": "Choose a time."}
    )
    assert '<p class="error">Choose a time.</p>' in drawn
    assert 'class="input wrong"' in drawn


def test_a_short_menu_is_a_menu_and_a_long_one_is_searched(easel: Easel) -> None:
    few = asked({"type": "static_select", "action_id": "a", "options": options("One", "Two")})
    many = asked(
        {"type": "static_select", "action_id": "a", "options": options(*map(str, range(30)))}
    )
    assert "<select" in easel.draw(few)
    assert 'role="combobox"' in easel.draw(many)


def test_an_initial_choice_is_chosen(easel: Easel) -> None:
    one, two = options("One", "Two")
    drawn = easel.draw(
        asked({"type": "static_select", "action_id": "a", "options": [one, two],
               "initial_option": two}),
        asked({"type": "checkboxes", "action_id": "c", "options": [one, two],
               "initial_options": [one]}),
    )  # fmt: skip
    assert '<option value="two" selected>' in drawn
    assert drawn.count(" checked") == 1


def test_menus_of_people_and_channels_offer_what_there_is(easel: Easel) -> None:
    viewer = easel.maya.user
    people = offers({"type": "users_select"}, easel.workspace, viewer)
    assert "@maya" in [one.label for one in people]
    secret = easel.sandbox.channel("secret", private=True)
    channels = offers({"type": "conversations_select"}, easel.workspace, viewer)
    assert [one.label for one in channels] == ["#general"]
    assert secret.id not in [one.value for one in channels]


@pytest.mark.parametrize(
    ("element", "sent"),
    [
        ({"type": "plain_text_input"}, ["words"]),
        ({"type": "static_select", "options": options("One", "Two")}, ["two"]),
        ({"type": "checkboxes", "options": options("One", "Two")}, ["one", "two"]),
        ({"type": "multi_users_select"}, ["U1", "U2"]),
        ({"type": "datetimepicker"}, ["2026-03-02T09:30"]),
        ({"type": "rich_text_input"}, ["typed"]),
        ({"type": "timepicker"}, ["09:30"]),
    ],
)
def test_what_a_form_sends_is_what_the_input_then_holds(element: JSON, sent: list[str]) -> None:
    whole = element | {"action_id": "a"}
    state = filled(whole, entered(whole, sent, UTC))
    held = held_by({("b", "a"): state}, {"block_id": "b"}, whole, UTC)
    assert held == (sent if isinstance(held, list) else sent[0])


def test_an_empty_field_is_empty_and_a_date_that_is_none_is_refused() -> None:
    assert entered({"type": "plain_text_input"}, [""], UTC) is None
    assert entered({"type": "checkboxes"}, [], UTC) is None
    with pytest.raises(RefusedError, match="not a date"):
        entered({"type": "datetimepicker"}, ["soon"], UTC)
