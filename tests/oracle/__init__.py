"""The oracle: the slow and obvious reading of the contract that the engine must agree with. See README.md."""

import functools

from . import judgements, status
from .known import Known
from .pack import Pack


@functools.cache
def read_pack(folder):
    return Pack(folder)


def run(pack_dir, agreements, submissions, as_of, known_on=None):
    """(findings, consequences) as lists of dicts."""
    known = Known(read_pack(str(pack_dir)), agreements, submissions, as_of, known_on)
    found = status.findings(known)
    judgements.judge(known, found)
    return [status.as_dict(known, one) for one in found], judgements.consequences(known, found)


def evaluate(pack_dir, agreements, submissions, as_of, known_on=None):
    """One dict a finding."""
    return run(pack_dir, agreements, submissions, as_of, known_on)[0]


def consequences(pack_dir, agreements, submissions, as_of, known_on=None):
    """One dict a consequence; its `findings` is a set of (obligation, agreement, site, label)."""
    return run(pack_dir, agreements, submissions, as_of, known_on)[1]
