"""The collateral service as a client of Intel's PCS asks it."""

import json
import re
import urllib.error
from datetime import datetime, timezone
from urllib.parse import unquote

import dcap_qvl
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

SGX, TDX = "/sgx/certification/v4", "/tdx/certification/v4"


@pytest.fixture(scope="module")
def fmspc(plain):
    return dcap_qvl.parse_quote(plain.quote()["quote"]).fmspc()


def chain(answer, header):
    """The issuer chain in a header of an answer."""
    assert len(answer.headers.get_all(header)) == 1
    return x509.load_pem_x509_certificates(unquote(answer.headers[header]).encode())


def assert_signed(text, name, chain, root):
    """The object called name in a JSON text is signed exactly as it is written there."""
    body = json.loads(text)
    assert list(body) == [name, "signature"]
    inner = text[text.index(b'{"', 1):text.rindex(b',"signature"')]
    assert json.loads(inner) == body[name]
    signature = bytes.fromhex(body["signature"])
    der = encode_dss_signature(*(int.from_bytes(half, "big") for half in (signature[:32], signature[32:])))
    assert len(signature) == 64
    chain[0].public_key().verify(der, inner, ec.ECDSA(hashes.SHA256()))
    chain[0].verify_directly_issued_by(chain[1])
    assert chain[1] == x509.load_der_x509_certificate(root)
    return body[name]


def dates(signed):
    return [datetime.fromisoformat(signed[key].replace("Z", "+00:00")) for key in ("issueDate", "nextUpdate")]


def assert_current(signed):
    issued, ends = dates(signed)
    assert issued < datetime.now(timezone.utc) < ends
    assert 20 < (ends - issued).days <= 32


TCB_INFO_HEADERS = ["TCB-Info-Issuer-Chain", "SGX-TCB-Info-Issuer-Chain"]


@pytest.mark.parametrize("service, document", [(TDX, "TDX"), (SGX, "SGX")])
@pytest.mark.parametrize("header", TCB_INFO_HEADERS)
def test_tcb_info(plain, fmspc, service, document, header):
    with plain.open(f"{service}/tcb?fmspc={fmspc}") as answer:
        info = assert_signed(answer.read(), "tcbInfo", chain(answer, header), plain.root())
    assert (info["id"], info["version"], info["fmspc"]) == (document, 3, fmspc.upper())
    assert ("tdxModule" in info, "tdxModuleIdentities" in info) == (service == TDX,) * 2
    assert all(("tdxtcbcomponents" in level["tcb"]) == (service == TDX) for level in info["tcbLevels"])
    assert_current(info)


@pytest.mark.parametrize("service, document, product", [(TDX, "TD_QE", 2), (SGX, "QE", 1)])
def test_qe_identity(plain, service, document, product):
    with plain.open(f"{service}/qe/identity") as answer:
        issuers = chain(answer, "SGX-Enclave-Identity-Issuer-Chain")
        identity = assert_signed(answer.read(), "enclaveIdentity", issuers, plain.root())
    assert (identity["id"], identity["version"], identity["isvprodid"]) == (document, 2, product)
    assert_current(identity)


@pytest.mark.parametrize("service", [SGX, TDX])
def test_identity_of_the_verifying_enclave(plain, service):
    """There is none: the simulator verifies without an enclave."""
    assert plain.status(f"{service}/qve/identity") == 404


def texts(value):
    if isinstance(value, dict | list):
        for member in value.values() if isinstance(value, dict) else value:
            yield from texts(member)
    elif isinstance(value, str):
        yield value


@pytest.mark.parametrize("service", [SGX, TDX])
@pytest.mark.parametrize("path", ["tcb?fmspc={}", "qe/identity"])
def test_hex_in_documents_is_upper_case(plain, fmspc, service, path):
    """As in Intel's; the signature around them is lower-case there too."""
    document = json.loads(plain.get(f"{service}/{path.format(fmspc)}"))
    assert document["signature"] == document["signature"].lower()
    found = [text for text in texts(document) if re.fullmatch("([0-9a-fA-F]{2})+", text)]
    found.remove(document["signature"])
    assert found and found == [text.upper() for text in found]


def test_expired_collateral(changing, fmspc):
    """Both have ended; verifiers stop at the first."""
    changing.call("Simulator.SetPlatform", collateral_expired=True)
    for path, name in ((f"tcb?fmspc={fmspc}", "tcbInfo"), ("qe/identity", "enclaveIdentity")):
        for service in (SGX, TDX):
            issued, ended = dates(json.loads(changing.get(f"{service}/{path}"))[name])
            assert issued < ended < datetime.now(timezone.utc)


