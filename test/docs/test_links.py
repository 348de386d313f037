"""Links lead somewhere: to a file of the tree, or to a heading of a document."""

from urllib.parse import urlsplit

import pytest
from documents import ROOT, documents

LINKS = [(document.name, link) for document in documents().values() for link in document.links]


def target_of(name, link):
    """The path within the tree, and the anchor."""
    url = urlsplit(link)
    path = (ROOT / name).parent / url.path if url.path else ROOT / name
    return path.resolve(), url.fragment


@pytest.mark.parametrize("name, link", LINKS, ids=lambda part: part.replace("/", ":"))
def test_a_link_leads_somewhere(name, link):
    url = urlsplit(link)
    if url.scheme:
        assert url.scheme in ("http", "https") and url.hostname, f"{name}: {link}"
        return
    path, anchor = target_of(name, link)
    assert path.is_relative_to(ROOT) and path.exists(), f"{name} links to {link}, which does not exist"
    if anchor:
        known = documents()[str(path.relative_to(ROOT))].anchors
        assert anchor in known, f"{name} links to {link}; the headings there are {sorted(known)}"


def test_every_document_can_be_reached_from_the_readme():
    seen, ahead = set(), ["README.md"]
    while ahead:
        name = ahead.pop()
        if name in seen:
            continue
        seen.add(name)
        for link in documents()[name].links:
            path, _ = target_of(name, link) if not urlsplit(link).scheme else (ROOT, "")
            inside = [str(path.relative_to(ROOT))] if path.suffix == ".md" else []
            inside += [str((path / "README.md").relative_to(ROOT))] if path.is_dir() and path != ROOT else []
            ahead += [other for other in inside if other in documents()]
    missing = set(documents()) - seen
    assert not missing, f"nothing leads from README.md to {sorted(missing)}"
