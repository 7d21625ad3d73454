"""The kinds of obligations, one file each: what YAML it takes, what it selects, the SQL that measures it.

A kind is a module with `NAME`, `UNIT`, `HAS_CASES`, `Params` (the shape of its YAML), `parts(obligation, head)` (selections by
name), `rests(obligation, head)` (what its statuses rest on), `figures(obligation, head)` (numbers by their column in `duty`),
`CASES`, `MEASURE` and `EVIDENCE` (SQL). Kinds know no pack: fact types, fields, roles and numbers come from YAML.

The SQL reads `duty` (one row a duty and variant), `taken` (the selected records of each duty's window, by `part`, with
`waived` where the record lies on a waived day of variant 1), `use` and `selected` for records outside the window, `rule`, `bearer`,
`declared_until` (rule, agreement, side → day), `waived_day` and `calendar`; `$as_of` is bound.
`CASES`, where it is not empty, becomes the table `<kind>_case` that the other two read. `MEASURE` gives run, value, lo, hi (the measured value, and
the ends between which unknown records leave it), and where the kind has them cases, possible, open_cases, longest, overdue, budget.
`EVIDENCE` gives run, rid, part: `counted`, `breaks`, `unknown`, or `case` for one that waits or hangs on other records, which only dossiers show.
"""

from servanda.kinds import answered, attended, attested, consented, count, delivered, each, preceded, sites, staffed, within_budget

KINDS = (count, staffed, consented, answered, attended, delivered, each, preceded, within_budget, attested, sites)
BY_NAME = {kind.NAME: kind for kind in KINDS}
