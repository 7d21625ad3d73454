"""Text from facts is untrusted: what may reach a terminal.

Escape sequences, C0 and C1 controls, and the signs that reorder or hide text (bidirectional controls, zero width, line and
paragraph separators) are shown as visible escapes. Sources: ECMA-48, Unicode UAX #9, CVE-2021-42574.
"""

from __future__ import annotations

import re

_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]")


def safe_text(text: object, limit: int = 300) -> str:
    """One line of text that a terminal shows as it is written, at most `limit` characters."""
    shown = _UNSAFE.sub(lambda sign: f"\\x{ord(sign[0]):02x}" if ord(sign[0]) < 256 else f"\\u{ord(sign[0]):04x}", str(text))
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"
