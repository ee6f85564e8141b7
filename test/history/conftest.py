import pytest

from store import Store


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    running = Store(tmp_path_factory.mktemp("store"))
    yield running
    running.stop()
