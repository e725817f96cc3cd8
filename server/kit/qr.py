"""A link as a picture that a phone's camera reads."""

import io

import segno


def qr_svg(link: str) -> str:
    """The link as a picture that a phone's camera reads."""
    out = io.BytesIO()
    segno.make(link, error="m", micro=False).save(out, kind="svg", scale=6, border=4, xmldecl=False, svgns=True)
    return out.getvalue().decode()
