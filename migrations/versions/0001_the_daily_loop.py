"""The daily loop.

Revision ID: 0001
Revises: nothing
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")  # SQLite numbers rows only as INTEGER


def upgrade() -> None:
    """Migrate up."""
    op.create_table(
        "heartbeats",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_heartbeats")),
    )
    op.create_table(
        "installations",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("platform", sa.String(length=16), nullable=False),
        sa.Column("team_id", sa.String(length=64), nullable=False),
        sa.Column("enterprise_id", sa.String(length=64), nullable=True),
        sa.Column("bot_user_id", sa.String(length=64), nullable=False),
        sa.Column("installed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lost_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lost_reason", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_installations")),
        sa.UniqueConstraint("platform", "team_id", name=op.f("uq_installations_platform_team_id")),
    )
    op.create_table(
        "away",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("installation_id", BIG_ID, nullable=False),
        sa.Column("member_id", sa.String(length=64), nullable=False),
        sa.Column("first_date", sa.Date(), nullable=False),
        sa.Column("last_date", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["installation_id"],
            ["installations.id"],
            name=op.f("fk_away_installation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_away")),
    )
    op.create_index("ix_away_member", "away", ["installation_id", "member_id"], unique=False)

    op.create_table(
        "gestures",
        sa.Column("installation_id", BIG_ID, nullable=False),
        sa.Column("trigger_id", sa.String(length=255), nullable=False),
        sa.Column("what", sa.String(length=300), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["installation_id"],
            ["installations.id"],
            name=op.f("fk_gestures_installation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("installation_id", "trigger_id", name=op.f("pk_gestures")),
    )
    op.create_index("ix_gestures_at", "gestures", ["installation_id", "at"], unique=False)

    op.create_table(
        "practice",
        sa.Column("installation_id", BIG_ID, nullable=False),
        sa.Column("member_id", sa.String(length=64), nullable=False),
        sa.Column("question", sa.String(length=120), nullable=False),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["installation_id"],
            ["installations.id"],
            name=op.f("fk_practice_installation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "installation_id", "member_id", "question", name=op.f("pk_practice")
        ),
    )
    op.create_table(
        "reveals",
        sa.Column("installation_id", BIG_ID, nullable=False),
        sa.Column("member_id", sa.String(length=64), nullable=False),
        sa.Column("question", sa.String(length=120), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["installation_id"],
            ["installations.id"],
            name=op.f("fk_reveals_installation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "installation_id", "member_id", "question", name=op.f("pk_reveals")
        ),
    )
    op.create_table(
        "schedules",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("installation_id", BIG_ID, nullable=False),
        sa.Column("channel_id", sa.String(length=64), nullable=False),
        sa.Column("owner_id", sa.String(length=64), nullable=False),
        sa.Column("at_minute", sa.Integer(), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("weekdays", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("stopped_reason", sa.String(length=64), nullable=True),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("next_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_local_date", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["installation_id"],
            ["installations.id"],
            name=op.f("fk_schedules_installation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedules")),
        sa.UniqueConstraint(
            "installation_id", "channel_id", name=op.f("uq_schedules_installation_id_channel_id")
        ),
    )
    op.create_index(
        "ix_schedules_due",
        "schedules",
        ["next_due_at", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'running'"),
        postgresql_where=sa.text("state = 'running'"),
    )

    op.create_table(
        "rounds",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("installation_id", BIG_ID, nullable=False),
        sa.Column("schedule_id", BIG_ID, nullable=False),
        sa.Column("channel_id", sa.String(length=64), nullable=False),
        sa.Column("question", sa.String(length=120), nullable=False),
        sa.Column("local_date", sa.Date(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("skipped_reason", sa.String(length=64), nullable=True),
        sa.Column("fence", sa.Integer(), server_default="0", nullable=False),
        sa.Column("attempted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "message_ts",
            sa.String(length=20).with_variant(sa.String(length=20, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "closed_ts",
            sa.String(length=20).with_variant(sa.String(length=20, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "voided_ts",
            sa.String(length=20).with_variant(sa.String(length=20, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("settled", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["installation_id"],
            ["installations.id"],
            name=op.f("fk_rounds_installation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["schedule_id"],
            ["schedules.id"],
            name=op.f("fk_rounds_schedule_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rounds")),
        sa.UniqueConstraint(
            "schedule_id", "local_date", name=op.f("uq_rounds_schedule_id_local_date")
        ),
    )
    op.create_index("ix_rounds_order", "rounds", ["schedule_id", "message_ts"], unique=False)
    op.create_index(
        "ix_rounds_pending",
        "rounds",
        ["retry_at", "id"],
        unique=False,
        sqlite_where=sa.text("state IN ('reserved', 'unknown')"),
        postgresql_where=sa.text("state IN ('reserved', 'unknown')"),
    )
    op.create_index(
        "ix_rounds_pending_channel",
        "rounds",
        ["channel_id"],
        unique=False,
        sqlite_where=sa.text("state IN ('reserved', 'unknown')"),
        postgresql_where=sa.text("state IN ('reserved', 'unknown')"),
    )
    op.create_index(
        "ix_rounds_question", "rounds", ["schedule_id", "question", "local_date"], unique=False
    )
    op.create_index("ix_rounds_thread", "rounds", ["channel_id", "message_ts"], unique=True)
    op.create_index(
        "ix_rounds_unsettled",
        "rounds",
        ["schedule_id", "message_ts"],
        unique=False,
        sqlite_where=sa.text("closed_ts IS NOT NULL AND NOT settled"),
        postgresql_where=sa.text("closed_ts IS NOT NULL AND NOT settled"),
    )

    op.create_table(
        "standings",
        sa.Column("schedule_id", BIG_ID, nullable=False),
        sa.Column("member_id", sa.String(length=64), nullable=False),
        sa.Column("installation_id", BIG_ID, nullable=False),
        sa.Column("streak", sa.Integer(), server_default="0", nullable=False),
        sa.Column("best", sa.Integer(), server_default="0", nullable=False),
        sa.Column("freezes", sa.Integer(), server_default="0", nullable=False),
        sa.Column("answered", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "base_ts",
            sa.String(length=20).with_variant(sa.String(length=20, collation="C"), "postgresql"),
            server_default="",
            nullable=False,
        ),
        sa.Column("base_streak", sa.Integer(), server_default="0", nullable=False),
        sa.Column("base_best", sa.Integer(), server_default="0", nullable=False),
        sa.Column("base_freezes", sa.Integer(), server_default="0", nullable=False),
        sa.Column("base_answered", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["installation_id"],
            ["installations.id"],
            name=op.f("fk_standings_installation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["schedule_id"],
            ["schedules.id"],
            name=op.f("fk_standings_schedule_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("schedule_id", "member_id", name=op.f("pk_standings")),
    )
    op.create_index(
        "ix_standings_board",
        "standings",
        [
            "schedule_id",
            sa.literal_column("streak DESC"),
            sa.literal_column("best DESC"),
            sa.literal_column("answered DESC"),
            "member_id",
        ],
        unique=False,
    )

    op.create_table(
        "answers",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("installation_id", BIG_ID, nullable=False),
        sa.Column("schedule_id", BIG_ID, nullable=True),
        sa.Column("round_id", BIG_ID, nullable=True),
        sa.Column("channel_id", sa.String(length=64), nullable=False),
        sa.Column(
            "thread_ts",
            sa.String(length=20).with_variant(sa.String(length=20, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "ts",
            sa.String(length=20).with_variant(sa.String(length=20, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("member_id", sa.String(length=64), nullable=False),
        sa.Column("words", sa.Integer(), nullable=False),
        sa.Column("has_file", sa.Boolean(), nullable=False),
        sa.Column(
            "edited_ts",
            sa.String(length=20).with_variant(sa.String(length=20, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("deleted", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("counted", sa.Boolean(), nullable=False),
        sa.Column("mark_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["installation_id"],
            ["installations.id"],
            name=op.f("fk_answers_installation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["rounds.id"], name=op.f("fk_answers_round_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["schedule_id"],
            ["schedules.id"],
            name=op.f("fk_answers_schedule_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answers")),
        sa.UniqueConstraint(
            "installation_id",
            "channel_id",
            "ts",
            name=op.f("uq_answers_installation_id_channel_id_ts"),
        ),
    )
    op.create_index(
        "ix_answers_member", "answers", ["schedule_id", "member_id", "thread_ts"], unique=False
    )
    op.create_index("ix_answers_round", "answers", ["round_id", "member_id"], unique=False)
    op.create_index(
        "ix_answers_mark",
        "answers",
        ["mark_at"],
        unique=False,
        sqlite_where=sa.text("mark_at IS NOT NULL"),
        postgresql_where=sa.text("mark_at IS NOT NULL"),
    )
    op.create_index(
        "ix_answers_waiting",
        "answers",
        ["channel_id", "thread_ts"],
        unique=False,
        sqlite_where=sa.text("round_id IS NULL"),
        postgresql_where=sa.text("round_id IS NULL"),
    )

    op.create_table(
        "cards",
        sa.Column("round_id", BIG_ID, nullable=False),
        sa.Column("installation_id", BIG_ID, nullable=False),
        sa.Column("shown", sa.Integer(), server_default="0", nullable=False),
        sa.Column("due", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["installation_id"],
            ["installations.id"],
            name=op.f("fk_cards_installation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["rounds.id"], name=op.f("fk_cards_round_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("round_id", name=op.f("pk_cards")),
    )
    op.create_index(
        "ix_cards_due",
        "cards",
        ["not_before"],
        unique=False,
        sqlite_where=sa.text("due"),
        postgresql_where=sa.text("due"),
    )


def downgrade() -> None:
    """Migrate down."""

    op.drop_table("cards")

    op.drop_table("answers")

    op.drop_table("standings")

    op.drop_table("rounds")

    op.drop_table("schedules")
    op.drop_table("reveals")
    op.drop_table("practice")
    op.drop_table("gestures")

    op.drop_table("away")
    op.drop_table("installations")
    op.drop_table("heartbeats")
