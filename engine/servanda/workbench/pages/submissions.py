"""Submissions: those that are kept, an upload, and what is wrong with it at its cells; keep it or throw it away.

Uploads wait in the desk's quarantine under an id that the desk makes; a file's name is taken without any folder, and the desk has the last word on it.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath, PureWindowsPath

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from servanda.desk import submissions as desk
from servanda.report.json_report import problem_object
from servanda.report.style import Style
from servanda.workbench.listing import paged
from servanda.workbench.names import names_of
from servanda.workbench.visit import Visit, go, page
from servanda.workbench.words import words

_SHOWN = 200


def listed(visit: Visit) -> Response:
    """The submissions that are kept."""
    workspace = visit.bench.workspace
    kept = sorted(desk.stored(workspace), key=lambda one: (one.agreement or "", one.submitted_on, one.path))
    return page(visit, "submissions.html", found=paged(kept, visit.asked("page")), names=names_of(workspace))


def form(visit: Visit) -> Response:
    """The form to upload a submission."""
    return page(visit, "submission_new.html", mistakes={}, name="")


def upload(visit: Visit) -> Response:
    """Take files into quarantine and check them; what came out has a page of its own."""
    t = words(visit.lang)
    name, files, mistakes = visit.text("name")[:200], {}, {}
    for one in visit.form.getlist("files"):
        if not isinstance(one, UploadFile) or not one.filename:
            continue
        own = PureWindowsPath(PurePosixPath(one.filename).name).name
        if not own or own.startswith(".") or len(own.encode()) > 200 or re.search(r"[\x00-\x1f\x7f]", own):
            mistakes["files"] = t("upload-bad-name", name=one.filename[:100])
        elif own in files:
            mistakes["files"] = t("upload-twice", name=own)
        else:
            files[own] = one.file.read()
    if not files and not mistakes:
        mistakes["files"] = t("upload-empty")
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", name, re.ASCII):
        mistakes = {"name": t("upload-bad-title"), **mistakes}  # in the order of the fields
    if mistakes:
        return page(visit, "submission_new.html", 422, mistakes=mistakes, name=name)
    return RedirectResponse(f"/submissions/uploads/{desk.receive(visit.bench.workspace, files, name).upload}", 303)


def received(visit: Visit) -> Response:
    """What was found in an upload: problems at their cells, or that it can be kept."""
    found = upload_of(visit)
    workspace = visit.bench.workspace
    quarantine, folder = f"{(workspace.incoming / found.upload).as_posix()}/", f"{workspace.folder.as_posix()}/"
    problems = [problem_object(problem, Style(visit.lang)) for problem in found.problems[:_SHOWN]]
    for one in problems:  # where the workspace lies on this machine is nobody's business
        one["file"] = one["file"].removeprefix(quarantine).removeprefix(folder) if one["file"] else None
    return page(visit, "submission_received.html", found=found, problems=problems)


def keep(visit: Visit) -> Response:
    """Keep a sound upload; one with problems stays where it is."""
    found = upload_of(visit)
    if found.problems:
        raise HTTPException(422)
    desk.keep(visit.bench.workspace, found.upload)
    return go(visit, "/submissions", "upload-kept", name=found.name)


def discard(visit: Visit) -> Response:
    """Throw an upload away."""
    found = upload_of(visit)
    desk.withdraw_upload(visit.bench.workspace, found.upload)
    return go(visit, "/submissions", "upload-discarded", name=found.name)


def upload_of(visit: Visit) -> desk.Received:
    """The upload that the address names; ids are letters and digits, so that none is a path."""
    identity = visit.request.path_params["upload"]
    found = desk.received(visit.bench.workspace, identity) if re.fullmatch(r"[A-Za-z0-9_-]{1,64}", identity, re.ASCII) else None
    if found is None:
        raise HTTPException(404)
    return found
