"""Who may do what in the workbench: every route with every role, sessions, forged requests, guessing, headers, hosts and sizes."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.routing import Route as Served

from servanda.desk.roles import may
from servanda.workbench.routes import ROUTES
from servanda.workbench.sessions import cookie_name, csrf_token
from servanda.workbench.users import UserMistake, add_user, disable, set_password, set_role
from workbench_world import BASE, PASSWORD, PEOPLE, World, post, sign_in, token, world

USERS = {None: None, "reader": "lena", "reviewer": "anna", "confirmer": "cora"}


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> World:
    return world(tmp_path_factory.mktemp("bench"))


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[World]:
    yield world(tmp_path)


def an_address(path: str) -> str:
    """A route's path with something in it that does not exist, so that whoever may gets a 404 and nothing happens."""
    return re.sub(r"\{[^}]*\}", "999999", path)


@pytest.mark.parametrize("role", USERS)
@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_every_route_with_every_role(shared: World, route, role: str | None) -> None:
    client = shared.browser(USERS[role])
    given = token(client, "/" if role else "/login") if route.method == "POST" else None
    if route.path.startswith("/api/") and not route.upload:
        sent = {"json": {}, "headers": {"x-csrf-token": given}} if given else {}
    else:
        sent = {"data": {"csrf_token": given}, "headers": {"x-csrf-token": given}} if given else {}
    answer = client.request(route.method, an_address(route.path), **sent)
    if route.action is not None and role is None:
        assert answer.status_code == 401 if route.path.startswith("/api/") else answer.status_code == 303 and answer.headers["location"].startswith("/login")
    elif route.action is not None and not may(role, route.action):
        assert answer.status_code == 403
    else:
        assert answer.status_code in (200, 303, 404, 422)
        assert answer.status_code != 303 or not answer.headers["location"].startswith("/login?next")


def test_nothing_exists_beside_the_table(shared: World) -> None:
    served = {(method, route.path) for route in shared.app.routes if isinstance(route, Served) for method in route.methods - {"HEAD"}}
    assert served == {(route.method, route.path) for route in ROUTES}
    assert len(shared.app.routes) == len(ROUTES)
    for path in ("/docs", "/openapi.json", "/redoc", "/static/../app.py", "/static/users.sqlite", "/runs/"):
        assert shared.browser("anna").get(path).status_code == 404
    assert shared.browser("anna").put("/runs").status_code == 405


def test_only_signing_in_and_files_are_open(shared: World) -> None:
    assert {(route.method, route.path) for route in ROUTES if route.action is None} == {
        ("GET", "/login"), ("POST", "/login"), ("POST", "/logout"), ("POST", "/language"), ("GET", "/static/{name}"),
    }


def test_safe_methods_change_nothing_and_unsafe_ones_need_a_token(shared: World) -> None:
    for route in ROUTES:
        if route.method == "POST":
            client = shared.browser(None if route.action is None else "cora" if route.action == "confirmation" else "anna")
            assert client.post(an_address(route.path)).status_code == 403, route.path


@pytest.mark.parametrize("path", ["/", "/login", "/runs", "/nowhere", "/static/workbench.css", "/runs/999"])
def test_every_answer_carries_the_policy(shared: World, path: str) -> None:
    for client in (shared.browser(), shared.browser("anna")):
        headers = client.get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"] and "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff" and headers["referrer-policy"] == "same-origin"
        assert headers["cache-control"] == "no-store" or path.startswith("/static/")
    foreign = shared.browser().get(path, headers={"host": "evil.example"})
    assert foreign.status_code == 421 and "content-security-policy" in foreign.headers


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "127.0.0.2:80", "", "[::1", "localhost.:80", "user@127.0.0.1"])
def test_other_hosts_are_refused(shared: World, host: str) -> None:
    assert shared.browser().get("/login", headers={"host": host}).status_code == 421


