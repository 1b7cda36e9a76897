"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# SQLite's INTEGER has 64 bits; PostgreSQL's has 32.
WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

APPEND_ONLY = ("entries", "postings", "as_run_events")


def refuse_changes(table: str) -> None:
    """Let the database itself refuse to edit or delete what was appended."""
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_refuse_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        return
    op.execute(
        f"CREATE TRIGGER {table}_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def upgrade() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sqlite_strict=True,
    )
    op.create_index(
        "uq_accounts_station",
        "accounts",
        ["kind"],
        unique=True,
        sqlite_where=sa.text("kind NOT IN ('member', 'buyer')"),
        postgresql_where=sa.text("kind NOT IN ('member', 'buyer')"),
    )

    op.create_table(
        "as_run_events",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("channel", WHOLE, nullable=False),
        sa.Column("slot_number", WHOLE, nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("at", WHOLE, nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_as_run_events")),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_as_run_events_slot", "as_run_events", ["channel", "slot_number"], unique=False
    )

    op.create_table(
        "entries",
        sa.Column("id", WHOLE, autoincrement=False, nullable=False),
        sa.Column("at", WHOLE, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entries")),
        sa.UniqueConstraint("hash", name=op.f("uq_entries_hash")),
        sqlite_strict=True,
    )
    op.create_table(
        "grids",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("week", sa.Text(), nullable=False),
        sa.Column("version", WHOLE, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("certificate", sa.Text(), nullable=False),
        sa.Column("root_hash", sa.Text(), nullable=True),
        sa.Column("built_at", WHOLE, nullable=False),
        sa.Column("published_at", WHOLE, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grids")),
        sa.UniqueConstraint("week", "version", name=op.f("uq_grids_week_version")),
        sqlite_strict=True,
    )
    op.create_index(
        "uq_grids_published",
        "grids",
        ["week"],
        unique=True,
        sqlite_where=sa.text("state = 'published'"),
        postgresql_where=sa.text("state = 'published'"),
    )

    op.create_table(
        "jobs",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", WHOLE, nullable=False),
        sa.Column("promised_at", WHOLE, nullable=False),
        sa.Column("due_at", WHOLE, nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
        sqlite_strict=True,
    )
    op.create_index("ix_jobs_kind_subject", "jobs", ["kind", "subject"], unique=False)
    op.create_index("ix_jobs_state_due_at", "jobs", ["state", "due_at"], unique=False)

    op.create_table(
        "ledger_head",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("entry_id", WHOLE, nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_head")),
        sqlite_strict=True,
    )
    op.create_table(
        "masters",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("duration_ms", WHOLE, nullable=False),
        sa.Column("preview_sha256", sa.Text(), nullable=True),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("made_at", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_masters")),
        sqlite_strict=True,
    )
    op.create_table(
        "reserved_blocks",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("week", sa.Text(), nullable=False),
        sa.Column("channel", WHOLE, nullable=False),
        sa.Column("start", WHOLE, nullable=False),
        sa.Column("length", WHOLE, nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reserved_blocks")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_reserved_blocks_week"), "reserved_blocks", ["week"], unique=False)

    op.create_table(
        "people",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("account_id", WHOLE, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("operator", WHOLE, nullable=False),
        sa.Column("joined_at", WHOLE, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_people_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("account_id", name=op.f("uq_people_account_id")),
        sa.UniqueConstraint("email", name=op.f("uq_people_email")),
        sqlite_strict=True,
    )
    op.create_table(
        "rights",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("week", sa.Text(), nullable=False),
        sa.Column("number", WHOLE, nullable=False),
        sa.Column("origin_account_id", WHOLE, nullable=False),
        sa.Column("account_id", WHOLE, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_rights_account_id")),
        sa.ForeignKeyConstraint(
            ["origin_account_id"], ["accounts.id"], name=op.f("fk_rights_origin_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rights")),
        sa.UniqueConstraint("week", "number", name=op.f("uq_rights_week_number")),
        sqlite_strict=True,
    )
    op.create_index("ix_rights_account_id_week", "rights", ["account_id", "week"], unique=False)

    op.create_table(
        "letters",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("person_id", WHOLE, nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("written_at", WHOLE, nullable=False),
        sa.Column("sent_at", WHOLE, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_letters_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letters")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_letters_person_id"), "letters", ["person_id"], unique=False)

    op.create_table(
        "offers",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("right_id", WHOLE, nullable=False),
        sa.Column("giver_id", WHOLE, nullable=False),
        sa.Column("receiver_id", WHOLE, nullable=True),
        sa.Column("price_cents", WHOLE, nullable=True),
        sa.Column("currency", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("deadline", WHOLE, nullable=False),
        sa.Column("made_at", WHOLE, nullable=False),
        sa.Column("ended_at", WHOLE, nullable=True),
        sa.CheckConstraint(
            "(kind = 'sale') = (price_cents IS NOT NULL)", name=op.f("ck_offers_sale_has_price")
        ),
        sa.CheckConstraint("price_cents > 0", name=op.f("ck_offers_price_above_zero")),
        sa.ForeignKeyConstraint(["giver_id"], ["accounts.id"], name=op.f("fk_offers_giver_id")),
        sa.ForeignKeyConstraint(
            ["receiver_id"], ["accounts.id"], name=op.f("fk_offers_receiver_id")
        ),
        sa.ForeignKeyConstraint(["right_id"], ["rights.id"], name=op.f("fk_offers_right_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offers")),
        sqlite_strict=True,
    )
    op.create_index("ix_offers_giver_id", "offers", ["giver_id"], unique=False)
    op.create_index("ix_offers_receiver_id", "offers", ["receiver_id"], unique=False)
    op.create_index(
        "uq_offers_open_right",
        "offers",
        ["right_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('open', 'reserved')"),
        postgresql_where=sa.text("state IN ('open', 'reserved')"),
    )

    op.create_table(
        "postings",
        sa.Column("entry_id", WHOLE, nullable=False),
        sa.Column("right_id", WHOLE, nullable=False),
        sa.Column("account_id", WHOLE, nullable=False),
        sa.Column("amount", WHOLE, nullable=False),
        sa.CheckConstraint("amount IN (-1, 1)", name=op.f("ck_postings_one_right")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_postings_account_id")
        ),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_postings_entry_id")),
        sa.ForeignKeyConstraint(["right_id"], ["rights.id"], name=op.f("fk_postings_right_id")),
        sa.PrimaryKeyConstraint("entry_id", "right_id", "account_id", name=op.f("pk_postings")),
        sqlite_strict=True,
    )
    op.create_index("ix_postings_account_id", "postings", ["account_id"], unique=False)
    op.create_index("ix_postings_right_id", "postings", ["right_id"], unique=False)

    op.create_table(
        "recordings",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("right_id", WHOLE, nullable=False),
        sa.Column("account_id", WHOLE, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("adult", WHOLE, nullable=False),
        sa.Column("fade_out", WHOLE, nullable=False),
        sa.Column("permission", WHOLE, nullable=False),
        sa.Column("wishes", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("upload_sha256", sa.Text(), nullable=False),
        sa.Column("upload_bytes", WHOLE, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("codes", sa.Text(), nullable=False),
        sa.Column("sentences", sa.Text(), nullable=False),
        sa.Column("master_sha256", sa.Text(), nullable=True),
        sa.Column("received_at", WHOLE, nullable=False),
        sa.Column("checked_at", WHOLE, nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_recordings_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["master_sha256"], ["masters.sha256"], name=op.f("fk_recordings_master_sha256")
        ),
        sa.ForeignKeyConstraint(["right_id"], ["rights.id"], name=op.f("fk_recordings_right_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recordings")),
        sqlite_strict=True,
    )
    op.create_index("ix_recordings_account_id", "recordings", ["account_id"], unique=False)
    op.create_index("ix_recordings_right_id", "recordings", ["right_id"], unique=False)

    op.create_table(
        "sign_in_links",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("person_id", WHOLE, nullable=False),
        sa.Column("expires_at", WHOLE, nullable=False),
        sa.Column("used_at", WHOLE, nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_sign_in_links_person_id")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sign_in_links")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_sign_in_links_person_id"), "sign_in_links", ["person_id"], unique=False
    )

    op.create_table(
        "signed_in",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("person_id", WHOLE, nullable=False),
        sa.Column("since", WHOLE, nullable=False),
        sa.Column("expires_at", WHOLE, nullable=False),
        sa.Column("ended_at", WHOLE, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_signed_in_person_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_signed_in")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_signed_in_person_id"), "signed_in", ["person_id"], unique=False)

    op.create_table(
        "requests",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("right_id", WHOLE, nullable=False),
        sa.Column("account_id", WHOLE, nullable=False),
        sa.Column("week", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("adult", WHOLE, nullable=False),
        sa.Column("cause", sa.Text(), nullable=True),
        sa.Column("together", sa.Text(), nullable=True),
        sa.Column("recording_id", WHOLE, nullable=True),
        sa.Column("master_sha256", sa.Text(), nullable=True),
        sa.Column("wishes", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_at", WHOLE, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_requests_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["master_sha256"], ["masters.sha256"], name=op.f("fk_requests_master_sha256")
        ),
        sa.ForeignKeyConstraint(
            ["recording_id"], ["recordings.id"], name=op.f("fk_requests_recording_id")
        ),
        sa.ForeignKeyConstraint(["right_id"], ["rights.id"], name=op.f("fk_requests_right_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requests")),
        sqlite_strict=True,
    )
    op.create_index("ix_requests_week_state", "requests", ["week", "state"], unique=False)
    op.create_index(
        "uq_requests_open_right",
        "requests",
        ["right_id"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )

    op.create_table(
        "air_lines",
        sa.Column("channel", WHOLE, nullable=False),
        sa.Column("slot_number", WHOLE, nullable=False),
        sa.Column("week", sa.Text(), nullable=False),
        sa.Column("grid_id", WHOLE, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("request_id", WHOLE, nullable=True),
        sa.Column("master_sha256", sa.Text(), nullable=True),
        sa.Column("silence", WHOLE, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("speaker", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["grid_id"], ["grids.id"], name=op.f("fk_air_lines_grid_id")),
        sa.ForeignKeyConstraint(
            ["request_id"], ["requests.id"], name=op.f("fk_air_lines_request_id")
        ),
        sa.PrimaryKeyConstraint("channel", "slot_number", name=op.f("pk_air_lines")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_air_lines_week"), "air_lines", ["week"], unique=False)

    op.create_table(
        "bumps",
        sa.Column("grid_id", WHOLE, nullable=False),
        sa.Column("request_id", WHOLE, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["grid_id"], ["grids.id"], name=op.f("fk_bumps_grid_id")),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"], name=op.f("fk_bumps_request_id")),
        sa.PrimaryKeyConstraint("grid_id", "request_id", name=op.f("pk_bumps")),
        sqlite_strict=True,
    )
    op.create_table(
        "outcomes",
        sa.Column("channel", WHOLE, nullable=False),
        sa.Column("slot_number", WHOLE, nullable=False),
        sa.Column("week", sa.Text(), nullable=False),
        sa.Column("request_id", WHOLE, nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("start_error_ms", WHOLE, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_at", WHOLE, nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["requests.id"], name=op.f("fk_outcomes_request_id")
        ),
        sa.PrimaryKeyConstraint("channel", "slot_number", name=op.f("pk_outcomes")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_outcomes_week"), "outcomes", ["week"], unique=False)

    op.create_table(
        "form_posts",
        sa.Column("person_id", WHOLE, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("at", WHOLE, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_form_posts_person_id")),
        sa.PrimaryKeyConstraint("person_id", "key", name=op.f("pk_form_posts")),
        sqlite_strict=True,
    )
    op.create_table(
        "pins",
        sa.Column("request_id", WHOLE, nullable=False),
        sa.Column("channel", WHOLE, nullable=False),
        sa.Column("start", WHOLE, nullable=False),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"], name=op.f("fk_pins_request_id")),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_pins")),
        sqlite_strict=True,
    )
    op.create_table(
        "placements",
        sa.Column("grid_id", WHOLE, nullable=False),
        sa.Column("request_id", WHOLE, nullable=False),
        sa.Column("channel", WHOLE, nullable=False),
        sa.Column("start", WHOLE, nullable=False),
        sa.Column("worth", WHOLE, nullable=False),
        sa.ForeignKeyConstraint(["grid_id"], ["grids.id"], name=op.f("fk_placements_grid_id")),
        sa.ForeignKeyConstraint(
            ["request_id"], ["requests.id"], name=op.f("fk_placements_request_id")
        ),
        sa.PrimaryKeyConstraint("grid_id", "request_id", name=op.f("pk_placements")),
        sa.UniqueConstraint(
            "grid_id", "channel", "start", name=op.f("uq_placements_grid_id_channel_start")
        ),
        sqlite_strict=True,
    )

    if op.get_bind().dialect.name != "sqlite":
        op.execute(
            "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
        )
    for table in APPEND_ONLY:
        refuse_changes(table)
