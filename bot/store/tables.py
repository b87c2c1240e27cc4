"""The schema, as the queries see it. The migrations build it; a test keeps the two equal.

Every row belongs to an installation. The two exceptions, and why, are in `WITHOUT_INSTALLATION`.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    desc,
    false,
    text,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

WITHOUT_INSTALLATION = {
    "installations": "it is the installation",
    "heartbeats": "it tells of our own processes, not of anything a workspace owns",
}

# What some partial indexes are of. Their queries say it word for word: where a value is bound in,
# or a truth spelt `= 1`, SQLite does not see that the index holds all it needs, and reads the whole
# table at every tick.
IS_PENDING = text("rounds.state IN ('reserved', 'unknown')")
IS_UNSETTLED = text("rounds.closed_ts IS NOT NULL AND NOT rounds.settled")
IS_CARD_DUE = text("cards.due")


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC. Refuses naive datetimes; SQLite, which has no time zones, keeps it bare."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware datetime into what the database keeps."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment needs a time zone: {value!r}")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Turn what the database keeps into an aware datetime in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


BigId = BigInteger().with_variant(Integer(), "sqlite")  # SQLite numbers rows only as INTEGER
# Compared byte by byte, which for these is by time, whatever the database's language.
Ts = String(20).with_variant(String(20, collation="C"), "postgresql")
PlatformId = String(64)
Slug = String(120)


def _id() -> Column[Any]:
    return Column("id", BigId, primary_key=True, autoincrement=True)


def _installation(*, primary_key: bool = False) -> Column[Any]:
    return Column(
        "installation_id",
        BigId,
        ForeignKey("installations.id", ondelete="CASCADE"),
        nullable=False,
        primary_key=primary_key,
    )


def _schedule(*, primary_key: bool = False, nullable: bool = False) -> Column[Any]:
    return Column(
        "schedule_id",
        BigId,
        ForeignKey("schedules.id", ondelete="CASCADE"),
        nullable=nullable,
        primary_key=primary_key,
    )


installations = Table(
    "installations",
    metadata,
    _id(),
    Column("platform", String(16), nullable=False),
    Column("team_id", PlatformId, nullable=False),
    Column("enterprise_id", PlatformId),
    Column("bot_user_id", PlatformId, nullable=False),
    Column("installed_at", UtcDateTime, nullable=False),
    Column("lost_at", UtcDateTime),
    Column("lost_reason", String(64)),
    UniqueConstraint("platform", "team_id"),
)

schedules = Table(
    "schedules",
    metadata,
    _id(),
    _installation(),
    Column("channel_id", PlatformId, nullable=False),
    Column("owner_id", PlatformId, nullable=False),
    Column("at_minute", Integer, nullable=False),
    Column("zone", String(64), nullable=False),
    Column("weekdays", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("stopped_reason", String(64)),
    Column("seed", BigInteger, nullable=False),
    Column("next_due_at", UtcDateTime),
    Column("next_local_date", Date),
    Column("created_at", UtcDateTime, nullable=False),
    # Its owner knows that few unasked questions are left.
    Column("told_low", Boolean, nullable=False, server_default=false()),
    # One schedule a channel for now; several will come by dropping this.
    UniqueConstraint("installation_id", "channel_id"),
    Index(
        "ix_schedules_due",
        "next_due_at",
        "id",
        sqlite_where=text("state = 'running'"),
        postgresql_where=text("state = 'running'"),
    ),
)

# How far a schedule has come in its deck: see `bot.domain.decks.Bookmark`.
decks = Table(
    "decks",
    metadata,
    _schedule(primary_key=True),
    _installation(),
    # Empty where the rest says nothing.
    Column("contents", String(32), nullable=False, server_default=""),
    Column("unasked", Integer, nullable=False, server_default="0"),
    Column("passed", Slug, nullable=False, server_default=""),
    Column("since", Date, nullable=False, server_default="0001-01-01"),
)

rounds = Table(
    "rounds",
    metadata,
    _id(),
    _installation(),
    _schedule(),
    Column("channel_id", PlatformId, nullable=False),
    Column("question", Slug, nullable=False),
    Column("local_date", Date, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("state", String(16), nullable=False),
    Column("skipped_reason", String(64)),
    Column("fence", Integer, nullable=False, server_default="0"),
    Column("attempted_at", UtcDateTime),
    Column("lease_until", UtcDateTime),
    Column("retry_at", UtcDateTime),
    Column("message_ts", Ts),
    Column("closed_ts", Ts),
    Column("voided_ts", Ts),
    Column("settled", Boolean, nullable=False, server_default=false()),
    # While it is being settled: the last member, in the order of names, who was looked at.
    Column("settled_to", PlatformId, nullable=False, server_default=""),
    # Exactly one round per schedule and local date, whoever asks for it and however often.
    UniqueConstraint("schedule_id", "local_date"),
    Index("ix_rounds_thread", "channel_id", "message_ts", unique=True),
    Index("ix_rounds_order", "schedule_id", "message_ts"),
    Index("ix_rounds_question", "schedule_id", "question", "local_date"),
    Index(
        "ix_rounds_pending",
        "retry_at",
        "id",
        sqlite_where=text("state IN ('reserved', 'unknown')"),
        postgresql_where=text("state IN ('reserved', 'unknown')"),
    ),
    Index(
        "ix_rounds_pending_channel",
        "channel_id",
        sqlite_where=text("state IN ('reserved', 'unknown')"),
        postgresql_where=text("state IN ('reserved', 'unknown')"),
    ),
    Index(
        "ix_rounds_unsettled",
        "schedule_id",
        "message_ts",
        sqlite_where=text("closed_ts IS NOT NULL AND NOT settled"),
        postgresql_where=text("closed_ts IS NOT NULL AND NOT settled"),
    ),
)

cards = Table(
    "cards",
    metadata,
    Column("round_id", BigId, ForeignKey("rounds.id", ondelete="CASCADE"), primary_key=True),
    _installation(),
    Column("shown", Integer, nullable=False, server_default="0"),
    Column("due", Boolean, nullable=False, server_default=false()),
    Column("not_before", UtcDateTime, nullable=False),
    Index(
        "ix_cards_due",
        "not_before",
        sqlite_where=text("due"),
        postgresql_where=text("due"),
    ),
)

answers = Table(
    "answers",
    metadata,
    _id(),
    _installation(),
    # Empty while the round's message is not confirmed: the answer came before our own knowledge.
    _schedule(nullable=True),
    Column("round_id", BigId, ForeignKey("rounds.id", ondelete="CASCADE")),
    Column("channel_id", PlatformId, nullable=False),
    Column("thread_ts", Ts, nullable=False),
    Column("ts", Ts, nullable=False),
    Column("member_id", PlatformId, nullable=False),
    Column("words", Integer, nullable=False),
    Column("has_file", Boolean, nullable=False),
    Column("edited_ts", Ts),
    Column("deleted", Boolean, nullable=False, server_default=false()),
    Column("counted", Boolean, nullable=False),
    # When to put the mark on the message right; empty while it is right.
    Column("mark_at", UtcDateTime),
    UniqueConstraint("installation_id", "channel_id", "ts"),
    Index("ix_answers_member", "schedule_id", "member_id", "thread_ts"),
    Index("ix_answers_round", "round_id", "member_id"),
    Index(
        "ix_answers_waiting",
        "channel_id",
        "thread_ts",
        sqlite_where=text("round_id IS NULL"),
        postgresql_where=text("round_id IS NULL"),
    ),
    Index(
        "ix_answers_mark",
        "mark_at",
        sqlite_where=text("mark_at IS NOT NULL"),
        postgresql_where=text("mark_at IS NOT NULL"),
    ),
)

standings = Table(
    "standings",
    metadata,
    _schedule(primary_key=True),
    Column("member_id", PlatformId, primary_key=True),
    _installation(),
    Column("streak", Integer, nullable=False, server_default="0"),
    Column("best", Integer, nullable=False, server_default="0"),
    Column("freezes", Integer, nullable=False, server_default="0"),
    Column("answered", Integer, nullable=False, server_default="0"),
    # The fold up to the last closed round, so that the next one costs one step and not a history.
    Column("base_ts", Ts, nullable=False, server_default=""),
    Column("base_streak", Integer, nullable=False, server_default="0"),
    Column("base_best", Integer, nullable=False, server_default="0"),
    Column("base_freezes", Integer, nullable=False, server_default="0"),
    Column("base_answered", Integer, nullable=False, server_default="0"),
)
Index(
    "ix_standings_board",
    standings.c.schedule_id,
    desc(standings.c.streak),
    desc(standings.c.best),
    desc(standings.c.answered),
    standings.c.member_id,
)

away = Table(
    "away",
    metadata,
    _id(),
    _installation(),
    Column("member_id", PlatformId, nullable=False),
    Column("first_date", Date, nullable=False),
    Column("last_date", Date, nullable=False),
    Index("ix_away_member", "installation_id", "member_id"),
)

practice = Table(
    "practice",
    metadata,
    _installation(primary_key=True),
    Column("member_id", PlatformId, primary_key=True),
    Column("question", Slug, primary_key=True),
    Column("shown_at", UtcDateTime, nullable=False),
)

# What may come next for a member who has seen nearly all of a kind: see `bot.domain.choosing.Hand`.
hands = Table(
    "hands",
    metadata,
    _installation(primary_key=True),
    Column("member_id", PlatformId, primary_key=True),
    Column("kind", Slug, primary_key=True),
    Column("contents", String(32), nullable=False),
    # Slugs as JSON: nothing is ever asked of one alone.
    Column("questions", Text, nullable=False),
    Column("dealt_at", UtcDateTime, nullable=False),
)

reveals = Table(
    "reveals",
    metadata,
    _installation(primary_key=True),
    Column("member_id", PlatformId, primary_key=True),
    Column("question", Slug, primary_key=True),
    Column("first_at", UtcDateTime, nullable=False),
    Column("last_at", UtcDateTime, nullable=False),
)

gestures = Table(
    "gestures",
    metadata,
    _installation(primary_key=True),
    Column("trigger_id", String(255), primary_key=True),
    # Empty once it came to nothing; the gesture itself stays known.
    Column("what", String(300)),
    Column("at", UtcDateTime, nullable=False),
    Index("ix_gestures_at", "installation_id", "at"),
)

reviewers = Table(
    "reviewers",
    metadata,
    _installation(primary_key=True),
    Column("member_id", PlatformId, primary_key=True),
    Column("named_by", PlatformId, nullable=False),
    Column("named_at", UtcDateTime, nullable=False),
)

proposals = Table(
    "proposals",
    metadata,
    _id(),
    _installation(),
    Column("member_id", PlatformId, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("question", Slug),
    # The parts of a form, as JSON: nothing is ever asked of one part alone.
    Column("draft", Text, nullable=False),
    # Tells the same draft, sent twice, from another.
    Column("fingerprint", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("decided_by", PlatformId),
    Column("decided_at", UtcDateTime),
    Column("reason", Text),
    Index(
        "ix_proposals_waiting",
        "installation_id",
        "id",
        sqlite_where=text("state = 'waiting'"),
        postgresql_where=text("state = 'waiting'"),
    ),
    Index(
        "ix_proposals_same",
        "installation_id",
        "member_id",
        "fingerprint",
        unique=True,
        sqlite_where=text("state = 'waiting'"),
        postgresql_where=text("state = 'waiting'"),
    ),
)

libraries = Table(
    "libraries",
    metadata,
    _installation(primary_key=True),
    # Another after each change, so that whoever kept a copy knows whether it still holds.
    Column("stamp", String(32), nullable=False),
)

answer_versions = Table(
    "answer_versions",
    metadata,
    _installation(primary_key=True),
    Column("question", Slug, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    # Empty where the answer that came with the app stands again.
    Column("answer", Text),
    Column("improved_by", PlatformId),
    Column("accepted_by", PlatformId, nullable=False),
    Column("edited", Boolean, nullable=False, server_default=false()),
    Column("restores", Integer),
    Column("at", UtcDateTime, nullable=False),
)

added_questions = Table(
    "added_questions",
    metadata,
    _installation(primary_key=True),
    Column("slug", Slug, primary_key=True),
    Column("draft", Text, nullable=False),
    Column("added_at", UtcDateTime, nullable=False),
)

heartbeats = Table(
    "heartbeats",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
)