@pytest.mark.parametrize("host", ["127.0.0.1:8711", "LOCALHOST", "[::1]:8711", "localhost:1"])
def test_loopback_has_three_names(shared: World, host: str) -> None:
    assert shared.browser().get("/login", headers={"host": host}).status_code == 200


def test_a_forged_form_does_nothing(bench: World) -> None:
    client, other = bench.browser("anna"), bench.browser("bert")
    right = token(client, "/")
    for wrong in ("", "0" * 64, right[:-1], token(other, "/"), "ü" * 64):
        assert client.post("/logout", data={"csrf_token": wrong}).status_code == 403
    assert client.get("/").status_code == 200
    for name, value in (
        ("origin", "http://evil.example"), ("origin", "null"), ("origin", "http://["), ("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site"),
    ):
        assert client.post("/logout", data={"csrf_token": right}, headers={name: value}).status_code == 403
    assert client.post("/logout", headers={"x-csrf-token": right, "origin": BASE}).status_code == 303
    assert client.get("/").status_code == 303


def test_signing_in_needs_a_token_too(bench: World) -> None:
    assert bench.browser().post("/login", data={"name": "anna", "password": PASSWORD}).status_code == 403


def test_a_session_is_new_after_signing_in(bench: World) -> None:
    client = bench.browser()
    client.cookies.set("servanda", "planted-by-somebody-else", domain="127.0.0.1", path="/")
    answer = client.post("/login", data={"csrf_token": csrf_token("planted-by-somebody-else"), "name": "anna", "password": PASSWORD})
    assert answer.status_code == 303 and "planted" not in answer.headers["set-cookie"]
    thief = bench.browser()
    thief.cookies.set("servanda", "planted-by-somebody-else", domain="127.0.0.1", path="/")
    assert thief.get("/").status_code == 303
    first = answer.headers["set-cookie"]
    assert sign_in(bench.browser(), "anna").headers["set-cookie"] != first


def test_the_cookie_is_for_the_browser_alone(tmp_path: Path) -> None:
    plain, secure = world(tmp_path / "a"), world(tmp_path / "b", base_url="https://desk.example")
    cookie = sign_in(plain.browser(), "anna").headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=lax" in cookie and "secure" not in cookie and "max-age" not in cookie
    client = secure.browser(base="https://desk.example")
    answer = sign_in(client, "anna")
    cookie = answer.headers["set-cookie"].lower()
    assert cookie.startswith("__host-servanda=") and "secure" in cookie and "path=/" in cookie and "domain" not in cookie
    assert "strict-transport-security" in answer.headers


def test_the_database_holds_no_password_and_no_session(bench: World, tmp_path: Path) -> None:
    client = bench.browser("anna")
    content = (tmp_path / "users.sqlite").read_bytes()
    identity = client.cookies[cookie_name(bench.app.state.bench.settings)]
    assert PASSWORD.encode() not in content and identity.encode() not in content and b"$argon2id$" in content
    assert (tmp_path / "users.sqlite").stat().st_mode & 0o077 == 0


def test_a_session_ends_by_idleness_by_age_and_by_signing_out(bench: World) -> None:
    client = bench.browser("anna")
    for _ in range(9):
        bench.clock.pass_by(minutes=59)
        assert client.get("/").status_code == 200
    bench.clock.pass_by(minutes=60)
    assert client.get("/").status_code == 303
    busy = bench.browser("anna")
    for _ in range(11):
        bench.clock.pass_by(minutes=55)
        last = busy.get("/").status_code
    assert last == 303
    leaving = bench.browser("anna")
    identity = leaving.cookies["servanda"]
    assert post(leaving, "/logout").status_code == 303
    thief = bench.browser()
    thief.cookies.set("servanda", identity, domain="127.0.0.1", path="/")
    assert thief.get("/").status_code == 303


def test_changes_to_a_user_hold_at_once(bench: World) -> None:
    users = bench.app.state.bench.users
    client = bench.browser("lena")
    assert client.get("/runs/new").status_code == 403
    set_role(users, "LENA", "reviewer")
    assert client.get("/runs/new").status_code == 200
    disable(users, "lena")
    assert client.get("/").status_code == 303 and sign_in(bench.browser(), "lena").status_code == 422
    other = bench.browser("anna")
    set_password(users, "anna", "ganz anders als vorher")
    assert other.get("/").status_code == 303 and sign_in(bench.browser(), "anna").status_code == 422


