"""get_tls_key's arguments for validity and app info."""

import time

from support import APP_INFO, certificates, extension

DAY = 86400


def test_validity(client):
    start = int(time.time()) - 5 * DAY
    for not_before, not_after in ((start, start + 9 * DAY), (0, 1), (start, 4102444800)):
        leaf, _ = certificates(client.get_tls_key("s", not_before=not_before, not_after=not_after))
        assert leaf.not_valid_before_utc.timestamp() == not_before
        assert leaf.not_valid_after_utc.timestamp() == not_after


def test_app_info(client):
    leaf, _ = certificates(client.get_tls_key("s", with_app_info=True))
    info = extension(leaf, APP_INFO)
    assert info[0] == 0x99
    told = client.info()
    for field in (told.app_id, told.compose_hash, told.instance_id, told.device_id, told.os_image_hash):
        assert bytes.fromhex(field) in info
    plain, _ = certificates(client.get_tls_key("s", with_app_info=False))
    assert extension(plain, APP_INFO) is None
