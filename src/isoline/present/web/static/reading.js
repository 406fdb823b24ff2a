// Readings from embedded curves: the arithmetic of analyse/line.py and analyse/read.py in the same order, so that a page without a server says what the server would.
import { spline } from "./curve.js";
import { ofRatio, ofReading, spread } from "./interval.js";

const WIDE_GAP = 1.5;
const TALL_GAP = 4;
const CLOSE = 0.005;
const SAME = 1e-9;
const FEWEST = 2; // runs of every point that a winner rests on

const firstOf = (line) => line.points[0];
const lastOf = (line) => line.points[line.points.length - 1];

// The knot at x, or the two around it, or the end beyond which it lies.
function neighbours(line, x) {
  for (const [i, knot] of line.points.entries()) {
    if (Math.abs(knot.x - x) <= SAME * Math.abs(x)) return [knot];
    if (knot.x > x) return line.points.slice(Math.max(i - 1, 0), i + 1);
  }
  return [lastOf(line)];
}

function based(line, name, x, near) {
  const curve = line.curves[name];
  if (!curve || near.some((knot) => !curve[0].includes(knot.x))) return null;
  return spline(curve, x);
}

// One metric: what a page printed, or what follows from what was measured at the side's price and power.
function metric(line, { base, factor, inverse, printed }, x, near) {
  if (line.printed && printed) return based(line, printed, x, near);
  const value = based(line, base, x, near);
  if (value === null || factor === null) return null;
  if (!inverse) return factor * value;
  return value > 0 ? factor / value : null;
}

function recomputed(line, explicit) {
  return line.printed ? Object.keys(explicit).filter((key) => explicit[key]) : [];
}

function basisOf(near) {
  const kinds = near.map((knot) => knot.status);
  return ["simulated", "published"].find((kind) => kinds.includes(kind)) ?? null;
}

function isWide([a, b]) {
  if (a.status === "published" && b.status === "published") return false;
  return b.x > WIDE_GAP * a.x || a.y > TALL_GAP * b.y;
}

// Whether it lies beside a measured point, and what begins there is a wide gap otherwise.
export const reachesIntoAGap = (r) =>
  r.status === "interpolated" && !r.basis && r.near.length === 2 && isWide(r.near);

function statusOf(near, x) {
  const close = near.some((knot) => Math.abs(knot.x - x) <= CLOSE * x);
  if (near.length === 2 && isWide(near) && !close) return "wide gap";
  const basis = basisOf(near);
  const onKnot = near.length === 1 && Math.abs(near[0].x - x) <= SAME * Math.abs(x);
  if (near.length === 1 && !onKnot) return "dominated";
  if (basis === "simulated") return "simulated";
  if (basis === "published") return onKnot ? "published" : "interpolated";
  return onKnot ? "measured" : "interpolated";
}

const NOTHING = {
  value: null,
  interval: null,
  throughput_per_gpu: null,
  output_throughput_per_gpu: null,
  input_throughput_per_gpu: null,
  cost_per_mtok: null,
  tokens_per_s_per_mw: null,
  concurrency: null,
};

function inside(side, { metric: key, levels }, line, x) {
  const near = neighbours(line, x);
  const of = (name) => metric(line, side.formulas[name], x, near);
  const concurrency = based(line, "concurrency", x, near);
  const [value, status] = [of(key), statusOf(near, x)];
  const off = (name) => spread(side, line, side.formulas[name].base, x, near);
  const known = value && status !== "wide gap" ? off(key) : null;
  return {
    value,
    interval: known && ofReading(levels, value, side.formulas[key].inverse, known),
    off,
    throughput_per_gpu: spline(line.curves.total, x),
    output_throughput_per_gpu: based(line, "output", x, near),
    input_throughput_per_gpu: based(line, "input", x, near),
    cost_per_mtok: of("cost_per_mtok"),
    tokens_per_s_per_mw: of("tokens_per_s_per_mw"),
    concurrency: concurrency === null ? null : Math.floor(concurrency + 0.5),
    status,
    basis: basisOf(near),
    recomputed: recomputed(line, side.explicit),
    bound: null,
    series: line.label,
    near,
  };
}

