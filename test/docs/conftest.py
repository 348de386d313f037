"""Stories: one for each document, from its first block to the last one that is asked for."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

import blocks  # noqa: E402
import elsewhere  # noqa: E402
from documents import documents  # noqa: E402
from story import Story  # noqa: E402

FIRST_DOCUMENT = "README.md"  # where nothing runs yet


class Reader:
    """Follows one document at a time. A block needs those before it, so they are run first."""

    def __init__(self):
        self.document, self.story, self.done = None, None, 0

    def follow(self, block):
        if block.document != (self.document and self.document.name) or block.place < self.done:
            self.close()
            self.document = documents()[block.document]
            self.story, self.done = Story(is_from_scratch=block.document == FIRST_DOCUMENT), 0
        while self.done <= block.place:
            self.done += 1
            self.run(self.document.blocks[self.done - 1])

    def run(self, block):
        row = elsewhere.of(block)
        if row:
            row.check(block, self.story)
        else:
            blocks.run(block, self.story, self.document)

    def close(self):
        if self.story:
            self.story.end()
        self.story = None


@pytest.fixture(scope="session")
def reader():
    made = Reader()
    yield made
    made.close()
