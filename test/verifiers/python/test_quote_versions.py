"""Quotes of version 5, with a TD report of TDX 1.0 or 1.5: dcap-qvl reads and accepts them, and all that
carries a quote carries them."""

import json
import time

import dcap_qvl
import pytest
from cryptography import x509

from attestations import read_msgpack
from scale import read_scale
from support import ATTESTATION, QUOTE, changed, extension, registers, replay, report_data, td_report
from test_ratls import appraise, identity

HEAD = 54
REPORT_BYTES = {"5": 584, "5-td15": 648}


@pytest.fixture(params=REPORT_BYTES)
def version(request, changing):
    assert changing.call("Simulator.SetPlatform", quote_version=request.param)["quote_version"] == request.param
    return request.param


def test_dcap_qvl_reads_it(changing, version):
    quote = changing.quote(b"\x12\x34")["quote"]
    parsed = dcap_qvl.parse_quote(quote)
    assert parsed.is_tdx() and parsed.header.version == 5
    assert parsed.report.report_data == report_data(quote) == b"\x12\x34".ljust(64, b"\0")
    assert [getattr(parsed.report, f"rt_mr{i}") for i in range(4)] == registers(quote)
    assert (type(parsed.report) is dcap_qvl.TdReport15) == (version == "5-td15")
    if version == "5-td15":
        assert parsed.report.tee_tcb_svn2 == parsed.report.tee_tcb_svn
        assert parsed.report.mr_service_td == bytes(48)


def test_its_report_is_that_of_version_4(changing, version):
    quote = changing.quote()["quote"]
    changing.call("Simulator.SetPlatform")
    assert td_report(quote)[:584] == td_report(changing.quote()["quote"])[:584]


def test_changed_quote_is_refused(changing, version):
    quote = changing.quote()["quote"]
    collateral, root, now = changing.collateral(quote), changing.root(), int(time.time())
    end = HEAD + REPORT_BYTES[version]
    parts = {"version": 0, "body type": 48, "body size": 50, "TEE_TCB_SVN": HEAD, "RTMR3": HEAD + 472,
             "report data": HEAD + 520, "end of the report": end - 1, "signature": end + 4, "key": end + 68}
    assert dcap_qvl.verify_with_root_ca(quote, collateral, root, now).status == "UpToDate"
    for part, at in parts.items():
        with pytest.raises(ValueError):
            dcap_qvl.verify_with_root_ca(changed(quote, at), collateral, root, now)
            print(f"accepted with another {part}")


def test_own_verifier_accepts_every_form(changing, version):
    got = changing.call("DstackGuest.GetQuote", report_data="1234")
    scale = changing.call("DstackGuest.Attest", report_data="1234")["attestation"]
    quote = bytes.fromhex(got["quote"])
    assert read_msgpack(bytes.fromhex(got["attestation"]))["quote"] == quote
    assert read_scale(bytes.fromhex(scale))["quote"] == quote
    for form in (got, {"attestation": got["attestation"]}, {"attestation": scale}):
        answer = changing.post("/verify", form)
        assert answer["is_valid"] is True, answer
        assert answer["details"]["report_data"] == "1234".ljust(128, "0")


def test_certificates_carry_it(changing, version):
    answer = changing.call("DstackGuest.GetTlsKey", subject="app", usage_ra_tls=True)
    leaf = x509.load_pem_x509_certificate(answer["certificate_chain"][0].encode())
    quote = extension(leaf, QUOTE)
    assert quote[0] == 5 and read_scale(extension(leaf, ATTESTATION))["quote"] == quote
    assert appraise(changing, leaf) == identity(changing)
    own = x509.load_pem_x509_certificate(changing.call("DstackGuest.Info")["app_cert"].encode())
    assert extension(own, QUOTE)[0] == 5


def test_other_quote_methods_answer_with_it(changing, version):
    answers = [changing.call("Tappd.TdxQuote", report_data="1234"),
               changing.call("Tappd.RawQuote", report_data="12" * 64),
               changing.call("Worker.GetAttestationForAppKey", algorithm="ed25519")]
    for answer in answers:
        quote = bytes.fromhex(answer["quote"])
        assert dcap_qvl.parse_quote(quote).header.version == 5
        assert replay(json.loads(answer["event_log"])) == registers(quote)
        assert changing.verify(quote).status == "UpToDate"
