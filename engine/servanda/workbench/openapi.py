"""The description of the API (OpenAPI 3.1), made from the table of routes and the shapes of the ledger's bodies."""

from __future__ import annotations

import re
from functools import lru_cache

from servanda.ledger.bodies import BODIES

_TEXT, _NUMBER, _OBJECT = {"type": "string"}, {"type": "integer"}, {"type": "object"}
_ENTRY = {
    "type": "object", "required": ["number", "at", "author", "kind", "subjects", "body", "previous", "hash"],
    "properties": {
        "number": {"type": "integer", "minimum": 1}, "at": _TEXT, "author": _TEXT, "kind": {"enum": list(BODIES)},
        "subjects": {"type": "array", "items": _TEXT}, "body": _OBJECT, "previous": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
        "hash": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
    },
}
_PROBLEM = {
    "type": "object", "required": ["code", "file", "row", "column", "found", "expected", "message"],
    "properties": {name: {"type": ["string", "null"]} for name in ("code", "file", "sheet", "cell", "column", "found", "expected", "message")}
    | {"row": {"type": ["integer", "null"]}},
}
_UPLOAD = {
    "type": "object", "required": ["upload", "name", "sound", "summary", "problems"],
    "properties": {"upload": _TEXT, "name": _TEXT, "sound": {"type": "boolean"}, "summary": {"type": ["string", "null"]},
                   "problems": {"type": "array", "items": {"$ref": "#/components/schemas/Problem"}}},
}
_SUBMISSION = {
    "type": "object", "required": ["path", "agreement", "submitted_on", "submitted_by", "sha256"],
    "properties": {"path": _TEXT, "name": _TEXT, "pack": _TEXT, "agreement": {"type": ["string", "null"]}, "submitted_on": _TEXT, "submitted_by": _TEXT,
                   "sha256": _TEXT},
}
_NEW_RUN = {
    "type": "object", "required": ["as_of"], "additionalProperties": False,
    "properties": {"as_of": {"type": "string", "examples": ["2021-09-30"]}, "year": {"type": ["integer", "null"]},
                   "agreements": {"type": ["array", "null"], "items": _TEXT}},
}
_FILES = {"type": "object", "required": ["name", "files"],
          "properties": {"name": _TEXT, "files": {"type": "array", "items": {"type": "string", "format": "binary"}}}}
_CHECKPOINT = {"type": "object", "required": ["length", "hash"], "properties": {"length": _NUMBER, "hash": _TEXT}}
_PROBLEMS = {"type": "object", "required": ["schema", "problems"],
             "properties": {"schema": {"const": "servanda.problems/1"}, "problems": {"type": "array", "items": {"$ref": "#/components/schemas/Problem"}}}}
_ERROR = {"type": "object", "required": ["error"],
          "properties": {"error": {"type": "object", "required": ["status", "message"], "properties": {"status": _NUMBER, "message": _TEXT}}}}


def _ref(name: str) -> dict:
    return {"$ref": f"#/components/schemas/{name}"}


def _list(name: str, of: dict) -> dict:
    return {"type": "object", "required": [name], "properties": {name: {"type": "array", "items": of}}}


