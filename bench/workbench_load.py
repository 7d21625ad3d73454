"""The workbench under many people at once, on loopback: python bench/workbench_load.py [--users 50] [--seconds 180] [--postgresql]

Starts `servanda review` over a workspace of its own, lets so many people sign in and do what people do (read, search, assess, ask, answer, propose,
confirm, upload, keep, check), each with a browser of their own, and looks afterwards: no answer 5xx, no broken connection, every entry that was
answered with success stands in the ledger exactly once, none that was refused does, every upload that was kept is there, and the ledger verifies.
Prints latencies by route. It ends by itself; the exit status is 1 where something was lost or went wrong. --postgresql: the ledger in a PostgreSQL
of its own (Debian's, as the tests have it), else in a file.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from urllib.parse import quote

import httpx

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "engine"), str(ROOT / "tests"), str(ROOT / "bench")]

from servanda.desk.workspace import open_workspace  # noqa: E402
from servanda.ledger.read import entries  # noqa: E402
from servanda.ledger.store import open_ledger  # noqa: E402
from servanda.ledger.verify import verify  # noqa: E402
from servanda.workbench.database import open_users  # noqa: E402
from servanda.workbench.users import add_user  # noqa: E402

AGREEMENT, DAY = "benn-lichtenberg", "2021-09-30"
PASSWORD = "ein langes Passwort"
MOST_KEPT = 12  # each kept submission makes every check longer: people do not send one a second
_TOKEN = re.compile(r'name="csrf_token" value="([0-9a-f]{64})"')


@dataclass
class Told:
    """What all people saw: seconds by route, statuses, what went wrong, and what was answered with success, was refused, or nobody knows."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    statuses: Counter = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    entered: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    runs: int = 0
    kept: set[str] = field(default_factory=set)
    discarded: set[str] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass(frozen=True)
class Subjects:
    """What the first run found, to be worked on: findings by what can be done with them, and consequences with their stakes."""

    material: Sequence[str]
    missing: Sequence[str]
    every: Sequence[str]
    consequences: Sequence[dict]