function outside(edge, point) {
  return {
    ...NOTHING,
    status: "outside",
    basis: point ? basisOf([point]) : null,
    recomputed: [],
    bound: point ? { edge, interactivity: point.x, throughput_per_gpu: point.y } : null,
    series: null,
    near: [],
  };
}

function pooled(side, data, x) {
  const line = side.lines[0];
  if (x < firstOf(line).x * (1 - SAME)) return outside("first", firstOf(line));
  if (x > lastOf(line).x * (1 + SAME)) return outside("last", lastOf(line));
  return inside(side, data, line, x);
}

// The first of those that `better` puts before all others.
const best = (items, better) => items.reduce((a, b) => (better(b, a) ? b : a));

function envelopeLine(lines, x) {
  const reaching = lines.filter(
    (line) => lastOf(line).x * (1 + SAME) >= x && !(line.printed && firstOf(line).x * (1 - SAME) > x),
  );
  if (!reaching.length) return null;
  const height = (line) => spline(line.curves.total, x);
  return best(
    reaching,
    (a, b) => height(a) > height(b) || (height(a) === height(b) && lastOf(a).x > lastOf(b).x),
  );
}

function envelope(side, data, x) {
  const line = envelopeLine(side.lines, x);
  if (line) return inside(side, data, line, x);
  const last = best(side.lines.map(lastOf), (a, b) => a.x > b.x || (a.x === b.x && a.y > b.y));
  if (x >= last.x) return outside("last", last);
  return outside("first", best(side.lines.map(firstOf), (a, b) => a.x < b.x));
}

// One side at one interactivity, in the words and units of the JSON document.
function read(side, data, x) {
  if (!side.lines.length) return outside(null, null);
  return data.method === "pooled" ? pooled(side, data, x) : envelope(side, data, x);
}

// The known point of most throughput at x or faster, of equals the fastest, with its cost.
function bestFrom(side, x) {
  const costOf = (line, knot) => metric(line, side.formulas.cost_per_mtok, knot.x, [knot]);
  const reach = side.lines.flatMap((line) =>
    line.points.filter((knot) => knot.x >= x * (1 - SAME)).map((knot) => ({ ...knot, cost: costOf(line, knot) })),
  );
  return reach.length ? best(reach, (a, b) => a.y > b.y || (a.y === b.y && a.x > b.x)) : null;
}

// Both sides at one interactivity, with their ratios where both are really known.
export function target(data, x) {
  const [a, b] = data.sides.map((side) => read(side, data, x));
  const gap = [a, b].some((r) => r.status === "wide gap");
  [a, b].forEach((r, i) => { r.best = gap ? bestFrom(data.sides[i], x) : null; });
  const bounds = [a, b].every((r) => r.status === "dominated"); // a ratio of two says nothing
  const weak =
    bounds || [a, b].some((r) => r.status === "outside" || r.status === "wide gap" || !r.throughput_per_gpu);
  const ratio = (key) => (!weak && a[key] && b[key] ? a[key] / b[key] : null);
  const interval = (found, name) => {
    const [one, other] = found === null ? [] : [a.off(name), b.off(name)];
    if (!one || !other) return null;
    return ofRatio(data.levels, found, data.sides[0].formulas[name].inverse, one, other);
  };
  const ratios = {
    throughput_ratio: ratio("throughput_per_gpu"),
    cost_ratio: ratio("cost_per_mtok"),
    ratio: ratio("value"),
  };
  const decisive = interval(ratios.ratio, data.metric);
  return {
    interactivity: x,
    readings: [a, b],
    winner: winner(data, [a, b], ratios.ratio, decisive),
    ...ratios,
    throughput_interval: interval(ratios.throughput_ratio, "throughput_per_gpu"),
    cost_interval: interval(ratios.cost_ratio, "cost_per_mtok"),
    interval: decisive,
  };
}

// Which side wins, as analyse/matched.py judges; null for none.
function winner({ metric: key, quantities }, readings, ratio, found) {
  if (!found || (found.low <= 1 && 1 <= found.high) || Math.min(...found.runs) < FEWEST) return null;
  const better = (ratio < 1) !== Boolean(quantities[key].verb) ? 1 : 0;
  return readings[1 - better].status === "dominated" ? null : better;
}
