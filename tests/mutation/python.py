"""Mutants of Python, made by cosmic-ray's operators (installed by the extra `mutation`)."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

OPERATORS = (
    "ReplaceBinaryOperator_Add_Sub", "ReplaceBinaryOperator_Sub_Add", "ReplaceBinaryOperator_Mul_Add",
    "ReplaceComparisonOperator_Eq_NotEq", "ReplaceComparisonOperator_NotEq_Eq", "ReplaceComparisonOperator_Lt_LtE", "ReplaceComparisonOperator_LtE_Lt",
    "ReplaceComparisonOperator_Gt_GtE", "ReplaceComparisonOperator_GtE_Gt", "ReplaceComparisonOperator_Is_IsNot", "ReplaceComparisonOperator_IsNot_Is",
    "ReplaceOrWithAnd", "ReplaceAndWithOr", "AddNot", "ReplaceTrueWithFalse", "ReplaceFalseWithTrue", "ReplaceUnaryOperator_Delete_Not",
    "NumberReplacer", "ZeroIterationForLoop", "ReplaceBreakWithContinue", "ReplaceContinueWithBreak",
)


def mutants(source: str) -> Iterator[tuple[int, str, str]]:
    """(line, change, source with it) of every mutant of a module's Python."""
    from cosmic_ray.ast import ast_nodes, get_ast
    from cosmic_ray.mutating import mutate_code
    from cosmic_ray.plugins import get_operator

    raw = source.encode()
    tree = get_ast(source)
    for name in OPERATORS:
        operator = get_operator(f"core/{name}")()
        count = sum(1 for node in ast_nodes(tree) for _ in operator.mutation_positions(node))
        for occurrence in range(count):
            changed = mutate_code(raw, operator, occurrence)
            if changed and changed != source:
                line, old, new = _difference(source, changed)
                yield line, f"{old} → {new}", changed


def _difference(before: str, after: str) -> tuple[int, str, str]:
    for tag, first, last, start, end in difflib.SequenceMatcher(None, before.splitlines(), after.splitlines(), autojunk=False).get_opcodes():
        if tag != "equal":
            return first + 1, " ".join(" ".join(before.splitlines()[first:last]).split()), " ".join(" ".join(after.splitlines()[start:end]).split())
    return 0, "", ""
