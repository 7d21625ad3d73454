"""Uploads: hostile names and files, limits, nothing half written, nothing overwritten, problems across submissions."""

from __future__ import annotations

import concurrent.futures
import os
from pathlib import Path

import pytest

from desks import MANIFEST, checked, codes, files, kept, workspace
from servanda.desk import submissions
from servanda.desk import workspace as desk_workspace
from servanda.desk.runs import run_of
from servanda.desk.submissions import keep, receive, received, stored, withdraw_upload
from servanda.desk.workspace import open_workspace
from servanda.problems import InvalidInput
from small_books import xlsx

ODD_NAMES = ("../up", "..", ".", ".hidden", "a/b.csv", "a\\b.csv", "/etc/passwd", "a..b.csv", "x" * 81, "", " ", "ä.csv", "a\x00.csv", "a\n.csv", "-rf.csv",
             "C:evil.csv", "../x.xlsx", "a\u202egnp.xlsx\x07", "\udcff.csv")


def tree(folder: Path) -> list[str]:
    """What lies in a folder, but for the ledger and the lock."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.name not in ("ledger.sqlite", ".lock"))


@pytest.mark.parametrize("name", ODD_NAMES)
def test_odd_names_are_refused_and_nothing_is_written(tmp_path: Path, name: str) -> None:
    bench = workspace(tmp_path)
    before = tree(tmp_path)
    assert codes(lambda: receive(bench, {**files(), name: b"x"}, "2019")) == ["unfit-name"]
    assert codes(lambda: receive(bench, files(), name)) == ["unfit-name"]
    assert tree(tmp_path) == before


@pytest.mark.parametrize("upload", ["..", "", ".", "u000001-../../..", "u000001-0000000g", "x" * 500, "u000001-00000000\n", "\x00"])
def test_no_upload_is_a_path(tmp_path: Path, upload: str) -> None:
    bench = workspace(tmp_path)
    assert received(bench, upload) is None
    assert codes(lambda: keep(bench, upload)) == codes(lambda: withdraw_upload(bench, upload)) == ["unknown-upload"]


def test_limits(tmp_path: Path) -> None:
    bench = workspace(tmp_path, most_files=5, most_bytes=2000)
    assert not receive(bench, files(), "fits").problems
    assert codes(lambda: receive(bench, {**files(), "a.csv": b"", "b.csv": b""}, "many")) == ["too-many-files"]
    assert codes(lambda: receive(bench, {**files(), "a.csv": b"x" * 2000}, "large")) == ["upload-too-large"]
    assert codes(lambda: receive(bench, {}, "none")) == ["too-many-files"]


def test_uploads_do_not_pile_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(submissions, "MOST_WAITING", 2)
    bench = workspace(tmp_path)
    first = receive(bench, files(), "a")
    receive(bench, files(), "b")
    assert codes(lambda: receive(bench, files(), "c")) == ["too-many-uploads"]
    withdraw_upload(bench, first.upload)
    receive(bench, files(), "c")


@pytest.mark.parametrize("name", ["all.zip", "ALL.ZIP", "all.tar", "table.csv", "all.7z", "a.json"])
def test_archives_are_refused(tmp_path: Path, name: str) -> None:
    content = b"PK\x03\x04rest" if name.endswith(("csv", "json")) else b"x"
    assert codes(lambda: receive(workspace(tmp_path), {name: content}, "2019")) == ["upload-archive"]


def test_two_files_of_one_name(tmp_path: Path) -> None:
    bench = workspace(tmp_path)
    assert codes(lambda: receive(bench, {"Über.xlsx": b"a", "ueber.xlsx": b"b"}, "2019")) == ["upload-twice"]
    assert codes(lambda: receive(bench, {"meetings.csv": b"a", "MEETINGS.csv": b"b"}, "2019")) == ["upload-twice"]


def test_what_is_no_single_submission(tmp_path: Path) -> None:
    bench = workspace(tmp_path)
    assert [one.code for one in receive(bench, {"meetings.csv": b"id\n"}, "2019").problems] == ["missing-manifest"]
    assert [one.code for one in receive(bench, {"notes.txt": b"hello"}, "2019").problems] == ["missing-manifest"]
    sheet = [["agreement", "benn-mitte"], ["submitted_on", "2020-01-20"], ["submitted_by", "district"]]
    xlsx(tmp_path / "a.xlsx", {"Lieferung": sheet})
    data = (tmp_path / "a.xlsx").read_bytes()
    assert [one.code for one in receive(bench, {"a.xlsx": data, "b.xlsx": data}, "2019").problems] == ["not-one-submission"]


def test_problems_across_submissions_show(tmp_path: Path) -> None:
    bench = workspace(tmp_path)
    kept(bench)
    other = MANIFEST.replace("district\n", "team\n")
    found = receive(bench, files(other, staffing=None, funds=None), "team")
    assert {one.code for one in found.problems} == {"other-submitter"} and {grid.file for grid in found.grids} == {"meetings.csv"}
    assert codes(lambda: keep(bench, found.upload)) == ["other-submitter"] * 2


def test_a_problem_that_comes_up_while_an_upload_waits_keeps_it_out(tmp_path: Path) -> None:
    bench = workspace(tmp_path)
    waiting = receive(bench, files(MANIFEST.replace("district\n", "team\n")), "team")
    assert not waiting.problems
    kept(bench)
    assert set(codes(lambda: keep(bench, waiting.upload))) == {"other-submitter"} and len(stored(bench)) == 1


def test_two_people_keep_at_once(tmp_path: Path) -> None:
    """Of two uploads that do not fit together, one is kept, whoever comes first; of one upload asked for twice, likewise."""
    bench = workspace(tmp_path)
    uploads = [receive(bench, files(MANIFEST.replace("district\n", f"{who}\n")), who).upload for who in ("team", "district")]

    def one(upload: str) -> bool:
        try:
            return bool(keep(bench, upload))
        except InvalidInput:
            return False

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(one, uploads * 2)) == 1
    assert len(stored(bench)) == 1


def test_a_later_upload_of_the_same_day_replaces(tmp_path: Path) -> None:
    """Also where it is called something that sorts before the earlier one."""
    bench = workspace(tmp_path)
    kept(bench, "z-first")
    first = kept(bench, "a-second", staffing="id,role,site,from,to\nc-1,district_coordinator,,2017-09-01,\n")
    assert first.path == "submissions/benn-mitte/" + first.name and first.name.endswith("-a-second")
    found = next(one for one in run_of(checked(bench))["findings"] if one["id"] == "benn/benn-mitte/-/district-coordinator/2019")
    assert found["value"] == 0


def test_nothing_is_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever writing breaks off, no upload is there; what is left over does not disturb."""
    bench = workspace(tmp_path)
    written = []

    def broken(handle: int) -> None:
        written.append(handle)
        if len(written) == 3:
            raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(desk_workspace.os, "fsync", broken)
        assert codes(lambda: receive(bench, files(), "2019")) == ["no-room"]
    assert [one for one in os.listdir(bench.incoming) if received(bench, one)] == [] and stored(bench) == []
    assert os.listdir(bench.incoming) == []
    assert not receive(bench, files(), "2019").problems


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    bench = workspace(tmp_path)
    found = receive(bench, files(), "2019")
    taken = bench.submissions / "benn-mitte" / f"{found.upload}-2019"
    taken.mkdir(parents=True)
    (taken / "keep.me").write_text("x")
    assert codes(lambda: keep(bench, found.upload)) == ["upload-exists"]
    assert (taken / "keep.me").read_text() == "x" and received(bench, found.upload) is not None


