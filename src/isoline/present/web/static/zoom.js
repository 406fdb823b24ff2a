// Zoom and pan: buttons, keys + - 0, Ctrl or Shift with the wheel, double click, two fingers; drag pans.
import * as chart from "./chart.js";

const figure = document.getElementById("chart");
const live = document.getElementById("live");
const tools = document.getElementById("tools");
const fingers = new Map(); // pointers that are down, by id
let moved = null; // what a drag started from

export function startZoom() {
  chart.onDrawn(() => {
    tools.hidden = false;
    tools.querySelector("[data-zoom='0']").disabled = !chart.zoomed();
    live.classList.toggle("zoomed", Boolean(chart.zoomed()));
  });
  tools.addEventListener("click", (event) => act(event.target.dataset.zoom));
  live.addEventListener("keydown", (event) => {
    const action = { "+": "2", "=": "2", "-": "0.5", 0: "0" }[event.key];
    if (action && !event.ctrlKey && !event.metaKey) act(action);
  });
  live.addEventListener("wheel", wheel, { passive: false });
  live.addEventListener("dblclick", (event) => scale(2, place(event)));
  live.addEventListener("pointerdown", down);
  live.addEventListener("pointermove", pull);
  for (const end of ["pointerup", "pointercancel"]) live.addEventListener(end, up);
}

function act(factor) {
  if (!factor || !chart.view()) return;
  if (factor === "0") chart.zoom(null);
  else scale(Number(factor), null);
}

function wheel(event) {
  if (!(event.ctrlKey || event.metaKey || event.shiftKey) || !chart.view()) return; // the page scrolls
  event.preventDefault();
  scale(Math.exp(-(event.deltaY || event.deltaX) / 240), place(event));
}

function place(event) {
  const { left, top } = figure.getBoundingClientRect();
  return [event.clientX - left, event.clientY - top];
}

// Makes everything `factor` times larger around a place, by default where the points are.
function scale(factor, around) {
  const g = chart.geometry();
  const [px, py] = around ?? crowd(g);
  const [left, right] = [g.left, g.left + g.width].map((edge) => px + (edge - px) / factor);
  const [top, bottom] = [g.top, g.top + g.height].map((edge) => py + (edge - py) / factor);
  set(g, left, right, top, bottom);
}

// The middle one of the points in view, or the middle of the plot.
function crowd(g) {
  const places = chart.points().map(g.at).sort(([a], [b]) => a - b);
  return places[places.length >> 1] ?? [g.left + g.width / 2, g.top + g.height / 2];
}

// Zooms to what lies between four pixels, but not beyond the whole chart.
function set(g, left, right, top, bottom) {
  const [x0, y1] = g.inverse(left, top);
  const [x1, y0] = g.inverse(right, bottom);
  const whole = { x: chart.param("x_domain"), y: chart.param("y_domain") };
  const domains = { x: held([x0, x1], whole.x), y: held([y0, y1], whole.y) };
  chart.zoom(same(domains.x, whole.x) && same(domains.y, whole.y) ? null : domains);
}

function same([low, high], [least, most]) {
  return Math.abs(low - least) + Math.abs(high - most) < 1e-6 * (most - least);
}

function held([low, high], [least, most]) {
  return [Math.min(Math.max(low, least), most), Math.max(Math.min(high, most), least)];
}

function down(event) {
  if (event.button || !chart.view()) return;
  fingers.set(event.pointerId, place(event));
  moved = { fingers: new Map(fingers), geometry: chart.geometry() };
}

function pull(event) {
  if (!fingers.has(event.pointerId)) return;
  fingers.set(event.pointerId, place(event));
  if (fingers.size === 2) pinch();
  else if (chart.zoomed()) pan(event);
}

function pan(event) {
  const [from] = moved.fingers.values();
  const [to] = fingers.values();
  const [dx, dy] = [from[0] - to[0], from[1] - to[1]];
  if (Math.hypot(dx, dy) < 4) return; // a click
  live.setPointerCapture(event.pointerId);
  const { geometry: g } = moved;
  const whole = chart.geometry();
  moved = { fingers: new Map(fingers), geometry: whole };
  const [x, y] = [kept(g, dx, "x"), kept(g, dy, "y")];
  chart.zoom({ x, y });
}

// A domain moved by some pixels, but not beyond the whole chart.
function kept(g, pixels, axis) {
  const scale = g[axis];
  const size = axis === "x" ? g.width : g.height;
  const [least, most] = chart.param(`${axis}_domain`).map((value) => scale(value));
  const [lower, upper] = [Math.min(least, most), Math.max(least, most)];
  const by = Math.min(Math.max(pixels, lower), upper - size);
  const ends = [scale.invert(by), scale.invert(size + by)];
  return ends[0] < ends[1] ? ends : ends.reverse();
}

function pinch() {
  const [a, b] = [...moved.fingers.values()];
  const [c, d] = [...fingers.values()];
  const factor = Math.hypot(c[0] - d[0], c[1] - d[1]) / Math.max(Math.hypot(a[0] - b[0], a[1] - b[1]), 1);
  if (Math.abs(factor - 1) < 0.02) return;
  moved = { fingers: new Map(fingers), geometry: moved.geometry };
  scale(factor, [(c[0] + d[0]) / 2, (c[1] + d[1]) / 2]);
}

function up(event) {
  fingers.delete(event.pointerId);
  moved = fingers.size ? { fingers: new Map(fingers), geometry: chart.geometry() } : null;
}
