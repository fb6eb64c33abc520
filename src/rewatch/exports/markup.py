"""Text of strangers in XML and HTML: what may stand there, escaped.

Contents
    xml_text     without the characters that XML cannot hold; escaping is the writer's
    html_text    escaped for HTML, in text and in attributes
"""

from __future__ import annotations

import html
import re

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xml_text(text: str) -> str:
    """Text without what no XML document may hold, even escaped: most control characters, halves of characters.

    >>> xml_text("a\\0b\\x1b[31m")
    'ab[31m'
    """
    return _NOT_XML.sub("", text)


def html_text(text: str) -> str:
    """Text as it can stand in HTML, between tags or in a quoted attribute.

    >>> html_text('<script>"&')
    '&lt;script&gt;&quot;&amp;'
    """
    return html.escape(_NOT_XML.sub("", text), quote=True)
