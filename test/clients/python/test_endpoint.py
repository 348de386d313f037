"""How the clients find the simulator, and how they notice that it is not there."""

import asyncio
import json
import os
from pathlib import Path

import dstack_sdk
import pytest

from support import setting

WRONG = json.loads(Path(setting("ENDPOINTS")).read_text())


def real(text):
    """With this simulator's addresses in place of the documented ones."""
    url, directory = setting("URL"), os.path.dirname(setting("SOCKET"))
    authority = url.removeprefix("http://")
    text = text.format(url=url, authority=authority, directory=directory)
    return text.replace("localhost:8090", authority).replace("/work", directory)


@pytest.mark.parametrize("name", ["URL", "SOCKET", "TAPPD_SOCKET"])
def test_environment(monkeypatch, name):
    monkeypatch.setenv("DSTACK_SIMULATOR_ENDPOINT", setting(name))
    monkeypatch.setenv("TAPPD_SIMULATOR_ENDPOINT", setting(name))
    told = dstack_sdk.DstackClient(timeout=60).info().app_id
    assert dstack_sdk.TappdClient(timeout=60).info().app_id == told
    assert asyncio.run(dstack_sdk.AsyncDstackClient(timeout=60).info()).app_id == told
    assert asyncio.run(dstack_sdk.AsyncTappdClient(timeout=60).info()).app_id == told


@pytest.mark.parametrize("row", WRONG, ids=lambda row: row["form"])
def test_wrong_environment(monkeypatch, row):
    monkeypatch.setenv("DSTACK_SIMULATOR_ENDPOINT", real(row["endpoint"]))
    with pytest.raises(Exception) as caught:
        dstack_sdk.DstackClient(timeout=60).info()
    assert real(row["python"]) in f"{type(caught.value).__name__}: {caught.value}"


def test_endpoint_with_a_slash():
    assert dstack_sdk.DstackClient(setting("URL") + "/", timeout=60).is_reachable()


def test_reachable(client):
    assert client.is_reachable() is True


def test_unreachable():
    assert dstack_sdk.DstackClient("http://127.0.0.1:1").is_reachable() is False
    with pytest.raises(FileNotFoundError):
        dstack_sdk.DstackClient(setting("SOCKET") + ".absent")


def test_used_within_a_running_loop(endpoint):
    """The sync client promises to work where a loop already runs."""
    async def main():
        return dstack_sdk.DstackClient(endpoint, timeout=60).get_key("a", "p").key

    assert len(asyncio.run(main())) == 64
