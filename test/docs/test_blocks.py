"""Every fenced block of every document is run, or checked as far as it can be."""

import elsewhere
import pytest
from documents import documents

BLOCKS = [block for document in documents().values() for block in document.blocks]


@pytest.mark.parametrize("block", BLOCKS, ids=str)
def test_a_block_does_what_the_document_says(block, reader):
    reader.follow(block)


@pytest.mark.parametrize("row", elsewhere.ELSEWHERE, ids=lambda row: f"{row.document}: {row.first_line}")
def test_a_block_that_cannot_be_run_is_still_there(row):
    assert row.reason
    assert [elsewhere.of(block) for block in BLOCKS].count(row) == 1