@pytest.mark.parametrize(
    ("name", "role", "password", "code"),
    [("anna", "reader", PASSWORD, "name-taken"), ("ANNA ", "reader", PASSWORD, "name-taken"), ("a b", "reader", PASSWORD, "bad-name"),
     ("аnna", "reader", PASSWORD, "bad-name"), ("dora", "king", PASSWORD, "unknown-role"), ("dora", "reader", "elf Zeichen", "password-short"),
     ("dora", "reader", "x" * 201, "password-long"), ("dora", "reader", "aaaaaaaaaaaaaa", "password-weak")],
)
def test_bad_users_are_refused(shared: World, name: str, role: str, password: str, code: str) -> None:
    with pytest.raises(UserMistake) as mistake:
        add_user(shared.app.state.bench.users, name, role, password)
    assert mistake.value.code == code


def test_guessing_is_limited_by_name(bench: World) -> None:
    for _ in range(5):
        assert sign_in(bench.browser(address="192.0.2.1"), "anna", "geraten, aber falsch").status_code == 422
    answer = sign_in(bench.browser(address="192.0.2.2"), "Anna")
    assert answer.status_code == 429 and 0 < int(answer.headers["retry-after"]) <= 900 and "set-cookie" not in answer.headers
    assert sign_in(bench.browser(), "bert").status_code == 303
    bench.clock.pass_by(minutes=15)
    assert sign_in(bench.browser(), "anna").status_code == 303


def test_guessing_is_limited_by_address(tmp_path: Path) -> None:
    bench = world(tmp_path, address_attempts=4)
    for number in range(4):
        assert sign_in(bench.browser(address="192.0.2.1"), f"nobody{number}", "x").status_code == 422
    assert sign_in(bench.browser(address="192.0.2.1"), "anna").status_code == 429
    assert sign_in(bench.browser(address="192.0.2.3"), "anna").status_code == 303


def test_being_right_takes_the_failures_back(bench: World) -> None:
    for _ in range(3):
        for _ in range(4):
            assert sign_in(bench.browser(address="192.0.2.7"), "anna", "falsch").status_code == 422
        assert sign_in(bench.browser(address="192.0.2.8"), "anna").status_code == 303


