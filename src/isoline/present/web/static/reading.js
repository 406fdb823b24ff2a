// Readings from embedded curves: the arithmetic of numerics/curve.py, analyse/line.py and analyse/read.py in the
// same order, so that a page without a server says what the server would.
const WIDE_GAP = 1.5;
const SAME = 1e-9;

// A cubic Hermite spline over [xs, ys, slopes], within the range of its knots.
function spline([xs, ys, slopes], x) {
  const last = xs.length - 1;
  if (x <= xs[0]) return ys[0];
  if (x >= xs[last]) return ys[last];
  let i = 0;
  while (xs[i + 1] <= x) i += 1;
  const h = xs[i + 1] - xs[i];
  const t = (x - xs[i]) / h;
  const rise = ys[i + 1] - ys[i];
  const [m0, m1] = [h * slopes[i], h * slopes[i + 1]];
  const y = ys[i] + t * (m0 + t * (3 * rise - 2 * m0 - m1 + t * (m0 + m1 - 2 * rise)));
  return Math.min(Math.max(y, Math.min(...ys)), Math.max(...ys));
}

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
  return b.x > WIDE_GAP * a.x;
}

function statusOf(near, x) {
  if (near.length === 2 && isWide(near)) return "wide gap";
  const basis = basisOf(near);
  const onKnot = near.length === 1 && Math.abs(near[0].x - x) <= SAME * Math.abs(x);
  if (near.length === 1 && !onKnot) return "dominated";
  if (basis === "simulated") return "simulated";
  if (basis === "published") return onKnot ? "published" : "interpolated";
  return onKnot ? "measured" : "interpolated";
}

const NOTHING = {
  value: null,
  throughput_per_gpu: null,
  output_throughput_per_gpu: null,
  input_throughput_per_gpu: null,
  cost_per_mtok: null,
  tokens_per_s_per_mw: null,
  concurrency: null,
};

function inside(side, key, line, x) {
  const near = neighbours(line, x);
  const of = (name) => metric(line, side.formulas[name], x, near);
  const concurrency = based(line, "concurrency", x, near);
  return {
    value: of(key),
    throughput_per_gpu: spline(line.curves.total, x),
    output_throughput_per_gpu: based(line, "output", x, near),
    input_throughput_per_gpu: based(line, "input", x, near),
    cost_per_mtok: of("cost_per_mtok"),
    tokens_per_s_per_mw: of("tokens_per_s_per_mw"),
    concurrency: concurrency === null ? null : Math.floor(concurrency + 0.5),
    status: statusOf(near, x),
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

function pooled(side, key, x) {
  const line = side.lines[0];
  if (x < firstOf(line).x * (1 - SAME)) return outside("first", firstOf(line));
  if (x > lastOf(line).x * (1 + SAME)) return outside("last", lastOf(line));
  return inside(side, key, line, x);
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

function envelope(side, key, x) {
  const line = envelopeLine(side.lines, x);
  if (line) return inside(side, key, line, x);
  const last = best(side.lines.map(lastOf), (a, b) => a.x > b.x || (a.x === b.x && a.y > b.y));
  if (x >= last.x) return outside("last", last);
  return outside("first", best(side.lines.map(firstOf), (a, b) => a.x < b.x));
}

// One side at one interactivity, in the words and units of the JSON document.
function read(side, { method, metric: key }, x) {
  if (!side.lines.length) return outside(null, null);
  return method === "pooled" ? pooled(side, key, x) : envelope(side, key, x);
}

// Both sides at one interactivity, with their ratios where both are really known.
export function target(data, x) {
  const [a, b] = data.sides.map((side) => read(side, data, x));
  const weak = [a, b].some((r) => r.status === "outside" || r.status === "wide gap" || !r.throughput_per_gpu);
  const ratio = (key) => (!weak && a[key] && b[key] ? a[key] / b[key] : null);
  return {
    interactivity: x,
    readings: [a, b],
    throughput_ratio: ratio("throughput_per_gpu"),
    cost_ratio: ratio("cost_per_mtok"),
    ratio: ratio("value"),
  };
}
