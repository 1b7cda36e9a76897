"""The market and membership."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# SQLite's INTEGER has 64 bits; PostgreSQL's has 32.
WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STRICT = {"sqlite_strict": True}


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


def open_voided_account() -> None:
    """Give a station that is open already the account that newer ones begin with."""
    op.execute(
        "INSERT INTO accounts (kind) SELECT 'voided' WHERE EXISTS "
        "(SELECT 1 FROM accounts WHERE kind = 'issuance')"
    )


def begin_the_chain() -> None:
    """Give the ledger its head from the start, so that its first two entries can't race."""
    head = sa.text(
        "INSERT INTO ledger_head (id, entry_id, hash) SELECT 1, 0, :hash "
        "WHERE NOT EXISTS (SELECT 1 FROM ledger_head)"
    )
    op.execute(head.bindparams(hash="0" * 64))


def begin_memberships() -> None:
    """Whoever was issued rights before is a member for the weeks of those rights."""
    op.execute(
        "INSERT INTO memberships (person_id, first_week, last_week, state, began_at) "
        "SELECT people.id, MIN(rights.week), MAX(rights.week), 'active', people.joined_at "
        "FROM people JOIN rights ON rights.origin_account_id = people.account_id "
        "GROUP BY people.id, people.joined_at"
    )


def book_settled_sales() -> None:
    """Write what members said they paid each other into the money's own book."""
    op.execute(
        "INSERT INTO money_entries "
        "(at, kind, account_id, other_account_id, cents, vat_cents, currency, reference) "
        "SELECT ended_at, 'sale', receiver_id, giver_id, price_cents, 0, currency, "
        "'MWEYA-' || id FROM offers WHERE kind = 'sale' AND state = 'accepted' ORDER BY id"
    )


def let_offers_hold_many_rights() -> None:
    """Move each offer's one right into a table of its own."""
    # Read first: SQLite makes the table anew, which nothing may refer to meanwhile.
    offered = op.get_bind().execute(
        sa.text("SELECT id, right_id, state IN ('open', 'reserved') FROM offers")
    )
    rows = [
        {"offer_id": offer_id, "right_id": right_id, "in_escrow": int(in_escrow)}
        for offer_id, right_id, in_escrow in offered
    ]
    op.drop_index("uq_offers_open_right", table_name="offers")
    with op.batch_alter_table("offers", table_kwargs=STRICT) as offers:
        offers.add_column(sa.Column("friend", sa.Text(), nullable=False, server_default=""))
        offers.add_column(sa.Column("link_hash", sa.Text(), nullable=True))
        offers.add_column(sa.Column("dispute", sa.Text(), nullable=False, server_default=""))
        offers.drop_constraint("fk_offers_right_id", type_="foreignkey")
        offers.drop_column("right_id")
    op.create_index("ix_offers_state_deadline", "offers", ["state", "deadline"], unique=False)
    op.create_index("uq_offers_link_hash", "offers", ["link_hash"], unique=True)
    table = op.create_table(
        "offered_rights",
        sa.Column("offer_id", WHOLE, nullable=False),
        sa.Column("right_id", WHOLE, nullable=False),
        sa.Column("in_escrow", WHOLE, nullable=False),
        sa.ForeignKeyConstraint(
            ["offer_id"], ["offers.id"], name=op.f("fk_offered_rights_offer_id")
        ),
        sa.ForeignKeyConstraint(
            ["right_id"], ["rights.id"], name=op.f("fk_offered_rights_right_id")
        ),
        sa.PrimaryKeyConstraint("offer_id", "right_id", name=op.f("pk_offered_rights")),
        sqlite_strict=True,
    )
    op.create_index("ix_offered_rights_right_id", "offered_rights", ["right_id"], unique=False)
    op.create_index(
        "uq_offered_rights_in_escrow",
        "offered_rights",
        ["right_id"],
        unique=True,
        sqlite_where=sa.text("in_escrow = 1"),
        postgresql_where=sa.text("in_escrow = 1"),
    )
    if rows:
        op.bulk_insert(table, rows)


