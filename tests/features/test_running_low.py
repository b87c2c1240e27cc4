"""The owner of a schedule is told once when few unasked questions are left."""

from dataclasses import replace

from bot.domain.ids import QuestionSlug
from content.bank import Bank
from sandbox.people import Person
from sandbox.workspace import Channel
from tests.content import samples
from tests.prep_team import PrepTeam


def bank_of(count: int) -> Bank:
    one = samples.entry().question
    slugs = [QuestionSlug(f"number-{n}") for n in range(count)]
    return Bank.of([replace(one, slug=slug, title=f"Number {slug}") for slug in slugs])


async def has_bank(prep: PrepTeam, count: int) -> None:
    prep.bank = bank_of(count)
    await prep.restarts()


def warnings(prep: PrepTeam, who: Person) -> list[str]:
    letters = who.direct_message(prep.installed).messages
    return [m.text for m in letters if m.app and "left." in m.text]


async def test_told_once_through_restarts_and_again_after_the_bank_grew(
    prep: PrepTeam, alice: Person, bob: Person, channel: Channel
) -> None:
    await has_bank(prep, 11)
    await prep.sets_up(channel, alice)
    await prep.asks(channel)
    assert warnings(prep, alice) == [], "ten are left"
    await prep.asks(channel)
    [told] = warnings(prep, alice)
    assert "has 9 unasked questions left" in told
    for choice in ("/prep add", "python -m content import", "comes again"):
        assert choice in told
    await prep.restarts()
    await prep.asks(channel)
    assert len(warnings(prep, alice)) == 1
    assert warnings(prep, bob) == []

    await has_bank(prep, 30)
    await prep.asks(channel)
    await has_bank(prep, 8)
    await prep.asks(channel)
    assert len(warnings(prep, alice)) == 2
