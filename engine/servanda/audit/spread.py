"""Spreading buckets: one after another here, or as tasks over Dask workers, here or on other machines.

A task gives bytes and writes nothing, so a worker may die at any moment: its tasks are done again elsewhere, and what it had begun is gone.
Source: https://distributed.dask.org/en/stable/resilience.html
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence

from servanda.problems import InvalidInput, Problem

Work = Callable[[object], object]
Spread = Callable[[Work, Sequence[object]], Iterator[tuple[int, object]]]
ANSWER = "10s"  # within which a scheduler must answer
WAITING = 4  # tasks a worker has before it: enough never to idle, few enough not to fill its memory


def here(work: Work, items: Sequence[object]) -> Iterator[tuple[int, object]]:
    """Do the work in this process; gives (place among the items, what came of it)."""
    for number, item in enumerate(items):
        yield number, work(item)


@contextlib.contextmanager
def spread_over(workers: int | None, scheduler: str | None) -> Iterator[Spread]:
    """How to spread work: in this process, over so many worker processes here, or over those of a Dask scheduler."""
    if workers is None and scheduler is None:
        yield here
        return
    try:
        from distributed import Client, LocalCluster
    except ImportError as error:
        raise InvalidInput([Problem("no-dask")]) from error
    with contextlib.ExitStack() as stack:
        if scheduler is None:
            cluster = stack.enter_context(LocalCluster(n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None))
            client = stack.enter_context(Client(cluster))
        else:
            try:
                client = stack.enter_context(Client(scheduler, timeout=ANSWER))
            except (OSError, ValueError) as error:
                raise InvalidInput([Problem("no-scheduler", found=scheduler)]) from error
        yield lambda work, items: _tasks(client, work, items)


def _tasks(client, work: Work, items: Sequence[object]) -> Iterator[tuple[int, object]]:
    """Each item as a task; no more of them under way than the workers can take."""
    from distributed import as_completed

    waiting = iter(enumerate(items))
    numbers: dict[str, int] = {}

    def submit(count: int) -> list:
        futures = []
        for number, item in (one for _, one in zip(range(count), waiting, strict=False)):
            future = client.submit(work, item, pure=False, retries=2)
            numbers[future.key] = number
            futures.append(future)
        return futures

    running = as_completed(submit(WAITING * max(1, len(client.scheduler_info()["workers"]))), with_results=True, raise_errors=True)
    for future, result in running:
        number = numbers.pop(future.key)
        future.release()
        for one in submit(1):
            running.add(one)
        yield number, result
