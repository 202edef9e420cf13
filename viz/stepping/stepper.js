// The stepper: a picture that is laid out once, and a tour through it. A step changes classes and
// texts, nothing else. The same module serves a page (`mount`) and a notebook (the default export).

const SPEEDS = [0.5, 1, 2, 4];
const PAUSE = 1400; // milliseconds per frame at speed 1
const SMALLEST = 0.8; // of its own size, below which a picture is not shrunk but scrolled

// Drawn, because the signs for these are missing from many fonts. On a field of 20 by 20.
const ICONS = {
  first: "M4 4v12M16 4L7 10l9 6z", previous: "M14 4L5 10l9 6z", play: "M3 10a7 7 0 1 0 14 0a7 7 0 1 0-14 0M8.5 7l4.5 3-4.5 3z",
  pause: "M7 4v12M13 4v12", next: "M6 4l9 6-9 6z", last: "M16 4v12M4 4l9 6-9 6z",
};

const EDGE = 24; // pixels left between a part that is scrolled to and the border

let mounted = 0;

/**
 * Show a tour in an element.
 *
 * @param {HTMLElement} host - what it is shown in
 * @param {object} tour - as `viz.stepping.tour.tour_of` makes it
 * @param {object} [link] - `{index, changed(index)}`: where to begin, and whom to tell
 * @returns {{go: (index: number) => void, stop: () => void}}
 */
