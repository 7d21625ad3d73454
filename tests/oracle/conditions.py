"""Conditions are three-valued: True, False, or None for unknown.

"Conditions are three-valued: over an empty field without a stated meaning they are unknown." """

import re
from decimal import Decimal

from .pack import listed, typed

NUMBER = re.compile(r"-?\d+(\.\d+)?$")
COMPARED = {
    "above": lambda value, limit: value > limit,
    "at_least": lambda value, limit: value >= limit,
    "below": lambda value, limit: value < limit,
    "at_most": lambda value, limit: value <= limit,
}


def all_of(truths):
    truths = list(truths)
    if False in truths:
        return False
    return None if None in truths else True


def any_of(truths):
    truths = list(truths)
    if True in truths:
        return True
    return None if None in truths else False


def holds(known, record, condition):
    """`condition` is a map of which every line must hold."""
    return all_of(line_holds(known, record, name, wanted) for name, wanted in (condition or {}).items())


def line_holds(known, record, name, wanted):
    if name == "any":
        return any_of(holds(known, record, branch) for branch in wanted)
    value, field_type = known.read(record, name)
    if isinstance(wanted, dict):
        return all_of(operator_holds(known, record, value, field_type, op, operand) for op, operand in wanted.items())
    if value is None:
        return None
    return value in [typed(text, field_type) for text in listed(wanted)]


def operator_holds(known, record, value, field_type, operator, operand):
    if operator == "given":
        return (value is not None) == (operand == "true")
    if value is None:
        return None
    if operator == "not":
        return value not in [typed(text, field_type) for text in listed(operand)]
    if operator in COMPARED:
        limit = Decimal(operand) if NUMBER.match(operand) else known.read(record, operand)[0]
        return None if limit is None else COMPARED[operator](value, limit)
    if operator == "contains":
        return operand in value
    if operator == "not_after":
        other = known.as_of if operand == "as_of" else known.read(record, operand)[0]
        return None if other is None else value <= other
    if operator == "same_as":
        other = known.read(record, operand)[0]
        return None if other is None else value == other
    raise ValueError(f"unknown operator {operator}")
