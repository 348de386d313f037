"""The rules of blocks.py accept what documents may say, and find out what is not so."""

import blocks
import pytest
from documents import Block, Document
from story import Failed, Story


@pytest.fixture(scope="module")
def story():
    made = Story(is_from_scratch=False)
    yield made
    made.end()


def run(story, *parts):
    """Runs blocks of (language, text) as a document of their own."""
    document = Document("test.md", "", [Block("test.md", i, *part, i) for i, part in enumerate(parts)])
    for block in document.blocks:
        blocks.run(block, story, document)


QUOTE = "curl -s http://localhost:8090/GetQuote -d '{\"report_data\":\"12\"}'"
REFUSED = "curl -s http://localhost:8090/GetKey -d '{\"algorithm\":\"rsa\"}'"

GOOD = {
    "a command that works": [("sh", f"{QUOTE} > quote.json\ntest -s quote.json")],
    "variables and the directory stay": [("sh", "export A=1\nmkdir -p in && cd in"),
                                         ("sh", "[ $A = 1 ] && [ ${PWD##*/} = in ]"), ("sh", "cd ..")],
    "the output is as documented": [("sh", "echo 1 2 3"), ("text", "1 ... 3\n")],
    "a comment says what is printed": [("sh", "echo '{\"a\":1,\"b\":2}'  # {\"a\":...")],
    "a comment says that a command fails": [("sh", f"{REFUSED}  # {{\"error\":\"Unsupported algorithm...")],
    "a file is used": [("python", "# a.py\nprint(1)  # 1: one"), ("sh", "python3 a.py")],
    "the port is the documented one": [("sh", "echo 8090 8091"), ("text", "8090 8091\n")],
}

BAD = {
    "a language without a runner": [("ruby", "puts 1")],
    "a block without a language": [("", "make")],
    "a block in JavaScript that is not a file": [("js", "console.log(1)")],
    "a command that fails": [("sh", "false\ntrue")],
    "a command that fails in a pipe": [("sh", "false | cat")],
    "a script that ends early": [("sh", "exit 0")],
    "a request that is refused": [("sh", REFUSED)],
    "a method that does not exist": [("sh", "curl -s http://localhost:8090/GetQuotes")],
    "an option that does not exist": [("sh", "./dstack-simulator --no-such-option")],
    "other output than documented": [("sh", "echo 1"), ("text", "2\n")],
    "more output than documented": [("sh", "echo 1; echo 2"), ("text", "1\n")],
    "other output than the comment": [("sh", "echo '{\"a\":1}'  # {\"a\":2}")],
    "a refusal that does not happen": [("sh", f"{QUOTE}  # {{\"error\":\"Unsupported algorithm...")],
    "a refusal for another reason": [("sh", f"{REFUSED}  # {{\"error\":\"out of luck...")],
    "Python that fails": [("python", "1/0")],
    "Python that prints something else": [("python", "print(1)  # 2")],
    "a file that is not used": [("js", "// a.mjs\nconsole.log(1)")],
    "a file that prints something else": [("python", "# b.py\nprint(1)  # 2"), ("sh", "python3 b.py")],
    "a test that fails": [("python", "# test_a.py\ndef test_a():\n    assert False")],
    "JSON that is malformed": [("json", "{")],
    "YAML that is malformed": [("yaml", "a: [")],
    "a package that no suite pins": [("sh", "npm install left-pad")],
    "a module in another version": [("sh", "go get github.com/google/go-tdx-guest/verify@v0.0.1")],
}


@pytest.mark.parametrize("parts", GOOD.values(), ids=GOOD)
def test_what_a_document_may_say(story, parts):
    run(story, *parts)


@pytest.mark.parametrize("parts", BAD.values(), ids=BAD)
def test_what_is_found_out(story, parts):
    with pytest.raises((Failed, ValueError, blocks.yaml.YAMLError)):
        run(story, *parts)
