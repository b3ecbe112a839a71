// A board: lanes of cards. A card that may be moved is dragged, or moved with the arrow keys or its own buttons. What
// is done is told to the process behind the page, which does it or says why not; the cards follow what it answers.

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value !== undefined) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function render({ model, el }) {
  el.classList.add("cards-board");
  const said = element("p", { class: "said", role: "status" });
  const lanes = element("div", { class: "lanes" });
  el.append(lanes, said);
  let dragged = null;
  let focus = null;
  let open = null;

  const find = (id) => model.get("lanes").flatMap((lane) => lane.cards.map((card) => [lane, card])).find(([, card]) => card.id === id);

  const move = (id, to) => {
    const found = find(id);
    if (!found || !found[1].moves || found[0].id === to) return;
    focus = id;
    model.send({ move: id, to, version: found[1].version });
  };
  const beside = (id, step) => {
    const all = model.get("lanes");
    const place = all.findIndex((lane) => lane.cards.some((card) => card.id === id));
    return all[place + step];
  };

  const noteOf = (card) => {
    const area = element("textarea", { rows: "3", maxlength: "1000", "aria-label": `Note on ${card.title}` });
    area.value = card.note;
    const keep = element("button", { type: "button", class: "card-button" }, "Keep the note");
    const leave = element("button", { type: "button", class: "card-button" }, "Leave it");
    keep.addEventListener("click", () => {
      [open, focus] = [null, card.id];
      model.send({ note: card.id, text: area.value });
    });
    const away = () => {
      [open, focus] = [null, card.id];
      draw();
    };
    leave.addEventListener("click", away);
    area.addEventListener("keydown", (event) => event.key === "Escape" && away());
    setTimeout(() => area.focus());
    return element("div", { class: "noting" }, area, element("div", { class: "card-buttons" }, keep, leave));
  };

  const draw = () => {
    const all = model.get("lanes");
    lanes.replaceChildren(...all.map((lane, place) => {
      const list = element("ul", {}, ...lane.cards.map((card) => drawn(card, all[place - 1], all[place + 1])));
      if (!lane.cards.length) list.append(element("li", { class: "none" }, "Nothing here"));
      const box = element("section", { class: "lane", "aria-label": `${lane.title}, ${lane.told}` },
        element("h4", {}, lane.title), element("p", { class: "told" }, lane.told), list);
      box.addEventListener("dragover", (event) => {
        const from = dragged && find(dragged);
        if (!from || from[0].id === lane.id) return;
        event.preventDefault();
        box.classList.add("over");
      });
      box.addEventListener("dragleave", (event) => box.contains(event.relatedTarget) || box.classList.remove("over"));
      box.addEventListener("drop", (event) => {
        event.preventDefault();
        box.classList.remove("over");
        if (dragged) move(dragged, lane.id);
      });
      return box;
    }));
    if (focus) [...lanes.querySelectorAll("li.card")].find((each) => each.dataset.card === focus)?.focus();
    focus = null;
  };

  const drawn = (card, before, after) => {
    const badges = card.badges.map(([text, look]) => element("span", { class: `badge ${look}` }, text));
    const made = element("li", { class: `card ${card.look}`, tabindex: "0", "data-card": card.id, draggable: card.moves ? "true" : undefined },
      element("p", { class: "card-title" }, card.title),
      ...card.lines.map((line) => element("p", { class: "card-line" }, line)),
      ...(badges.length ? [element("p", { class: "badges" }, ...badges)] : []),
      ...(card.note && open !== card.id ? [element("p", { class: "card-note" }, card.note)] : []));
    const buttons = [];
    if (card.moves) {
      for (const [lane, sign] of [[before, "←"], [after, "→"]]) {
        if (!lane) continue;
        const button = element("button", { type: "button", class: "card-button", "aria-label": `Move ${card.title} to ${lane.title}` }, sign === "←" ? `← ${lane.title}` : `${lane.title} →`);
        button.addEventListener("click", () => move(card.id, lane.id));
        buttons.push(button);
      }
      made.addEventListener("dragstart", (event) => {
        dragged = card.id;
        event.dataTransfer.setData("text/plain", card.title);
        event.dataTransfer.effectAllowed = "move";
        made.classList.add("dragged");
      });
      made.addEventListener("dragend", () => {
        dragged = null;
        made.classList.remove("dragged");
      });
      made.addEventListener("keydown", (event) => {
        const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
        if (!step || event.target !== made) return;
        event.preventDefault();
        const lane = beside(card.id, step);
        if (lane) move(card.id, lane.id);
      });
    }
    if (card.notes && open !== card.id) {
      const button = element("button", { type: "button", class: "card-button", "aria-label": `Note on ${card.title}` }, card.note ? "Change the note" : "Note");
      button.addEventListener("click", () => {
        open = card.id;
        draw();
      });
      buttons.push(button);
    }
    if (buttons.length) made.append(element("div", { class: "card-buttons" }, ...buttons));
    if (open === card.id) made.append(noteOf(card));
    return made;
  };

  const tell = () => {
    said.textContent = model.get("said");
    said.className = `said ${model.get("refused") ? "refused" : ""}`;
  };
  model.on("change:lanes", draw);
  model.on("change:said change:refused", tell);
  draw();
  tell();
}

export default { render };
