// The form without page loads: each edit asks the server for page and chart, and shows both at once.
import * as chart from "./chart.js";
import { swap } from "./swap.js";
import { startHandles } from "./handles.js";
import { restoreKeys, startKeys } from "./keys.js";
import { startTip } from "./tip.js";
import { addField, asked, decimal, isWrong, targetFields } from "./typed.js";
import { blankStale, clearWrong, markTargets, markWrong } from "./wrong.js";
import { startZoom } from "./zoom.js";

const figure = document.getElementById("chart");
const problem = document.getElementById("problem");
const dark = matchMedia("(prefers-color-scheme: dark)");
const hideField = () => document.getElementById("controls").elements.namedItem("hide"); // what the legend hides
const SIBLING = "to."; // selectors that lead to another page
const NUMBER = /^((at|within|max_ttft|max_e2e)$|price\.|power\.)/; // fields of one number each

let drawnRest = ""; // the selection that is drawn, but for its targets
let size = null; // of the figure, as it was laid out
let running = null; // the request under way; a newer edit ends it

export function start() {
  startKeys({
    hidden: () => hideField().value.split(",").filter(Boolean),
    hide: (names) => {
      hideField().value = names.join(",");
      show(selection());
    },
  });
  startHandles(() => show(selection()));
  startZoom();
  startTip();
  document.addEventListener("input", edited);
  document.addEventListener("change", changed);
  document.addEventListener("focusout", ({ target: field }) => {
    if (NUMBER.test(field.name) && !isWrong(field)) field.value = decimal(field.value);
  });
  document.addEventListener("submit", (event) => {
    if (event.target.id !== "controls") return;
    event.preventDefault();
    show(selection());
  });
  document.addEventListener("click", (event) => {
    if (event.target.id !== "reset" || event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    document.getElementById("controls").reset(); // what is typed but was never read stays nowhere
    show(new URLSearchParams());
  });
  // Back to this page as it was left: a selector that led away shows where it led to.
  addEventListener("pageshow", ({ persisted }) => {
    if (persisted) document.getElementById("controls").reset();
  });
  dark.addEventListener("change", redraw);
  new ResizeObserver(resized).observe(figure);
}

// Drawn when the page is laid out: the picture of the points is on the screen before the script does its work.
let waiting = 0;
function resized([entry]) {
  clearTimeout(waiting);
  waiting = setTimeout(redraw, size ? 150 : 0);
  size = entry.contentRect;
}

function edited(event) {
  const field = event.target;
  if (field.form?.id !== "controls" || field.tagName === "SELECT" || /^(checkbox|radio)$/.test(field.type)) return;
  // An emptied target would vanish under the cursor, and a new one would move: these wait until left.
  if (field.name === "at" && (field.value.trim() === "" || field.closest(".add"))) return;
  if (/^(within|max_)/.test(field.name) && field.value.trim() && !Number(decimal(field.value))) return; // "0." of "0.05"
  if (field.name === "as_of" && field.value.length % 10) return;
  show(selection());
}

function changed(event) {
  const field = event.target;
  if (field.form?.id !== "controls") return;
  // Either of all fields or of single ones.
  if (field.name === "match" && field.type === "radio") {
    for (const box of document.querySelectorAll("[name=match][type=checkbox]")) box.checked = false;
  }
  if (field.name.startsWith(SIBLING)) location.assign(`${figure.dataset.path}?${fields()}`);
  else show(selection());
}

// What the fields ask for, one number each.
function fields() {
  const others = [...new FormData(document.getElementById("controls"))].filter(([name]) => name !== "at");
  const found = others.map(([name, text]) => [name, NUMBER.test(name) ? decimal(text) : text]);
  return new URLSearchParams([...found, ...[...targetFields(), addField()].map((field) => ["at", asked(field)])]);
}

function selection() {
  return new URLSearchParams([...fields()].filter(([name]) => !name.startsWith(SIBLING)));
}

// Shows one selection whole, or says why not and changes nothing. Targets that are no numbers stay as they are typed.
async function show(query) {
  running?.abort();
  const typed = targetFields().filter((field) => asked(field)).map((field) => (isWrong(field) ? field.value : ""));
  const own = (running = new AbortController());
  try {
    const [page, spec] = await Promise.all([
      fetch(`${figure.dataset.path}?${query}`, { signal: own.signal }),
      chart.available() ? fetchSpec(query, own.signal) : null,
    ]);
    const fresh = new DOMParser().parseFromString(await page.text(), "text/html");
    if (own.signal.aborted) return;
    if (!page.ok && query.get("hide")) { // what is hidden may not be there any more
      const rest = new URLSearchParams([...query].filter(([name]) => name !== "hide"));
      await show(rest);
      return;
    }
    if (!page.ok) {
      say(fresh.querySelector(".message")?.textContent ?? "That did not work.");
      markWrong(fresh);
      markTargets();
      blankStale();
      return;
    }
    const added = isWrong(addField()) ? addField().value : "";
    clearWrong();
    swap(fresh);
    keep(typed, added);
    say(markTargets());
    blankStale();
    restoreKeys();
    document.title = fresh.title;
    history.replaceState(null, "", page.url);
    if (spec) await draw(spec);
  } catch (error) {
    if (error.name === "AbortError") return;
    say("The server does not answer.");
    blankStale();
  }
}

// Texts that are no numbers, which an answer cannot hold.
function keep(typed, added) {
  targetFields().forEach((field, i) => { if (typed[i]) field.value = typed[i]; });
  if (added) addField().value = added;
}

async function redraw() {
  const [spec] = await Promise.all([
    fetchSpec(new URLSearchParams(location.search)).catch(() => null),
    chart.library(), // if it does not come, the picture stays
  ]);
  if (spec && chart.available()) await draw(spec);
}

async function draw({ rest, ...spec }) {
  if (spec.vega) await chart.draw(spec);
  else if (rest === drawnRest) await chart.move(spec.datasets);
  else return; // what it belongs to was replaced meanwhile
  drawnRest = rest;
  if (!figure.dataset.drawn) performance.mark("drawn");
  figure.dataset.drawn = location.search || "?"; // for those who wait for the chart
}

// The chart of a selection; where only targets changed since the last one, only what they move.
async function fetchSpec(query, signal) {
  const asked = new URLSearchParams([...query].filter(([, value]) => value));
  asked.set("width", Math.round(size.width));
  asked.set("height", Math.round(size.height));
  asked.set("size", "wide");
  asked.set("legend", "0");
  asked.set("theme", dark.matches ? "dark" : "light");
  const rest = String(new URLSearchParams([...asked].filter(([name]) => !/^(default_)?at$/.test(name))));
  asked.set("part", rest === drawnRest ? "targets" : "live");
  const answer = await fetch(`${figure.dataset.path}.chart.json?${asked}`, { signal });
  return answer.ok ? { ...(await answer.json()), rest } : null;
}

function say(text) {
  problem.textContent = text;
  problem.hidden = !text;
}
