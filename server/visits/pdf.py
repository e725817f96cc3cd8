"""A worksheet as a PDF on A4 or letter paper, with lines to write on where the record says nothing."""

from collections.abc import Sequence
from io import BytesIO
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4, LETTER
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import KeepTogether, Paragraph, SimpleDocTemplate, Table

from server.visits.worksheet import Section

# Bitstream Vera, which comes with the library: the accents of the languages that our clinics write names in.
PLAIN, BOLD = "Vera", "VeraBd"
MARGIN, LABEL_WIDTH = 48, 230
LINE = HexColor("#777777")
BY_HAND = "(these letters cannot be printed: write it by hand)"

TITLE = ParagraphStyle("title", fontName=BOLD, fontSize=14, leading=18)
HEADING = ParagraphStyle("heading", fontName=BOLD, fontSize=10, leading=14, spaceBefore=8)
TEXT = ParagraphStyle("text", fontName=PLAIN, fontSize=9, leading=12)


def draw(title: str, notice: str, sections: Sequence[Section], *, letter: bool) -> bytes:
    """The PDF. Every text is shown as it is: markup in a name is letters."""
    fonts = [TTFont(PLAIN, "Vera.ttf"), TTFont(BOLD, "VeraBd.ttf")]
    for font in fonts:
        pdfmetrics.registerFont(font)
    known = set(fonts[0].face.charToGlyph)
    page = LETTER if letter else A4
    story = [Paragraph(_shown(title, known), TITLE), Paragraph(_shown(notice, known), TEXT)]
    for section in sections:
        rows = [[Paragraph(_shown(cell, known), TEXT) for cell in row] for row in section.rows]
        table = Table(rows, colWidths=[LABEL_WIDTH, page[0] - 2 * MARGIN - LABEL_WIDTH], rowHeights=None)
        table.setStyle([("LINEBELOW", (1, 0), (1, -1), 0.5, LINE), ("VALIGN", (0, 0), (-1, -1), "TOP")])
        story.append(KeepTogether([Paragraph(_shown(section.title, known), HEADING), table]))
    out = BytesIO()
    margins = dict.fromkeys(("leftMargin", "rightMargin", "topMargin", "bottomMargin"), MARGIN)
    SimpleDocTemplate(out, pagesize=page, title=title, author="Afterglow", **margins).build(story)
    return out.getvalue()


def _shown(text: str, known: set[int]) -> str:
    return escape(text if all(ord(letter) in known for letter in text) else BY_HAND)
