"""servanda trace: from the signed text to rules, cases and findings, and back."""

from __future__ import annotations

import datetime
from gettext import gettext as _
from pathlib import Path

import click

from servanda.cli import EVALUATED, FOUND
from servanda.cli.completion import complete_folders
from servanda.cli.inputs import DAY, agreements_folder, definition_options, rules_folder, terminal_width, today, wants_colour
from servanda.cli.output import UnwritableOutput, write_whole
from servanda.cli.reports import refuse
from servanda.kinds import BY_NAME
from servanda.pack import read_packs
from servanda.pack_shapes import Pack
from servanda.problems import InvalidInput, Problems
from servanda.report.safe_text import safe_text
from servanda.report.style import Style
from servanda.trace.matrix import Trace


@click.command("trace")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH…]", shell_complete=complete_folders)
@click.option("--pack", "name", metavar="PACK", help="The pack, where there are several.")
@click.option("--text", type=click.Path(path_type=Path), metavar="FILE", help="The signed text: Markdown, plain text or DOCX.")
@click.option("--report", "told", type=click.Path(path_type=Path), metavar="FILE", help="Findings of a JSON report in place of a run over PATH.")
@click.option("--as-of", type=DAY, metavar="DATE", help="Evaluate PATH as of the end of that day  [default: today, UTC]")
@click.option("--write-fingerprints", "write", is_flag=True, help="Write what the pack is to know of the text: hashes and figures, no sentence.")
@click.option("--format", "form", type=click.Choice(["table", "json", "csv", "html"]), default="table", show_default=True, help="Format of the matrix.")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="File to write  [default: standard output]")
@definition_options
def command(
    paths: tuple[Path, ...], name: str | None, text: Path | None, told: Path | None, as_of: datetime.date | None, write: bool, form: str, output: Path | None,
    rules: Path | None, agreements: Path | None, lang: str,
) -> int:
    """Trace every clause to its rules, their cases and findings, and every rule to its clauses.

    With the signed text, every clause is looked up in it: its key phrases and figures must stand there, and what differs from the text that the rules
    were written for is named. Exit status: 0 all of that holds; 1 a clause has neither rule nor reason, or the text lacks what a rule relies on;
    2 something cannot be read.
    """
    if write and text is None:
        raise click.UsageError(_("--write-fingerprints needs --text."))
    if told is not None and paths:
        raise click.UsageError(_("Give either PATH or --report."))
    style = Style(lang, terminal_width(), wants_colour())
    try:
        pack = _pack(rules_folder(rules, paths), name)
        traced = _traced(pack, paths, text, told, as_of, (rules_folder(rules, paths), agreements_folder(agreements, paths)))
        if write and text is not None:
            _write(pack, text)
        write_whole([(_report(traced, form, lang), output)])
    except InvalidInput as invalid:
        return refuse(invalid.problems, [("json" if form == "json" else "table", output)], style)
    except UnwritableOutput as error:
        return refuse([error.problem], [("table", None)], style)
    return EVALUATED if traced.sound else FOUND


def _pack(folder: Path, name: str | None) -> Pack:
    """The pack of that name, or the only one."""
    problems = Problems()
    packs = read_packs(folder, BY_NAME, problems)
    if not packs and not problems:
        problems.add("no-packs", folder.as_posix())
    chosen = name or (next(iter(packs)) if len(packs) == 1 else "")
    if chosen not in packs and not problems:
        problems.add("unknown-pack", None, None, "--pack", found=chosen or "–", known=", ".join(sorted(packs)), near=chosen)
    if problems:
        raise InvalidInput(problems.sorted())
    return packs[chosen]


def _traced(pack: Pack, paths: tuple[Path, ...], text: Path | None, told: Path | None, as_of: datetime.date | None, folders: tuple[Path, Path]) -> Trace:
    from servanda.cases.read import read_cases
    from servanda.trace.align import align
    from servanda.trace.fingerprints import read_fingerprints
    from servanda.trace.matrix import findings_of_report, trace
    from servanda.trace.signed_text import read_text

    problems = Problems()
    cases = read_cases(pack, problems)
    known = read_fingerprints(pack, problems)
    items = read_text(text, problems) if text else ()
    found = findings_of_report(told, pack, problems) if told else None
    if problems:
        raise InvalidInput(problems.sorted())
    if paths:
        from servanda.evaluate import evaluate

        run = evaluate(paths, folders[1], folders[0], as_of or today())
        found = [(one.obligation, one.status, one.material) for part in run.packs if part.pack.id == pack.id for one in part.findings]
    alignment = align(pack.clauses, items, known) if text else None
    return trace(pack, cases, found, alignment, text.as_posix() if text else None)


def _write(pack: Pack, text: Path) -> None:
    """Write text.yaml; nothing where a clause is not found with all of its phrases."""
    from servanda.trace.align import align, texts_of
    from servanda.trace.fingerprints import FILE, fingerprints_text
    from servanda.trace.signed_text import read_text

    items = read_text(text, Problems())
    fresh = align(pack.clauses, items, None)
    lacking = [one.clause.anchor for one in fresh.placed if not one.sound]
    if lacking:
        raise click.UsageError(_("The text does not have all key phrases of these clauses: {anchors}").format(anchors=safe_text(", ".join(lacking))))
    file = Path(pack.folder) / FILE
    first = file.read_text(encoding="utf-8").partition("\n")[0] if file.is_file() else ""
    kept = first + "\n" if first.startswith("# yaml-language-server:") else ""  # the line by which editors know the file
    write_whole([(kept + fingerprints_text(texts_of(fresh, items), items), file)])
    click.echo(_("Written: {file}").format(file=safe_text(file.as_posix())), err=True)


def _report(traced: Trace, form: str, lang: str) -> str:
    from servanda.trace import report

    if form == "html":
        from servanda.trace.html import trace_html

        return trace_html(traced, lang)
    return report.trace_json(traced) if form == "json" else report.trace_csv(traced, lang) if form == "csv" else report.trace_text(traced, lang)
