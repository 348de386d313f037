"""The forms for issues are such as GitHub shows."""
import pytest
import yaml
from documents import ROOT

FORMS = sorted(path for path in (ROOT / ".github/ISSUE_TEMPLATE").glob("*.yml") if path.name != "config.yml")


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.name)
def test_a_form_has_what_github_asks_for(path):
    form = yaml.safe_load(path.read_text())
    assert {"name", "description", "body"} <= set(form)
    ids = [field["id"] for field in form["body"]]
    assert len(set(ids)) == len(ids) >= 3
    for field in form["body"]:
        assert field["type"] in ("input", "textarea") and field["attributes"]["label"]
        assert set(field) <= {"type", "id", "attributes", "validations"}


def test_each_asks_for_the_version():
    assert len(FORMS) == 2
    assert all("--version" in path.read_text() for path in FORMS)
