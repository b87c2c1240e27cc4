"""Copied interview guides: whole ones of any size, and damaged ones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.importing import guides
from content.importing.drafts import Draft
from tests.content.guides import HEAD, Entry, entries, guide


def brief(drafts: tuple[Draft, ...]) -> list[tuple[str, str, tuple[str, ...], str]]:
    return [(d.question, d.why, d.key_points, d.sample_answer) for d in drafts]


def expected(given_entries: list[Entry]) -> list[tuple[str, str, tuple[str, ...], str]]:
    return [
        (
            entry.title,
            "Employers ask this question to see whether you have done it.",
            (f"Name the tool you used in case {number}",),
            entry.answer,
        )
        for number, entry in enumerate(given_entries, start=1)
    ]


@pytest.mark.parametrize("count", [1, 24, 500])
def test_every_part_of_every_entry_is_told_apart(count: int) -> None:
    made = entries(count)
    assert brief(guides.read(guide(made))) == expected(made)


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text.replace("\n", "\n\n"),
        lambda text: text.replace("\n", " \n\t\n"),
        lambda text: text.replace("“", '"').replace("”\n", '"\n'),
        lambda text: text.replace("“", "«").replace("”\n", "»\n"),
        lambda text: text.replace("“", "").replace("”\n", "\n"),
        lambda text: text.replace("Answer Example: “", "Answer Example:\n“"),
        lambda text: text.replace("Answer Example:", "ANSWER EXAMPLE –"),
        lambda text: text.replace("Help us improve this answer. / -", "-"),
        lambda text: text.replace("Help us improve this answer. / -", "* * *\nPage 3 of 20\n---"),
        lambda text: text.replace("Help us improve this answer. / -\n", ""),
        lambda text: text.removeprefix(HEAD),
        lambda text: text[text.index("\n-\n") + 3 :],
        lambda text: text[text.index("\n-\n") + 3 :].replace(
            "Help us improve this answer. / -", ""
        ),
        lambda text: text.replace("\n-\n", "\n"),
        lambda text: text.replace(" case", "\u00a0case"),
        lambda text: "Skip to content\nSign in\nAdvertisement\n" + text + "© 2026\nRelated:\n",
    ],
)
def test_furniture_quotes_and_blank_lines_make_no_difference(damage: object) -> None:
    assert callable(damage)
    made = entries(5)
    assert brief(guides.read(damage(guide(made)))) == expected(made)


def test_titles_printed_twice_are_one_entry() -> None:
    made = entries(3)
    text = guide(made)
    for entry in made:
        text = text.replace(
            f"\n{entry.title}\nEmployers", f"\n{entry.title}\n{entry.title}\nEmployers"
        )
    assert brief(guides.read(text)) == expected(made)


def test_two_entries_of_one_title_stay_two() -> None:
    one, two = entries(2)
    made = [one, Entry(one.title, two.told, two.answer)]
    assert brief(guides.read(guide(made))) == expected(made)


def test_an_answer_may_quote_ask_and_give_advice() -> None:
    answer = (
        'She said "stop". What is toil?\n\nWhat is toil?\n\n'
        "In your answer, she said, name it.\n\nEmployers ask this question, too."
    )
    made = [Entry("How do you stop?", "", answer), Entry("What is toil?", "", "Work.")]
    found = guides.read(guide(made))
    assert [draft.question for draft in found] == ["How do you stop?", "What is toil?"]
    assert found[0].sample_answer == answer
    assert found[0].key_points == ()
    assert found[1].sample_answer == "Work."


def test_without_answers_questions_and_reasons_remain() -> None:
    text = "\n".join(line for line in guide(entries(3)).split("\n") if "Answer Ex" not in line)
    found = guides.read(text)
    assert [draft.gaps() for draft in found] == [("sample answer",)] * 3
    assert [draft.key_points for draft in found] == [row[2] for row in expected(entries(3))]


def test_a_bare_list_of_questions_gives_questions() -> None:
    text = f"{HEAD}Tell me about toil.\nWhat is an error budget?\nTell me about toil.\n"
    assert [(d.question, d.line) for d in guides.read(text)] == [
        ("Tell me about toil.", 4),
        ("What is an error budget?", 5),
    ]


def test_a_text_that_breaks_off_says_so_and_keeps_what_is_there() -> None:
    made = entries(3)
    whole = guide(made)
    found = guides.read(whole[: whole.index("My lead", whole.index(made[1].told))])
    by_title = {draft.question: draft for draft in found}
    assert by_title[made[1].title].left_out == ("the end of the sample answer",)
    assert by_title[made[2].title].gaps()[-1] == "sample answer"


def test_what_markdown_would_take_for_marks_is_kept_as_words() -> None:
    odd = "# 1 is *mine*, <b>bold</b> & [a](b), snake_case_name."
    [draft] = guides.read(guide([Entry("What is `x`?", "", odd)]))
    assert "\\<b\\>" in draft.sample_answer
    assert draft.sample_answer.startswith("\\#")


def test_an_answer_without_end_is_refused_and_not_worked_through() -> None:
    text = guide([Entry("What is toil?", "", "Toil. " * 20_000)])
    [draft] = guides.read(text)
    assert draft.broken.startswith("it is longer than 50,000 characters")


@given(st.text())
def test_no_text_makes_it_raise(text: str) -> None:
    guides.read(text)


@given(st.lists(st.integers(0, 400)), st.lists(st.sampled_from('\n-“”"?: '), max_size=30))
def test_no_damage_makes_it_raise(cuts: list[int], noise: list[str]) -> None:
    text = guide(entries(3))
    for cut, mark in zip(cuts, noise, strict=False):
        text = text[:cut] + mark + text[cut + 3 :]
    for draft in guides.read(text):
        assert draft.question or draft.title or draft.broken
