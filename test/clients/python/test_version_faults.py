"""Some calls ask for Version first, and take any failure of that for an old OS."""

import pytest


@pytest.mark.parametrize("how", [{"status": 503}, {"drop": True}, {"cut": True}], ids=str)
def test_a_failing_version_is_told_as_an_old_os(client, set_fault, how):
    set_fault("Version", **how)
    with pytest.raises(RuntimeError, match="OS version too old"):
        client.get_key("a", algorithm="ed25519")
    with pytest.raises(RuntimeError, match="OS version too old"):
        client.get_tls_key("a", not_after=5_000_000_000)
    assert client.get_key("a").key  # asks for no Version first
