// The rows of the chart that follow the targets, placed as present/chart_placing.py and chart_labels.py place them.
import { heads, textWidth } from "./heads.js";
import { gainOf, headlineTarget } from "./sentences.js";
import { amount, fixed, percentLess } from "./words.js";

const AXIS_PADDING = 4;
const OVERLAP = 1e4; // the price of covering a label
const MARGIN = 2; // pixels beside a label that it keeps free
const [ASTRAY, MISTAKEN] = [10, 3]; // pixels around another target's mark, and the price of standing there
const STEP = 4; // pixels between two samples of a line

const lessIsBetter = (data) => Boolean(data.quantities[data.metric].verb);

// By how much the better side is better, as the sentences say it; nothing without a ratio.
function ratio(data, target) {
  if (target.ratio === null) return "";
  const found = gainOf(data, data.metric, target);
  if (found === null) return target.interval ? "no clear difference" : "about equal";
  const more = lessIsBetter(data) ? `${percentLess(found.more)} less` : found.factor;
  return `${data.sides[found.side].name} ${found.bound && `${found.bound} `}${more}`;
}

// The target that the comparison is told by comes first. Only speeds have a place on the axis.
export function targets(data, read, view, font) {
  if (data.x !== "interactivity") return [];
  const told = headlineTarget(read);
  const first = (target) => (target === told ? -Infinity : target.interactivity);
  const rows = [...read].sort((a, b) => first(a) - first(b)).map((target) => ({
    x: target.interactivity,
    text: fixed(target.interactivity, 1).replace(/\.0$/, ""),
    ratio: ratio(data, target),
  }));
  const { left, right } = view.padding();
  const edges = [0.4 * font - left, view.width() + right - 0.4 * font];
  return heads(rows, view.scale("x"), [0, view.width()], edges, font);
}

// Values that lie on a drawn line, each with the free spot nearest to its mark.
export function readings(data, read, view, drawn, font) {
  if (data.x !== "interactivity") return beside(data, read, drawn);
  const [x, y] = ["x", "y"].map((name) => view.scale(name));
  const at = (row) => [x(row.x), y(row.y)];
  const marks = [...traced(drawn.lines, at), ...traced(drawn.frontiers, at), ...drawn.points.map((row) => [
    ...at(row), row.role === "other" ? 0.2 : 2,
  ])];
  const taken = drawn.labels.map((row) =>
    boxOf(...at(row), row, textWidth(row.text, row.size, row.weight > 400), 1.1 * row.size));
  const rows = [];
  for (const target of read) {
    target.readings.forEach((r, i) => {
      const { name, measured_range: known } = data.sides[i];
      const speed = target.interactivity;
      if (r.value === null || !known || speed < known[0] || speed > known[1]) return;
      const text = bound(data, r) + amount(r.value, data.quantities[data.metric].sign);
      const { series } = data.sides[i].lines.find((line) => line.label === r.series);
      rows.push({ side: name, series, x: speed, y: r.value, status: r.status, text });
    });
  }
  marks.push(...rows.map((row) => [...at(row), OVERLAP]));
  return rows.map((row) => ({
    ...row, ...place(...at(row), textWidth(row.text, font, true), font, taken, marks, view),
  }));
}

// Samples of lines without gaps: what a label would cover.
function traced(rows, at) {
  const found = [];
  rows.forEach((row, i) => {
    const [x1, y1] = at(row);
    const [x0, y0] = rows[i - 1]?.path === row.path ? at(rows[i - 1]) : [x1, y1];
    const count = Math.max(1, Math.ceil(Math.max(Math.abs(x1 - x0), Math.abs(y1 - y0)) / STEP));
    for (let k = 1; k <= count; k += 1) found.push([x0 + ((x1 - x0) * k) / count, y0 + ((y1 - y0) * k) / count, 1]);
  });
  return found;
}

function bound(data, r) {
  if (r.status === "wide gap") return "≈ ";
  if (r.status !== "dominated") return "";
  return lessIsBetter(data) ? "≤ " : "≥ ";
}

// On other axes: the measured points beside each target, which the table reads.
function beside(data, read, drawn) {
  return data.sides.flatMap((side, i) => {
    const near = new Set(read.flatMap((target) => target.readings[i].near.map((knot) => knot.key)));
    return drawn.points
      .filter((row) => row.side === side.name && near.has(row.key))
      .map(({ x, y, series }) => ({ side: side.name, series, x, y, status: "beside", text: "", dx: 0, dy: 0, align: "left" }));
  });
}

function spots(font) {
  const [near, rise] = [0.75 * font, 0.8 * font];
  return [
    [near, -rise, "left"], [-near, rise, "right"], [near, -2 * rise, "left"], [-near, 2 * rise, "right"],
    [near, rise, "left"], [-near, -rise, "right"], [near, 2 * rise, "left"], [near, -3 * rise, "left"],
  ];
}

function boxOf(x, y, { dx, dy, align }, width, height) {
  const left = x + dx - (align === "right" ? width : 0);
  const top = y + dy - height / 2;
  return { left, top, right: left + width, bottom: top + height };
}

function place(x, y, width, font, taken, marks, view) {
  const priced = spots(font).map(([dx, dy, align]) => {
    const box = boxOf(x, y, { dx, dy, align }, width, font);
    return { dx, dy, align, box, price: price(box, taken, marks, view) };
  });
  const { dx, dy, align, box, price: least } = priced.reduce((a, b) => (b.price < a.price ? b : a));
  if (least >= OVERLAP) return { text: "", dx: 0, dy: 0, align: "left" }; // the table has the value
  taken.push(box);
  return { dx, dy, align };
}

function price(box, taken, marks, view) {
  const beyond =
    box.left < 0 || box.right > view.width() || box.top < 0 || box.bottom > view.height() + AXIS_PADDING;
  const [left, right] = [box.left - MARGIN, box.right + MARGIN];
  const overlaps = taken.filter(
    (o) => left < o.right && o.left < right && box.top < o.bottom && o.top < box.bottom,
  ).length;
  let covered = 0;
  for (const [x, y, weight] of marks) {
    if (x < left || x > right) continue;
    if (box.top <= y && y <= box.bottom) covered += weight;
    else if (weight >= OVERLAP && box.top - ASTRAY <= y && y <= box.bottom + ASTRAY) covered += MISTAKEN;
  }
  return 1e6 * beyond + OVERLAP * overlaps + covered;
}
