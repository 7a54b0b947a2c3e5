"""Fields are found on the field lists of 14 public Jiras by schema, several where a site has several, none by name alone."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.connector import ParseOptions, Payload
from connectors.jira.fields import BY_SCHEMA, BY_SCHEMA_AND_NAME, FieldMap, field_map
from connectors.jira.parse import JiraParser
from connectors.jira.sprints import sprint_object

LISTS = Path(__file__).parents[2].parent / "shared/data/public-jira-fieldmeta/jira_field_information.json.gz"
ALL = ("sprint", "epic_link", "parent_link", "estimate")


def listed(fields: list[dict[str, Any]]) -> list[Payload]:
    return [Payload("field", f["id"], f) for f in fields]


def test_public_jiras() -> None:
    """
    site            sprint epic_link parent_link estimate
    """
    if not LISTS.exists():
        pytest.skip("the field lists of public Jiras are not here")
    sites = json.loads(gzip.decompress(LISTS.read_bytes()))
    counts = {
        site: [len(field_map(listed(f), ParseOptions()).ids.get(c, [])) for c in ALL] for site, f in sites.items()
    }
    assert counts == {
        "Apache": [1, 1, 1, 1], "Hyperledger": [1, 1, 0, 1], "IntelDAOS": [1, 1, 1, 2], "JFrog": [1, 1, 0, 1],
        "Jira": [1, 1, 1, 3], "JiraEcosystem": [1, 1, 1, 2], "Mojang": [1, 1, 0, 0], "MongoDB": [1, 1, 1, 1],
        "Qt": [1, 1, 0, 1], "RedHat": [1, 1, 1, 1], "Sakai": [1, 1, 1, 2], "SecondLife": [1, 1, 1, 1],
        "Sonatype": [1, 1, 1, 1], "Spring": [1, 1, 0, 1],
    }  # fmt: skip
    known = set(BY_SCHEMA) | {schema for schema, _ in BY_SCHEMA_AND_NAME}
    for fields in sites.values():
        schemas = {f["id"]: (f.get("schema") or {}).get("custom") for f in fields}
        found = field_map(listed(fields), ParseOptions())
        assert all(schemas[i] in known for ids in found.ids.values() for i in ids)
        renamed = listed([{**f, "name": "Sprint Story Points Epic Link"} for f in fields])
        assert {c: i for c, i in found.ids.items() if c in ALL[:3]} == {
            c: i for c, i in field_map(renamed, ParseOptions()).ids.items() if c in ALL[:3]
        }


FLOAT = {"custom": "com.atlassian.jira.plugin.system.customfieldtypes:float"}
TEXT = {"custom": "com.atlassian.jira.plugin.system.customfieldtypes:textfield"}
FIELDS = [
    {"id": "customfield_1", "name": "Storypunkte", "schema": FLOAT},
    {"id": "customfield_2", "name": "Sprint", "schema": TEXT},
    {"id": "customfield_3", "name": "Größe", "untranslatedName": "Story Points", "schema": FLOAT},
]


def test_names_alone_say_nothing() -> None:
    found = field_map(listed(FIELDS), ParseOptions())
    assert found.ids == {"estimate": ["customfield_3"]}
    assert found.of({"field": "Sprint", "fieldId": "customfield_2", "to": "7"}) is None
    assert FieldMap().of({"field": "Sprint", "fieldId": "customfield_9"}) == ("sprint", ""), "no field list came along"


def test_what_a_board_estimates_in_comes_first() -> None:
    board = Payload("board", "1", {"estimation": {"type": "field", "field": {"fieldId": "customfield_1"}}})
    found = field_map([*listed(FIELDS), board], ParseOptions())
    assert found.ids["estimate"] == ["customfield_1", "customfield_3"]


def test_the_settings_come_first_and_may_say_a_name() -> None:
    options = ParseOptions(fields={"estimate": ("storypunkte", "customfield_77")})
    parser = JiraParser("jira", listed(FIELDS), options)
    assert parser.fields.ids["estimate"] == ["customfield_1", "customfield_77", "customfield_3"]
    (problem,) = parser.reference().problems
    assert (problem.kind, problem.where) == ("unknown_field", "customfield_77")


NAMES = st.text(alphabet="aZ ,=[]{}é(state=CLOSED", max_size=30).map(str.strip).filter(lambda n: n and n != "<null>")
MARK = "com.atlassian.greenhopper.service.sprint.Sprint@1a2b"


@given(NAMES, st.booleans())
def test_sprints_as_text(name: str, id_first: bool) -> None:
    about = f"state=ACTIVE,name={name},goal=,startDate=2020-01-02T03:04:05.000+02:00,endDate=<null>"
    text = f"{MARK}[id=444,{about},sequence=444]" if id_first else f"{MARK}[{about},id=444]"
    found = sprint_object(text)
    assert found and (found["id"], found["name"], found["state"]) == ("444", name, "ACTIVE")
    assert found["startDate"] == "2020-01-02T03:04:05.000+02:00" and "endDate" not in found


@pytest.mark.parametrize("name", ["A, b = [c]", "id=5,state=CLOSED", "x,id=5,y", "x]", ""])
def test_a_sprint_may_be_called_anything(name: str) -> None:
    found = sprint_object(f"{MARK}[id=4,rapidViewId=1,state=FUTURE,name={name},startDate=<null>,sequence=4]")
    assert found and (found["id"], found["state"], found["name"]) == ("4", "FUTURE", name)