# By route: (status, shape of the answer, parameters of the address, shape of what is sent and its type).
_GIVES = {
    "GET /api/openapi.json": (200, _OBJECT, (), None), "GET /api/v1/me": (200, _OBJECT, (), None),
    "GET /api/v1/submissions": (200, _list("submissions", _SUBMISSION), (), None),
    "POST /api/v1/submissions": (201, _UPLOAD, (), ("multipart/form-data", _FILES)),
    "GET /api/v1/uploads/{upload}": (200, _UPLOAD, (), None), "POST /api/v1/uploads/{upload}/keep": (200, _SUBMISSION, (), None),
    "POST /api/v1/uploads/{upload}/discard": (204, None, (), None),
    "GET /api/v1/runs": (200, _list("runs", _ref("Entry")), (), None), "POST /api/v1/runs": (201, _ref("Entry"), (), ("application/json", _NEW_RUN)),
    "GET /api/v1/runs/{run}": (200, _ref("Entry"), (), None), "GET /api/v1/runs/{run}/report": (200, _OBJECT, (), None),
    "GET /api/v1/runs/{run}/findings": (200, _OBJECT, ("agreement", "clause", "status", "year", "material", "q", "page"), None),
    "GET /api/v1/compare": (200, _OBJECT, ("from", "to"), None),
    "GET /api/v1/entries": (200, _list("entries", _ref("Entry")), ("subject", "kind", "after"), None),
    "GET /api/v1/entries/{number}": (200, _ref("Entry"), (), None), "GET /api/v1/cases/{subject}": (200, _OBJECT, (), None),
    "GET /api/v1/ledger": (200, _CHECKPOINT, (), None), "POST /api/v1/ledger/verify": (200, _PROBLEMS, (), None),
}


@lru_cache(maxsize=1)
def description() -> dict:
    """The whole description; every route of the table under `/api/` is in it."""
    from servanda.workbench.routes import ROUTES

    paths: dict[str, dict] = {}
    for route in ROUTES:
        if route.path.startswith("/api/"):
            path = re.sub(r"\{(\w+):\w+\}", r"{\1}", route.path)
            paths.setdefault(path, {})[route.method.lower()] = _operation(route, path)
    schemas = {"Entry": _ENTRY, "Problem": _PROBLEM, "Problems": _PROBLEMS, "Error": _ERROR}
    return {
        "openapi": "3.1.0", "info": {"title": "servanda", "version": "1", "description": "What the workbench's pages do, as data."},
        "security": [{"basic": []}, {"session": []}], "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"basic": {"type": "http", "scheme": "basic"}, "session": {"type": "apiKey", "in": "cookie", "name": "servanda_session"}},
        },
    }


def _operation(route, path: str) -> dict:
    key = f"{route.method} {path}"
    kind = path.rpartition("/")[2]
    entering = route.method == "POST" and path == f"/api/v1/entries/{kind}"
    status, gives, asked, sent = (201, _ref("Entry"), (), ("application/json", _body(kind))) if entering else _GIVES[key]
    summary = f"Enter: {kind}." if entering else (route.handler.__doc__ or "").strip()
    refusals = {str(code): _answer("Refused", {"oneOf": [_ref("Error"), _ref("Problems")]}) for code in (400, 401, 403, 404, 413, 415, 422, 429)}
    operation = {
        "operationId": re.sub(r"[^a-z0-9]+", "_", key.lower()).strip("_"), "summary": summary.splitlines()[0], "description": f"Needs: {route.action}.",
        "parameters": [*_parameters(path, asked)], "responses": {str(status): _answer("Done", gives), **refusals},
    }
    if sent:
        operation["requestBody"] = {"required": True, "content": {sent[0]: {"schema": sent[1]}}}
    return operation


def _answer(text: str, schema: dict | None) -> dict:
    return {"description": text, **({"content": {"application/json": {"schema": schema}}} if schema else {})}


def _parameters(path: str, asked: tuple[str, ...]):
    for name in re.findall(r"\{(\w+)\}", path):
        yield {"name": name, "in": "path", "required": True, "schema": _TEXT}
    for name in asked:
        yield {"name": name, "in": "query", "required": name in ("from", "to"), "schema": _TEXT}


def _body(kind: str) -> dict:
    """The shape of a body; shapes inside it stand in it."""
    schema = BODIES[kind].model_json_schema(ref_template="#/components/schemas/{model}")
    inside = schema.pop("$defs", {})

    def resolved(value):
        if isinstance(value, dict):
            name = str(value.get("$ref", "")).rpartition("/")[2]
            return resolved(inside[name]) if name in inside else {key: resolved(one) for key, one in value.items()}
        return [resolved(one) for one in value] if isinstance(value, list) else value

    return resolved(schema)
