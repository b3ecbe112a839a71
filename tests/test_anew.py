"""What a batch is made anew for: everything that a sheet or a report reads, and nothing else."""

import re
import shutil
from datetime import date

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from planning import settings as config
from planning.forms.meet import sheet
from planning.forms.page import Page
from planning.store import schema
from planning.tracking.bands import Ends, Standards
from planning.tracking.cadence import Cadence
from planning.workbook import reports, start
from planning.workbook.place import stand
from planning.workbook.tracking import aside, cadences, sheets, standards

REP, KEY = "Aiko Tanabe", "weekly:2027-02-28"


@pytest.fixture(scope="module")
def march(planned_company, tmp_path_factory):
    """Take the planned sample company to the end of March, with a cadence."""
    workspace = tmp_path_factory.mktemp("march") / "workspace"
    shutil.copytree(planned_company, workspace)
    start.sample(str(workspace), lambda _: None, "2027-03")
    context = stand(str(workspace), 2027)
    cadences.keep(context, Cadence(begins=date(2027, 1, 1)), "planner")
    return context


@pytest.fixture
def asked():
    """Gather the tables that are asked and the kinds of the documents that are."""
    tables, kinds = set(), set()

    def seen(connection, cursor, statement, parameters, context, many):
        named = set(re.findall(r"(?:FROM|JOIN) (\w+)", statement))
        tables.update(named)
        if "document" in named and len(parameters) > 2:
            kinds.add(parameters[2])

    event.listen(Engine, "before_cursor_execute", seen)
    yield tables, kinds
    event.remove(Engine, "before_cursor_execute", seen)


def test_a_sheet_reads_no_document_that_it_is_not_made_anew_for(march, asked):
    sheet.sheet(Page(march, "report_checkpoint"), REP, KEY, "")
    sheet.figures(Page(march, "report_checkpoint"), REP, KEY, "")
    tables, kinds = asked
    assert kinds == set(sheets.WRITTEN)
    assert tables - {each.name for each in schema.APPEND_ONLY} <= {"owner", "book"}


def test_sheets_are_made_anew_for_other_standards_and_not_for_notes_to_oneself(march):
    before = sheets.fingerprint(march)
    aside.note(march, REP, "Ask about the new list", "Tomas Brandt")
    assert sheets.fingerprint(march) == before
    standards.keep(march, Standards("attainment", {"": Ends(0.99, 0.9)}), "planner")
    assert sheets.fingerprint(march) != before


METRIC = """[referrals]
label = "Referrals"
unit = "count"
better = "higher"
table = "activities"
expression = "case when lower(kind) = 'referral' then count end"
date = "date"
"""


def test_sheets_and_reports_are_made_anew_for_other_settings_and_metrics(planned):
    def prints(context):
        return sheets.fingerprint(context), reports.order(context, [], {}).fingerprint

    before = prints(planned)
    for change in ({"currency": "EUR"}, {"company": "Other"}, {"locale": "de_DE"}, {"holidays": (date(2027, 5, 3),)},
                   {"ramp_months": 9}):  # fmt: skip
        config.update(planned.settings, **change)
        after = prints(stand(str(planned.settings.workspace)))
        assert [then != now for then, now in zip(before, after, strict=True)] == [True, True], change
    config.update(planned.settings, smtp="mail.example.com:25", notify_mail="pat@example.com")
    assert prints(stand(str(planned.settings.workspace))) == before
    (planned.settings.workspace / "metrics.toml").write_text(METRIC)
    after = prints(planned)
    assert before[0] != after[0]
    assert before[1] != after[1]
