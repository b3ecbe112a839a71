// Words while the page is made, and a watch over the process behind it afterwards.
(() => {
  const every = 1000;
  const patience = 1500;
  const pause = 600;
  const slow = 400;
  const safe = () => document.querySelector(".kept")
    ? "What you saved is kept, and your draft is safe."
    : "What you saved is kept, and what you typed since stays in this tab.";
  const lost = () => `The server does not answer. ${safe()} The page goes on by itself when it answers again.`;
  const gone = () => "The process behind this page has ended, so its buttons do nothing. " +
    `${safe()} Reload the page to go on.`;

  const settings = () => JSON.parse(document.getElementById("jupyter-config-data")?.textContent ?? "null");
  const page = { left: false };
  window.page = page;

  // What comes from the server -------------------------------------------------------------------------------------

  const step = (cell, count) => {
    const bar = document.getElementById("loading_bar");
    bar.max = count;
    bar.value = cell - 1;
    document.getElementById("loading_text").textContent = `Reading and calculating: step ${cell} of ${count}`;
  };

  let watching;
  const begin = () => {
    if (watching) return;
    watching = setInterval(watch, every);
    new MutationObserver(arrange).observe(document.getElementById("rendered_cells"), {
      childList: true,
      subtree: true,
      attributeFilter: ["class"], // a button can be there before it is marked as one that stands for a part
    });
    arrange();
  };

  // Parts come one after the other, each is shown at once, and one can begin to read and to type.
  const came = {
    process: () => {
      front.connect();
      begin();
    },
    step,
    part: () => front.show(),
    whole: () => page.whole(),
    done: () => {
      document.getElementById("loading")?.remove();
      drawing = true;
      arrange();
      back();
    },
  };
  const take = ([what, ...told]) => came[what](...told);
  page.begin = () => {
    for (const each of window.came) take(each);
    window.came.push = take;
  };

  // There is a widget on this page that only Voila's own front end can show.
  page.whole = () => {
    if (page.left) return;
    const place = new URL(location.href);
    place.searchParams.set("front", "voila");
    location.replace(place);
  };

  // The same in Voila's own front end: it shows the page when the last cell has come and it is ready itself.
  window.voila_heartbeat = () => {};
  window.voila_process = step;
  window.voila_finish = () => {
    drawing = true;
    begin();
    window.display_cells();
  };

  // How the page is put together -------------------------------------------------------------------------------------

  const arrange = () => {
    raise();
    tie();
    if (drawing) draw();
  };

  // Parts that are drawn after the page is there stand behind buttons; press one after the other, so that what the
  // person presses meanwhile does not have to wait for all of them. While one is shown, the next is being made.
  const AHEAD = 2;
  let drawing = false;
  const draw = () => {
    const waiting = [...document.querySelectorAll(".later[data-pressed]")]
      .filter((button) => !button.parentElement.querySelector(".message"));
    const next = [...document.querySelectorAll(".later:not([data-pressed])")];
    for (const button of next.slice(0, Math.max(0, AHEAD - waiting.length))) {
      button.dataset.pressed = "yes";
      button.click();
    }
  };

  // A notebook begins with its title; on the page, the way to the other pages comes before it.
  const raise = () => {
    const header = document.querySelector("#rendered_cells .page-header");
    if (!header) return;
    document.querySelector(".page-header.waiting")?.remove();
    document.body.prepend(document.querySelector("#rendered_cells .skip-link"), header);
    const steps = header.querySelector(".steps ol");
    const now = steps?.querySelector("[aria-current]");
    if (now) steps.scrollLeft = now.offsetLeft - (steps.clientWidth - now.clientWidth) / 2;
  };

  // Tell those who cannot see the page which note belongs to which input, and that answers appear.
  const tie = () => {
    for (const area of document.querySelectorAll(".message-area")) area.setAttribute("aria-live", "polite");
    for (const input of document.querySelectorAll(".input")) {
      const control = input.querySelector("input, textarea, select");
      const note = input.querySelector(".input-note");
      if (!control || !note) continue;
      note.id ||= `note-of-${control.id}`;
      control.setAttribute("aria-describedby", note.id);
      control.setAttribute("aria-invalid", String(note.querySelector(".problem") !== null));
    }
  };

  // Another year, scenario or territory is another address of the same page, which then opens where one was.
  const spot = "where one was";
  const headings = () => [...document.querySelectorAll("#rendered_cells h2")];
  document.addEventListener("change", ({ target }) => {
    const form = target.closest("form.where");
    if (!form) return;
    const above = headings().filter((each) => each.getBoundingClientRect().top < innerHeight / 2).at(-1);
    if (above && scrollY > 0) sessionStorage.setItem(spot, above.textContent);
    for (const control of form.elements) if (!control.value) control.disabled = true;
    form.submit();
  });
  const back = () => {
    const there = headings().find((each) => each.textContent === sessionStorage.getItem(spot));
    sessionStorage.removeItem(spot);
    if (scrollY === 0) there?.scrollIntoView();
  };

  // The front end makes every link open a tab of its own; within the workbook one goes from page to page.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[target]");
    if (link && link.origin === location.origin) link.removeAttribute("target");
  }, true);

  // A draft is kept by the store while one types, and not only when the field is left.
  let typing;
  document.addEventListener("input", (event) => {
    if (!event.isTrusted || !event.target.closest(".kept")) return;
    clearTimeout(typing);
    typing = setTimeout(() => event.target.dispatchEvent(new Event("change", { bubbles: true })), pause);
  });

  // The process behind the page ----------------------------------------------------------------------------------------

  // The process is given back when a page is left. Voila's own front end does so itself once it is there.
  const asked = new AbortController();
  window.addEventListener("pagehide", () => {
    page.left = true;
    clearInterval(watching);
    asked.abort();
    const told = settings();
    if (!told || window.themeLoaded) return;
    const token = new FormData();
    token.append("_xsrf", document.cookie.match("\\b_xsrf=([^;]*)")?.[1] ?? "");
    navigator.sendBeacon(`${told.baseUrl}voila/api/shutdown/${told.kernelId}`, token);
  });
  // A browser may show a page that was left as it was, without the process that it had.
  window.addEventListener("pageshow", ({ persisted }) => persisted && location.reload());

  const tell = (text) => {
    const banner = document.getElementById("connection");
    const words = document.getElementById("connection_text");
    if (words.textContent !== text) words.textContent = text;
    banner.hidden = !text;
  };

  // Whoever waits for an answer sees that the page is at work.
  let working;
  page.busy = (state) => {
    clearTimeout(working);
    if (state === "busy") working = setTimeout(() => document.body.classList.add("busy"), slow);
    else document.body.classList.remove("busy");
    if (state === "dead") tell(gone());
  };

  let missed = 0;
  let asking = false;
  const watch = async () => {
    if (asking || document.hidden) return;
    asking = true;
    const { baseUrl, kernelId } = settings();
    try {
      const signal = AbortSignal.any([asked.signal, AbortSignal.timeout(patience)]);
      const answer = await fetch(`${baseUrl}voila/alive/${kernelId}`, { signal });
      missed = 0;
      // Who is led to the login is logged out, which a server that was started anew does to all.
      tell(answer.redirected || (await answer.text()) !== "yes" ? gone() : "");
    } catch {
      // A single miss is a hiccup of the network.
      missed += 1;
      if (missed > 1 && !page.left) tell(lost());
    }
    asking = false;
  };
})();
