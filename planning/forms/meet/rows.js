// A grid of actions with columns of one's own: sorted by a press on a heading, own columns typed into or pasted into.
// What is typed is told to the process behind the page, which keeps it for who typed it.

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value !== undefined) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function render({ model, el }) {
  el.classList.add("own-rows");
  const frame = element("div", { class: "sheet-frame", role: "region", tabindex: "0", "aria-label": "The grid of actions" });
  const said = element("p", { class: "said", role: "status" });
  el.append(frame, said);
  let [by, down] = [null, false];

  const ordered = () => {
    const rows = [...model.get("rows")];
    if (by === null) return rows;
    const text = (row) => row.sort[by] ?? "";
    // Empty cells stand last, whichever way it is sorted.
    return rows.sort((a, b) => {
      const [one, two] = [text(a), text(b)];
      if (!one || !two) return one ? -1 : two ? 1 : 0;
      return (down ? -1 : 1) * one.localeCompare(two, undefined, { numeric: true });
    });
  };

  const heading = (column) => {
    const sign = by === column.id ? (down ? " ↓" : " ↑") : "";
    const button = element("button", { type: "button", class: "sort" }, `${column.label}${sign}`);
    button.addEventListener("click", () => {
      [by, down] = [column.id, by === column.id && !down];
      draw();
      [...frame.querySelectorAll("button.sort")][model.get("columns").indexOf(column)]?.focus();
    });
    const sorted = by === column.id ? (down ? "descending" : "ascending") : "none";
    return element("th", { scope: "col", "aria-sort": sorted }, button);
  };

  const cell = (row, column, place) => {
    const text = row.cells[column.id] ?? "";
    if (!column.own) return element(place ? "td" : "th", place ? { class: column.id === "due" && row.late ? "negative" : "" } : { scope: "row" }, text);
    const input = element("input", { class: "own-cell", maxlength: "300", autocomplete: "off", "data-row": row.key, "data-column": column.id,
      "aria-label": `${column.label} of ${row.cells.what ?? ""}` });
    input.value = text;
    return element("td", {}, input);
  };

  const draw = () => {
    const columns = model.get("columns");
    const body = ordered().map((row) => element("tr", {}, ...columns.map((column, place) => cell(row, column, place))));
    if (!body.length) body.push(element("tr", { class: "empty" }, element("td", { colspan: String(columns.length || 1) }, "No actions in view.")));
    frame.replaceChildren(element("table", { class: "sheet" }, element("caption", {}, model.get("caption")),
      element("thead", {}, element("tr", {}, ...columns.map(heading))), element("tbody", {}, ...body)));
  };

  const inputs = (column) => [...frame.querySelectorAll(`input[data-column="${CSS.escape(column)}"]`)];
  const keep = (pairs) => pairs.length && model.send({ typed: pairs.map((input) => [input.dataset.row, input.dataset.column, input.value]) });

  frame.addEventListener("change", ({ target }) => target.matches("input.own-cell") && keep([target]));
  frame.addEventListener("keydown", (event) => {
    const input = event.target;
    const step = { ArrowDown: 1, ArrowUp: -1, Enter: event.shiftKey ? -1 : 1 }[event.key];
    if (!input.matches("input.own-cell") || !step) return;
    event.preventDefault();
    const all = inputs(input.dataset.column);
    all[all.indexOf(input) + step]?.focus();
  });
  // A block from a spreadsheet goes down the column, and on into the own columns beside it.
  frame.addEventListener("paste", (event) => {
    const text = event.clipboardData.getData("text/plain").replace(/(\r?\n)+$/, "");
    if (!event.target.matches("input.own-cell") || !/[\t\n]/.test(text)) return;
    event.preventDefault();
    const own = model.get("columns").filter((column) => column.own).map((column) => column.id);
    const from = own.indexOf(event.target.dataset.column);
    const row = inputs(event.target.dataset.column).indexOf(event.target);
    const filled = [];
    text.split(/\r?\n/).forEach((line, lower) => line.split("\t").forEach((value, right) => {
      const input = own[from + right] && inputs(own[from + right])[row + lower];
      if (!input) return;
      input.value = value.trim().slice(0, 300);
      filled.push(input);
    }));
    keep(filled);
  });

  const tell = () => {
    said.textContent = model.get("said");
    said.className = `said ${model.get("refused") ? "refused" : ""}`;
  };
  model.on("change:columns change:rows change:caption", draw);
  model.on("change:said change:refused", tell);
  draw();
  tell();
}

export default { render };
