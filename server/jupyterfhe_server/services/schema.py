"""Tables of the store. Times are milliseconds by the database's clock; JSON columns hold canonical text.

Migrations make the tables (migrations/versions); a test compares them with this page. Members, epochs, devices and wraps are
laid out for sharing: with one person there is one workspace, one epoch, and nobody in `members`.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData()
_HASH, _NAME, _ID = String(64), String(127), String(63)
_SERIAL = BigInteger().with_variant(Integer, "sqlite")


def _workspace():
    return Column("workspace", _ID, nullable=False)


def _in_workspace(name):
    return ForeignKeyConstraint(["workspace"], ["workspaces.id"], name=f"fk_{name}_workspace")


workspaces = Table(
    "workspaces", metadata,
    Column("id", _ID, nullable=False),
    Column("name", Text, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("created", BigInteger, nullable=False),
    PrimaryKeyConstraint("id", name="pk_workspaces"))

members = Table(
    "members", metadata, _workspace(),
    Column("user", String(255), nullable=False),
    Column("role", String(16), nullable=False),
    Column("added", BigInteger, nullable=False),
    PrimaryKeyConstraint("workspace", "user", name="pk_members"), _in_workspace("members"))

epochs = Table(
    "epochs", metadata, _workspace(),
    Column("number", Integer, nullable=False),
    Column("begun", BigInteger, nullable=False),
    Column("ended", BigInteger),
    PrimaryKeyConstraint("workspace", "number", name="pk_epochs"), _in_workspace("epochs"))

blobs = Table(
    "blobs", metadata, _workspace(),
    Column("sha256", _HASH, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("added", BigInteger, nullable=False),
    Column("touched", BigInteger, nullable=False),
    PrimaryKeyConstraint("workspace", "sha256", name="pk_blobs"), _in_workspace("blobs"),
    Index("ix_blobs_sha256", "sha256"), Index("ix_blobs_touched", "touched"))

# Files of which no workspace knows any more; the next sweep unlinks them under the write lock.
doomed = Table(
    "doomed", metadata,
    Column("sha256", _HASH, nullable=False),
    PrimaryKeyConstraint("sha256", name="pk_doomed"))

trees = Table(
    "trees", metadata, _workspace(),
    Column("hash", _HASH, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("files", Integer, nullable=False),
    PrimaryKeyConstraint("workspace", "hash", name="pk_trees"), _in_workspace("trees"))

tree_blobs = Table(
    "tree_blobs", metadata, _workspace(),
    Column("tree", _HASH, nullable=False),
    Column("sha256", _HASH, nullable=False),
    PrimaryKeyConstraint("workspace", "tree", "sha256", name="pk_tree_blobs"),
    ForeignKeyConstraint(["workspace", "tree"], ["trees.workspace", "trees.hash"], name="fk_tree_blobs_tree"),
    ForeignKeyConstraint(["workspace", "sha256"], ["blobs.workspace", "blobs.sha256"], name="fk_tree_blobs_blob"),
    Index("ix_tree_blobs_blob", "workspace", "sha256"))

datasets = Table(
    "datasets", metadata,
    Column("serial", _SERIAL, nullable=False, autoincrement=True),
    _workspace(),
    Column("name", _NAME, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("deleted", BigInteger),
    PrimaryKeyConstraint("serial", name="pk_datasets"), _in_workspace("datasets"),
    # a name is free again once its dataset has a tombstone
    Index("ix_datasets_name", "workspace", "name", unique=True,
          sqlite_where=text("deleted IS NULL"), postgresql_where=text("deleted IS NULL")),
    sqlite_autoincrement=True)

snapshots = Table(
    "snapshots", metadata,
    Column("serial", _SERIAL, nullable=False, autoincrement=True),
    _workspace(),
    Column("id", _HASH, nullable=False),
    Column("dataset", _SERIAL, nullable=False),
    Column("branch", _NAME, nullable=False),
    Column("action", String(16), nullable=False),
    Column("parent", _HASH),
    Column("tree", _HASH, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("summary", Text, nullable=False),
    Column("key_id", String(32), nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("program", _HASH),
    Column("inputs", Text, nullable=False),
    Column("note", Text),
    Column("actor", String(255), nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("signature", Text),  # the client's, of its statement: protocol/lineage.md, laid out
    PrimaryKeyConstraint("serial", name="pk_snapshots"),
    UniqueConstraint("workspace", "id", name="uq_snapshots_id"),
    ForeignKeyConstraint(["dataset"], ["datasets.serial"], name="fk_snapshots_dataset"),
    ForeignKeyConstraint(["workspace", "tree"], ["trees.workspace", "trees.hash"], name="fk_snapshots_tree"),
    Index("ix_snapshots_dataset", "dataset", "serial"), Index("ix_snapshots_tree", "workspace", "tree"),
    sqlite_autoincrement=True)

branches = Table(
    "branches", metadata,
    Column("dataset", _SERIAL, nullable=False),
    Column("name", _NAME, nullable=False),
    _workspace(),
    Column("snapshot", _HASH, nullable=False),
    Column("updated", BigInteger, nullable=False),
    PrimaryKeyConstraint("dataset", "name", name="pk_branches"),
    ForeignKeyConstraint(["dataset"], ["datasets.serial"], name="fk_branches_dataset"),
    ForeignKeyConstraint(["workspace", "snapshot"], ["snapshots.workspace", "snapshots.id"], name="fk_branches_snapshot"))

tags = Table(
    "tags", metadata,
    Column("dataset", _SERIAL, nullable=False),
    Column("name", _NAME, nullable=False),
    _workspace(),
    Column("snapshot", _HASH, nullable=False),
    Column("created", BigInteger, nullable=False),
    PrimaryKeyConstraint("dataset", "name", name="pk_tags"),
    ForeignKeyConstraint(["dataset"], ["datasets.serial"], name="fk_tags_dataset"),
    ForeignKeyConstraint(["workspace", "snapshot"], ["snapshots.workspace", "snapshots.id"], name="fk_tags_snapshot"))

keys = Table(
    "keys", metadata, _workspace(),
    Column("key_id", String(32), nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("tree", _HASH, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("updated", BigInteger, nullable=False),
    PrimaryKeyConstraint("workspace", "key_id", name="pk_keys"),
    ForeignKeyConstraint(["workspace", "tree"], ["trees.workspace", "trees.hash"], name="fk_keys_tree"))

key_files = Table(
    "key_files", metadata, _workspace(),
    Column("key_id", String(32), nullable=False),
    Column("file", _NAME, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("galois_element", BigInteger),
    Column("sha256", _HASH, nullable=False),
    Column("size", BigInteger, nullable=False),
    PrimaryKeyConstraint("workspace", "key_id", "file", name="pk_key_files"),
    ForeignKeyConstraint(["workspace", "key_id"], ["keys.workspace", "keys.key_id"], name="fk_key_files_key"),
    Index("ix_key_files_element", "workspace", "key_id", "galois_element", unique=True,
          sqlite_where=text("galois_element IS NOT NULL"), postgresql_where=text("galois_element IS NOT NULL")))

devices = Table(
    "devices", metadata, _workspace(),
    Column("id", _HASH, nullable=False),
    Column("user", String(255), nullable=False),
    Column("public_key", Text, nullable=False),
    Column("signing_key", Text),
    Column("label", Text),
    Column("created", BigInteger, nullable=False),
    Column("revoked", BigInteger),
    PrimaryKeyConstraint("workspace", "id", name="pk_devices"), _in_workspace("devices"))

wraps = Table(
    "wraps", metadata, _workspace(),
    Column("key_id", String(32), nullable=False),
    Column("device", _HASH, nullable=False),
    Column("sealed", Text, nullable=False),
    Column("actor", String(255), nullable=False),
    Column("created", BigInteger, nullable=False),
    PrimaryKeyConstraint("workspace", "key_id", "device", name="pk_wraps"),
    ForeignKeyConstraint(["workspace", "device"], ["devices.workspace", "devices.id"], name="fk_wraps_device"))

results = Table(
    "results", metadata, _workspace(),
    Column("memo", _HASH, nullable=False),
    Column("tree", _HASH, nullable=False),
    Column("key_id", String(32), nullable=False),
    Column("program", _HASH),
    Column("inputs", Text, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("used", BigInteger, nullable=False),
    PrimaryKeyConstraint("workspace", "memo", name="pk_results"),
    ForeignKeyConstraint(["workspace", "tree"], ["trees.workspace", "trees.hash"], name="fk_results_tree"),
    Index("ix_results_tree", "workspace", "tree"))

grants = Table(
    "grants", metadata,
    Column("hash", _HASH, nullable=False),
    _workspace(),
    Column("user", String(255), nullable=False),
    Column("audience", String(16), nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("expires", BigInteger, nullable=False),
    PrimaryKeyConstraint("hash", name="pk_grants"), _in_workspace("grants"), Index("ix_grants_expires", "expires"))

events = Table(
    "events", metadata, _workspace(),
    Column("id", BigInteger, nullable=False),
    Column("time", BigInteger, nullable=False),
    Column("actor", String(255), nullable=False),
    Column("action", String(32), nullable=False),
    Column("object", String(255)),
    Column("program", _HASH),
    Column("key_id", String(32)),
    Column("outcome", String(32), nullable=False),
    Column("leaf", _HASH, nullable=False),
    Column("signature", Text),  # of the device that acted: protocol/lineage.md, laid out
    PrimaryKeyConstraint("workspace", "id", name="pk_events"), _in_workspace("events"))
