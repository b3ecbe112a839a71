// What was typed into a form and not saved yet comes back after a reload. It is kept by the tab, and leaves with it.
// What the store keeps as a draft is marked as kept; of that, only what is typed while the server does not answer is
// this script's business.
(() => {
  const name = `typed ${location.pathname}${location.search}`;
  const beat = 400;
  const settled = 8;
  const patience = 300;

  // By label, in the order in which things were filled in: a later answer can depend on an earlier one.
  const typed = new Map(JSON.parse(sessionStorage.getItem(name) ?? "[]"));
  const keep = () => sessionStorage.setItem(name, JSON.stringify([...typed]));

  const controls = () => [...document.querySelectorAll(".panel .input :is(input, textarea, select)")];
  const label = (control) => control.closest(".input").querySelector("label")?.textContent ?? "";
  const named = () => {
    const seen = new Map();
    return new Map(controls().map((control) => {
      const count = (seen.get(label(control)) ?? 0) + 1;
      seen.set(label(control), count);
      return [`${label(control)} ${count}`, control];
    }));
  };
  const shown = (control) => control.matches("select") ? control.selectedOptions[0]?.textContent ?? "" : control.value;

  const note = (event) => {
    const found = [...named()].find(([, control]) => control === event.target);
    if (!found || event.target.dataset.restoring) return;
    if (event.target.closest(".kept") && document.getElementById("connection").hidden) return;
    typed.delete(found[0]);
    typed.set(found[0], shown(found[1]));
    keep();
  };
  for (const kind of ["input", "change"]) document.addEventListener(kind, note, true);

  // What was done is saved, so it is not typed any more.
  const done = () => {
    for (const message of document.querySelectorAll(".panel .message.success:not([data-noted])")) {
      message.dataset.noted = "yes";
      const panel = message.closest(".panel");
      for (const [key, control] of named()) if (panel.contains(control)) typed.delete(key);
      keep();
    }
  };
  new MutationObserver(done).observe(document.documentElement, { childList: true, subtree: true });

  const fill = (control, value) => {
    if (control.matches("select")) {
      const option = [...control.options].find((each) => each.textContent === value);
      if (!option) return;
      option.selected = true;
    } else control.value = value;
    control.dataset.restoring = "yes";
    for (const kind of ["input", "change"]) control.dispatchEvent(new Event(kind, { bubbles: true }));
    delete control.dataset.restoring;
  };

  // The process may answer one choice by filling in the rest, so look again until nothing changes any more.
  let calm = 0;
  let tries = 0;
  const restore = () => {
    const there = named();
    const off = [...typed].find(([key, value]) => there.has(key) && shown(there.get(key)) !== value);
    calm = there.size && !off && !document.querySelector(".later") ? calm + 1 : 0;
    tries += 1;
    if (calm === settled || tries === patience || !typed.size) return finish();
    if (off) fill(there.get(off[0]), off[1]);
    setTimeout(restore, beat);
  };

  // What the process filled in since counts as well.
  const finish = () => window.addEventListener("pagehide", () => {
    for (const [key, control] of named()) if (typed.has(key)) typed.set(key, shown(control));
    keep();
  });

  if (typed.size) restore();
  else finish();
})();
