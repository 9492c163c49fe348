"""Fixtures: one server for the session, clients of it, and a store without a server."""

import pytest
from serving import Server
from things import Api, new_store


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    with Server(tmp_path_factory.mktemp("store")) as running:
        yield running


@pytest.fixture(scope="session")
def small(tmp_path_factory):
    """A server with small limits."""
    with Server(tmp_path_factory.mktemp("small"), "--JupyterFHE.blob_max=1048576", "--JupyterFHE.idle_seconds=1") as running:
        yield running


@pytest.fixture
def api(server):
    with Api(server) as client:
        yield client


@pytest.fixture
def store(tmp_path):
    made = new_store(tmp_path)
    yield made
    made.close()