@pytest.mark.parametrize("service", [SGX, TDX])
def test_paths_of_both_services(plain, fmspc, service):
    for path in (f"/tcb?fmspc={fmspc}", "/qe/identity", "/pckcrl?ca=platform&encoding=der", "/rootcacrl"):
        assert plain.status(service + path) == 200


@pytest.mark.parametrize("service", [SGX, TDX])
def test_fmspc_in_either_case(plain, fmspc, service):
    upper, lower = (plain.get(f"{service}/tcb?fmspc={text}") for text in (fmspc.upper(), fmspc.lower()))
    assert upper == lower


@pytest.mark.parametrize("query", ["x=1&x=2", "updates=early", "tcbevaluationdatanumber=99"])
def test_query_keys_of_others_are_ignored(plain, fmspc, query):
    for path in (f"tcb?fmspc={fmspc}&{query}", f"tcb?{query}&fmspc={fmspc}"):
        assert plain.get(f"{TDX}/{path}") == plain.get(f"{TDX}/tcb?fmspc={fmspc}")
    assert plain.get(f"{TDX}/qe/identity?{query}") == plain.get(f"{TDX}/qe/identity")


# --- evaluation data sets ---

NAMES = {"tcb": "tcbInfo", "qe/identity": "enclaveIdentity"}


def evaluation_sets(plain, service):
    with plain.open(f"{service}/tcbevaluationdatanumbers") as answer:
        issuers = chain(answer, "TCB-Evaluation-Data-Numbers-Issuer-Chain")
        return assert_signed(answer.read(), "tcbEvaluationDataNumbers", issuers, plain.root())


def edition(plain, service, document, fmspc, query=""):
    """The document of one evaluation data set."""
    text = plain.get(f"{service}/{document}?fmspc={fmspc}{query}")
    return json.loads(text)[NAMES[document]]


