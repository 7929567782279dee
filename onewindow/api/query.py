"""Query parameters (查询参数): checked as strictly as bodies."""

from starlette.requests import Request

from onewindow.http.problem import problem


def whole_number(request: Request, name: str, otherwise: int) -> int:
    """A query parameter that counts from 1. Raises Problem bad_query."""
    said = request.query_params.get(name)
    if said is None:
        return otherwise
    if not (said.isascii() and said.isdecimal() and len(said) < 10 and int(said) >= 1):
        raise problem("bad_query", name=name, found=said)
    return int(said)
