"""Rule tests: a pack's own cases, matched both ways; what they cover; and which changes of the rules none of them would notice.

    read     tests/*.yaml of a pack into cases, strictly, with their places
    lay_out  a case as an agreement and submissions, as files
    run      many cases in few runs: each an agreement of its own
    compare  what a case expects against what was found, both ways
    cover    which obligations and judgements are kept and broken, which statuses, bounds and conditions occur
    mutants  the rules with one change each; `mutate` runs the cases against them
    accept   cases rewritten to what is found
"""