def test_links_are_not_followed(tmp_path: Path) -> None:
    bench = workspace(tmp_path)
    found = receive(bench, files(), "2019")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (bench.submissions / "benn-mitte").symlink_to(elsewhere)
    assert "link" in codes(lambda: keep(bench, found.upload)) and not list(elsewhere.iterdir())
    (bench.submissions / "benn-mitte").unlink()
    (bench.incoming / "u000009-00000000").symlink_to(bench.incoming / found.upload)
    assert received(bench, "u000009-00000000") is None


def test_a_folder_that_is_none(tmp_path: Path) -> None:
    bench = workspace(tmp_path)
    (tmp_path / "file").write_text("x")
    assert codes(lambda: open_workspace(tmp_path / "file", bench.agreements, bench.rules)) == ["unusable-workspace"]
    (tmp_path / "linked").mkdir()
    (tmp_path / "linked" / "incoming").symlink_to(tmp_path)
    assert codes(lambda: open_workspace(tmp_path / "linked", bench.agreements, bench.rules)) == ["link"]


def test_cells_of_odd_tables_are_found(tmp_path: Path) -> None:
    """Semicolons, labels as headers, cells over several lines, rows far apart: a grid for each stretch, the wrong cell marked."""
    rows = ["Kennung;Datum;Gremium;organiser", *(f"m-{n};2019-01-10;\"other\";district" for n in range(2, 40))]
    rows[5], rows[30] = 'm-6;"31.02.\n2019";other;district', "m-31;x;other;district"
    found = receive(workspace(tmp_path), files(meetings="\n".join(rows) + "\n"), "2019")
    assert [(one.code, one.row) for one in found.problems] == [("invalid-date", 6), ("invalid-date", 32)]
    assert [sorted(grid.marked) for grid in found.grids] == [[(6, 1)], [(32, 1)]]
    assert [[number for number, _ in grid.rows] for grid in found.grids] == [[1, 4, 5, 6, 8, 9], [1, 30, 31, 32, 33, 34]]


def test_a_broken_kept_file_is_said(tmp_path: Path) -> None:
    bench = workspace(tmp_path)
    kept(bench)
    next(bench.submissions.rglob("submission.yaml")).write_text("agreement: [\n")
    assert codes(lambda: stored(bench)) == ["invalid-yaml"]
    with pytest.raises(InvalidInput) as raised:
        checked(bench)
    assert all(not (one.file or "").startswith("/") for one in raised.value.problems)
