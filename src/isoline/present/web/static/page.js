// Live controls: what the form would do, without a page load. The server stays the only one that computes.
"use strict";
(() => {
  const find = document.getElementById("find");
  if (find) filterPairs(find);
  const figure = document.getElementById("chart");
  if (!figure) return;

  const live = document.getElementById("live");
  const problem = document.getElementById("problem");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const OPTIONS = {
    ast: true, // evaluates expressions without eval, which our policy forbids
    defaultStyle: false,
    actions: false,
    renderer: "svg",
    tooltip: { disableDefaultStyle: true },
  };
  const handles = document.getElementById("handles");
  let drawnFrame = ""; // all of the drawn chart but what moves with the targets
  let dragging = null; // the handle under the finger
  let following = false;
  let wanted = null; // the newest position that is not shown yet
  let chart = null; // the embedded chart, once its library is there
  let running = null; // the request under way
  let waiting = 0;

  document.addEventListener("input", (event) => {
    const field = event.target;
    if (field.form?.id !== "controls" || field.tagName === "SELECT") return;
    // An emptied target would vanish under the cursor, and a new one would move: these wait until left.
    if (field.name === "at" && (field.value.trim() === "" || field.closest(".add"))) return;
    if (field.name === "as_of" && field.value.length % 10) return;
    clearTimeout(waiting);
    waiting = setTimeout(update, 120);
  });
  document.addEventListener("change", (event) => {
    if (event.target.form?.id === "controls") update();
  });
  document.addEventListener("submit", (event) => {
    if (event.target.id !== "controls") return;
    event.preventDefault();
    update();
  });
  document.addEventListener("click", (event) => {
    if (event.target.id !== "reset" || event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    show(new URLSearchParams());
  });
  dark.addEventListener("change", redraw);
  addEventListener("resize", later(redraw, 150));
  redraw();

  function update() {
    clearTimeout(waiting);
    show(new URLSearchParams(new FormData(document.getElementById("controls"))));
  }

  // Fetches page and chart of one selection and shows both at once, or says why not and changes nothing.
  async function show(query) {
    running?.abort();
    running = new AbortController();
    const { signal } = running;
    try {
      const [page, spec] = await Promise.all([
        fetch(`${figure.dataset.path}?${query}`, { signal }),
        window.vegaEmbed ? fetchSpec(query, signal) : null,
      ]);
      const fresh = new DOMParser().parseFromString(await page.text(), "text/html");
      if (!page.ok) {
        say(fresh.querySelector(".message")?.textContent ?? "That did not work.");
        return;
      }
      say("");
      swap(fresh);
      document.title = fresh.title;
      history.replaceState(null, "", page.url);
      if (spec) await draw(spec);
    } catch (error) {
      if (error.name !== "AbortError") say("The server does not answer.");
    }
  }

  async function redraw() {
    if (!window.vegaEmbed) return; // the picture stays
    const spec = await fetchSpec(new URLSearchParams(location.search)).catch(() => null);
    if (spec) await draw(spec);
  }

  async function fetchSpec(query, signal) {
    const asked = new URLSearchParams(query);
    const { width, height } = figure.getBoundingClientRect();
    asked.set("width", Math.round(width));
    asked.set("height", Math.round(height));
    asked.set("size", "wide");
    asked.set("theme", dark.matches ? "dark" : "light");
    const answer = await fetch(`${figure.dataset.path}.chart.json?${asked}`, { signal });
    return answer.ok ? answer.json() : null;
  }

  // Where only the targets moved, their data is swapped inside the chart: milliseconds, not a new chart.
  async function draw(spec) {
    const { targets, readings, labels, ...rest } = spec.datasets;
    const frame = JSON.stringify({ ...spec, datasets: rest });
    if (chart && frame === drawnFrame) {
      for (const [name, rows] of Object.entries({ targets, readings, labels })) chart.view.data(name, rows);
      await chart.view.runAsync();
    } else {
      await embed(spec);
      drawnFrame = frame;
    }
    if (!dragging) placeHandles();
    figure.dataset.drawn = location.search || "?";
  }

  async function embed(spec) {
    const place = document.createElement("div");
    place.setAttribute("aria-hidden", "true"); // hundreds of unnamed marks; the points are a table as well
    const made = await window.vegaEmbed(place, spec, OPTIONS);
    live.replaceChildren(place);
    live.hidden = false;
    document.getElementById("still").hidden = true;
    chart?.finalize();
    chart = made;
  }

  // A slider over each target's line: drag it, or use the arrow keys (with Shift in steps of ten).
  function placeHandles() {
    const scale = chart.view.scale("x");
    const [left, top] = chart.view.origin();
    const padding = chart.view.padding();
    const [low, high] = scale.domain();
    targetFields().forEach((field, place) => {
      const value = Number(field.value);
      let handle = handles.children[place];
      if (!handle) {
        handle = document.createElement("div");
        handle.tabIndex = 0;
        handle.setAttribute("role", "slider");
        handle.setAttribute("aria-label", `Target ${place + 1}, tok/s per user`);
        handles.append(handle);
      }
      handle.hidden = !(value >= low && value <= high);
      handle.style.left = `${padding.left + left + scale(value)}px`;
      handle.style.top = `${padding.top + top}px`;
      handle.style.height = `${chart.view.height()}px`;
      handle.setAttribute("aria-valuemin", Math.ceil(low));
      handle.setAttribute("aria-valuemax", Math.floor(high));
      handle.setAttribute("aria-valuenow", value);
    });
    while (handles.children.length > targetFields().length) handles.lastChild.remove();
  }

  function targetFields() {
    return [...document.querySelectorAll("#readings thead th:not(.add) input")];
  }

  function moveTarget(handle, value) {
    const [low, high] = chart.view.scale("x").domain();
    const near = Math.min(Math.max(Math.round(value), Math.ceil(low), 1), Math.floor(high));
    const field = targetFields()[[...handles.children].indexOf(handle)];
    if (!field || Number(field.value) === near) return;
    field.value = near;
    handle.style.left = `${chart.view.padding().left + chart.view.origin()[0] + chart.view.scale("x")(near)}px`;
    handle.setAttribute("aria-valuenow", near);
    follow(handle, near);
  }

  // One request at a time while dragging; the last position always gets its turn.
  async function follow(handle, value) {
    wanted = { handle, value };
    if (following) return;
    following = true;
    while (wanted) {
      const { handle: held, value: last } = wanted;
      wanted = null;
      const field = targetFields()[[...handles.children].indexOf(held)];
      if (field) field.value = last;
      await show(new URLSearchParams(new FormData(document.getElementById("controls"))));
    }
    following = false;
    if (!dragging) placeHandles();
  }

  handles.addEventListener("pointerdown", (event) => {
    const handle = event.target.closest("[role=slider]");
    if (!handle || event.button) return;
    dragging = handle;
    handle.classList.add("held");
    handle.setPointerCapture(event.pointerId);
  });
  handles.addEventListener("pointermove", (event) => {
    if (!dragging) return;
    const at = event.clientX - figure.getBoundingClientRect().left - chart.view.padding().left;
    moveTarget(dragging, chart.view.scale("x").invert(at - chart.view.origin()[0]));
  });
  for (const end of ["pointerup", "pointercancel"]) {
    handles.addEventListener(end, () => {
      dragging?.classList.remove("held");
      dragging = null;
      if (chart && !following) placeHandles();
    });
  }
  handles.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 }[event.key];
    if (!step) return;
    event.preventDefault();
    const now = Number(event.target.getAttribute("aria-valuenow"));
    moveTarget(event.target, now + step * (event.shiftKey ? 10 : 1));
  });

  // Replaces every live part; the field being edited keeps its focus, its text and its cursor.
  function swap(fresh) {
    const field = document.activeElement;
    const same = (element) => [...document.getElementsByName(element.name)];
    const held = field?.form?.id === "controls" && field.name && {
      name: field.name,
      place: same(field).indexOf(field),
      text: field.value,
      cursor: field.selectionStart,
      added: Boolean(field.closest(".add")),
    };
    for (const part of document.querySelectorAll("[data-live]")) {
      const next = fresh.getElementById(part.id);
      if (next && next.outerHTML !== part.outerHTML) {
        if (part.id === "still") next.hidden = part.hidden;
        part.replaceWith(next);
      }
    }
    if (!held) return;
    const again = document.getElementsByName(held.name)[held.place];
    if (!again || again === document.activeElement) return;
    if (!held.added && held.text.trim()) again.value = held.text;
    again.focus({ preventScroll: true });
    if (again.setSelectionRange && held.cursor !== null) again.setSelectionRange(held.cursor, held.cursor);
  }

  function say(text) {
    problem.textContent = text;
    problem.hidden = !text;
  }

  function later(action, milliseconds) {
    let timer = 0;
    return () => {
      clearTimeout(timer);
      timer = setTimeout(action, milliseconds);
    };
  }

  function filterPairs(form) {
    const rows = [...document.querySelectorAll("tr[data-words]")];
    form.elements.q.addEventListener("input", () => {
      const words = form.elements.q.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const row of rows) {
        row.hidden = !words.every((word) => row.dataset.words.includes(word));
        shown += !row.hidden;
      }
      document.getElementById("shown").textContent = shown;
    });
  }
})();
