"""The drawing and the table of what the program costs are those of the figures that are kept."""

import importlib

import pytest

from documents import ROOT


@pytest.fixture(name="plot")
def fixture_plot(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    return importlib.import_module("measure.plot")


def test_the_drawing_is_that_of_the_figures(plot):
    assert plot.DRAWING.read_text(encoding="utf-8") == plot.draw(plot.kept())


def test_the_table_is_that_of_the_figures(plot):
    document = plot.DOCUMENT.read_text(encoding="utf-8")
    assert plot.BEGIN + plot.table(plot.kept()) + plot.END in document
    assert plot.document_with(plot.kept(), document) == document


def test_other_figures_have_another_drawing(plot):
    figures = plot.kept()
    before = plot.draw(figures), plot.table(figures)
    figures["events"][-1]["quote_us"] *= 2
    assert plot.draw(figures) != before[0] and plot.table(figures) != before[1]
