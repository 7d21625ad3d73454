"""The schemas in the hands of a real editor's server: yaml-language-server finds them by each file's first line, completes, explains, checks.

`.ci/run` installs it from npm into .venv/tools; elsewhere these tests are skipped where it is missing. It is told to fetch nothing.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

import schemas
from ci_tools import TOOLS, missing
from conftest import ROOT, RULES

SERVER = TOOLS / "yaml-language-server" / "bin" / "yaml-language-server"
SETTINGS = {"yaml": {"validate": True, "completion": True, "hover": True, "schemaStore": {"enable": False}, "kubernetesCRDStore": {"enable": False}}}


class Editor:
    """An editor's side of the language server protocol (3.17), over the server's standard input and output."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [shutil.which("node"), str(SERVER), "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=ROOT
        )
        self.number, self.uri = 0, ""
        self.ask("initialize", {
            "processId": None, "rootUri": ROOT.as_uri(), "capabilities": {"textDocument": {"completion": {"completionItem": {"snippetSupport": True}}}},
        })
        self.tell("initialized", {})
        self.tell("workspace/didChangeConfiguration", {"settings": SETTINGS})

    def _send(self, message: dict) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.process.stdin.flush()

    def _receive(self) -> dict:
        length = 0
        while (line := self.process.stdout.readline().strip()) or not length:
            assert line or self.process.poll() is None, "the server ended"
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        return json.loads(self.process.stdout.read(length))

    def tell(self, method: str, params: dict) -> None:
        """Send a notification."""
        self._send({"method": method, "params": params})

    def wait(self, wanted: object) -> dict:
        """The next message that is wanted; what the server asks meanwhile is answered."""
        while True:
            message = self._receive()
            if "id" in message and "method" in message:
                items = message["params"].get("items", []) if message["method"] == "workspace/configuration" else None
                answer = [SETTINGS.get(one.get("section"), {}) for one in items] if items is not None else None
                self._send({"id": message["id"], "result": answer})
            elif wanted(message):
                return message

    def ask(self, method: str, params: dict) -> object:
        """Send a request and wait for its answer."""
        self.number += 1
        number = self.number
        self._send({"id": number, "method": method, "params": params})
        return self.wait(lambda message: message.get("id") == number and "method" not in message).get("result")

    def faults(self, path: Path, text: str) -> list[str]:
        """What the server finds wrong with a file that reads like this (it need not exist)."""
        self.number += 1
        uri = self.uri = path.with_name(f"{self.number}-{path.name}").as_uri()  # a new one, since diagnostics carry no version
        self.tell("textDocument/didOpen", {"textDocument": {"uri": uri, "languageId": "yaml", "version": 1, "text": text}})
        found = self.wait(lambda message: message.get("method") == "textDocument/publishDiagnostics" and message["params"]["uri"] == uri)
        return [f"{one['range']['start']['line'] + 1}: {one['message']}" for one in found["params"]["diagnostics"]]

    def at_end(self, what: str, path: Path, text: str) -> object:
        """What the server says at the end of a text."""
        self.faults(path, text)
        lines = text.split("\n")
        place = {"textDocument": {"uri": self.uri}, "position": {"line": len(lines) - 1, "character": len(lines[-1])}}
        return self.ask(f"textDocument/{what}", place)

    def completions(self, path: Path, text: str) -> set[str]:
        """What the server offers at the end of a text."""
        found = self.at_end("completion", path, text)
        return {one["label"] for one in (found["items"] if isinstance(found, dict) else found)}


@pytest.fixture(scope="module")
def editor() -> Iterator[Editor]:
    if shutil.which("node") is None or not SERVER.is_file():
        missing("yaml-language-server")
    found = Editor()
    yield found
    found.process.kill()
    found.process.wait()


def test_it_finds_nothing_wrong_in_the_repository(editor: Editor) -> None:
    some = {schemas.schema_for(path): path for path in schemas.marked()}
    for path in sorted({*some.values(), *RULES.glob("*/obligations/*.yaml")}):
        assert editor.faults(path, path.read_text(encoding="utf-8")) == [], path


@pytest.mark.parametrize(("file", "old", "new", "told"), [
    ("rules/benn/obligations/section-2.yaml", "modality: task", "modality: taks", 'Value is not accepted. Valid values: "obligation", "task"'),
    ("rules/benn/obligations/section-2.yaml", "  bearer:", "  baerer:", "Property baerer is not allowed."),
    ("rules/benn/pack.yaml", "tolerance: $ca_tolerance", "tolerance: some", ""),
    ("rules/benn/vocabulary.yaml", "type: date", "type: dat", "Value is not accepted."),
    ("agreements/benn/benn-mitte.yaml", "kind: benn_team", "kind: benn_teem", 'Valid values: "benn_team", "quartiersmanagement"'),
    ("agreements/benn/benn-mitte.yaml", "district: Mitte", "distrikt: Mitte", "Property distrikt is not allowed."),
    ("facts/benn/benn-mitte/2019/submission.yaml", "submitted_by: district", "submitted_by: distrikt", "Valid values:"),
])
def test_it_tells_what_is_wrong(editor: Editor, file: str, old: str, new: str, told: str) -> None:
    text = (ROOT / file).read_text(encoding="utf-8")
    assert old in text
    faults = editor.faults(ROOT / file, text.replace(old, new, 1))
    line = next(number for number, one in enumerate(text.replace(old, new, 1).split("\n"), 1) if new in one)
    assert any(fault.startswith(f"{line}: ") and told in fault for fault in faults), faults


def test_it_completes_and_explains(editor: Editor) -> None:
    obligations = RULES / "benn" / "obligations" / "new.yaml"
    begun = f"{schemas.line_for(obligations)}\n- id: a\n  "
    assert {"title", "bearer", "modality", "count", "staffed", "within_budget"} <= editor.completions(obligations, begun)
    assert {"programme", "agreement", "site"} <= editor.completions(obligations, begun + "scope: ")
    assert {"facts", "where", "lower", "approximate"} <= editor.completions(obligations, begun + "count:\n    ")
    agreement = ROOT / "agreements" / "benn" / "new.yaml"
    assert {"district", "term", "sites"} <= editor.completions(agreement, f"{schemas.line_for(agreement)}\nid: a\n")
    hover = editor.at_end("hover", obligations, begun + "modality: task")
    assert "owed by a party" in json.dumps(hover)