class Person(threading.Thread):
    """Somebody with a browser who works until the end; `role` as the workbench knows it."""

    def __init__(self, base: str, name: str, role: str, end: float, pause: float, told: Told, seed: int) -> None:
        super().__init__(name=name)
        self.role, self._end, self._pause, self._told = role, end, pause, told
        self._browser = httpx.Client(base_url=base, timeout=120, headers={"origin": base})
        self._chance, self._count, self.subjects = random.Random(seed), 0, Subjects((), (), (), ())

    def run(self) -> None:
        """Sign in, then one thing after another, with pauses."""
        if not self.sign_in():
            return
        reviewer = (self.read, self.read, self.read, self.enter, self.enter, self.upload)
        doing = {"reader": (self.read,), "reviewer": reviewer, "confirmer": (self.read, self.confirm)}
        first = [self.enter, self.upload, self.enter] if self.role == "reviewer" else []  # however short the time is
        while first or time.monotonic() < self._end:
            try:
                (first.pop() if first else self._chance.choice(doing[self.role]))()
            except Exception as error:  # noqa: BLE001 - whatever it is, it is told
                with self._told.lock:
                    self._told.wrong.append(f"{self.name}: {type(error).__name__}: {str(error)[:200]}")
            time.sleep(self._pause * self._chance.random() * 2)
        self._browser.close()

    def ask(self, method: str, path: str, route: str, expected: Sequence[int] = (200,), **more: object) -> httpx.Response:
        """A request, its time noted; what is not expected is noted, too."""
        begun = time.perf_counter()
        answer = self._browser.request(method, path, **more)
        taken = time.perf_counter() - begun
        with self._told.lock:
            self._told.seconds[f"{method} {route}"].append(taken)
            self._told.statuses[answer.status_code] += 1
            if answer.status_code not in expected:
                said = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.text))
                self._told.wrong.append(f"{self.name}: {method} {path[:120]}: {answer.status_code} {said[-300:]}")
        return answer

    def form(self, path: str, route: str, expected: Sequence[int] = (200,)) -> str | None:
        """The token of a page with a form."""
        found = _TOKEN.search(self.ask("GET", path, route, expected).text)
        return found[1] if found else None

    def sign_in(self) -> bool:
        """With the form, as people do."""
        given = {"name": self.name, "password": PASSWORD, "csrf_token": self.form("/login", "/login")}
        return self.ask("POST", "/login", "/login", (303,), data=given).status_code == 303

    def mark(self) -> str:
        """A text that nobody else writes."""
        self._count += 1
        return f"mark-{self.name}-{self._count:05}-end"

    def read(self) -> None:
        """Look at something."""
        finding = quote(self._chance.choice(self.subjects.every), safe="/") if self.subjects.every else None
        places = [
            ("/", "/"), ("/runs", "/runs"), ("/runs/1", "/runs/{run}"), ("/runs/1?status=deviation&page=1", "/runs/{run}?filter"), ("/ledger", "/ledger"),
            (f"/ledger/{self._chance.randint(1, 3)}", "/ledger/{number}"), ("/submissions", "/submissions"),
            ("/runs/1/findings.csv", "/runs/{run}/findings.csv"),
            ("/api/v1/ledger", "/api/v1/ledger"), ("/compare?from=1&to=2", "/compare"), ("/static/workbench.css", "/static/{name}"),
        ]
        if finding:
            places += [(f"/runs/1/findings/{finding}", "/runs/{run}/findings/{finding}")] * 5
            places += [(f"/cases/{quote(self._chance.choice(self.subjects.material), safe='/')}", "/cases/{subject}")] * 2
        path, route = self._chance.choice(places)
        self.ask("GET", path, route, (200, 404) if "/cases/" in path or "static" in path else (200,))

    def enter(self) -> None:
        """Say something about a finding."""
        kind = self._chance.choice(["assessment"] * 4 + ["remedy"] * 3 + ["request"] * 2 + ["hearing", "correction", "proposal"])
        text, one = self.mark(), self._chance.choice
        if kind == "assessment":
            self.say(kind, {"run": "1", "finding": one(self.subjects.material)}, {"material": one(["yes", "yes", "yes", "no"]), "reasons": text}, text)
        elif kind == "remedy":
            self.say(kind, {"run": "1", "finding": one(self.subjects.every)}, {"on": DAY, "text": text}, text)
        elif kind == "request" and self.subjects.missing:
            number = self.say(kind, {"run": "1", "finding": one(self.subjects.missing)}, {"due_on": "2099-12-31", "text": text}, text)
            self.answer(number)
        elif kind == "hearing" and self.subjects.consequences:
            number = self.say(kind, {"run": "1", "subject": one(self.subjects.consequences)["id"]}, {"due_on": "2099-12-31", "text": text}, text)
            self.answer(number)
        elif kind == "correction":
            self.say(kind, {"of": "1"}, {"text": text}, text)
        elif kind == "proposal" and self.subjects.consequences:
            about = {"run": "1", "consequence": one(self.subjects.consequences)["id"]}
            self.say(kind, about, {"amount": "1.00", "purpose": "load", "reasons": text}, text, (303, 422))

    def answer(self, number: str | None) -> None:
        """What the other side said."""
        if number:
            text = self.mark()
            self.say("answer", {"to": number}, {"received_on": DAY, "text": text}, text)

    def say(self, kind: str, about: dict[str, str], typed: dict[str, str], mark: str, expected: Sequence[int] = (303,)) -> str | None:
        """Open a form and send it; the number of the entry that was made, None where it was refused."""
        query = "&".join(f"{name}={quote(value, safe='')}" for name, value in about.items())
        token = self.form(f"/enter/{kind}?{query}", f"/enter/{kind}")
        answer = self.ask("POST", f"/enter/{kind}", f"/enter/{kind}", expected, data={**about, **typed, "csrf_token": token})
        with self._told.lock:
            (self._told.entered if answer.status_code == 303 else self._told.refused).add(mark)
        if answer.status_code != 303:
            return None
        shown = self.ask("GET", answer.headers["location"], "(after an entry)", (200,)).text
        found = re.search(r'role="status"><p>[^<]*?\(\D*(\d+)\)', shown)
        return found[1] if found else None

    def confirm(self) -> None:
        """Decide on a proposal of somebody, where one waits."""
        cases = re.findall(r'href="(/cases/[^"]+)"', unescape(self.ask("GET", "/", "/").text))
        shown = self.ask("GET", self._chance.choice(cases), "/cases/{subject}").text if cases else ""
        waiting = re.findall(r"/enter/confirmation\?proposal=(\d+)", unescape(shown))
        if waiting:
            text = self.mark()
            typed = {"confirmed": self._chance.choice(["yes", "no"]), "reasons": text}
            self.say("confirmation", {"proposal": self._chance.choice(waiting)}, typed, text, (303, 422))  # somebody may be faster

    def upload(self) -> None:
        """Send a submission; keep it, or throw it away."""
        token, name = self.form("/submissions/new", "/submissions/new"), f"{self.name}-{self._count}"
        self._count += 1
        rows = "".join(f"br-{name}-{n},2019-0{n}-1{n},district_round,,district\n" for n in range(1, 4))
        manifest = f"agreement: {AGREEMENT}\nsubmitted_on: {DAY}\nsubmitted_by: district\n"
        sent = [("files", ("submission.yaml", manifest)), ("files", ("meetings.csv", "id,date,body,site,organiser\n" + rows))]
        answer = self.ask("POST", "/submissions", "/submissions", (303,), data={"name": name, "csrf_token": token}, files=sent)
        if answer.status_code != 303:
            return
        place = answer.headers["location"]
        token = self.form(place, "/submissions/uploads/{upload}")
        with self._told.lock:
            what = "keep" if len(self._told.kept) < MOST_KEPT and self._chance.random() < 0.3 else "discard"
        answer = self.ask("POST", f"{place}/{what}", f"/submissions/uploads/{{upload}}/{what}", (303,), data={"csrf_token": token})
        if answer.status_code == 303:
            with self._told.lock:
                (self._told.kept if what == "keep" else self._told.discarded).add(place.rpartition("/")[2])

    def check(self) -> None:
        """Run a check over everything that is kept."""
        token = self.form("/runs/new", "/runs/new")
        if self.ask("POST", "/runs", "/runs", (303,), data={"as_of": DAY, "year": "", "csrf_token": token}).status_code == 303:
            with self._told.lock:
                self._told.runs += 1

    def found(self) -> Subjects:
        """What the first run found."""
        report = self.ask("GET", "/api/v1/runs/1/report", "/api/v1/runs/{run}/report").json()
        findings = [one for one in report["findings"] if one["agreement"] == AGREEMENT]
        names = re.findall(r"/runs/1/consequences/([^\"]+)", unescape(self.ask("GET", "/runs/1", "/runs/{run}").text))
        return Subjects(
            [one["id"] for one in findings if one["material"]], [one["id"] for one in findings if one["missing"]],
            [one["id"] for one in findings if one["status"] in ("deviation", "undetermined")], [{"id": name} for name in dict.fromkeys(names)],
        )


