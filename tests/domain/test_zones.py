"""The zones a person chooses from."""

from zoneinfo import available_timezones

import pytest

from bot.domain.zones import GROUP_SIZE, REGIONS, UTC_KEY, zone_groups, zone_label, zone_named


def test_every_geographic_zone_is_offered_exactly_once_and_utc_too() -> None:
    offered = [key for group in zone_groups() for key in group.keys]
    geographic = {key for key in available_timezones() if key.partition("/")[0] in REGIONS}
    assert len(offered) == len(set(offered))
    assert set(offered) == geographic | {UTC_KEY}


def test_every_zone_offered_can_be_used() -> None:
    for group in zone_groups():
        for key in group.keys:
            zone = zone_named(key)
            assert zone is not None
            assert zone.key == key


def test_no_group_holds_more_than_a_menu_takes() -> None:
    assert all(0 < len(group.keys) <= GROUP_SIZE for group in zone_groups())


def test_a_region_too_large_for_one_group_is_split_between_letters() -> None:
    first, second = (group for group in zone_groups() if group.label.startswith("America"))
    assert first.label.startswith("America, A to ")
    assert first.keys[-1].partition("/")[2][0] < second.keys[0].partition("/")[2][0]
    assert "America/Argentina/Buenos_Aires" in first.keys
    assert "America/New_York" in second.keys


def test_zones_of_a_group_are_in_alphabetical_order() -> None:
    assert all(list(group.keys) == sorted(group.keys) for group in zone_groups())


@pytest.mark.parametrize(
    "name", ["", "Europe", "Europe/", "Atlantis/Capital", "../../etc/passwd", "/etc/passwd", "a\0b"]
)
def test_what_names_no_zone_gives_none(name: str) -> None:
    assert zone_named(name) is None


def test_a_zone_reads_without_underscores() -> None:
    assert zone_label("America/Argentina/Buenos_Aires") == "America/Argentina/Buenos Aires"
