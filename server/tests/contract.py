"""protocol/rest.yaml as a judge of requests and answers."""

import functools
import re
from pathlib import Path

import yaml
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

PATH = Path(__file__).resolve().parents[2] / "protocol/rest.yaml"
METHODS = ("get", "head", "put", "post", "delete")
JSON = "application/json"


class Contract:
    """Finds the operation of an exchange and validates both sides of it."""

    def __init__(self):
        self.document = yaml.safe_load(PATH.read_text())
        resource = Resource(contents=self.document, specification=DRAFT202012)
        self.registry = Registry().with_resource("urn:rest", resource)
        self.operations = []
        for template, item in self.document["paths"].items():
            pattern = re.compile(re.sub(r"\\\{\w+\\\}", "([^/]+)", re.escape(template)))
            for method in METHODS:
                if method in item:
                    self.operations.append((method.upper(), template, pattern, item[method]))

    def find(self, method, path):
        for verb, template, pattern, operation in self.operations:
            if verb == method and pattern.fullmatch(path):
                return template, operation
        return None, None

    @functools.cache  # noqa: B019 - one contract lives as long as the tests
    def _validator(self, pointer):
        return Draft202012Validator({"$ref": f"urn:rest#{pointer}"}, registry=self.registry)

    def _pointer(self, template, method, *rest):
        quote = lambda part: part.replace("~", "~0").replace("/", "~1").replace("{", "%7B").replace("}", "%7D")  # noqa: E731
        return "/" + "/".join(quote(str(p)) for p in ("paths", template, method.lower(), *rest))

    def accepts(self, method, path, body):
        """Whether the contract allows this JSON as a body."""
        template, operation = self.find(method, path)
        pointer = self._pointer(template, method, "requestBody", "content", JSON, "schema")
        assert JSON in operation["requestBody"]["content"]
        return self._validator(pointer).is_valid(body)

    def check_answer(self, method, path, response):
        """Complain unless the contract allows this answer; returns the operation's id."""
        template, operation = self.find(method, path)
        assert operation, f"{method} {path} is in no contract"
        said = operation["responses"].get(str(response.status_code))
        where = self._pointer(template, method, "responses", str(response.status_code))
        if said is None:
            assert response.status_code >= 400, f"{method} {path} answered {response.status_code}"
            said, where = operation["responses"]["default"], self._pointer(template, method, "responses", "default")
        if "$ref" in said:
            where = said["$ref"].removeprefix("#")
            said = functools.reduce(lambda at, part: at[part], where.strip("/").split("/"), self.document)
        kinds = said.get("content", {})
        if not kinds or method == "HEAD":
            assert not response.content
            return operation["operationId"]
        kind = response.headers["content-type"].split(";")[0]
        assert kind in kinds, f"{method} {path} answered {kind}"
        if kind == JSON:
            problems = list(self._validator(f"{where}/content/{JSON.replace('/', '~1')}/schema").iter_errors(response.json()))
            assert not problems, f"{method} {path}: {problems[0].message}"
        return operation["operationId"]
