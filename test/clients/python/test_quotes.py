"""get_quote: report data, the event log, and what is refused."""

import json

import pytest

from support import assert_replays, error_of, quote_report_data

REPORT_DATA = [b"x", "größer als 世界".encode(), b"\x00" * 63 + b"\x01", b"\xff" * 64]


@pytest.mark.parametrize("data", REPORT_DATA, ids=len)
def test_report_data_is_in_the_quote(client, data):
    got = client.get_quote(data)
    padded = data.ljust(64, b"\0")
    assert quote_report_data(got.decode_quote()) == padded
    assert got.report_data == padded.hex()
    assert_replays(got)


def test_text_is_taken_as_utf8(client):
    assert client.get_quote("größer") == client.get_quote("größer".encode())


def test_quotes_are_repeatable(client):
    assert client.get_quote(b"same") == client.get_quote(b"same")
    assert client.get_quote(b"same").quote != client.get_quote(b"other").quote


def test_sdk_refuses_what_it_refuses_anywhere(client):
    for data in (b"", "", b"\0" * 65):
        with pytest.raises(ValueError):
            client.get_quote(data)


def test_empty_report_data(client):
    for body in ({}, {"report_data": ""}):
        response = client.raw("GetQuote", body)
        assert response.status_code == 200
        assert response.json()["report_data"] == "00" * 64


def test_hex_is_read_in_either_case_and_with_a_prefix(client):
    expected = client.raw("GetQuote", {"report_data": "abcd"}).json()
    for same in ("ABCD", "0xabcd", "0xAbCd"):
        assert client.raw("GetQuote", {"report_data": same}).json() == expected


@pytest.mark.parametrize("length", [65, 1000, 100_000])
def test_long_report_data(client, length):
    assert "Report data is too long" in error_of(client.raw("GetQuote", {"report_data": "00" * length}))


@pytest.mark.parametrize("value", ["0", "zz", "größer", None, 7, [], {}, True])
def test_report_data_that_is_no_hex(client, value):
    assert "report_data" in error_of(client.raw("GetQuote", {"report_data": value}))


def test_vm_config_names_the_image(client):
    config = json.loads(client.get_quote(b"config").vm_config)
    assert config["os_image_hash"] == client.info().os_image_hash


def test_answers_are_ascii(client, named, tappd):
    """A client that counts characters must not wait for bytes."""
    prefix = {"report_data": "00", "prefix": "größer"}
    answers = [client.raw("Info", {}), named.raw("Info", {}), tappd.raw("TdxQuote", prefix),
               client.raw("GetTlsKey", {"alt_names": ["größer"]}), client.raw("Größe", {})]
    assert all(answer.content.isascii() for answer in answers)
