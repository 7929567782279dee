"""The command line as people use it: real processes, their output and their exit status."""

import json
import shutil
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from onewindow.access.principal import Role
from onewindow.access.tokens import Tokens
from tests.server import ANQIU, ROOT, Server, free_port, served


def run(*arguments: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """`python run.py …`, to its end."""
    return subprocess.run(
        [sys.executable, "run.py", *arguments],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", **(env or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A served hall with a few commits."""
    with served(tmp_path_factory.mktemp("served")) as found:
        for _ in range(3):
            issued = httpx.post(
                found.url + "/api/tickets", headers=found.bearer("guide"), json={"matter": "BIZ-001"}, trust_env=False
            )
            assert issued.status_code == 201
        yield found


def test_the_first_start_says_where_and_how(server: Server) -> None:
    said = server.output()
    for path in ("/guide", "/windows/01", "/kiosk", "/screens/hall", "/supervisor"):
        assert server.url + path in said
    shown = {line.split()[0]: line.split()[1] for line in said.splitlines() if line.startswith("    ")}
    assert set(shown) == {"guide", "clerk", "supervisor", "admin"}
    for name, password in shown.items():
        answer = httpx.post(server.url + "/api/sign-in", json={"name": name, "password": password}, trust_env=False)
        assert answer.json()["role"] == name


def test_after_an_older_copy_numbers_go_on_behind_those_that_are_said(tmp_path: Path) -> None:
    """The disk died at ten; the copy of last night has nothing of today."""
    where = ("--hall", str(ANQIU), "--data", str(tmp_path))
    for wrong in ((), ("120",), ("G9101",), ("Ü1",), ("--all", "9999999")):
        refused = run("go-on-behind", *wrong, *where)
        assert refused.returncode == 1 and "--all 200" in refused.stderr, refused
    assert run("go-on-behind", "--all", "40", *where).returncode == 0
    said = run("go-on-behind", "g120", "G57", "C045", *where)
    assert said.returncode == 0 and "G > 120" in said.stdout and "C > 45" in said.stdout
    for number, matter in (("G121", "BIZ-001"), ("C046", "REA-001"), ("Q041", "CNV-002"), ("G122", "BIZ-001")):
        with served(tmp_path) as server:
            issued = httpx.post(
                server.url + "/api/tickets", headers=server.bearer("guide"), json={"matter": matter}, trust_env=False
            )
            assert issued.json()["ticket"]["number"] == number
            # What a desk holds from before the disk died stays its own: no other desk gets the same block.
            asked = httpx.post(
                server.url + "/api/desk/series",
                headers=server.bearer("guide"),
                json={"device": "0" * 32, "spent": 0},
                trust_env=False,
            )
            assert asked.json()["code"] == "no_series_left"


def test_a_token_stands_alone_on_its_line(server: Server) -> None:
    text = server.run("token", "--role", "clerk", "--window", "7", "--hours", "2", "--name", "li")
    assert text.split() == [text]
    answer = httpx.post(
        server.url + "/api/windows/07/open", headers={"Authorization": f"Bearer {text}"}, json={}, trust_env=False
    )
    assert answer.json()["window"]["clerk"] == "li"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("token", "--role", "clerk"), "--window"),
        (("token", "--role", "clerk", "--window", "99"), "99"),
        (("token", "--role", "guide", "--hours", "0"), "--hours"),
        (("passwd", "nobody"), "nobody"),
        (("accounts", "--remove", "nobody"), "nobody"),
        (("verify",), "anqiu.journal"),
        (("journal",), "anqiu.journal"),
        (("serve", "--port", "99999"), "--port"),
    ],
)
def test_what_cannot_be_done_is_said(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    done = run(*arguments, "--data", str(tmp_path))
    assert (done.returncode, done.stdout) == (1, "")
    assert said in done.stderr and "Traceback" not in done.stderr


def test_a_file_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    (tmp_path / "anqiu.journal.lock").mkdir()
    done = run("serve", "--port", "0", "--data", str(tmp_path))
    assert (done.returncode, done.stdout) == (1, "")
    assert f"{tmp_path / 'anqiu.journal.lock'} can't be opened" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "arguments", [(), ("token",), ("token", "--role", "king"), ("serve", "--port", "x"), ("fly",)]
)
def test_what_is_asked_wrongly_is_said(arguments: tuple[str, ...]) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert "usage" in done.stderr and "Traceback" not in done.stderr


