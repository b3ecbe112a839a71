"""The page of one's own week as a person uses it: tasks, cards by mouse and key, own columns, the calendar."""

from datetime import date

import pytest

from planning.tracking.actions import Action
from planning.workbook.place import stand
from planning.workbook.tracking import actions

MANAGER, REP = "Tomas Brandt", "Aiko Tanabe"


@pytest.fixture
def week(planned, serve_forms):
    """Serve a workspace with some actions, and give the address of the page and where it lies."""
    for number, what in enumerate(("Call the hotel", "Get the demo kit")):
        actions.keep(planned, Action(what, MANAGER, REP, date(2027, 1, 4 + number)), MANAGER)
    forms = serve_forms(planned.settings.workspace)
    return forms, forms.page("10_my_week", person=MANAGER)


def drawn(page, address):
    page.goto(address)
    page.wait_for_selector(".task-list .task")
    page.wait_for_function("!document.querySelector('button.later')", timeout=90_000)


def lane(page, name):
    return page.locator(f'section.lane[aria-label^="{name}"]')


def drag(page, card, lane):
    """Drag a card as a hand does: press, move a little, go there, let go."""
    card.scroll_into_view_if_needed()
    start, end = card.bounding_box(), lane.bounding_box()
    page.mouse.move(start["x"] + 40, start["y"] + 12)
    page.mouse.down()
    page.mouse.move(start["x"] + 70, start["y"] + 16, steps=4)
    page.mouse.move(end["x"] + 40, end["y"] + 50, steps=8)
    page.mouse.up()


def test_what_is_done_in_one_view_is_seen_in_all(week, page, planned):
    _, address = week
    drawn(page, address)
    page.get_by_label("Call the hotel: done").check()
    lane(page, "Done").get_by_text("Call the hotel").wait_for()
    card = page.locator('li.card:has-text("Call the hotel")')
    card.focus()
    page.keyboard.press("ArrowLeft")
    lane(page, "Open").get_by_text("Call the hotel").wait_for()
    page.locator('.task.open:has-text("Call the hotel")').wait_for()
    assert not page.get_by_label("Call the hotel: done").is_checked()
    drag(page, lane(page, "Open").locator('li.card:has-text("Get the demo kit")'), lane(page, "Dropped"))
    lane(page, "Dropped").get_by_text("Get the demo kit").wait_for()
    page.get_by_label("New task").fill("<b>Write</b>; to Ana")
    page.get_by_label("New task").press("Enter")
    page.locator('.own-rows th:has-text("<b>Write</b>; to Ana")').wait_for()
    states = {each.what: each.state for each in actions.actions(stand(str(planned.settings.workspace)))}
    assert states == {"Call the hotel": "open", "Get the demo kit": "dropped", "<b>Write</b>; to Ana": "open"}


def test_own_columns_are_pasted_into_and_stay(week, page):
    _, address = week
    drawn(page, address)
    page.get_by_label("New column").fill("Priority")
    page.get_by_label("New column").press("Tab")
    page.get_by_role("button", name="Add the column").click()
    page.locator("input.own-cell").first.wait_for()
    page.evaluate(
        """() => {
          const block = new DataTransfer();
          block.setData("text/plain", "A\\nB");
          const paste = new ClipboardEvent("paste", { clipboardData: block, bubbles: true, cancelable: true });
          document.querySelector("input.own-cell").dispatchEvent(paste);
        }"""
    )
    page.get_by_text("2 cells kept").wait_for()
    drawn(page, address)
    assert [page.locator("input.own-cell").nth(place).input_value() for place in range(2)] == ["A", "B"]


def test_a_calendar_is_read_by_its_address_until_it_is_ended(week, page):
    forms, address = week
    drawn(page, address)
    page.get_by_role("button", name="Make an address").click()
    path = page.locator("a.own-address").get_attribute("href").removeprefix("/")
    answer = page.request.get(forms.address + path)
    assert answer.headers["content-type"].startswith("text/calendar")
    assert b"SUMMARY:Call the hotel" in answer.body()
    page.get_by_role("button", name="End the address").click()
    page.get_by_text("holds no longer").wait_for()
    for wrong in (path, "calendar/guessed-and-wrong-secret.ics", "calendar/x.ics"):
        assert page.request.get(forms.address + wrong).status == 404


def test_the_page_fits_a_telephone(week, narrow_page):
    _, address = week
    drawn(narrow_page, address)
    assert narrow_page.evaluate("document.documentElement.scrollWidth - innerWidth") == 0
    # Cards have buttons where nothing can be dragged.
    lane(narrow_page, "Open").get_by_role("button", name="Move Call the hotel to Done").click()
    lane(narrow_page, "Done").get_by_text("Call the hotel").wait_for()
