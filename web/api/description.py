"""The API describes itself in OpenAPI 3.1, from the table of its routes and the types they use."""

import re
from typing import Any

import msgspec

from station.settings import Settings
from station.webhook_posts import SHAPES
from web import problems
from web.api.routes import ROUTES, Route

REF = "#/components/schemas/{name}"
BEARER = "token"

Schema = dict[str, Any]


def description(settings: Settings) -> Schema:
    """The whole description, as JSON has it."""
    # All at once: two shapes with one name get two names.
    shapes = [*(route.told for route in ROUTES), *SHAPES.values(), problems.Problem]
    references, known = msgspec.json.schema_components(shapes, ref_template=REF)
    problem = references[-1]
    paths: dict[str, Schema] = {}
    for route, told in zip(ROUTES, references, strict=False):
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, told, problem)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": settings.station.name,
            "summary": "What is on air, was and will be; and the week, for its operators.",
            "version": "1",
            "license": {"name": "AGPL-3.0-or-later", "identifier": "AGPL-3.0-or-later"},
        },
        "servers": [{"url": settings.web_url + problems.ROOT}],
        "paths": paths,
        "webhooks": {
            kind.value: _webhook(kind.value, data)
            for kind, data in zip(SHAPES, references[len(ROUTES) :], strict=False)
        },
        "components": {
            "schemas": known,
            "securitySchemes": {
                BEARER: {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A token that an operator made at the desk, under Programs.",
                }
            },
        },
    }


def _parameters(route: Route) -> list[Schema]:
    """What can be asked with an address, in the path or behind the question mark."""
    (reference,), parts = msgspec.json.schema_components([route.asked], ref_template=REF)
    asked = parts[reference["$ref"].rpartition("/")[2]]
    in_path = re.findall(r"{(\w+)}", route.path)
    return [
        {
            "name": name,
            "in": "path" if name in in_path else "query",
            "required": name in in_path,
            "schema": {key: said for key, said in one.items() if key != "default"},
        }
        for name, one in asked["properties"].items()
    ]


def _operation(route: Route, told: Schema, problem: Schema) -> Schema:
    summary, more = route.words
    said = {
        "operationId": route.name,
        "summary": summary,
        "tags": ["Operators" if route.scope else "Open"],
        "parameters": _parameters(route),
        "responses": {
            str(route.status): {
                "description": "What was asked for.",
                "content": {"application/json": {"schema": told}},
            },
            "default": {
                "description": "What went wrong (RFC 9457).",
                "content": {problems.TYPE: {"schema": problem}},
            },
        },
    }
    scope = f"Needs a token that may {route.scope}." if route.scope else ""
    return {
        **said,
        **({"description": f"{more} {scope}".strip()} if more or scope else {}),
        **({"security": [{BEARER: []}]} if route.scope else {}),
    }


def _webhook(kind: str, data: Schema) -> Schema:
    body = {
        "type": "object",
        "required": ["type", "timestamp", "data"],
        "properties": {
            "type": {"const": kind},
            "timestamp": {"type": "string", "format": "date-time"},
            "data": data,
        },
    }
    return {
        "post": {
            "operationId": kind,
            "summary": "Signed as Standard Webhooks 1.0.0 has it",
            "requestBody": {"content": {"application/json": {"schema": body}}},
            "responses": {"2XX": {"description": "It arrived."}},
        }
    }
