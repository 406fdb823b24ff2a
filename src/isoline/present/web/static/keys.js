// The legend: every side and series can be hidden, or shown alone. It changes the view, not the comparison.
import * as chart from "./chart.js";

const keys = document.getElementById("keys");
const series = document.getElementById("series");
const MARKS = ["M5 1a4 4 0 1 1 0 8a4 4 0 1 1 0-8z", "M5 .2 9.2 5 5 9.8.8 5z"];
const STYLES = {
  curve: ["1 0", "interpolated", "between neighbouring measured points"],
  published: ["5 3", "between published", "between two readings that a page prints"],
  gap: ["1.5 3", "wide gap", "the measured points beside are more than 1.5 times apart in interactivity or 4 times in throughput"],
  reach: ["1 2", "reached", "given by a faster point: at least this"],
};
const hidden = new Set();
let drawn = ""; // what the legend was built from

export function startKeys() {
  for (const place of [keys, series]) place.addEventListener("click", pressed);
  chart.onDrawn(build);
}

const lets = (row) => !hidden.has(row.side) && !hidden.has(`${row.side}\n${row.series}`);

function pressed(event) {
  const button = event.target.closest("button");
  if (!button) return;
  const { key } = button.dataset;
  const group = [...document.querySelectorAll("button[data-key][aria-pressed]")]
    .map((other) => other.dataset.key)
    .filter((other) => other.includes("\n") === key.includes("\n"));
  if (button.classList.contains("only") || event.shiftKey) {
    const alone = group.every((other) => hidden.has(other) === (other !== key));
    for (const other of group) {
      if (alone || other === key) hidden.delete(other);
      else hidden.add(other);
    }
    if (key.includes("\n")) hidden.delete(key.split("\n")[0]);
  } else if (!hidden.delete(key)) hidden.add(key);
  for (const other of document.querySelectorAll("button[data-key][aria-pressed]")) {
    other.setAttribute("aria-pressed", !hidden.has(other.dataset.key));
  }
  chart.filter(lets);
}

function build() {
  const { points, lines } = chart.current().datasets;
  const counts = new Map();
  for (const { side, series: name } of points) {
    const key = `${side}\n${name}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const styles = [...new Set(lines.map((row) => row.style))];
  const now = JSON.stringify([sides(), [...counts], styles]);
  if (now === drawn) return;
  drawn = now;
  keys.replaceChildren(
    ...sides().map((side, i) => entry(side, side, i)),
    ...styles.some((style) => style !== "curve") ? Object.keys(STYLES).filter((s) => styles.includes(s)).map(style) : [],
  );
  keys.hidden = false;
  const lists = sides().map((side, i) => {
    const list = document.createElement("ul");
    for (const [key, count] of counts) {
      const [own, name] = key.split("\n");
      if (own === side) list.append(wrapped("li", entry(key, `${name} (${count})`, i)));
    }
    return list;
  });
  series.hidden = counts.size <= 2;
  series.querySelector("div").replaceChildren(...lists);
}

function sides() {
  return JSON.parse(keys.dataset.sides);
}

// A button that hides and shows, and one that shows nothing else.
function entry(key, text, side) {
  const toggle = document.createElement("button");
  toggle.type = "button";
  toggle.dataset.key = key;
  toggle.setAttribute("aria-pressed", !hidden.has(key));
  toggle.append(svg("0 0 10 10", MARKS[side], `mark side-${side}`), text);
  const only = document.createElement("button");
  only.type = "button";
  only.dataset.key = key;
  only.className = "only";
  only.textContent = "only";
  only.setAttribute("aria-label", `Show only ${text}`);
  return wrapped("span", toggle, only);
}

function style(name) {
  const [dash, words, why] = STYLES[name];
  const line = svg("0 0 22 4", "M0 2H22", "dash");
  line.firstChild.setAttribute("stroke-dasharray", dash);
  const key = wrapped("span", line, words);
  key.title = why;
  return key;
}

function svg(box, path, name) {
  const drawing = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  drawing.setAttribute("viewBox", box);
  drawing.setAttribute("class", name);
  drawing.setAttribute("aria-hidden", "true");
  const shape = document.createElementNS("http://www.w3.org/2000/svg", "path");
  shape.setAttribute("d", path);
  drawing.append(shape);
  return drawing;
}

function wrapped(tag, ...children) {
  const element = document.createElement(tag);
  element.append(...children);
  return element;
}
