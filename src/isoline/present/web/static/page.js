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

  async function draw(spec) {
    const place = document.createElement("div");
    const made = await window.vegaEmbed(place, spec, OPTIONS);
    live.replaceChildren(place);
    live.hidden = false;
    document.getElementById("still").hidden = true;
    chart?.finalize();
    chart = made;
    figure.dataset.drawn = location.search || "?";
  }

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
