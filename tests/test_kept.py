"""Forecasts are kept between processes, and never outlive the history they were made of."""

import os

import pandas as pd
import pytest

from planning.history.engine import open_history
from planning.history.outlook import forecast
from planning.workbook import history
from planning.workbook.place import stand


@pytest.fixture
def context(planned):
    return stand(str(planned.settings.workspace))


def the_same(one, other):
    for name in ("years", "months", "past", "tested"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name))
    assert one.left_out == other.left_out


def test_a_forecast_is_made_once_and_read_as_it_was_made(context, monkeypatch):
    with open_history(context.settings) as opened:
        made = forecast.forecast(opened, context.calendar, "revenue", context.year)
    first = history.forecast(context, "revenue")
    the_same(first, made)
    monkeypatch.setattr(forecast, "forecast", lambda *_: pytest.fail("It was kept already."))
    the_same(history.forecast(context, "revenue"), first)


def test_a_forecast_of_another_history_is_made_anew_and_the_old_one_goes(context):
    history.forecast(context, "win_rate")
    (before,) = context.settings.scratch.glob("outlook-win_rate-*")
    file = next(context.settings.history.glob("*/opportunities.parquet"))
    os.utime(file, ns=(1, 1))
    history.forecast(context, "win_rate")
    (after,) = context.settings.scratch.glob("outlook-win_rate-*")
    assert after != before
