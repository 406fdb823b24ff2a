// A comparison in a file of its own: edited targets change table, verdict, sentences and chart, without a server.
import { behind } from "./behind.js";
import * as chart from "./chart.js";
import * as chartRows from "./chart_rows.js";
import { startHandles } from "./handles.js";
import { nameOf, startKeys, toggles } from "./keys.js";
import { target } from "./reading.js";
import { headlineTarget, narrative, verdict } from "./sentences.js";
import { legend, rows } from "./table_rows.js";
import { startTip } from "./tip.js";
import { addField, asked, decimal, isTarget, isWrong, targetFields } from "./typed.js";
import { blankStale, clearWrong, markTargets } from "./wrong.js";
import { startZoom } from "./zoom.js";

const data = JSON.parse(document.getElementById("curves").textContent);
const charts = JSON.parse(document.getElementById("charts").textContent);
const figure = document.getElementById("chart");
const table = document.querySelector(".readings");
const marks = [0, 1].map((side) => table.querySelector(`.mark.side-${side}`).cloneNode(true));
const problem = document.getElementById("problem");
const dark = matchMedia("(prefers-color-scheme: dark)");
const MOST = 100;
let drawn = null; // the frame in view
let current = [];
let hidden = toggles().filter((key) => key.getAttribute("aria-pressed") === "false").map(nameOf);
const atFirst = String(hidden); // what the file was made with

// Reads at the numbers in the fields; one that holds none is said, and its column stays what it was, unseen.
async function update() {
  const texts = targetFields().map((field) => asked(field) || field.defaultValue);
  targetFields().forEach((field, i) => { field.defaultValue = texts[i]; });
  show(texts.map(Number));
  clearWrong();
  problem.textContent = markTargets();
  problem.hidden = !problem.textContent;
  blankStale();
  keepState();
  if (drawn) await drawTargets();
}

// What is asked for in the address of the file.
function keepState() {
  const asked = `#at=${current.map((target) => target.interactivity).join(",")}`;
  const hash = asked + (String(hidden) === atFirst ? "" : `&hide=${hidden}`);
  if (location.hash !== hash) history.replaceState(null, "", hash);
}

// Leaves out what has these names.
function hide(names) {
  hidden = names;
  const out = new Set();
  const words = [];
  for (const key of toggles()) {
    const { side, series } = key.parentElement.dataset;
    const left = hidden.includes(nameOf(key));
    key.setAttribute("aria-pressed", !left);
    if (left) out.add(`${side}\n${series}`);
    if (left) words.push(series ? `${side} ${series}` : side);
  }
  const said = document.getElementById("hidden");
  said.hidden = !words.length;
  said.querySelector("span").textContent = words.join("; ");
  keepState();
  chart.filter((row) => !out.has(`${row.side}\n`) && !(row.series && out.has(`${row.side}\n${row.series}`)));
}

function show(targets) {
  current = targets.map((x) => target(data, x));
  const head = document.querySelector("h1");
  head.textContent = verdict(data, current);
  head.classList.toggle("soft", !headlineTarget(current)?.interval);
  sentences(narrative(data, current));
  document.getElementById("readings").classList.toggle("many", targets.length > data.many);
  fillTable();
  showBehind();
  showBeside();
  const meanings = document.getElementById("legend");
  meanings.textContent = legend(data, current).join(" · ");
  meanings.hidden = !meanings.textContent;
  const command = document.querySelector(".command code");
  command.textContent = `${command.dataset.less} --at ${targets.join(",")}`;
  figure.dataset.targets = targets.join(",");
}

function sentences(texts) {
  const place = document.getElementById("narrative");
  place.querySelectorAll("p").forEach((line) => line.remove());
  texts.forEach((text, i) => place.append(made("p", text, i === texts.length - 1 ? "quiet" : "")));
}

function fillTable() {
  table.querySelectorAll("tbody").forEach((body) => body.remove());
  let body = null;
  let last = null;
  for (const row of rows(data, current)) {
    if (row.metric !== last) table.append((body = group(row)));
    last = row.metric;
    const head = made("th", row.label);
    head.scope = "row";
    if (row.side !== null) head.prepend(marks[row.side].cloneNode(true), " ");
    const line = made("tr", "", row.side === null ? "ratio" : row.unit ? "value" : "known");
    const cells = row.cells.map(cell);
    row.ahead?.forEach((ahead, i) => { if (ahead) cells[i].className = "ahead"; });
    line.append(head, ...cells, made("td", "", "add"));
    body.append(line);
  }
}

