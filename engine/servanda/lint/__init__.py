"""Static analysis of a pack: what is wrong with its rules whatever the facts may be.

Each module of checks holds one group and a tuple `CHECKS`; a check is a function of a `PackSource` that yields `Noted`, and its docstring says
what the codes mean and how to mend them. Levels stand in `codes`, words in `servanda.lint_texts`, the table for people in docs/lint.md.
"""
