"""Every route of the API is documented, every documented operation is there, and references hold."""

from typing import Any

import msgspec
from starlette.routing import Route

from onewindow.api import schemas
from onewindow.api.openapi import document, operations
from tests.api.test_desk import checked
from tests.hall_app import Api, done

OPERATOR = ("/healthz", "/readyz", "/metrics")


def routed(api: Api) -> set[tuple[str, str]]:
    """(method, path) of every route below /api and of the operator's."""
    return {
        (method.lower(), route.path)
        for route in api.opened.asgi.routes
        if isinstance(route, Route) and (route.path.startswith("/api/") or route.path in OPERATOR)
        for method in route.methods or ()
        if method != "HEAD"
    }


def references(value: Any) -> set[str]:
    """All `$ref` in a document."""
    if isinstance(value, dict):
        own = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
        return own.union(*(references(inner) for inner in value.values()))
    if isinstance(value, list):
        return set().union(*(references(inner) for inner in value))
    return set()


async def test_every_route_is_documented_and_every_document_is_routed(api: Api) -> None:
    assert {(operation.method, operation.path) for operation in operations()} == routed(api)


async def test_the_document_is_served_and_whole(api: Api) -> None:
    found = done(await api.get("/api/openapi.json"))
    assert found["openapi"].startswith("3.1")
    names = {f"#/components/schemas/{name}" for name in found["components"]["schemas"]}
    assert references(found) - names == set()
    ids = [operation["operationId"] for path in found["paths"].values() for operation in path.values()]
    assert len(ids) == len(set(ids)) == len(operations())
    for path in found["paths"].values():
        for operation in path.values():
            problem = operation["responses"]["default"]["content"]["application/problem+json"]["schema"]
            assert problem == {"$ref": "#/components/schemas/ProblemDocument"}


def test_commands_take_a_key_and_reads_do_not() -> None:
    for path in document()["paths"].values():
        for method, operation in path.items():
            keyed = any(parameter["name"] == "Idempotency-Key" for parameter in operation["parameters"])
            assert not (keyed and method == "get")


async def test_the_static_hall_and_its_etag(api: Api) -> None:
    first = await api.get("/api/hall")
    hall = done(first)
    checked(hall, schemas.HallReply)
    assert (len(hall["zones"]), len(hall["windows"]), len(hall["matters"]), len(hall["chains"])) == (4, 44, 293, 9)
    assert (hall["zones"][0]["code"], hall["windows"][6]["no"]) == ("investment", "07")
    assert {"zone", "kind"} <= hall["windows"][6].keys() & hall["matters"][0].keys()
    assert len(hall["points"]) == 4
    again = await api.client.get("/api/hall", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    changed = await api.client.get("/api/hall", headers={"If-None-Match": '"other"'})
    assert changed.status_code == 200


async def test_the_operators_calls(api: Api) -> None:
    await api.clerk("17", "open")
    await api.issue(matter="BIZ-001")
    checked(done(await api.get("/healthz")), schemas.Alive)
    ready = done(await api.get("/readyz"))
    checked(ready, schemas.Ready)
    head = await api.head()
    assert (ready["commits"], ready["hash"]) == (head.n, head.hash)
    metrics = (await api.get("/metrics")).text
    assert 'onewindow_tickets{state="waiting"} 1.0' in metrics
    assert 'onewindow_waiting{zone="business"} 1.0' in metrics
    assert 'onewindow_windows{phase="open"} 1.0' in metrics
    assert f"onewindow_journal_commits {head.n}.0" in metrics


async def test_the_board_names_no_person_and_no_matter(api: Api) -> None:
    await api.clerk("17", "open")
    await api.issue(matter="BIZ-001", applicant="elderly")
    called = (await api.clerk("17", "call-next"))["ticket"]
    board = await api.get("/api/board")
    assert called["number"] in board.text
    assert called["matter_zh"] not in board.text
    assert "elderly" not in board.text and called["applicant_zh"] not in board.text
    frame = msgspec.json.decode(board.content)
    assert (frame["kind"], frame["channel"], frame["day"]) == ("snapshot", "hall", "2026-11-24")
    assert frame["cells"]["call/17"]["number"] == called["number"]