def date(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def months_since(text):
    now = datetime.now(timezone.utc)
    return 12 * (now.year - date(text).year) + now.month - date(text).month


@pytest.mark.parametrize("service, document", [(TDX, "TDX"), (SGX, "SGX")])
def test_list_of_evaluation_sets(plain, service, document):
    listed = evaluation_sets(plain, service)
    assert list(listed) == ["id", "version", "issueDate", "nextUpdate", "tcbEvalNumbers"]
    assert (listed["id"], listed["version"]) == (document, 1)
    assert_current(listed)
    sets = listed["tcbEvalNumbers"]
    assert len(sets) == 3
    for key in ("tcbEvaluationDataNumber", "tcbRecoveryEventDate", "tcbDate"):
        assert [one[key] for one in sets] == sorted((one[key] for one in sets), reverse=True)
    assert all(date(one["tcbRecoveryEventDate"]) < date(one["tcbDate"]) < datetime.now(timezone.utc) for one in sets)


@pytest.mark.parametrize("service", [SGX, TDX])
@pytest.mark.parametrize("document", NAMES)
def test_evaluation_set_by_its_name(plain, fmspc, service, document):
    """early is the newest, standard the newest that is at least a year old, and the default."""
    sets = evaluation_sets(plain, service)["tcbEvalNumbers"]
    newest = sets[0]["tcbEvaluationDataNumber"]
    of_a_year = max(one["tcbEvaluationDataNumber"] for one in sets if months_since(one["tcbRecoveryEventDate"]) > 12)
    assert of_a_year < newest and months_since(sets[0]["tcbRecoveryEventDate"]) < 12
    for query, number in (("&update=early", newest), ("&update=standard", of_a_year), ("", of_a_year)):
        assert edition(plain, service, document, fmspc, query)["tcbEvaluationDataNumber"] == number


@pytest.mark.parametrize("service", [SGX, TDX])
@pytest.mark.parametrize("document", NAMES)
def test_evaluation_set_by_its_number(plain, fmspc, service, document):
    for one in evaluation_sets(plain, service)["tcbEvalNumbers"]:
        number = one["tcbEvaluationDataNumber"]
        got = edition(plain, service, document, fmspc, f"&tcbEvaluationDataNumber={number}")
        assert got["tcbEvaluationDataNumber"] == number
        assert [level["tcbDate"] for level in got["tcbLevels"]] == [one["tcbDate"]]
        assert_current(got)


@pytest.mark.parametrize("service", [SGX, TDX])
@pytest.mark.parametrize("document", NAMES)
@pytest.mark.parametrize("query, code, reason", [
    ("update=early&tcbEvaluationDataNumber=17", 400, "cannot be combined"),
    ("update=standard&tcbEvaluationDataNumber=17", 400, "cannot be combined"),
    ("update=Early", 400, "update must be standard or early"),
    ("update=", 400, "update must be standard or early"),
    ("tcbEvaluationDataNumber=", 400, "must be a number"),
    ("tcbEvaluationDataNumber=x", 400, "must be a number"),
    ("tcbEvaluationDataNumber=-1", 400, "must be a number"),
    ("tcbEvaluationDataNumber=17%00", 400, "must be a number"),
    ("tcbEvaluationDataNumber=99999999999999999999", 400, "must be a number"),
    ("tcbEvaluationDataNumber=19", 404, "there is no such"),
    ("tcbEvaluationDataNumber=999999999", 404, "there is no such"),
    ("tcbEvaluationDataNumber=15", 410, "too old"),
    ("tcbEvaluationDataNumber=0", 410, "too old"),
])
def test_evaluation_sets_there_are_not(plain, fmspc, service, document, query, code, reason):
    with pytest.raises(urllib.error.HTTPError) as refusal:
        plain.get(f"{service}/{document}?fmspc={fmspc}&{query}")
    assert refusal.value.code == code
    assert reason in json.loads(refusal.value.read())["error"]


@pytest.mark.parametrize("query, code", [
    ("fmspc=00906ED50000", 404), ("fmspc=000000000000", 404), ("", 400), ("fmspc=", 400), ("fmspc=00", 400),
])
def test_platforms_there_are_not(plain, query, code):
    assert plain.status(f"{TDX}/tcb?{query}") == code


@pytest.mark.parametrize("ca", ["platform", "processor"])
def test_pck_crl(plain, ca):
    """For either CA, since @phala/dcap-qvl asks for processor whichever the issuer is."""
    with plain.open(f"{SGX}/pckcrl?ca={ca}&encoding=der") as answer:
        platform_ca, root = chain(answer, "SGX-PCK-CRL-Issuer-Chain")
        crl = x509.load_der_x509_crl(answer.read())
    assert platform_ca.subject == crl.issuer
    assert crl.is_signature_valid(platform_ca.public_key())
    assert list(crl) == []
    assert root == x509.load_der_x509_certificate(plain.root())


def test_pck_crl_as_pem(plain):
    pem = x509.load_pem_x509_crl(plain.get(f"{SGX}/pckcrl?ca=platform&encoding=pem"))
    assert pem == x509.load_der_x509_crl(plain.get(f"{SGX}/pckcrl?ca=platform&encoding=der"))


def test_revoked_pck_certificate_is_in_the_crl(changing):
    quote = dcap_qvl.parse_quote(changing.quote()["quote"])
    pck = x509.load_pem_x509_certificate(quote.cert_chain_pem_bytes())
    changing.call("Simulator.SetPlatform", pck_revoked=True)
    crl = x509.load_der_x509_crl(changing.get(f"{SGX}/pckcrl?ca=platform&encoding=der"))
    assert [entry.serial_number for entry in crl] == [pck.serial_number]


def test_root_crl(plain):
    root = x509.load_der_x509_certificate(plain.root())
    der = plain.get("/IntelSGXRootCA.der")
    crl = x509.load_der_x509_crl(der)
    assert bytes.fromhex(plain.get(f"{SGX}/rootcacrl").decode()) == der
    assert crl.issuer == root.subject and crl.is_signature_valid(root.public_key()) and list(crl) == []


@pytest.mark.parametrize("name", ["simulator/root-ca", "Intel_SGX_Provisioning_Certification_RootCA"])
def test_root_in_both_forms(plain, name):
    """Under our name and under Intel's, which calls DER .cer."""
    form = "der" if name.startswith("simulator") else "cer"
    with plain.open(f"/{name}.pem") as pem, plain.open(f"/{name}.{form}") as der:
        types = [answer.headers["Content-Type"] for answer in (pem, der)]
        root = x509.load_der_x509_certificate(der.read())
        assert x509.load_pem_x509_certificate(pem.read()) == root
    assert types == ["application/x-pem-file", "application/pkix-cert"]
    assert root == x509.load_der_x509_certificate(plain.root())


def public_paths(plain):
    """All pages of the collateral service."""
    return [path for path in json.loads(plain.get("/openapi.json"))["paths"]
            if re.match(r"/(sgx|tdx|simulator|Intel)", path)]


def test_scripts_of_all_websites_may_read_collateral(plain):
    """And nothing else; what is wrong with a request, they may read too."""
    others = [path for path in json.loads(plain.get("/openapi.json"))["paths"] if path not in public_paths(plain)]
    assert len(public_paths(plain)) == 15 and len(others) > 20
    for path in (*public_paths(plain), *others):
        headers = plain.headers(path)
        allowed = headers["Access-Control-Allow-Origin"], headers["Access-Control-Expose-Headers"]
        assert allowed == (("*", "*") if path in public_paths(plain) else (None, None)), path
