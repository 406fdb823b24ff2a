// The drawn chart: made once, then fed. A new selection sets signals, data and sizes; only another theme or
// another size of text needs a new chart.
const live = document.getElementById("live");
const listeners = [];

let drawn = null; // Vega's view
let frame = ""; // the compiled chart that it shows, which data, signals and sizes are set of
let spec = null;
let shown = () => true; // which rows the legend lets through
let filtered = false;
let zoomedTo = null; // domains that the reader zoomed to: {x: [low, high], y: [low, high]}

export const available = () => Boolean(window.vega);
export const current = () => spec;
export const view = () => drawn;
export const zoomed = () => zoomedTo;

// Calls `listener` after each drawing.
export function onDrawn(listener) {
  listeners.push(listener);
}

// Loads the chart library, which the page has announced; if it does not come, the picture stays.
export function library() {
  const address = document.getElementById("library")?.href;
  if (!address || available()) return Promise.resolve();
  return new Promise((resolve) => {
    const script = document.createElement("script");
    script.addEventListener("load", resolve);
    script.addEventListener("error", resolve);
    script.src = address;
    document.head.append(script);
  });
}

export async function draw(next) {
  if (spec && !sameAxes(spec, next)) zoomedTo = null;
  spec = next;
  const now = JSON.stringify(spec.vega);
  if (drawn && now === frame) await feed();
  else {
    await embed();
    frame = now;
    if (zoomedTo || filtered) await feed();
  }
  tell();
}

// Other targets over the same lines.
export async function move(datasets) {
  spec = { ...spec, datasets: { ...spec.datasets, ...datasets } };
  for (const name of Object.keys(datasets)) drawn.data(name, rows()[name]);
  await drawn.runAsync();
  tell();
}

// Shows only rows that `test` lets through.
export async function filter(test) {
  shown = test;
  filtered = true;
  if (!drawn) return;
  for (const [name, own] of Object.entries(rows())) drawn.data(name, own);
  await drawn.runAsync();
  tell();
}

// Zooms to domains, or back to everything.
export async function zoom(domains) {
  zoomedTo = domains;
  if (!drawn) return;
  for (const [name, value] of Object.entries(signals())) drawn.signal(name, value);
  await drawn.runAsync();
  tell();
}

export function param(name) {
  return spec.params.find((row) => row.name === name).value;
}

// Where values are on the page, from the figure's corner; `inverse` gives values of a place.
export function geometry() {
  const [left, top] = drawn.origin();
  const padding = drawn.padding();
  const [x, y] = [drawn.scale("x"), drawn.scale("y")];
  return {
    left: padding.left + left,
    top: padding.top + top,
    width: drawn.width(),
    height: drawn.height(),
    at: (row) => [padding.left + left + x(row.x), padding.top + top + y(row.y)],
    inverse: (px, py) => [x.invert(px - padding.left - left), y.invert(py - padding.top - top)],
    x,
    y,
  };
}

// The points that are drawn and inside the plot.
export function points() {
  const [[x0, x1], [y0, y1]] = [drawn.signal("x_domain"), drawn.signal("y_domain")];
  const inside = (row) => row.x >= x0 && row.x <= x1 && row.y >= y0 && row.y <= y1;
  return spec.datasets.points.filter((row) => shown(row) && inside(row));
}

async function feed() {
  drawn.description(spec.description).width(spec.width).height(spec.height).padding(spec.padding);
  for (const [name, value] of Object.entries(signals())) drawn.signal(name, value);
  for (const [name, own] of Object.entries(rows())) drawn.data(name, own);
  await drawn.runAsync();
}

async function embed() {
  const place = document.createElement("div");
  place.setAttribute("aria-hidden", "true"); // hundreds of unnamed marks; the points are a table as well
  const old = drawn;
  // `ast` and the interpreter do without eval, which our policy forbids.
  const runtime = window.vega.parse(filled(), null, { ast: true });
  drawn = new window.vega.View(runtime, {
    expr: window.vega.expressionInterpreter,
    renderer: "svg",
    container: place,
    hover: false,
  });
  await drawn.runAsync();
  live.replaceChildren(place);
  live.hidden = false;
  document.getElementById("still")?.remove(); // the same picture; edits would have it drawn again
  old?.finalize();
}

// The compiled frame with what is sent beside it, as present/render.py fills it for pictures.
function filled() {
  const { vega, datasets, params, ...own } = spec;
  const values = Object.fromEntries(params.map(({ name, value }) => [name, value]));
  return {
    ...vega,
    ...own,
    data: vega.data.map((row) => (row.name in datasets ? { ...row, values: datasets[row.name] } : row)),
    signals: vega.signals.map((row) => (row.name in values ? { ...row, value: values[row.name] } : row)),
  };
}

function rows() {
  return Object.fromEntries(
    Object.entries(spec.datasets).map(([name, own]) => [name, own.filter((row) => !row.side || shown(row))]),
  );
}

function signals() {
  const values = Object.fromEntries(spec.params.map(({ name, value }) => [name, value]));
  if (!zoomedTo) return values;
  values.clip = true;
  for (const axis of ["x", "y"]) {
    const log = values[`${axis}_constant`] < 1;
    values[`${axis}_domain`] = zoomedTo[axis];
    values[`${axis}_ticks`] = ticks(zoomedTo[axis], axis === "x" ? 8 : 6, log);
    values[`${axis}_format`] = ",.12~g";
  }
  return values;
}

export function ticks([low, high], count, log) {
  if (log && high / low > 8) {
    const found = [];
    for (let power = Math.floor(Math.log10(low)); 10 ** power <= high; power += 1) {
      for (const m of [1, 2, 5]) {
        const value = Number((m * 10 ** power).toPrecision(6));
        if (value >= low && value <= high) found.push(value);
      }
    }
    return found;
  }
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].find((m) => m * power >= rough) * power;
  const found = [];
  for (let k = Math.ceil(low / step); k * step <= high; k += 1) found.push(Number((k * step).toPrecision(12)));
  return found;
}

function sameAxes(before, after) {
  const axes = (one) => JSON.stringify(one.params.filter(({ name }) => /_(title|domain|constant)$/.test(name)));
  return axes(before) === axes(after);
}

function tell() {
  for (const listener of listeners) listener();
}
