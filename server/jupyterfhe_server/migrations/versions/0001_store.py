"""The first tables of the store."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    """Make all tables."""
    op.create_table(
        "doomed", sa.Column("sha256", sa.String(length=64), nullable=False), sa.PrimaryKeyConstraint("sha256", name="pk_doomed")
    )
    op.create_table(
        "workspaces",
        sa.Column("id", sa.String(length=63), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_workspaces"),
    )
    op.create_table(
        "blobs",
        sa.Column("workspace", sa.String(length=63), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("added", sa.BigInteger(), nullable=False),
        sa.Column("touched", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name="fk_blobs_workspace"),
        sa.PrimaryKeyConstraint("workspace", "sha256", name="pk_blobs"),
    )
    op.create_index("ix_blobs_sha256", "blobs", ["sha256"], unique=False)
    op.create_index("ix_blobs_touched", "blobs", ["touched"], unique=False)
    op.create_table(
        "datasets",
        sa.Column("serial", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("workspace", sa.String(length=63), nullable=False),
        sa.Column("name", sa.String(length=127), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("deleted", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name="fk_datasets_workspace"),
        sa.PrimaryKeyConstraint("serial", name="pk_datasets"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_datasets_name",
        "datasets",
        ["workspace", "name"],
        unique=True,
        sqlite_where=sa.text("deleted IS NULL"),
        postgresql_where=sa.text("deleted IS NULL"),
    )
    op.create_table(
        "devices",
        sa.Column("workspace", sa.String(length=63), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("user", sa.String(length=255), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("signing_key", sa.Text(), nullable=True),
        sa.Column("label", sa.Text(), nullable=True),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("revoked", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name="fk_devices_workspace"),
        sa.PrimaryKeyConstraint("workspace", "id", name="pk_devices"),
    )
    op.create_table(
        "epochs",
        sa.Column("workspace", sa.String(length=63), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("begun", sa.BigInteger(), nullable=False),
        sa.Column("ended", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name="fk_epochs_workspace"),
        sa.PrimaryKeyConstraint("workspace", "number", name="pk_epochs"),
    )
    op.create_table(
        "events",
        sa.Column("workspace", sa.String(length=63), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("time", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.String(length=255), nullable=False),
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column("object", sa.String(length=255), nullable=True),
        sa.Column("program", sa.String(length=64), nullable=True),
        sa.Column("key_id", sa.String(length=32), nullable=True),
        sa.Column("outcome", sa.String(length=32), nullable=False),
        sa.Column("leaf", sa.String(length=64), nullable=False),
        sa.Column("signature", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name="fk_events_workspace"),
        sa.PrimaryKeyConstraint("workspace", "id", name="pk_events"),
    )
    op.create_table(
        "grants",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("workspace", sa.String(length=63), nullable=False),
        sa.Column("user", sa.String(length=255), nullable=False),
        sa.Column("audience", sa.String(length=16), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("expires", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name="fk_grants_workspace"),
        sa.PrimaryKeyConstraint("hash", name="pk_grants"),
    )
    op.create_index("ix_grants_expires", "grants", ["expires"], unique=False)
    op.create_table(
        "members",
        sa.Column("workspace", sa.String(length=63), nullable=False),
        sa.Column("user", sa.String(length=255), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("added", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name="fk_members_workspace"),
        sa.PrimaryKeyConstraint("workspace", "user", name="pk_members"),
    )
    op.create_table(
        "trees",
        sa.Column("workspace", sa.String(length=63), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("files", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name="fk_trees_workspace"),
        sa.PrimaryKeyConstraint("workspace", "hash", name="pk_trees"),
    )
    op.create_table(
        "keys",
        sa.Column("workspace", sa.String(length=63), nullable=False),
        sa.Column("key_id", sa.String(length=32), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("tree", sa.String(length=64), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("updated", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["workspace", "tree"], ["trees.workspace", "trees.hash"], name="fk_keys_tree"),
        sa.PrimaryKeyConstraint("workspace", "key_id", name="pk_keys"),
    )
    op.create_table(
        "results",
        sa.Column("workspace", sa.String(length=63), nullable=False),
        sa.Column("memo", sa.String(length=64), nullable=False),
        sa.Column("tree", sa.String(length=64), nullable=False),
        sa.Column("key_id", sa.String(length=32), nullable=False),
        sa.Column("program", sa.String(length=64), nullable=True),
        sa.Column("inputs", sa.Text(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("used", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["workspace", "tree"], ["trees.workspace", "trees.hash"], name="fk_results_tree"),
        sa.PrimaryKeyConstraint("workspace", "memo", name="pk_results"),
    )
    op.create_index("ix_results_tree", "results", ["workspace", "tree"], unique=False)
    op.create_table(
        "snapshots",
        sa.Column("serial", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("workspace", sa.String(length=63), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("dataset", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("branch", sa.String(length=127), nullable=False),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("parent", sa.String(length=64), nullable=True),
        sa.Column("tree", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("key_id", sa.String(length=32), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("program", sa.String(length=64), nullable=True),
        sa.Column("inputs", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("actor", sa.String(length=255), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["dataset"], ["datasets.serial"], name="fk_snapshots_dataset"),
        sa.ForeignKeyConstraint(["workspace", "tree"], ["trees.workspace", "trees.hash"], name="fk_snapshots_tree"),
        sa.PrimaryKeyConstraint("serial", name="pk_snapshots"),
        sa.UniqueConstraint("workspace", "id", name="uq_snapshots_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_snapshots_dataset", "snapshots", ["dataset", "serial"], unique=False)
    op.create_index("ix_snapshots_tree", "snapshots", ["workspace", "tree"], unique=False)
    op.create_table(
        "tree_blobs",
        sa.Column("workspace", sa.String(length=63), nullable=False),
        sa.Column("tree", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["workspace", "sha256"], ["blobs.workspace", "blobs.sha256"], name="fk_tree_blobs_blob"),
        sa.ForeignKeyConstraint(["workspace", "tree"], ["trees.workspace", "trees.hash"], name="fk_tree_blobs_tree"),
        sa.PrimaryKeyConstraint("workspace", "tree", "sha256", name="pk_tree_blobs"),
    )
    op.create_index("ix_tree_blobs_blob", "tree_blobs", ["workspace", "sha256"], unique=False)
    op.create_table(
        "wraps",
        sa.Column("workspace", sa.String(length=63), nullable=False),
        sa.Column("key_id", sa.String(length=32), nullable=False),
        sa.Column("device", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("actor", sa.String(length=255), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["workspace", "device"], ["devices.workspace", "devices.id"], name="fk_wraps_device"),
        sa.PrimaryKeyConstraint("workspace", "key_id", "device", name="pk_wraps"),
    )
    op.create_table(
        "branches",
        sa.Column("dataset", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=127), nullable=False),
        sa.Column("workspace", sa.String(length=63), nullable=False),
        sa.Column("snapshot", sa.String(length=64), nullable=False),
        sa.Column("updated", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["dataset"], ["datasets.serial"], name="fk_branches_dataset"),
        sa.ForeignKeyConstraint(
            ["workspace", "snapshot"], ["snapshots.workspace", "snapshots.id"], name="fk_branches_snapshot"
        ),
        sa.PrimaryKeyConstraint("dataset", "name", name="pk_branches"),
    )
    op.create_table(
        "key_files",
        sa.Column("workspace", sa.String(length=63), nullable=False),
        sa.Column("key_id", sa.String(length=32), nullable=False),
        sa.Column("file", sa.String(length=127), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("galois_element", sa.BigInteger(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["workspace", "key_id"], ["keys.workspace", "keys.key_id"], name="fk_key_files_key"),
        sa.PrimaryKeyConstraint("workspace", "key_id", "file", name="pk_key_files"),
    )
    op.create_index(
        "ix_key_files_element",
        "key_files",
        ["workspace", "key_id", "galois_element"],
        unique=True,
        sqlite_where=sa.text("galois_element IS NOT NULL"),
        postgresql_where=sa.text("galois_element IS NOT NULL"),
    )
    op.create_table(
        "tags",
        sa.Column("dataset", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=127), nullable=False),
        sa.Column("workspace", sa.String(length=63), nullable=False),
        sa.Column("snapshot", sa.String(length=64), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["dataset"], ["datasets.serial"], name="fk_tags_dataset"),
        sa.ForeignKeyConstraint(["workspace", "snapshot"], ["snapshots.workspace", "snapshots.id"], name="fk_tags_snapshot"),
        sa.PrimaryKeyConstraint("dataset", "name", name="pk_tags"),
    )