def upgrade() -> None:
    op.create_table(
        "money_entries",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("at", WHOLE, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("account_id", WHOLE, nullable=False),
        sa.Column("other_account_id", WHOLE, nullable=True),
        sa.Column("cents", WHOLE, nullable=False),
        sa.Column("vat_cents", WHOLE, nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'sale') = (other_account_id IS NOT NULL)",
            name=op.f("ck_money_entries_sale_has_two"),
        ),
        sa.CheckConstraint("cents > 0", name=op.f("ck_money_entries_above_zero")),
        sa.CheckConstraint(
            "vat_cents >= 0 AND vat_cents < cents", name=op.f("ck_money_entries_vat_is_a_part")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_money_entries_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["other_account_id"], ["accounts.id"], name=op.f("fk_money_entries_other_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_money_entries")),
        sqlite_strict=True,
    )
    op.create_index("ix_money_entries_account_id", "money_entries", ["account_id"], unique=False)
    op.create_index("ix_money_entries_reference", "money_entries", ["reference"], unique=False)

    op.create_table(
        "causes",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("proposer_id", WHOLE, nullable=True),
        sa.Column("at", WHOLE, nullable=False),
        sa.ForeignKeyConstraint(["proposer_id"], ["people.id"], name=op.f("fk_causes_proposer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_causes")),
        sa.UniqueConstraint("words", name=op.f("uq_causes_words")),
        sqlite_strict=True,
    )
    op.create_table(
        "invitations",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("inviter_id", WHOLE, nullable=False),
        sa.Column("most_uses", WHOLE, nullable=False),
        sa.Column("uses", WHOLE, nullable=False),
        sa.Column("made_at", WHOLE, nullable=False),
        sa.Column("expires_at", WHOLE, nullable=False),
        sa.Column("ended_at", WHOLE, nullable=True),
        sa.CheckConstraint(
            "uses >= 0 AND uses <= most_uses", name=op.f("ck_invitations_uses_within_cap")
        ),
        sa.ForeignKeyConstraint(
            ["inviter_id"], ["people.id"], name=op.f("fk_invitations_inviter_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitations_token_hash")),
        sqlite_strict=True,
    )
    op.create_index("ix_invitations_inviter_id", "invitations", ["inviter_id"], unique=False)

    op.create_table(
        "invoices",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("person_id", WHOLE, nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("cents", WHOLE, nullable=False),
        sa.Column("vat_percent_hundredths", WHOLE, nullable=False),
        sa.Column("vat_cents", WHOLE, nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("made_at", WHOLE, nullable=False),
        sa.Column("due_at", WHOLE, nullable=False),
        sa.Column("paid_at", WHOLE, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_invoices_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoices")),
        sa.UniqueConstraint("reference", name=op.f("uq_invoices_reference")),
        sqlite_strict=True,
    )
    op.create_index("ix_invoices_person_id", "invoices", ["person_id"], unique=False)
    op.create_index("ix_invoices_state_due_at", "invoices", ["state", "due_at"], unique=False)

    op.create_table(
        "makegoods",
        sa.Column("right_id", WHOLE, nullable=False),
        sa.Column("for_right_id", WHOLE, nullable=False),
        sa.Column("least_worth", WHOLE, nullable=False),
        sa.Column("last_week", sa.Text(), nullable=False),
        sa.Column("made_at", WHOLE, nullable=False),
        sa.ForeignKeyConstraint(
            ["for_right_id"], ["rights.id"], name=op.f("fk_makegoods_for_right_id")
        ),
        sa.ForeignKeyConstraint(["right_id"], ["rights.id"], name=op.f("fk_makegoods_right_id")),
        sa.PrimaryKeyConstraint("right_id", name=op.f("pk_makegoods")),
        sa.UniqueConstraint("for_right_id", name=op.f("uq_makegoods_for_right_id")),
        sqlite_strict=True,
    )
    op.create_table(
        "applications",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("person_id", WHOLE, nullable=False),
        sa.Column("introduction", sa.Text(), nullable=False),
        sa.Column("invitation_id", WHOLE, nullable=True),
        sa.Column("invoice_id", WHOLE, nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("applied_at", WHOLE, nullable=False),
        sa.Column("ended_at", WHOLE, nullable=True),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitations.id"], name=op.f("fk_applications_invitation_id")
        ),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["invoices.id"], name=op.f("fk_applications_invoice_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_applications_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_applications")),
        sqlite_strict=True,
    )
    op.create_index("ix_applications_state", "applications", ["state", "id"], unique=False)
    op.create_index(
        "uq_applications_open_person",
        "applications",
        ["person_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('unproven', 'waiting', 'payable')"),
        postgresql_where=sa.text("state IN ('unproven', 'waiting', 'payable')"),
    )

    op.create_table(
        "bank_lines",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("cents", WHOLE, nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("finding", sa.Text(), nullable=False),
        sa.Column("invoice_id", WHOLE, nullable=True),
        sa.Column("imported_at", WHOLE, nullable=False),
        sa.Column("settled_at", WHOLE, nullable=True),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["invoices.id"], name=op.f("fk_bank_lines_invoice_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_lines")),
        sa.UniqueConstraint("digest", name=op.f("uq_bank_lines_digest")),
        sqlite_strict=True,
    )
    op.create_index("ix_bank_lines_finding", "bank_lines", ["finding"], unique=False)

    op.create_table(
        "memberships",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("person_id", WHOLE, nullable=False),
        sa.Column("first_week", sa.Text(), nullable=False),
        sa.Column("last_week", sa.Text(), nullable=False),
        sa.Column("invoice_id", WHOLE, nullable=True),
        sa.Column("renewal_invoice_id", WHOLE, nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("began_at", WHOLE, nullable=False),
        sa.Column("ended_at", WHOLE, nullable=True),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["invoices.id"], name=op.f("fk_memberships_invoice_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_memberships_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["renewal_invoice_id"], ["invoices.id"], name=op.f("fk_memberships_renewal_invoice_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memberships")),
        sa.UniqueConstraint(
            "person_id",
            "first_week",
            "began_at",
            name=op.f("uq_memberships_person_id_first_week_began_at"),
        ),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_memberships_state_last_week", "memberships", ["state", "last_week"], unique=False
    )
    op.create_index(
        "uq_memberships_active_person",
        "memberships",
        ["person_id"],
        unique=True,
        sqlite_where=sa.text("state = 'active'"),
        postgresql_where=sa.text("state = 'active'"),
    )

    op.create_table(
        "standing_choices",
        sa.Column("account_id", WHOLE, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=True),
        sa.Column("recording_id", WHOLE, nullable=True),
        sa.Column("chosen_at", WHOLE, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_standing_choices_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["recording_id"], ["recordings.id"], name=op.f("fk_standing_choices_recording_id")
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_standing_choices")),
        sqlite_strict=True,
    )
    op.create_table(
        "swaps",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("week", sa.Text(), nullable=False),
        sa.Column("grid_id", WHOLE, nullable=False),
        sa.Column("request_id", WHOLE, nullable=False),
        sa.Column("wanted_request_id", WHOLE, nullable=False),
        sa.Column("asker_id", WHOLE, nullable=False),
        sa.Column("asked_id", WHOLE, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("made_at", WHOLE, nullable=False),
        sa.Column("deadline", WHOLE, nullable=False),
        sa.Column("ended_at", WHOLE, nullable=True),
        sa.ForeignKeyConstraint(["asked_id"], ["accounts.id"], name=op.f("fk_swaps_asked_id")),
        sa.ForeignKeyConstraint(["asker_id"], ["accounts.id"], name=op.f("fk_swaps_asker_id")),
        sa.ForeignKeyConstraint(["grid_id"], ["grids.id"], name=op.f("fk_swaps_grid_id")),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"], name=op.f("fk_swaps_request_id")),
        sa.ForeignKeyConstraint(
            ["wanted_request_id"], ["requests.id"], name=op.f("fk_swaps_wanted_request_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_swaps")),
        sqlite_strict=True,
    )
    op.create_index("ix_swaps_asked_id", "swaps", ["asked_id"], unique=False)
    op.create_index("ix_swaps_asker_id", "swaps", ["asker_id"], unique=False)
    op.add_column("recordings", sa.Column("trade", sa.Text(), nullable=True))
    op.add_column("requests", sa.Column("trade", sa.Text(), nullable=True))
    with op.batch_alter_table("form_posts") as posts:
        posts.add_column(sa.Column("body_hash", sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table("letters", table_kwargs=STRICT) as letters:
        letters.add_column(sa.Column("to_name", sa.Text(), nullable=False, server_default=""))
        letters.add_column(sa.Column("to_email", sa.Text(), nullable=False, server_default=""))
        letters.alter_column("person_id", existing_type=WHOLE, nullable=True)
    let_offers_hold_many_rights()
    book_settled_sales()
    refuse_changes("money_entries")
    begin_the_chain()
    open_voided_account()
    begin_memberships()
