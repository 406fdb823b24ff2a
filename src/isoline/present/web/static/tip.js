// What is behind the point under the pointer, under a tap, or reached by the arrow keys. A click keeps it.
import * as chart from "./chart.js";

const figure = document.getElementById("chart");
const live = document.getElementById("live");
const tip = document.getElementById("tip");
const REACH = { mouse: 12, pen: 16, touch: 26 }; // pixels
const FIELDS = [
  ["interval", "95 % interval"],
  ["runs", "Runs"],
  ["standing", "Stands"],
  ["interactivity", "tok/s/user"],
  ["engine", "Engine"],
  ["image", "Image"],
  ["gpus", "GPUs"],
  ["parallel", "Parallelism"],
  ["spec", "Spec decode"],
  ["concurrency", "Concurrency"],
  ["ttft", "TTFT, median"],
  ["e2e", "E2E, median"],
  ["date", "Date"],
  ["status", "Known as"],
];
let kept = false; // stays until Escape or a click elsewhere
let walked = -1; // the point the arrow keys are at

export function startTip() {
  live.addEventListener("pointermove", (event) => {
    if (kept || event.pointerType === "touch" || event.buttons) return;
    const row = nearest(event);
    if (row) show(row, false);
    else hide();
  });
  live.addEventListener("pointerleave", () => kept || hide());
  live.addEventListener("click", (event) => {
    const row = nearest(event);
    if (row) show(row, true);
    else hide();
  });
  live.addEventListener("keydown", walk);
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || tip.hidden) return;
    if (tip.contains(document.activeElement)) live.focus();
    hide();
  });
  document.addEventListener("pointerdown", (event) => {
    if (!live.contains(event.target) && !tip.contains(event.target)) hide();
  });
  chart.onDrawn(hide);
}

function nearest(event) {
  if (!chart.view()) return null;
  const { left, top } = figure.getBoundingClientRect();
  const { at } = chart.geometry();
  let best = null;
  let least = REACH[event.pointerType] ?? REACH.mouse;
  for (const row of chart.points()) {
    const [x, y] = at(row);
    const distance = Math.hypot(x - event.clientX + left, y - event.clientY + top);
    if (distance <= least) [best, least] = [row, distance];
  }
  return best;
}

function walk(event) {
  if (event.key === "Enter" && !tip.hidden) tip.querySelector("a")?.focus();
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step || !chart.view()) return;
  event.preventDefault();
  const rows = chart.points().sort((a, b) => a.x - b.x || b.y - a.y);
  if (!rows.length) return;
  walked = (walked + step + rows.length) % rows.length;
  show(rows[walked], true);
}

function show(row, keep) {
  kept = keep;
  const head = document.createElement("b");
  head.textContent = `${row.side} · ${row.series}`;
  const list = document.createElement("dl");
  const numbers = [
    [unit("x_title"), row.x],
    [unit("y_title"), row.y],
  ].map(([name, value]) => [name, value.toLocaleString("en-US", { maximumSignificantDigits: 5 })]);
  for (const [name, value] of [...numbers, ...FIELDS.map(([key, name]) => [name, row[key]])]) {
    if (value) list.append(cell("dt", name), cell("dd", value));
  }
  tip.replaceChildren(head, list);
  if (row.url && kept) tip.append(link(row.url));
  else if (row.url) tip.append(cell("small", "Click to keep this open: it has the link to the run."));
  tip.classList.toggle("kept", kept);
  tip.hidden = false;
  position(row);
}

// `tok/s/user at median TPOT` out of `Interactivity (tok/s/user at median TPOT)`.
function unit(name) {
  return chart.param(name).replace(/^[^(]*\((.*)\)$/, "$1").replace(" at median TPOT", "");
}

function link(url) {
  const run = document.createElement("a");
  run.href = url;
  run.rel = "noreferrer";
  run.textContent = "The run behind this point";
  return run;
}

function cell(tag, text) {
  const element = document.createElement(tag);
  element.textContent = text;
  return element;
}

// Beside the point, on the side with more room, never outside the figure's width.
function position(row) {
  const [x, y] = chart.geometry().at(row);
  const { width, height } = figure.getBoundingClientRect();
  const left = x < width / 2 ? x + 14 : x - 14 - tip.offsetWidth;
  tip.style.left = `${Math.min(Math.max(left, 0), Math.max(width - tip.offsetWidth, 0))}px`;
  tip.style.top = `${Math.min(Math.max(y - 40, 0), Math.max(height - tip.offsetHeight + 40, 0))}px`;
}

function hide() {
  kept = false;
  tip.hidden = true;
}
