"""Charts as inline SVG with a text alternative and the numbers beside them; `look.CHARTS_CSS` is their style sheet."""
