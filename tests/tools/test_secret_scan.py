"""The scan for secrets, on work trees that hold some. They are made as the tests run."""

import re
import string
import subprocess
from pathlib import Path
from random import Random

import pytest

from tools.secret_scan import MADE_UP, main

MADE_BY = Random(5)
DIGITS = "".join(MADE_BY.choices(string.digits, k=12))
HEX = "".join(MADE_BY.choices(string.hexdigits[:16], k=16))
LETTERS = "".join(MADE_BY.choices(string.ascii_letters + string.digits, k=24))

SECRETS = {
    "a bot token": f"SLACK_BOT_TOKEN=xoxb-{DIGITS}-{DIGITS}-{LETTERS}",
    "a person's token": f"xoxp-{DIGITS}-{DIGITS}-{DIGITS}-{HEX}{HEX}",
    "an app token": f"SLACK_APP_TOKEN=xapp-1-A0KQ3-{DIGITS}-{HEX}{HEX}{HEX}{HEX}",
    "a token that expires": f"xoxe.xoxb-1-{LETTERS}{LETTERS}{LETTERS}",
    "a refresh token": f"refresh = 'xoxe-1-{LETTERS}{LETTERS}{LETTERS}'",
    "a signing secret in an environment file": f"SLACK_SIGNING_SECRET={HEX}{HEX}",
    "a signing secret in code": f"signing = '{HEX}{HEX}'",
    "a webhook": f"https://hooks.slack.com/services/T0AB/B0CD/{LETTERS}",
    "a workflow's webhook": f"https://hooks.slack.com/triggers/T0AB/1/{LETTERS}",
    "a database address": f"postgresql://prep:{LETTERS}@db.internal:5432/prep",
    "an address for SQLAlchemy": f'url = "postgresql+psycopg://prep:{LETTERS}@db/prep"',
    "a database password as a parameter": f"postgres://db/prep?user=prep&password={LETTERS}",
    "a database password on its own": f"PGPASSWORD={LETTERS}",
    "a private key": f"-----BEGIN {'RSA PRIVATE'} KEY-----",
    "a key to other people's machines": f"AKIA{LETTERS[:16].upper()}",
}


def git(folder: Path, *words: str) -> None:
    """Have git do something in a folder."""
    subprocess.run(["git", "-C", str(folder), *words], check=True)  # noqa: S603, S607 - our own words


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """An empty work tree."""
    git(tmp_path, "init", "--quiet")
    return tmp_path


@pytest.mark.parametrize("what", SECRETS)
def test_a_secret_fails_the_check_which_does_not_repeat_it(
    what: str, tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tree / "notes.md").write_text(f"Some words.\nHere: {SECRETS[what]}\n", encoding="utf-8")
    assert main(str(tree)) == 1
    told = capsys.readouterr().out
    assert "notes.md:2: " in told
    assert LETTERS not in told
    assert HEX not in told


def test_a_committed_secret_is_found_as_well_as_a_new_one(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tree / "old.env").write_text(SECRETS["a bot token"], encoding="utf-8")
    git(tree, "add", "old.env")
    (tree / "new.env").write_text(SECRETS["an app token"], encoding="utf-8")
    assert main(str(tree)) == 1
    told = capsys.readouterr().out
    assert re.findall(r"^(\w+\.env):1: ", told, re.MULTILINE) == ["new.env", "old.env"]


def test_what_git_ignores_may_hold_secrets(tree: Path) -> None:
    (tree / ".gitignore").write_text(".env\n", encoding="utf-8")
    (tree / ".env").write_text(SECRETS["a bot token"], encoding="utf-8")
    assert main(str(tree)) == 0


@pytest.mark.parametrize(
    "harmless",
    [
        "SLACK_BOT_TOKEN=xoxb-…",
        "SLACK_BOT_TOKEN=xoxb-your-token",
        "postgresql://{user}:{password}@{host}/prep",
        "postgresql://db.internal:5432/prep",
        "token = env['SLACK_BOT_TOKEN']",
        "SECRET = 'a secret that only Slack and we know'",
        f"    --hash=sha256:{HEX * 4} \\",
        "",
    ],
)
def test_what_is_no_secret_passes(harmless: str, tree: Path) -> None:
    (tree / "notes.md").write_text(harmless, encoding="utf-8")
    assert main(str(tree)) == 0


def test_a_hash_does_not_hide_a_secret_beside_it(tree: Path) -> None:
    line = f"    --hash=sha256:{HEX * 4} {SECRETS['a bot token']}"
    (tree / "notes.md").write_text(line, encoding="utf-8")
    assert main(str(tree)) == 1


def test_a_made_up_secret_passes_where_somebody_vouches_for_it(tree: Path) -> None:
    (tree / "notes.md").write_text("postgresql://u:hunter2@db/prep", encoding="utf-8")
    assert main(str(tree)) == 1
    (tree / MADE_UP).parent.mkdir()
    (tree / MADE_UP).write_text('"hunter2" = "an example"\n', encoding="utf-8")
    assert main(str(tree)) == 0


def test_nobody_vouches_for_what_is_not_there(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tree / MADE_UP).parent.mkdir()
    (tree / MADE_UP).write_text('"hunter2" = "an example"\n', encoding="utf-8")
    assert main(str(tree)) == 1
    assert "nothing needs 'hunter2' any more" in capsys.readouterr().out


def test_a_folder_without_a_repository_is_not_taken_for_clean(tmp_path: Path) -> None:
    with pytest.raises(subprocess.CalledProcessError):
        main(str(tmp_path))
