// Words while the page is made, and a watch over the process behind it afterwards.
(() => {
  const every = 1000;
  const patience = 1500;
  const pause = 600;
  const safe = () => document.querySelector(".kept")
    ? "What you saved is kept, and your draft is safe."
    : "What you saved is kept, and what you typed since stays in this tab.";
  const lost = () => `The server does not answer. ${safe()} The page goes on by itself when it answers again.`;
  const gone = () => "The process behind this page has ended, so its buttons do nothing. " +
    `${safe()} Reload the page to go on.`;

  window.voila_heartbeat = () => {};

  window.voila_process = (cell, count) => {
    const bar = document.getElementById("loading_bar");
    bar.max = count;
    bar.value = cell - 1;
    document.getElementById("loading_text").textContent = `Reading and calculating: step ${cell} of ${count}`;
  };

  // Called twice: when the last cell has come, and when the front end is ready to show it.
  let watching;
  window.voila_finish = () => {
    if (!watching) {
      watching = setInterval(watch, every);
      new MutationObserver(arrange).observe(document.getElementById("rendered_cells"), {
        childList: true,
        subtree: true,
        attributeFilter: ["class"], // a button can be there before it is marked as one that stands for a part
      });
    }
    window.display_cells();
  };

  const arrange = () => {
    raise();
    tie();
    draw();
  };

  // Parts that are drawn after the page is there stand behind buttons; press one after the other, so that what the
  // person presses meanwhile does not have to wait for all of them.
  const draw = () => {
    const waiting = [...document.querySelectorAll(".later[data-pressed]")];
    if (waiting.some((button) => !button.parentElement.querySelector(".message"))) return;
    const next = document.querySelector(".later:not([data-pressed])");
    if (!next) return;
    next.dataset.pressed = "yes";
    next.click();
  };

  // A notebook begins with its title; on the page, the way to the other pages comes before it.
  const raise = () => {
    const header = document.querySelector("#rendered_cells .page-header");
    if (header) document.body.prepend(document.querySelector("#rendered_cells .skip-link"), header);
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

  // The front end makes every link open a tab of its own; within the workbook one goes from page to page.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[target]");
    if (link && link.origin === location.origin) link.removeAttribute("target");
  }, true);

  // The front end gives the process back when a page is left; a page that is left while it loads has to do so itself.
  window.addEventListener("pagehide", () => {
    const config = document.getElementById("jupyter-config-data");
    if (!config || window.themeLoaded) return;
    const page = JSON.parse(config.textContent);
    const token = new FormData();
    token.append("_xsrf", document.cookie.match("\\b_xsrf=([^;]*)")?.[1] ?? "");
    navigator.sendBeacon(`${page.baseUrl}voila/api/shutdown/${page.kernelId}`, token);
  });

  const tell = (text) => {
    const banner = document.getElementById("connection");
    const words = document.getElementById("connection_text");
    if (words.textContent !== text) words.textContent = text;
    banner.hidden = !text;
  };

  // A draft is kept by the store while one types, and not only when the field is left.
  let typing;
  document.addEventListener("input", (event) => {
    if (!event.isTrusted || !event.target.closest(".kept")) return;
    clearTimeout(typing);
    typing = setTimeout(() => event.target.dispatchEvent(new Event("change", { bubbles: true })), pause);
  });

  let missed = 0;
  let asking = false;
  const watch = async () => {
    if (asking || document.hidden) return;
    asking = true;
    const page = JSON.parse(document.getElementById("jupyter-config-data").textContent);
    try {
      const answer = await fetch(`${page.baseUrl}api/kernels/${page.kernelId}`, { signal: AbortSignal.timeout(patience) });
      missed = 0;
      // Who is led to the login is logged out, which a server that was started anew does to all.
      tell(answer.status === 404 || answer.redirected ? gone() : "");
    } catch {
      // A single miss is a hiccup of the network.
      missed += 1;
      if (missed > 1) tell(lost());
    }
    asking = false;
  };
})();
