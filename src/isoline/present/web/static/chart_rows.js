// The rows of the chart that follow the targets, placed as present/chart_frame.py and chart_labels.py place them.
import { gainOf, headlineTarget } from "./sentences.js";
import { amount, fixed, percentLess } from "./words.js";

const AXIS_PADDING = 4;
const OVERLAP = 1e4; // the price of covering a label
const textWidth = (text, font, bold) => text.length * font * (bold ? 0.62 : 0.57);

const lessIsBetter = (data) => Boolean(data.quantities[data.metric].verb);

// By how much the better side is better, as the sentences say it; nothing without a ratio.
function ratio(data, target) {
  if (target.ratio === null) return "";
  const found = gainOf(data, data.metric, target);
  if (found === null) return target.interval ? "no clear difference" : "about equal";
  const more = lessIsBetter(data) ? `${percentLess(found.more)} less` : found.factor;
  return `${data.sides[found.side].name} ${found.bound && `${found.bound} `}${more}`;
}

// Texts above neighbouring hairlines give way to those of the target that the comparison is told by, then from left
// to right. Only speeds have a place on the axis.
export function targets(data, read, scale, font) {
  if (data.x !== "interactivity") return [];
  const told = headlineTarget(read);
  const first = (target) => (target === told ? -Infinity : target.interactivity);
  const rows = [...read].sort((a, b) => first(a) - first(b)).map((target) => ({
    x: target.interactivity,
    text: fixed(target.interactivity, 1).replace(/\.0$/, ""),
    ratio: ratio(data, target),
  }));
  for (const field of ["text", "ratio"]) {
    const taken = [];
    for (const row of rows) {
      const half = textWidth(row[field], font, field === "ratio") / 2 + 0.2 * font;
      const [left, right] = [scale(row.x) - half, scale(row.x) + half];
      if (taken.some(([low, high]) => left < high && low < right)) row[field] = "";
      else if (row[field]) taken.push([left, right]);
    }
  }
  return rows;
}

// Values that lie on a drawn line, each with the free spot nearest to its mark.
export function readings(data, read, view, drawn, font) {
  if (data.x !== "interactivity") return beside(data, read, drawn);
  const [x, y] = ["x", "y"].map((name) => view.scale(name));
  const marks = [...drawn.lines, ...drawn.points.filter((row) => row.role !== "other")].map((row) => [
    x(row.x), y(row.y),
  ]);
  const taken = drawn.labels.map((row) => boxOf(x(row.x), y(row.y), row, textWidth(row.text, row.size, true), row.size));
  const rows = [];
  for (const target of read) {
    target.readings.forEach((r, i) => {
      const { name, measured_range: known } = data.sides[i];
      const at = target.interactivity;
      if (r.value === null || !known || at < known[0] || at > known[1]) return;
      const text = bound(data, r) + amount(r.value, data.quantities[data.metric].sign);
      const spot = place(x(at), y(r.value), textWidth(text, font, true), font, taken, marks, view);
      rows.push({ side: name, x: at, y: r.value, status: r.status, text, ...spot });
    });
  }
  return rows;
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
      .map(({ x, y }) => ({ side: side.name, x, y, status: "beside", text: "", dx: 0, dy: 0, align: "left" }));
  });
}

function spots(font) {
  const [near, rise] = [0.75 * font, 0.8 * font];
  return [
    [near, -rise, "left"], [-near, rise, "right"], [near, -2 * rise, "left"], [-near, 2 * rise, "right"],
    [near, rise, "left"], [-near, -rise, "right"], [near, -3 * rise, "left"],
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
  const overlaps = taken.filter(
    (o) => box.left < o.right && o.left < box.right && box.top < o.bottom && o.top < box.bottom,
  ).length;
  const covered = marks.filter(
    ([x, y]) => box.left <= x && x <= box.right && box.top <= y && y <= box.bottom,
  ).length;
  return 1e6 * beyond + OVERLAP * overlaps + covered;
}