def test_options_come_from_the_environment(tmp_path: Path) -> None:
    env = {"ONEWINDOW_DATA": str(tmp_path / "here")}
    done = run("token", "--role", "guide", env=env)
    assert done.returncode == 0
    with sqlite3.connect(tmp_path / "here" / "store.sqlite") as store:
        [(secret,)] = store.execute("SELECT value FROM meta WHERE key = 'secret'").fetchall()
    store.close()
    assert Tokens(secret).read(done.stdout.strip()).role is Role.GUIDE


def test_passwords_and_accounts(server: Server) -> None:
    name, password = server.run("passwd", "li", "--role", "clerk", "--window", "07").split("\t")
    asked = {"name": name, "password": password}
    answer = httpx.post(server.url + "/api/sign-in", json=asked, trust_env=False)
    assert (answer.json()["name"], answer.json()["window"]) == ("li", "07")
    assert any(line.startswith("li\tclerk\t") for line in server.run("accounts").splitlines())
    server.run("passwd", "li")
    assert httpx.post(server.url + "/api/sign-in", json=asked, trust_env=False).status_code == 401
    assert "li\t" not in server.run("accounts", "--remove", "li")


def test_the_journal_is_exported_and_verified_while_it_is_served(server: Server) -> None:
    lines = [json.loads(line) for line in server.run("journal").splitlines()]
    assert [line["n"] for line in lines] == list(range(1, len(lines) + 1))
    part = server.run("journal", "--from", "3").splitlines()
    assert [json.loads(line)["n"] for line in part] == list(range(3, len(lines) + 1))
    assert f"{lines[-1]['n']} 提交 commits" in server.run("verify", "--day", lines[0]["day"])


def test_a_doctored_journal_shows(server: Server, tmp_path: Path) -> None:
    with (
        sqlite3.connect(server.data / "anqiu.journal") as source,
        sqlite3.connect(tmp_path / "anqiu.journal") as copy,
    ):
        source.backup(copy)
        changed = copy.execute("UPDATE commits SET body = CAST(replace(body, 'G002', 'G009') AS BLOB) WHERE n = 3")
        assert changed.rowcount == 1
    source.close()
    copy.close()
    done = run("verify", "--data", str(tmp_path))
    assert done.returncode == 1
    assert "#3" in done.stderr


def test_a_taken_port_is_said_before_anything_is_opened(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run("serve", "--port", str(port), "--data", str(tmp_path / "new"))
    assert done.returncode == 1
    assert str(port) in done.stderr and "--port" in done.stderr
    assert not (tmp_path / "new").exists()


def test_data_in_use_are_said(server: Server) -> None:
    done = run("serve", "--port", str(free_port()), "--data", str(server.data))
    assert done.returncode == 1
    assert "anqiu.journal" in done.stderr and "Traceback" not in done.stderr


def test_a_good_hall_is_counted() -> None:
    done = run("check-hall", str(ANQIU))
    assert done.returncode == 0
    assert "293 matters" in done.stdout and "44 windows" in done.stdout


def test_every_fault_of_a_bad_hall_is_told(tmp_path: Path) -> None:
    hall = tmp_path / "hall"
    shutil.copytree(ANQIU, hall)
    windows = (hall / "windows.csv").read_text(encoding="utf-8")
    (hall / "windows.csv").write_text(
        windows.replace("01,investment,comprehensive", "01,moon,glass", 1), encoding="utf-8"
    )
    for command in (("check-hall", str(hall)), ("serve", "--hall", str(hall), "--data", str(tmp_path / "data"))):
        done = run(*command)
        assert done.returncode == 1
        assert "moon" in done.stderr and "glass" in done.stderr and "windows.csv:2" in done.stderr
        assert "Traceback" not in done.stderr
    assert not (tmp_path / "data").exists()


def test_a_signal_ends_it_gracefully_and_it_goes_on_where_it_was(tmp_path: Path) -> None:
    with served(tmp_path) as server:
        headers = server.bearer("guide")
        httpx.post(server.url + "/api/tickets", headers=headers, json={"matter": "BIZ-001"}, trust_env=False)
        assert server.stop() == 0
        assert "Stopped." in server.output()
        server.start()
        again = httpx.post(server.url + "/api/tickets", headers=headers, json={"matter": "BIZ-001"}, trust_env=False)
        assert again.json()["ticket"]["number"] == "G002"
        server.kill()
        server.start()
        third = httpx.post(server.url + "/api/tickets", headers=headers, json={"matter": "BIZ-001"}, trust_env=False)
        assert third.json()["ticket"]["number"] == "G003"
    assert "passwords are shown only" not in server.output().split("Stopped.")[1]