class Checker(Person):
    """Somebody who checks every now and then, and lets the ledger be verified."""

    def run(self) -> None:
        """Until the end."""
        while time.monotonic() < self._end:
            try:
                self.check()
                token = self.form("/ledger", "/ledger")
                self.ask("POST", "/ledger/verify", "/ledger/verify", (200, 303), data={"csrf_token": token})
            except Exception as error:  # noqa: BLE001
                with self._told.lock:
                    self._told.wrong.append(f"{self.name}: {type(error).__name__}: {str(error)[:200]}")
            time.sleep(min(20.0, max(0.0, self._end - time.monotonic())))


@contextlib.contextmanager
def serving(folder: Path, ledger: str | None) -> Iterator[str]:
    """The workbench over a workspace with a sample in it; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "servanda", "review", "--workspace", str(folder), "--rules", str(ROOT / "rules"), "--agreements", str(ROOT / "agreements")]
    command += ["--port", str(port), *(("--ledger", ledger) if ledger else ())]
    with (folder / "server.log").open("w") as log:
        server = subprocess.Popen(command, env=os.environ | {"PYTHONPATH": str(ROOT / "engine")}, stdout=log, stderr=log)
        try:
            base = f"http://127.0.0.1:{port}"
            for _ in range(600):
                with contextlib.suppress(httpx.TransportError):
                    httpx.get(base + "/login")
                    break
                assert server.poll() is None, (folder / "server.log").read_text()
                time.sleep(0.1)
            yield base
        finally:
            server.terminate()
            server.wait(60)


def load(folder: Path, users: int, seconds: float, pause: float, ledger: str | None = None) -> tuple[Told, list[str]]:
    """Let so many people work for so long; what they saw, and what is wrong afterwards (nothing, it is hoped)."""
    open_workspace(folder, ROOT / "agreements", ROOT / "rules", ledger).ledger.close()
    shutil.copytree(ROOT / "facts" / "benn" / AGREEMENT, folder / "submissions" / AGREEMENT)
    known = open_users(folder / "users.sqlite")
    roles = {f"user{number:02}": "reader" if number % 5 == 3 else "confirmer" if number % 5 == 4 else "reviewer" for number in range(users)}
    for name, role in {**roles, "checker": "reviewer"}.items():
        add_user(known, name, role, PASSWORD)
    known.dispose()
    told = Told()
    with serving(folder, ledger) as base:
        first = Checker(base, "checker", "reviewer", time.monotonic() + seconds + 5, pause, told, 0)
        first.sign_in()
        first.check()
        first.check()
        subjects, end = first.found(), time.monotonic() + seconds
        people = [Person(base, name, role, end, pause, told, number) for number, (name, role) in enumerate(roles.items(), 1)]
        first._end = end
        for one in people:
            one.subjects = subjects
        for one in (*people, first):
            one.start()
        for one in (*people, first):
            one.join()
    return told, _lost(folder, told, ledger) + _said(folder)


def _lost(folder: Path, told: Told, url: str | None) -> list[str]:
    """What the ledger and the workspace lack or have too much of."""
    ledger = open_ledger(url or folder / "ledger.sqlite", create=False)
    found = entries(ledger)
    marks = Counter(mark for one in found if one.kind != "run" for mark in re.findall(r"mark-\w+-\d+-end", str(one.body)))
    wrong = [f"lost or twice in the ledger: {mark} ({marks[mark]})" for mark in sorted(told.entered) if marks[mark] != 1]
    wrong += [f"refused, but in the ledger: {mark}" for mark in sorted(told.refused) if marks[mark]]
    wrong += [f"in the ledger, but nobody was told: {mark}" for mark in sorted(set(marks) - told.entered)] if not told.wrong else []
    runs = sum(one.kind == "run" for one in found)
    wrong += [f"{told.runs} runs were answered, {runs} are in the ledger"] if runs != told.runs else []
    wrong += [f"the ledger does not verify: {problem.code} {problem.found}" for problem in verify(ledger)]
    ledger.close()
    kept = Counter(path.name[:16] for path in (folder / "submissions" / AGREEMENT).glob("u*"))
    wrong += [f"kept, but not there once: {name}" for name in sorted(told.kept) if kept[name] != 1]
    wrong += [f"discarded, but there: {name}" for name in sorted(told.discarded) if kept[name]]
    return wrong


def _said(folder: Path) -> list[str]:
    """What the server noted of its own errors."""
    log = (folder / "server.log").read_text(errors="replace")
    return [f"the server's log: {match}" for match in re.findall(r"error [0-9a-f]{8}[\s\S]{0,1500}", log)[:3]]


def latencies(told: Told, seconds: float) -> str:
    """A table of what was asked and how long it took, in milliseconds."""
    def row(name: str, taken: list[float]) -> str:
        ordered = sorted(taken)
        at = [ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000 for share in (0.5, 0.95, 0.99)] + [ordered[-1] * 1000]
        return f"| {name} | {len(ordered)} | " + " | ".join(f"{value:.0f}" for value in at) + " |"

    every = [one for taken in told.seconds.values() for one in taken]
    lines = ["| request | count | p50 ms | p95 ms | p99 ms | max ms |", "|---|---:|---:|---:|---:|---:|"]
    lines += [row(name, told.seconds[name]) for name in sorted(told.seconds)] + [row("**all**", every)]
    counts = ", ".join(f"{count} × {status}" for status, count in sorted(told.statuses.items()))
    said = f"{len(every) / seconds:.1f} requests a second; answers: {counts}; entries made: {len(told.entered)}, runs: {told.runs}, "
    return "\n".join(lines) + f"\n\n{said}uploads kept: {len(told.kept)}, discarded: {len(told.discarded)}.\n"


def main() -> int:
    """Run it from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=180)
    parser.add_argument("--pause", type=float, default=2, help="seconds that people think between two things, on average")
    parser.add_argument("--postgresql", action="store_true")
    given = parser.parse_args()
    with contextlib.ExitStack() as stack:
        url = None
        if given.postgresql:
            import postgresql

            url = stack.enter_context(postgresql.cluster())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="servanda-load-")))
        told, lost = load(folder / "desk", given.users, given.seconds, given.pause, url)
    print(latencies(told, given.seconds))
    print(f"Load averages of the machine at the end (1, 5, 15 minutes): {', '.join(f'{one:.1f}' for one in os.getloadavg())}; cores: {os.cpu_count()}.\n")
    wrong = told.wrong + lost
    print(f"{len(wrong)} wrong" + "".join(f"\n- {one}" for one in wrong[:20]))
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
