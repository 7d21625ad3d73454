"""Text from facts in Markdown: it must show as it was written and be nothing else.

Signs that CommonMark, GitHub or GitLab read as markup become numeric character references, which never form structure (CommonMark 0.31,
section 2.5). Mentions, issue and merge request references, commit ids, emoji names and bare addresses are looked for in the text after that,
so an invisible zero width space parts what would become one.
"""

from __future__ import annotations

import re

from servanda.report.safe_text import safe_text

_PART = "\u200b"
_PARTED = (
    (re.compile(r"([@#$^~\[])"), rf"\1{_PART}"),
    (re.compile(r"([!%&*])(?=\w)"), rf"\1{_PART}"),
    (re.compile(r":(?=[A-Za-z+_/-])"), f":{_PART}"),
    (re.compile(r"(?i)(ww)(?=w\.)"), rf"\1{_PART}"),
    (re.compile(r"(?i)\b(GH|GL)(?=-\d)"), rf"\1{_PART}"),
    (re.compile(r"(?i)\b(?=\d*[a-f])[0-9a-f]{7,}"), lambda found: _PART.join(re.findall(".{1,6}", found[0]))),
)
_MARKUP = re.compile(r"[\\`*_{}\[\]<>|~&\"'$#@!^]|^[-+=]|^\d+[.)](?=\s|$)")


def markdown_text(text: object, limit: int = 300) -> str:
    """One line of text that no renderer takes for markup, in a paragraph, a list or a table's cell."""
    shown = " ".join(safe_text(text, limit).split()).encode("utf-8", "replace").decode("utf-8")
    for pattern, parted in _PARTED:
        shown = pattern.sub(parted, shown)
    shown = _MARKUP.sub(lambda sign: sign[0][:-1] + f"&#{ord(sign[0][-1])};", shown)
    return shown.replace(_PART, "&#8203;")