def test_unknown_names_cost_a_comparison_too(bench: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from servanda.workbench import users

    seen = []
    matches = users._matches
    monkeypatch.setattr(users, "_matches", lambda held, password: seen.append(held) or matches(held, password))
    for name in ("nobody", "anna", "kein Name"):
        assert sign_in(bench.browser(), name, "falsch").status_code == 422
    assert len(seen) == 3 and all(held.startswith("$argon2id$") for held in seen)


def test_a_header_counts_from_the_proxy_only(tmp_path: Path) -> None:
    bench = world(tmp_path, trusted_header="X-Remote-User", trusted_proxies=("10.0.0.5",))
    headers = {"X-Remote-User": "Anna"}
    assert bench.browser(address="10.0.0.6").get("/", headers=headers).status_code == 303
    proxy = bench.browser(address="10.0.0.5")
    assert proxy.get("/").status_code == 303 and proxy.get("/", headers={"X-Remote-User": "stranger"}).status_code == 303
    answer = proxy.get("/", headers=headers)
    assert answer.status_code == 200 and "anna" in answer.text
    assert proxy.get("/").status_code == 303, "the cookie alone is nobody"
    assert proxy.get("/", headers=[("X-Remote-User", "anna"), ("X-Remote-User", "cora")]).status_code == 303
    assert proxy.post("/language", headers=headers, data={"language": "en"}).status_code == 403
    switched = proxy.get("/", headers={"X-Remote-User": "cora"})
    assert "cora" in switched.text and "anna" not in switched.text
    outside = bench.browser(address="10.0.0.6")
    outside.cookies.set("servanda", proxy.cookies["servanda"], domain="127.0.0.1", path="/")
    assert outside.get("/").status_code == 303


def test_without_the_setting_no_header_counts(bench: World) -> None:
    assert bench.browser().get("/", headers={"X-Remote-User": "anna"}).status_code == 303


def test_the_address_behind_a_proxy_is_limited(tmp_path: Path) -> None:
    bench = world(tmp_path, trusted_header="X-Remote-User", trusted_proxies=("10.0.0.5",), address_attempts=2)

    def attempt(told: str):
        client = bench.browser(address="10.0.0.5")
        return client.post("/login", data={"csrf_token": token(client), "name": "nobody" + told[-1], "password": "x"}, headers={"x-forwarded-for": told})

    assert [attempt(told).status_code for told in ("1.1.1.1, 192.0.2.1", "2.2.2.2, 192.0.2.1", "3.3.3.3, 192.0.2.1", "192.0.2.9")] == [422, 422, 429, 422]


def test_basic_is_for_the_api_only(bench: World) -> None:
    credentials = base64.b64encode(f"anna:{PASSWORD}".encode()).decode()
    assert bench.browser().get("/", headers={"authorization": f"Basic {credentials}"}).status_code == 303


def ask(bench: World, name: str, password: str, **headers: str):
    credentials = base64.b64encode(f"{name}:{password}".encode()).decode()
    return bench.browser().get("/api/v1/me", headers={"authorization": f"Basic {credentials}", **headers})


def test_programs_bring_their_credentials(bench: World) -> None:
    answer = ask(bench, "Anna", PASSWORD)
    assert answer.status_code == 200 and answer.json() == {"name": "anna", "role": "reviewer"} and "set-cookie" not in answer.headers
    disable(bench.app.state.bench.users, "bert")
    for name, password in (("anna", "falsch"), ("nobody", PASSWORD), ("bert", PASSWORD), ("", ""), ("anna", "")):
        refusal = ask(bench, name, password)
        assert refusal.status_code == 401 and refusal.headers["www-authenticate"].startswith("Basic ") and refusal.json()["error"]["status"] == 401
    encoded = [base64.b64encode(raw).decode() for raw in (b"\xff\xfe", b"nocolon")]
    for odd in ("Basic", "Basic ü", "Basic !!!", "Bearer x", *(f"Basic {one}" for one in encoded)):
        assert bench.browser(address="192.0.2.5").get("/api/v1/me", headers={"authorization": odd.encode()}).status_code in (401, 429)


def test_programs_are_limited_alike(bench: World) -> None:
    assert [ask(bench, "anna", "falsch").status_code for _ in range(6)] == [401] * 5 + [429]
    assert int(ask(bench, "anna", PASSWORD).headers["retry-after"]) > 0
    assert sign_in(bench.browser(), "anna").status_code == 429, "the same failures count for the form"


def test_bodies_have_a_limit(bench: World) -> None:
    client = bench.browser("anna")
    right = token(client, "/")
    assert client.post("/runs", data={"csrf_token": right, "as_of": "x" * 300_000}).status_code == 413
    form = {"x-csrf-token": right, "content-type": "application/x-www-form-urlencoded"}
    assert client.post("/runs", content=(b"x" * 65536 for _ in range(10)), headers=form).status_code == 413, "sent in pieces, without a length"
    assert client.post("/runs", content=b"", headers={"content-length": "99999999999"}).status_code == 413
    assert client.post("/runs", data={"csrf_token": right, **{f"f{number}": "1" for number in range(300)}}).status_code in (400, 413)
    files = {f"f{number}": ("a", b"x") for number in range(3)}
    assert client.post("/runs", data={"csrf_token": right}, files=files).status_code == 400


def test_everybody_in_the_list_of_people_has_a_role(shared: World) -> None:
    assert set(PEOPLE.values()) == {role for role in USERS if role}
