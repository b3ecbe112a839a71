// A list of tasks: done by a press, one more by a line. What is done is told to the process behind the page.

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value !== undefined) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function render({ model, el }) {
  el.classList.add("task-list");
  const what = element("input", { type: "text", maxlength: "300", "aria-label": "New task", placeholder: "What is to be done?" });
  const due = element("input", { type: "date", "aria-label": "Until when" });
  const whom = element("select", { "aria-label": "Who does it" });
  const add = element("button", { type: "submit", class: "task-add" }, "Add");
  const form = element("form", { class: "quick" }, what, due, whom, add);
  const list = element("div", { class: "groups" });
  const said = element("p", { class: "said", role: "status" });
  el.append(form, list, said);
  let focus = null;

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!what.value.trim()) return what.focus();
    model.send({ add: what.value, due: due.value, owner: whom.value });
  });

  const people = () => {
    const chosen = whom.value || model.get("me");
    whom.replaceChildren(...model.get("people").map((each) => element("option", { value: each }, each)));
    whom.value = model.get("people").includes(chosen) ? chosen : model.get("me");
    form.hidden = !model.get("people").length;
  };

  const drawn = (task) => {
    const box = element("input", { type: "checkbox", "aria-label": `${task.what}: done`, "data-task": task.key });
    box.checked = task.done;
    box.disabled = !task.mine;
    box.addEventListener("change", () => {
      focus = task.key;
      model.send({ press: task.key, done: box.checked, version: task.version });
    });
    return element("li", { class: `task ${task.look}` },
      element("label", {}, box, element("span", { class: "what" }, task.what)),
      element("span", { class: "about" }, task.about));
  };

  const draw = () => {
    const groups = model.get("groups");
    list.replaceChildren(...groups.map((group) => element("section", {},
      element("h4", {}, group.title, element("span", { class: "count" }, ` ${group.tasks.length}`)),
      element("ul", {}, ...group.tasks.map(drawn)))));
    if (!groups.length) list.append(element("p", { class: "none" }, model.get("empty")));
    if (focus) [...list.querySelectorAll("input")].find((each) => each.dataset.task === focus)?.focus();
    focus = null;
  };

  const tell = () => {
    said.textContent = model.get("said");
    said.className = `said ${model.get("refused") ? "refused" : ""}`;
  };
  model.on("change:added", () => {
    what.value = "";
    due.value = model.get("due");
    what.focus();
  });
  model.on("change:groups", draw);
  model.on("change:people change:me", people);
  model.on("change:said change:refused", tell);
  due.value = model.get("due");
  people();
  draw();
  tell();
}

export default { render };
