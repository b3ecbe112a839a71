// The page's own front end: shows the widgets of the process behind the page, and tells it what one does. It speaks
// Jupyter's messages and the widgets' protocol, and knows the few widgets that forms are made of; a page with any
// other is opened by Voila's own front end instead, which knows all and weighs a hundred times as much.
(() => {
  // Without TLS a browser has no identities to give.
  const identity = () => crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
  const session = identity();
  const models = new Map();
  const styles = new Set();

  // Messages -----------------------------------------------------------------------------------------------------

  let socket;
  let connected = false;
  let waiting = [];
  let pause = 250;

  // The versions of the widgets' protocol, and of the one by which all widgets are asked for.
  const [WIDGETS, CONTROL] = ["2.1.0", "1.0.0"];
  const message = (type, content, version = WIDGETS) => ({
    header: { msg_id: identity(), msg_type: type, session, username: "",
      version: "5.3", date: new Date().toISOString() },
    parent_header: {}, metadata: { version }, content, channel: "shell", buffers: [],
  });

  // What carries bytes goes as one binary message: how many parts, where each begins, the message, the bytes.
  const packed = (told, buffers) => {
    const parts = [new TextEncoder().encode(JSON.stringify(told)), ...buffers.map((each) => new Uint8Array(each))];
    const head = 4 * (parts.length + 1);
    const all = new Uint8Array(head + parts.reduce((sum, part) => sum + part.length, 0));
    const view = new DataView(all.buffer);
    view.setUint32(0, parts.length);
    let place = head;
    parts.forEach((part, number) => {
      view.setUint32(4 * (number + 1), place);
      all.set(part, place);
      place += part.length;
    });
    return all.buffer;
  };

  const unpacked = (bytes) => {
    if (typeof bytes === "string") return JSON.parse(bytes);
    const view = new DataView(bytes);
    const starts = Array.from({ length: view.getUint32(0) }, (_, number) => view.getUint32(4 * (number + 1)));
    const [told, ...buffers] = starts.map((start, number) => bytes.slice(start, starts[number + 1]));
    return { ...JSON.parse(new TextDecoder().decode(told)), buffers };
  };

  const send = (told, buffers = []) => {
    const ready = buffers.length ? packed(told, buffers) : JSON.stringify(told);
    if (socket?.readyState === WebSocket.OPEN) socket.send(ready);
    else waiting.push(ready);
  };

  const tell = (id, data, buffers) => send(message("comm_msg", { comm_id: id, data }), buffers);

  // After a connection was lost it is made again, and everything is asked for as it is now.
  const connect = () => {
    const settings = JSON.parse(document.getElementById("jupyter-config-data").textContent);
    const place = new URL(`${settings.baseUrl}api/kernels/${settings.kernelId}/channels`, location.href);
    place.protocol = place.protocol.replace("http", "ws");
    place.searchParams.set("session_id", session);
    socket = new WebSocket(place);
    socket.binaryType = "arraybuffer";
    socket.onmessage = ({ data }) => hear(unpacked(data));
    socket.onopen = () => {
      pause = 250;
      const open = (target_name, comm_id, version) =>
        socket.send(JSON.stringify(message("comm_open", { comm_id, target_name, data: {} }, version)));
      // What one message of the page brings about comes as one message.
      open("planning.bundles", identity());
      if (connected || models.size) {
        const control = identity();
        open("jupyter.widget.control", control, CONTROL);
        socket.send(JSON.stringify(message("comm_msg", { comm_id: control, data: { method: "request_states" } }, CONTROL)));
      }
      connected = true;
      for (const each of waiting.splice(0)) socket.send(each);
    };
    socket.onclose = () => {
      if (page.left) return;
      setTimeout(connect, pause);
      pause = Math.min(2 * pause, 4000);
    };
  };

  const hear = ({ channel, header, parent_header: asked, content, buffers = [] }) => {
    if (channel !== "iopub") return;
    if (header.msg_type === "status") {
      if (asked.session === session || content.execution_state === "dead") page.busy(content.execution_state);
    } else if (content.data?.method === "bundle") for (const each of content.data.messages) heed(...each);
    else heed(header.msg_type, content, buffers);
  };

  const heed = (type, { comm_id, data }, buffers = []) => {
    if (type === "comm_open") open(comm_id, data.state ?? {});
    else if (type === "comm_close") models.delete(comm_id);
    else if (type === "comm_msg") take(comm_id, data, buffers);
  };

  const take = (id, data, buffers) => {
    if (data.method === "update_states") {
      for (const [each, { state }] of Object.entries(data.states)) {
        if (models.has(each)) models.get(each).take(state);
        else open(each, state);
      }
    } else if (data.method === "update") {
      (data.buffer_paths ?? []).forEach((path, number) => {
        const holder = path.slice(0, -1).reduce((part, key) => part[key], data.state);
        holder[path.at(-1)] = new DataView(buffers[number]);
      });
      models.get(id)?.take(data.state);
    } else if (data.method === "custom") models.get(id)?.emit("msg:custom", data.content, buffers);
  };

  // Models: what the process and the page both hold ----------------------------------------------------------------

  const same = (one, other) => one === other || JSON.stringify(one ?? null) === JSON.stringify(other ?? null);

  class Model {
    constructor(id, state) {
      Object.assign(this, { id, state, heard: new Map(), unsaved: {}, view: null });
    }

    get(name) { return this.state[name]; }

    set(name, value) {
      this.state[name] = this.unsaved[name] = value;
    }

    save_changes(buffer_paths = [], buffers = []) {
      tell(this.id, { method: "update", state: this.unsaved, buffer_paths }, buffers);
      this.unsaved = {};
    }

    send(content, _callbacks, buffers = []) { tell(this.id, { method: "custom", content }, buffers); }

    on(names, act) {
      for (const name of names.split(" ")) this.heard.set(name, [...(this.heard.get(name) ?? []), act]);
    }

    off(name, act) { this.heard.set(name, (this.heard.get(name) ?? []).filter((each) => act && each !== act)); }

    emit(name, ...told) { for (const act of this.heard.get(name) ?? []) act(...told); }

    // Takes what has changed; what one is typing into is not drawn anew for the rest.
    take(state) {
      const changed = Object.keys(state).filter((name) => !same(state[name], this.state[name]));
      for (const name of changed) this.state[name] = state[name];
      for (const name of changed) this.emit(`change:${name}`, this, state[name]);
      if (changed.length) this.emit("change", changed);
    }
  }

  const named = (reference) => models.get(reference.replace("IPY_MODEL_", ""));

  const open = (id, state) => {
    if (!models.has(id)) models.set(id, new Model(id, state));
  };

  // Views ---------------------------------------------------------------------------------------------------------

  const element = (name, classes, ...children) => {
    const made = document.createElement(name);
    made.className = classes;
    made.append(...children);
    return made;
  };

  const described = (model, kind, control) => {
    control.id = `control-${model.id}`;
    const label = element("label", "widget-label");
    label.htmlFor = control.id;
    const drawn = element("div", `jupyter-widgets widget-inline-hbox ${kind}`, label, control);
    drawn.refresh = () => {
      label.textContent = model.get("description");
      label.hidden = !model.get("description");
      control.disabled = Boolean(model.get("disabled"));
      if (model.get("placeholder")) control.placeholder = model.get("placeholder");
    };
    return [drawn, drawn.refresh];
  };

  const typed = (name) => (model) => {
    const control = document.createElement(name);
    if (name === "input") control.type = "text";
    const [drawn, refresh] = described(model, name === "input" ? "widget-text" : "widget-textarea", control);
    const given = () => {
      if (control.value === model.get("value")) return;
      model.set("value", control.value);
      model.save_changes();
    };
    control.addEventListener("change", given);
    if (name === "input") control.addEventListener("keydown", ({ key }) => key === "Enter" && given());
    if (model.get("continuous_update")) control.addEventListener("input", given);
    const written = () => { if (control.value !== model.get("value")) control.value = model.get("value"); };
    model.on("change:value", written);
    drawn.refresh = () => {
      refresh();
      if (model.get("rows")) control.rows = model.get("rows");
    };
    written();
    return drawn;
  };

  const chosen = (model) => {
    const control = document.createElement("select");
    const [drawn, refresh] = described(model, "widget-dropdown", control);
    let shown;
    control.addEventListener("change", () => {
      model.set("index", control.selectedIndex < 0 ? null : control.selectedIndex);
      model.save_changes();
    });
    drawn.refresh = () => {
      refresh();
      const labels = model.get("_options_labels");
      if (JSON.stringify(labels) !== shown) {
        shown = JSON.stringify(labels);
        control.replaceChildren(...labels.map((label) => new Option(label.replaceAll(" ", "\xa0"), label)));
      }
      const index = model.get("index") ?? -1;
      if (control.selectedIndex !== index) control.selectedIndex = index;
    };
    return drawn;
  };

  const pressed = (model) => {
    const drawn = element("button", "jupyter-widgets jupyter-button widget-button");
    drawn.type = "button";
    drawn.addEventListener("click", () => model.send({ event: "click" }));
    drawn.refresh = () => {
      drawn.textContent = model.get("description");
      drawn.disabled = Boolean(model.get("disabled"));
      drawn.title = model.get("tooltip") ?? "";
    };
    return drawn;
  };

  const handed = (model) => {
    const file = document.createElement("input");
    file.type = "file";
    file.hidden = true;
    const drawn = element("button", "jupyter-widgets widget-upload jupyter-button");
    drawn.type = "button";
    const words = document.createElement("span");
    drawn.append(words, file);
    file.addEventListener("click", (event) => event.stopPropagation());
    drawn.addEventListener("click", () => file.click());
    file.addEventListener("change", async () => {
      const files = [...file.files];
      const value = files.map(({ name, type, size, lastModified }) => ({ name, type, size, last_modified: lastModified, content: null }));
      const bytes = await Promise.all(files.map((each) => each.arrayBuffer()));
      model.set("error", "");
      model.set("value", value);
      model.save_changes(value.map((_, number) => ["value", number, "content"]), bytes);
      file.value = "";
    });
    drawn.refresh = () => {
      const count = model.get("value")?.length;
      words.textContent = model.get("description") + (count ? ` (${count})` : "");
      drawn.disabled = Boolean(model.get("disabled"));
      file.accept = model.get("accept");
      file.multiple = model.get("multiple");
    };
    return drawn;
  };

  const written = (model) => {
    const words = element("div", "widget-html-content");
    const drawn = element("div", "jupyter-widgets widget-inline-hbox widget-html", words);
    const put = () => { words.innerHTML = model.get("value"); };
    model.on("change:value", put);
    put();
    return drawn;
  };

  // What stays in a box keeps its place on the page, and with it what is typed there and where one is.
  const boxed = (kind) => (model) => {
    const drawn = element("div", `jupyter-widgets widget-container widget-box ${kind}`);
    const fill = () => {
      const wanted = model.get("children").map((each) => view(named(each)));
      for (const each of [...drawn.children]) if (!wanted.includes(each)) each.remove();
      wanted.forEach((each, place) => drawn.children[place] !== each && drawn.insertBefore(each, drawn.children[place] ?? null));
    };
    model.on("change:children", fill);
    fill();
    return drawn;
  };

  // A widget that brings its script (the front end module of anywidget).
  const scripted = (model) => {
    const drawn = element("div", "jupyter-widgets anywidget");
    const css = model.get("_css");
    if (css && !styles.has(css)) {
      styles.add(css);
      document.head.append(element("style", "", css));
    }
    const script = URL.createObjectURL(new Blob([model.get("_esm")], { type: "text/javascript" }));
    import(script).then(async ({ default: made }) => {
      URL.revokeObjectURL(script);
      const { initialize, render } = typeof made === "function" ? await made() : made;
      await initialize?.({ model });
      await render?.({ model, el: drawn });
    });
    return drawn;
  };

  const VIEWS = {
    TextView: typed("input"), TextareaView: typed("textarea"), DropdownView: chosen, ButtonView: pressed,
    FileUploadView: handed, HTMLView: written, BoxView: boxed(""), VBoxView: boxed("widget-vbox"),
    HBoxView: boxed("widget-hbox"), AnyView: scripted,
  };

  const view = (model) => {
    if (!model || !(model.get("_view_name") in VIEWS)) throw new UnknownWidget(model?.get("_view_name"));
    model.view ??= looking(model, VIEWS[model.get("_view_name")](model));
    return model.view;
  };

  class UnknownWidget extends Error {}

  // A part that may no longer hold is drawn again when it comes into view, or onto paper.
  const stale = new Map();
  const see = (drawn) => {
    stale.get(drawn)?.send({ event: "seen" });
    stale.delete(drawn);
    sight.unobserve(drawn);
  };
  const sight = new IntersectionObserver((seen) => {
    // What is not shown at all may be shown by being drawn again.
    for (const { isIntersecting, target } of seen) if (isIntersecting || !target.getClientRects().length) see(target);
  }, { rootMargin: "300px" });
  window.addEventListener("beforeprint", () => [...stale.keys()].forEach(see));
  const heedStale = (model, drawn, classes) => {
    if (!classes.includes("stale") || stale.has(drawn)) return;
    stale.set(drawn, model);
    sight.observe(drawn);
  };

  // Classes, layout and whatever else a widget says about its looks.
  const looking = (model, drawn) => {
    let classes = [];
    const refresh = () => {
      drawn.classList.remove(...classes);
      classes = model.get("_dom_classes") ?? [];
      drawn.classList.add(...classes);
      heedStale(model, drawn, classes);
      drawn.refresh?.();
    };
    const layout = named(model.get("layout") ?? "");
    const lay = () => {
      for (const [name, value] of Object.entries(layout?.state ?? {})) {
        if (!name.startsWith("_")) drawn.style.setProperty(name.replaceAll("_", "-"), value ?? "");
      }
    };
    model.on("change", refresh);
    layout?.on("change", lay);
    lay();
    refresh();
    return drawn;
  };

  // What the server sends: for each cell the widgets that it made, and where they are to be shown.
  const show = () => {
    for (const states of document.querySelectorAll("script.widget-states")) {
      for (const [id, state] of Object.entries(JSON.parse(states.textContent))) open(id, state);
      states.remove();
    }
    for (const place of document.querySelectorAll("[data-model]")) {
      try {
        place.replaceWith(view(models.get(place.dataset.model)));
      } catch (error) {
        if (error instanceof UnknownWidget) return page.whole();
        throw error;
      }
    }
  };

  window.front = { connect, show };
})();
