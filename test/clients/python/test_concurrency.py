"""One async client with much in flight at once."""

import asyncio

import dstack_sdk

from support import assert_replays, quote_report_data


def run(endpoint, work):
    async def main():
        async with dstack_sdk.AsyncDstackClient(endpoint, timeout=60) as client:
            return await work(client)

    return asyncio.run(main())


def test_keys_at_once(endpoint):
    async def work(client):
        paths = [f"key/{i}" for i in range(50)]
        at_once = await asyncio.gather(*(client.get_key(path) for path in paths))
        one_by_one = [await client.get_key(path) for path in paths]
        return at_once, one_by_one

    at_once, one_by_one = run(endpoint, work)
    assert at_once == one_by_one
    assert len({got.key for got in at_once}) == 50


def test_quotes_at_once(endpoint):
    async def work(client):
        return await asyncio.gather(*(client.get_quote(bytes([i + 1])) for i in range(20)))

    for i, got in enumerate(run(endpoint, work)):
        assert quote_report_data(got.decode_quote())[0] == i + 1
        assert_replays(got)


def test_events_and_quotes_at_once(endpoint):
    async def work(client):
        before = (await client.get_quote(b"x")).decode_event_log()
        calls = []
        for i in range(20):
            calls.append(client.emit_event(f"at-once-{i}", bytes([i])))
            calls.append(client.get_quote(b"meanwhile"))
            calls.append(client.info())
        answers = await asyncio.gather(*calls)
        return before, answers[1::3], await client.get_quote(b"x")

    before, meanwhile, after = run(endpoint, work)
    for got in [*meanwhile, after]:
        assert_replays(got)
    log = after.decode_event_log()
    assert log[:len(before)] == before
    assert sorted(e.event for e in log[len(before):]) == sorted(f"at-once-{i}" for i in range(20))


def test_many_clients(endpoint):
    async def one(i):
        async with dstack_sdk.AsyncDstackClient(endpoint, timeout=60) as client:
            first, again = await client.get_tls_key(f"client {i}"), await client.get_key("shared")
            return first.key, again.key

    async def main():
        return await asyncio.gather(*(one(i) for i in range(60)))

    got = asyncio.run(main())
    assert len({tls for tls, _ in got}) == 60
    assert len({key for _, key in got}) == 1