// What follows the value stands on a line of its own, as in assets.py.
function cell(text) {
  const [, value, after] = text.match(/^(.+)( (?:\[[^[\]]+\]|\(\d+ runs?\)|at [\d.,]+(?: s)?))$/) ?? [null, text, ""];
  const found = made("td", value);
  if (after) found.append(made("small", after));
  return found;
}

// The recipes beside the target that the verdict is read at.
function showBehind() {
  const place = document.getElementById("behind");
  const told = behind(data, current);
  place.hidden = !told.title;
  place.querySelector("h2").textContent = told.title;
  place.querySelector("tbody").replaceChildren(...told.rows.map(behindRow));
  place.querySelector("p")?.remove();
  if (told.note) place.append(made("p", told.note, "quiet"));
}

function behindRow({ name, sides, same, strong }) {
  const line = document.createElement("tr");
  const head = made("th", name);
  head.scope = "row";
  const cells = (same ? sides.slice(0, 1) : sides).map((text) => made("td", strong ? "" : text));
  if (same) cells[0].colSpan = 2;
  if (strong) cells.forEach((one, i) => one.append(made("b", sides[i])));
  line.append(head, ...cells);
  return line;
}

// Of all points that can stand beside a target, those that do.
function showBeside() {
  const near = new Set(current.flatMap((target) => target.readings.flatMap((r) => r.near.map((knot) => knot.key))));
  const list = document.getElementById("beside");
  if (!list) return;
  for (const row of list.querySelectorAll("tbody tr")) row.hidden = !near.has(row.dataset.key);
  list.querySelector("summary span").textContent = near.size;
  list.hidden = !near.size;
}

function group({ metric, unit }) {
  const head = made("th", metric);
  head.scope = "rowgroup";
  head.colSpan = current.length + 2;
  if (unit) head.append(" ", made("span", unit));
  const line = made("tr", "", "metric");
  line.append(head);
  const body = document.createElement("tbody");
  body.append(line);
  return body;
}

function made(tag, text, name = "") {
  const element = document.createElement(tag);
  element.textContent = text;
  if (name) element.className = name;
  return element;
}

// As many fields as targets.
function setFields(targets) {
  while (targetFields().length > targets.length) targetFields().pop().closest("th").remove();
  targets.forEach((value, i) => {
    const field = targetFields()[i] ?? anotherField();
    field.value = field.defaultValue = value;
  });
  nameFields();
}

function anotherField() {
  const head = targetFields()[0].closest("th").cloneNode(true);
  addField().closest("th").before(head);
  return head.firstElementChild;
}

function nameFields() {
  targetFields().forEach((field, i) => field.setAttribute("aria-label", `Target ${i + 1}, tok/s per user`));
}

table.addEventListener("input", (event) => {
  if (!event.target.closest(".add") && event.target.value.trim() !== "") update();
});
table.addEventListener("change", (event) => {
  const field = event.target;
  if (!isWrong(field)) field.value = decimal(field.value);
  if (field.closest(".add")) takeAnother(field.value);
  else if (field.value === "" && targetFields().length > 1) field.closest("th").remove();
  nameFields();
  update();
});

function takeAnother(text) {
  if (!isTarget(text) || targetFields().length >= MOST) return;
  const field = anotherField();
  field.value = field.defaultValue = text;
  addField().value = "";
}

async function draw() {
  const size = figure.clientWidth < 600 ? "narrow" : "wide";
  const { labels, font, ...spec } = charts.frames[`${size} ${dark.matches ? "dark" : "light"}`];
  const { left, right, top, bottom } = spec.padding;
  const width = figure.clientWidth - left - right;
  const height = figure.clientHeight - top - bottom;
  const datasets = { ...charts.datasets, labels, targets: [], readings: [] };
  await chart.draw({ ...spec, width, height, datasets });
  drawn = { ...charts.datasets, labels, font };
  await drawTargets();
}

async function drawTargets() {
  const view = chart.view();
  await chart.move({
    targets: chartRows.targets(data, current, view, drawn.font),
    readings: chartRows.readings(data, current, view, drawn, drawn.font),
  });
  figure.dataset.drawn = figure.dataset.targets;
}

let waiting = 0;
addEventListener("resize", () => {
  clearTimeout(waiting);
  waiting = setTimeout(draw, 150);
});
dark.addEventListener("change", draw);

startKeys({ hidden: () => hidden, hide });
startHandles(update);
startZoom();
startTip();
const [, at, out] = /^#at=([\d.,]+)(?:&hide=([\w:.,-]*))?$/.exec(location.hash) ?? [];
const linked = at?.split(",") ?? [];
if (linked.length && linked.length <= MOST && linked.every(isTarget)) setFields(linked);
update();
hide(out === undefined ? hidden : out.split(",").filter(Boolean));
draw();