export function mount(host, tour, link = {}) {
  // Ids are unique on their page even where two steppers show the same picture.
  const prefix = `${tour.prefix}-s${(mounted += 1)}`;
  const { frames } = tour;
  const last = frames.length - 1;
  const root = element("section", {
    class: `ags ags-${tour.theme}`, role: "group", "aria-label": tour.title,
  });
  const picture = element("div", { class: "ags-picture" });
  picture.innerHTML = tour.svg.replaceAll(tour.prefix, prefix);
  const svg = picture.querySelector("svg");
  svg.setAttribute("role", "group");
  svg.setAttribute("aria-roledescription", "graph; up and down arrows go through its parts");
  // A wide picture is scrolled: a little smaller than it was made it can still be read.
  svg.style.minWidth = `${SMALLEST * svg.getAttribute("width")}px`;

  const title = element("p", { class: "ags-title" });
  const arithmetic = element("p", { class: "ags-arithmetic" });
  const spoken = element("div", { class: "ags-spoken", "aria-live": "polite" }, title, arithmetic);
  const slider = element("input", {
    type: "range", min: 0, max: last, step: 1, "aria-label": "Step", class: "ags-slider",
  });
  const counter = element("output", { class: "ags-counter" });
  const play = button("Play", "play", () => (timer ? stop() : start()));
  const speed = element("select", { "aria-label": "Speed", class: "ags-speed" },
    ...SPEEDS.map((s) => element("option", { value: s, ...(s === 1 && { selected: "" }) }, `${s}×`)));
  const controls = element("div", { class: "ags-controls" },
    button("First step", "first", () => go(0)),
    button("Previous step", "previous", () => go(index - 1)),
    play,
    button("Next step", "next", () => go(index + 1)),
    button("Last step", "last", () => go(last)),
    slider, counter, speed);
  const details = element("div", { class: "ags-details", tabindex: -1, "aria-live": "polite" });
  details.hidden = true;
  const ledger = element("tbody");
  const book = element("details", { class: "ags-ledger" },
    element("summary", {}, "What has been added so far"),
    element("div", { class: "ags-scroll", tabindex: 0, role: "region", "aria-label": "Ledger" },
      element("table", {},
        element("thead", {}, row("th", ["step", "what", "in numbers"])), ledger)));
  // The controls come first: a picture may have a hundred parts to tab or scroll past.
  root.append(controls, spoken, picture, details, book);
  if (tour.paths.length) root.insertBefore(pathChooser(), book);
  host.append(root);

  const nodes = tour.nodes.map((node, i) => {
    const group = svg.querySelector(`#${prefix}-node-${i}`);
    group.querySelector("title").remove(); // which tells what is not computed yet
    const texts = [...group.querySelectorAll("text")];
    const sweep = texts.find((text) => text.classList.contains("ag-sweep"));
    const value = texts.find((text) => text !== sweep && text.textContent === node.value);
    return { group, value, sweep, texts };
  });
  const edges = tour.edges.map((_, i) => ({
    line: svg.querySelector(`#${prefix}-edge-${i}`),
    label: svg.querySelector(`#${prefix}-edge-${i}-label`),
  }));
  // One stop for the tab key; from there the arrows go on.
  const parts = [];
  nodes.forEach(({ group }, i) => clickable(group, () => visit("node", i)));
  edges.forEach(({ label: box, line }, i) => {
    clickable(box ?? line, () => visit("edge", i));
    (box ?? line).setAttribute("aria-label", tour.edges[i].label);
  });
  nodes[tour.root].group.setAttribute("tabindex", 0);

  let index = -1;
  let timer = 0;
  slider.addEventListener("input", () => go(Number(slider.value)));
  root.addEventListener("keydown", onKey);
  book.addEventListener("toggle", writeLedger);
  go(link.index ?? 0);
  return { go, stop };

  function go(wanted) {
    const next = Math.min(Math.max(Number(wanted) || 0, 0), last);
    if (next === index) return;
    index = next;
    paint();
    link.changed?.(index);
    if (index === last) stop();
  }

  function start() {
    if (index === last) go(0);
    label(play, "Pause", "pause");
    const beat = () => {
      go(index + 1);
      if (index < last) timer = setTimeout(beat, PAUSE / Number(speed.value));
    };
    timer = setTimeout(beat, PAUSE / Number(speed.value));
  }

  function stop() {
    clearTimeout(timer);
    timer = 0;
    label(play, "Play", "play");
  }

  function paint() {
    const frame = frames[index];
    const known = { value: new Map(), sweep: new Map() };
    const travelled = new Set();
    for (const past of frames.slice(0, index + 1)) {
      known[past.what === "value" ? "value" : "sweep"].set(past.node, past.shows);
      if (past.what !== "value") past.edges.forEach((e) => travelled.add(e));
    }
    nodes.forEach(({ group, value, sweep, texts }, i) => {
      const about = tour.nodes[i];
      const given = tour.values_known || known.value.has(i);
      write(value, given ? about.value : about.unknown[0]);
      write(sweep, known.sweep.get(i) ?? about.unknown[1]);
      sweep?.classList.toggle("ags-unknown", !known.sweep.has(i));
      value?.classList.toggle("ags-unknown", !given);
      group.setAttribute("aria-label", texts.map((text) => text.textContent).join(" "));
      group.classList.toggle("ags-now", i === frame.node);
      group.classList.toggle("ags-future", !given);
      group.setAttribute("aria-current", i === frame.node ? "step" : "false");
    });
    edges.forEach(({ line, label: box }, i) => {
      for (const part of [line, box]) {
        part?.classList.toggle("ags-now", frame.edges.includes(i));
        part?.classList.toggle("ags-past", travelled.has(i));
      }
    });
    title.textContent = frame.title;
    arithmetic.textContent = frame.arithmetic;
    slider.value = index;
    slider.setAttribute("aria-valuetext", `${index + 1} of ${frames.length}: ${frame.title}`);
    counter.textContent = `${index + 1} / ${frames.length}`;
    writeLedger();
    bringIntoView(nodes[frame.node].group);
  }

  function writeLedger() {
    if (!book.open) return;
    ledger.replaceChildren(...frames.slice(0, index + 1)
      .map((past, i) => [past, i]).filter(([past]) => past.what !== "value")
      .map(([past, i]) => row("td", [i + 1, past.title, past.arithmetic])));
  }

  // Only inside the picture: the page itself stays where the reader has put it.
  function bringIntoView(group) {
    const part = group.getBoundingClientRect();
    const pane = picture.getBoundingClientRect();
    for (const [from, to, scroll] of [["left", "right", "scrollLeft"], ["top", "bottom", "scrollTop"]]) {
      if (part[from] < pane[from]) picture[scroll] -= pane[from] - part[from] + EDGE;
      else if (part[to] > pane[to]) picture[scroll] += part[to] - pane[to] + EDGE;
    }
  }

  // To the next frame, round and round, in which this is computed; and say all about it.
  function visit(kind, i) {
    const about = (frame) => (kind === "node" ? frame.node === i : frame.edges.includes(i));
    const later = frames.findIndex((frame, at) => at > index && about(frame));
    const found = later >= 0 ? later : frames.findIndex(about);
    stop();
    if (found >= 0) go(found);
    const { name, facts, heat } = kind === "node" ? tour.nodes[i] : tour.edges[i];
    details.hidden = false;
    details.replaceChildren(
      element("h2", {}, name),
      element("dl", {}, ...facts.flatMap(([key, text]) =>
        [element("dt", {}, key), element("dd", {}, text)])));
    if (heat) details.append(heatMap(heat));
  }

  function clickable(group, act) {
    group.setAttribute("role", "button");
    group.setAttribute("tabindex", -1);
    group.classList.add("ags-clickable");
    group.addEventListener("click", () => {
      focusPart(group);
      act();
    });
    group.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      event.stopPropagation();
      act();
    });
    parts.push(group);
  }

  function focusPart(group) {
    parts.forEach((part) => part.setAttribute("tabindex", part === group ? 0 : -1));
    group.focus({ preventScroll: true });
    bringIntoView(group);
  }

  function pathChooser() {
    const list = element("ul", { class: "ags-paths" });
    const choice = element("select", { "aria-label": "Show all paths from" },
      element("option", { value: "" }, "no paths"),
      ...tour.paths.map(({ name }, i) => element("option", { value: i }, `paths from ${name}`)));
    choice.addEventListener("change", () => {
      const chosen = choice.value === "" ? null : tour.paths[Number(choice.value)];
      const marked = new Set(chosen?.items.flatMap((item) => item.edges));
      edges.forEach(({ line, label: box }, i) =>
        [line, box].forEach((part) => part?.classList.toggle("ags-path", marked.has(i))));
      list.replaceChildren(...(chosen ? [...chosen.items.map(({ text }) => text), chosen.sum] : [])
        .map((text) => element("li", {}, text)));
    });
    return element("div", { class: "ags-chooser" }, choice, list);
  }

  function onKey(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const own = event.target === slider || event.target === speed || event.target.closest("select");
    const moves = {
      ArrowRight: index + 1, ArrowLeft: index - 1, Home: 0, End: last,
    };
    const at = parts.indexOf(event.target);
    const beside = at + { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key in moves && !own) go(moves[event.key]);
    else if (at >= 0 && beside >= 0 && beside < parts.length) focusPart(parts[beside]);
    else if (event.key === "Escape" && !details.hidden) details.hidden = true;
    else if (event.key === " " && !event.target.closest("button, select, summary, [role=button]")) {
      timer ? stop() : start();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

function write(text, content) {
  if (text && text.textContent !== content) text.textContent = content;
}

/** A small picture of an array: one square per element (or per block), dark is large. */
function heatMap({ rows, columns, cells, caption }) {
  const NS = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(NS, "svg");
  svg.setAttribute("viewBox", `0 0 ${columns} ${rows}`);
  svg.setAttribute("class", "ags-heat");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", caption);
  svg.style.width = `${Math.min(columns * 14, 320)}px`;
  cells.forEach((shade, i) => {
    const square = document.createElementNS(NS, "rect");
    square.setAttribute("x", i % columns);
    square.setAttribute("y", Math.floor(i / columns));
    square.setAttribute("width", 1);
    square.setAttribute("height", 1);
    square.setAttribute("fill", shade);
    svg.append(square);
  });
  return element("figure", {}, svg, element("figcaption", {}, caption));
}

function button(name, icon, act) {
  const made = element("button", { type: "button" });
  label(made, name, icon);
  made.addEventListener("click", act);
  return made;
}

function label(made, name, icon) {
  made.setAttribute("aria-label", name);
  made.title = name;
  made.innerHTML = `<svg viewBox="0 0 20 20" aria-hidden="true"><path d="${ICONS[icon]}"/></svg>`;
}

function row(kind, cells) {
  return element("tr", {}, ...cells.map((cell) =>
    element(kind, kind === "th" ? { scope: "col" } : {}, String(cell))));
}

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

export default {
  render({ model, el }) {
    const stepper = mount(el, model.get("tour"), {
      index: model.get("index"),
      changed(index) {
        if (model.get("index") === index) return;
        model.set("index", index);
        model.save_changes();
      },
    });
    // The still picture above is for a notebook that is opened without its kernel.
    const prefix = CSS.escape(model.get("tour").prefix);
    document.querySelectorAll(`[data-ags-still="${prefix}"]`).forEach((still) => still.remove());
    const follow = () => stepper.go(model.get("index"));
    model.on("change:index", follow);
    return () => {
      stepper.stop();
      model.off("change:index", follow);
    };
  },
};
