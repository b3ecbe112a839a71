// The grid of goals: a table whose column of new goals is typed into, with sums that follow as one types. Amounts are
// whole minor units everywhere but on the screen. What is typed is told to the process behind the page, which answers
// with probabilities and with what is wrong.

const MINUS = "−";
const NARROW = 560;

// How numbers are written and read here.
function manner({ locale, currency, digits }) {
  const parts = new Intl.NumberFormat(locale).formatToParts(-1234567.8);
  const mark = (type) => parts.find((part) => part.type === type)?.value ?? "";
  const [group, point] = [mark("group"), mark("decimal")];
  const money = (shown) => new Intl.NumberFormat(locale, {
    style: "currency", currency, minimumFractionDigits: shown, maximumFractionDigits: shown,
  });
  const [exact, whole] = [money(digits), money(0)];
  const bare = new Intl.NumberFormat(locale, { minimumFractionDigits: 0, maximumFractionDigits: digits, useGrouping: true });
  const percent = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 0 });
  const unit = 10 ** digits;
  const signed = (write) => (minor, plus) => (minor < 0 ? MINUS : plus && minor > 0 ? "+" : "") + write.format(Math.abs(minor) / unit);
  const symbols = [currency, exact.formatToParts(0).find((part) => part.type === "currency").value];
  const escape = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const between = /\s/.test(group) ? "[\\s\\u00a0\\u202f]" : group === "’" ? "[’']" : escape(group);
  const amount = new RegExp(`^(\\d{1,3}(?:${between}\\d{3})+|\\d+)(?:${escape(point)}(\\d*))?$`);
  const share = new RegExp(`^([+-])\\s*(\\d+(?:${escape(point)}\\d+)?)\\s*%$`);

  // An amount, or a change in percent of the goal as it is; nothing for an empty text; an error that says what is wrong.
  const read = (text, now) => {
    let typed = text.trim().replace(/−/g, "-");
    for (const symbol of symbols) typed = typed.replace(symbol, "").trim();
    if (!typed) return null;
    const by = typed.match(share);
    if (by) return Math.round(now * (1 + (by[1] === "-" ? -1 : 1) * Number(by[2].replace(point, ".")) / 100));
    const found = typed.replace(/^\+/, "").match(amount);
    if (!found) throw new Error(typed.startsWith("-") ? "A goal is not below zero." : `Write it such as ${bare.format(123456.5)}, or +5%.`);
    const decimals = (found[2] ?? "").replace(/0+$/, "");
    if (decimals.length > digits) throw new Error(`Finer than ${currency}, which has ${digits} decimals.`);
    const minor = Number(found[1].replace(/\D/g, "") + decimals.padEnd(digits, "0"));
    if (!(minor < 1e15)) throw new Error("Larger than any amount that can be planned.");
    return minor;
  };
  return {
    exact: signed(exact), whole: signed(whole), read,
    plain: (minor) => bare.format(minor / unit),
    percent: (part) => (part === null || part === undefined ? "–" : percent.format(part)),
  };
}

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function render({ model, el }) {
  const write = manner(model.get("manner"));
  const kept = `grid ${location.pathname}${location.search}`;
  // What stands in the cells that were typed into, by owner, as text; and what can be undone and done again.
  let texts = JSON.parse(sessionStorage.getItem(kept) ?? "{}");
  let [past, future] = [[], []];
  let lines = new Map();
  let notice = "";

  const find = element("input", { type: "search", "aria-label": "Find a name in the grid" });
  const tally = element("p", { class: "tally", role: "status" });
  const problems = element("div", { class: "problems", role: "alert" });
  const frame = element("div", { class: "sheet-frame grid-frame", role: "region", "aria-label": "The grid of goals" });
  el.classList.add("goal-grid");
  el.append(element("div", { class: "find" }, element("label", {}, "Find", find), tally), frame, problems);

  const rows = () => model.get("rows");
  const typed = () => {
    const [goals, wrong] = [{}, {}];
    for (const row of rows()) {
      if (!(row.owner in texts)) continue;
      try {
        const goal = write.read(texts[row.owner], row.goal);
        if (goal !== null) goals[row.owner] = goal;
      } catch (error) {
        wrong[row.owner] = error.message;
      }
    }
    return [goals, wrong];
  };

  // Table ------------------------------------------------------------------------------------------------------

  const draw = () => {
    lines = new Map();
    const heads = model.get("heads");
    const head = element("tr", {}, ...heads.map((each, place) => element("th", { scope: "col", class: place ? "number" : "" }, each)));
    const body = element("tbody");
    const foot = element("tfoot");
    for (const row of rows()) (row.kind === "company" ? foot : body).append(line(row));
    frame.replaceChildren(element("table", { class: "sheet" },
      element("caption", {}, model.get("caption")), element("thead", {}, head), body, foot));
    seek();
    follow();
  };

  // On a narrow screen the column to type into is shown first; what stands before it is to the left.
  const bring = new ResizeObserver(() => {
    const cell = [...lines.values()].find(({ input }) => input)?.fresh;
    if (!frame.clientWidth || !cell) return;
    bring.disconnect();
    if (frame.clientWidth < NARROW) frame.scrollLeft = cell.offsetLeft - cell.parentElement.firstChild.offsetWidth;
  });
  bring.observe(frame);

  const line = (row) => {
    const cell = () => element("td", { class: "number" });
    const made = { row, fresh: cell(), change: cell(), unplaced: cell(), odds: cell(), problem: element("span", { class: "cell-problem" }) };
    const what = row.kind === "position" ? `${row.name} in ${row.territory}` : row.name;
    const name = element("th", { scope: "row", title: what }, row.name);
    if (row.note || row.kind === "company") made.fresh.append(element("span", { class: "locked" }, row.note));
    else {
      made.problem.id = `problem-${row.owner}`;
      made.input = element("input", { class: "new-goal", inputmode: "decimal", autocomplete: "off", spellcheck: "false",
        "aria-label": `New goal of ${what}`, "aria-describedby": made.problem.id, "data-owner": row.owner });
      made.fresh.append(made.input, made.problem);
    }
    made.line = element("tr", { "data-kind": row.kind, ...(row.kind === "company" ? { class: "total" } : {}) }, name,
      element("td", { class: "number" }, write.whole(row.last_year)),
      element("td", { class: "number" }, write.whole(row.expected)),
      element("td", { class: "number" }, write.exact(row.goal)),
      made.fresh, made.change, made.unplaced, made.odds);
    lines.set(row.owner, made);
    return made.line;
  };

  // What follows from what is typed: changes, what each parent has not placed, and probabilities.
  const follow = () => {
    const [goals, wrong] = typed();
    const answer = model.get("answer");
    const fits = JSON.stringify(answer.goals) === JSON.stringify(goals);
    const shared = fits && answer.shared ? answer.after : {};
    const then = (row) => goals[row.owner] ?? shared[row.owner] ?? row.goal;
    const below = new Map();
    for (const row of rows()) below.set(row.parent, (below.get(row.parent) ?? 0) + then(row));
    for (const { row, input, change, unplaced, odds, problem } of lines.values()) {
      show(change, then(row) - row.goal, row.owner in shared && !(row.owner in goals) ? "shared" : "");
      if (below.has(row.owner)) show(unplaced, then(row) - below.get(row.owner));
      const chance = then(row) === row.goal ? row.probability : fits ? answer.odds[row.owner] : undefined;
      const was = then(row) === row.goal ? [] : [element("span", { class: "was" }, `${write.percent(row.probability)} → `)];
      odds.replaceChildren(...was, chance === undefined ? "…" : write.percent(chance));
      if (!input) continue;
      if (document.activeElement !== input) input.value = stands(row.owner, [goals]);
      input.classList.toggle("typed", row.owner in goals);
      input.setAttribute("aria-invalid", row.owner in wrong ? "true" : "false");
      problem.textContent = wrong[row.owner] ?? "";
    }
    const count = Object.keys(goals).length;
    tally.textContent = (count ? `${count} typed, not posted yet.` : "Nothing is typed.") + notice;
    problems.textContent = fits ? answer.problems.join("\n") : "";
  };

  const show = (cell, minor, look = "") => {
    cell.textContent = minor ? write.exact(minor, true) : "–";
    cell.className = `number ${minor < 0 ? "negative" : minor ? "" : "nothing"} ${look}`;
  };

  // Typing -----------------------------------------------------------------------------------------------------

  const tell = () => {
    sessionStorage.setItem(kept, JSON.stringify(texts));
    const [goals, wrong] = typed();
    // Sent by itself and at once: a change of the widget's state would wait while the process is busy, and a press on
    // a button would overtake it.
    model.send({ typed: goals, wrong: Object.entries(wrong).map(([owner, text]) => [lines.get(owner).row.name, text]) });
    follow();
  };

  const put = (changes, said = "") => {
    notice = said;
    const next = { ...texts, ...changes };
    for (const [owner, text] of Object.entries(next)) if (!text.trim()) delete next[owner];
    if (JSON.stringify(next) === JSON.stringify(texts)) return follow();
    past.push(texts);
    [texts, future] = [next, []];
    tell();
  };

  // What a cell shows: an amount as it is written here, or the text that could not be read.
  const stands = (owner, [goals] = typed()) => (owner in goals ? write.plain(goals[owner]) : texts[owner] ?? "");

  const back = (from, onto) => {
    if (!from.length) return;
    onto.push(texts);
    texts = from.pop();
    const input = document.activeElement;
    if (input?.dataset?.owner) input.value = stands(input.dataset.owner);
    tell();
  };

  const inputs = () => [...frame.querySelectorAll("tr:not([hidden]) input.new-goal")];
  const commit = (input) => put({ [input.dataset.owner]: input.value });
  const standing = (input) => [texts[input.dataset.owner] ?? "", stands(input.dataset.owner)].includes(input.value);
  const go = (input, step) => {
    const all = inputs();
    const next = all[all.indexOf(input) + step];
    if (next) next.focus();
    else commit(input);
  };

  frame.addEventListener("focusin", ({ target }) => target.matches("input.new-goal") && target.select());
  frame.addEventListener("focusout", ({ target }) => {
    if (target.matches("input.new-goal") && !standing(target)) commit(target);
    follow();
  });
  // Sums follow each key; the process is asked when a cell is left.
  frame.addEventListener("input", ({ target }) => {
    const before = texts;
    texts = { ...texts, [target.dataset.owner]: target.value };
    follow();
    texts = before;
  });
  frame.addEventListener("keydown", (event) => {
    const input = event.target;
    if (!input.matches("input.new-goal")) return;
    const steps = { ArrowDown: 1, ArrowUp: -1, Enter: event.shiftKey ? -1 : 1 };
    const again = (event.ctrlKey || event.metaKey) && event.key.toLowerCase();
    if (event.key in steps) {
      go(input, steps[event.key]);
    } else if (event.key === "Escape") {
      input.value = stands(input.dataset.owner);
      follow();
    } else if (again === "z" && !event.shiftKey && standing(input)) {
      back(past, future);
    } else if ((again === "y" || (again === "z" && event.shiftKey)) && standing(input)) {
      back(future, past);
    } else return;
    event.preventDefault();
  });

  // A block from a spreadsheet: down the column from here; or by name, if its first column holds names of the grid.
  frame.addEventListener("paste", (event) => {
    const text = event.clipboardData.getData("text/plain").replace(/(\r?\n)+$/, "");
    if (!event.target.matches("input.new-goal") || !/[\t\n]/.test(text)) return;
    event.preventDefault();
    const block = text.split(/\r?\n/).map((each) => each.split("\t"));
    const last = (cells) => cells.findLast((cell) => cell.trim()) ?? "";
    const found = block.map((cells) => [cells.length > 1 ? meant(cells) : undefined, cells]);
    const byName = found.some(([owner]) => owner);
    const all = inputs();
    const from = all.indexOf(event.target);
    const down = block.map((cells, place) => [all[from + place]?.dataset.owner, cells]);
    const pairs = byName ? found : down;
    const lost = pairs.filter(([owner, cells]) => !owner && last(cells)).map(([, cells]) => cells[0].trim() || last(cells));
    const said = lost.length ? ` Pasted lines without a place in the grid: ${lost.slice(0, 5).join(", ")}${lost.length > 5 ? " …" : ""}.` : "";
    const changes = Object.fromEntries(pairs.filter(([owner, cells]) => owner && last(cells)).map(([owner, cells]) => [owner, last(cells)]));
    event.target.blur();
    put(changes, said);
    event.target.focus();
  });

  // The one owner that a pasted line names; who carries goals in several territories is named with the territory.
  const meant = (cells) => {
    const told = cells.map((cell) => cell.trim().toLocaleLowerCase());
    const says = (name) => name && told.includes(name.toLocaleLowerCase());
    const named = [...lines.values()].filter(({ row, input }) => input && says(row.name)).map(({ row }) => row);
    const exact = named.length > 1 ? named.filter((row) => row.kind === "position" && says(row.territory)) : named;
    return exact.length === 1 ? exact[0].owner : undefined;
  };

  const seek = () => {
    const wanted = find.value.trim().toLocaleLowerCase();
    for (const { row, line: shown } of lines.values()) {
      const told = `${row.name} ${row.territory} ${row.region}`.toLocaleLowerCase();
      shown.hidden = Boolean(wanted) && row.kind !== "company" && !told.includes(wanted);
    }
  };
  find.addEventListener("input", seek);

  const clear = () => {
    [texts, past, future] = [{}, [], []];
    sessionStorage.removeItem(kept);
    follow();
  };
  model.on("change:rows", draw);
  model.on("change:answer", follow);
  model.on("change:cleared", clear);
  draw();
  if (Object.keys(texts).length) tell();
}

export default { render };
