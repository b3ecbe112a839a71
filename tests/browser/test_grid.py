"""The grid of goals and the file that goes out and comes back, as a planner uses them."""

import io
import shutil

import pytest
from playwright.sync_api import expect

from planning.workbook import goals
from planning.workbook.place import stand

PLACE = "Harbour Coast"
PATIENCE = 90_000
PASTE = """(input, text) => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  input.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""


@pytest.fixture(scope="module")
def workspace(planned_company, tmp_path_factory):
    folder = tmp_path_factory.mktemp("grid") / "workspace"
    shutil.copytree(planned_company, folder)
    return folder


@pytest.fixture
def forms(serve_forms, workspace):
    return serve_forms(workspace)


def carried(workspace):
    table = goals.goals(stand(str(workspace)))
    return dict(zip(table["name"], table["assigned"].tolist(), strict=True))


def cell(tab, name):
    return tab.get_by_label(f"New goal of {name} in {PLACE}")


def line(tab, name):
    return tab.locator(".goal-grid tr").filter(has=tab.get_by_role("rowheader", name=name, exact=True))


def answer(tab, text):
    expect(tab.locator(".message-area").get_by_text(text)).to_be_visible(timeout=PATIENCE)


def fill_why(panel, text):
    panel.get_by_label("Why").fill(text)
    panel.get_by_label("Why").press("Tab")


def test_goals_are_typed_pasted_taken_back_and_posted_and_the_total_stays(open_tab, forms, workspace):
    tab, before = open_tab(), carried(workspace)
    tab.goto(forms.page("4_goals", territory=PLACE))
    expect(cell(tab, "Aiko Tanabe")).to_be_visible(timeout=PATIENCE)
    grid = tab.locator(".goal-grid")
    panel = tab.locator(".panel").filter(has=grid)

    # Sums follow as one types; the probability follows when the cell is left.
    cell(tab, "Aiko Tanabe").fill("700,000")
    expect(line(tab, "Aiko Tanabe")).to_contain_text("+$")
    expect(line(tab, PLACE)).to_contain_text("−$")
    cell(tab, "Aiko Tanabe").press("Enter")
    expect(cell(tab, "Kwame Boateng")).to_be_focused()
    expect(line(tab, "Aiko Tanabe")).to_contain_text("→", timeout=PATIENCE)

    # What cannot be read is said at once, and nothing is posted with it.
    cell(tab, "Kwame Boateng").fill("1,23")
    cell(tab, "Kwame Boateng").press("ArrowDown")
    expect(line(tab, "Kwame Boateng")).to_contain_text("Write it such as")
    fill_why(panel, "After the review")
    panel.get_by_role("button", name="Post the changes").click()
    answer(tab, "These cells cannot be read")

    # A column from a spreadsheet, then names and amounts; the keyboard takes it back and does it again.
    cell(tab, "Kwame Boateng").evaluate(PASTE, "450,000\n600,000.50\r\n")
    expect(cell(tab, "Luis Ortega")).to_have_value("600,000.5")
    cell(tab, "Aiko Tanabe").evaluate(PASTE, "Ruth Abelson\t660000\nNobody\t5\n")
    expect(cell(tab, "Ruth Abelson")).to_have_value("660,000")
    expect(grid).to_contain_text("Pasted lines without a place in the grid: Nobody.")
    cell(tab, "Ruth Abelson").press("Control+z")
    expect(cell(tab, "Ruth Abelson")).to_have_value("")
    cell(tab, "Ruth Abelson").press("Control+y")
    expect(cell(tab, "Ruth Abelson")).to_have_value("660,000")

    fill_why(panel, "After the review")
    panel.get_by_role("button", name="Post the changes").click()
    answer(tab, "4 goals are posted.")
    expect(cell(tab, "Ruth Abelson")).to_have_value("")
    expect(line(tab, "Ruth Abelson")).to_contain_text("$660,000.00")
    after = carried(workspace)
    typed = {"Aiko Tanabe": 70_000_000, "Kwame Boateng": 45_000_000, "Luis Ortega": 60_000_050,
             "Ruth Abelson": 66_000_000}  # fmt: skip
    assert after == before | typed
    panel.get_by_role("button", name="Undo the last posted change").click()
    answer(tab, "Undone: After the review.")
    assert carried(workspace) == before


def test_on_a_telephone_the_column_to_type_into_is_in_view_and_the_page_does_not_scroll(narrow_page, forms):
    narrow_page.goto(forms.page("4_goals", territory=PLACE))
    field = cell(narrow_page, "Aiko Tanabe")
    expect(field).to_be_visible(timeout=PATIENCE)
    field.scroll_into_view_if_needed()
    expect(field).to_be_in_viewport(ratio=1)
    assert narrow_page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_plan_goes_out_to_a_file_and_what_was_typed_there_is_shown_before_it_is_posted(
    open_tab, forms, workspace, tmp_path
):
    from openpyxl import load_workbook

    tab, before = open_tab(), carried(workspace)
    tab.goto(forms.page("4_goals"))
    tab.get_by_role("button", name="Take the plan out").click(timeout=PATIENCE)
    with tab.expect_download(timeout=PATIENCE) as saved:
        tab.get_by_role("link", name="Save").filter(has_text=".xlsx").click(timeout=PATIENCE)
    book = load_workbook(io.BytesIO(saved.value.path().read_bytes()))
    sheet = book["Goals"]
    place = next(row for row in sheet.iter_rows(min_row=5) if row[2].value == "Aiko Tanabe")
    sheet.cell(place[0].row, 7).value = 700_000
    book.save(tmp_path / "plan.xlsx")
    panel = tab.locator(".panel").filter(has=tab.get_by_role("button", name="Take the plan out"))
    with tab.expect_file_chooser() as chooser:
        panel.get_by_role("button", name="Choose the file").click()
    chooser.value.set_files(tmp_path / "plan.xlsx")
    expect(panel).to_contain_text("1 goal changes.", timeout=PATIENCE)
    assert carried(workspace) == before
    fill_why(panel, "From the file")
    panel.get_by_role("button", name="Post these changes").click()
    answer(tab, "1 goal of the file is posted.")
    assert carried(workspace) == before | {"Aiko Tanabe": 70_000_000}
