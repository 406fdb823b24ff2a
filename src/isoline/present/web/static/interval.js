// Intervals between runs: analyse/intervals.py, noise.py and rivals.py and numerics/student.py in the same order.
import { slope, spline } from "./curve.js";

const SAME = 1e-9;
const SERIES_UP_TO = 30;
const STEPS = 60;
// What is the larger, the luckier the recipe that is read.
const CHOSEN_BY = ["total", "output", "input", "output per decode GPU", "input per prefill GPU"];

// How far `base` read from `line` at x may be off; null where the points beside it are no repeats.
export function spread({ noise }, line, base, x, near) {
  const found = noise?.covariances[base];
  if (!found || near.some((knot) => !knot.runs || knot.status !== noise.status)) return null;
  const [xx, xb, bb, freedom] = found;
  const steep = elasticity(line, base, x);
  const error = Math.sqrt(along(found, steep));
  const each = position(near, x).reduce((sum, w, i) => sum + w / Math.sqrt(near[i].runs), 0);
  const share = error ? each / error : 0;
  return {
    error: error * each,
    dx: share * (xb - steep * xx),
    db: share * (bb - steep * xb),
    rise: (step) => rise(line, base, x, step),
    freedom,
    runs: Math.min(...near.map((knot) => knot.runs)),
    rivals: CHOSEN_BY.includes(base) ? equal(noise, Math.log(x)) : 1,
  };
}

function along([xx, xb, bb], slope) {
  return Math.max(bb - 2 * slope * xb + slope * slope * xx, 0);
}

const snapped = (first, x) => (Math.abs(x - first) <= SAME * x ? first : x);

// How much higher the log of the curve is where log interactivity is lower than at x by `step`.
function rise(line, base, x, step) {
  const [curve, first] = [line.curves[base], line.points[0].x];
  const at = snapped(first, x);
  const there = at * Math.exp(-step);
  const beyond = there < first && first <= at ? Math.log(there / first) : 0;
  return Math.log(spline(curve, there) / spline(curve, at)) + elasticity(line, base, first) * beyond;
}

function elasticity(line, base, x) {
  const curve = line.curves[base];
  const at = snapped(line.points[0].x, x);
  const value = spline(curve, at);
  return value ? (at * slope(curve, at)) / value : 0;
}

// Weights of the knots beside x: linear in log interactivity.
function position(near, x) {
  if (near.length === 1) return [1];
  const [low, high] = near.map((knot) => Math.log(knot.x));
  const share = (Math.log(x) - low) / (high - low);
  return [1 - share, share];
}

// How many recipes cannot be told from the best one, itself included.
function equal({ rivals, covariances, apart }, x) {
  if (!rivals.length) return 1;
  const found = rivals.map((rival) => rivalAt(rival, x, covariances.total)).filter(Boolean);
  if (!found.length) return 1;
  const [top, error] = found.reduce((a, b) => (b[0] > a[0] || (b[0] === a[0] && b[1] > a[1]) ? b : a));
  return found.filter(([y, e]) => top - y <= apart * Math.sqrt(error ** 2 + e ** 2)).length;
}

function rivalAt([xs, ys, runs], x, noise) {
  const i = xs.findIndex((knot) => knot >= x - SAME);
  if (i < 0) return null;
  if (i === 0) return [ys[0], Math.sqrt(noise[2] / runs[0])];
  const width = xs[i] - xs[i - 1];
  const share = (x - xs[i - 1]) / width;
  const steep = (ys[i] - ys[i - 1]) / width;
  const each = (1 - share) / Math.sqrt(runs[i - 1]) + share / Math.sqrt(runs[i]);
  return [ys[i - 1] + share * width * steep, Math.sqrt(along(noise, steep)) * each];
}

// `levels` holds, for so many equal recipes: probability outside, its normal quantile, expected best of them.
function quantile(levels, freedom, rivals) {
  const [outside, z] = levels[rivals - 1];
  return tAbove(freedom, outside, z);
}

// How far the log of a reading may lie below and above.
function reaches(levels, found, freedom) {
  const t = quantile(levels, freedom, 1);
  const down = quantile(levels, freedom, found.rivals) * found.error;
  return [down, Math.max(found.rise(t * found.dx) + t * found.db, 0)];
}

export function ofReading(levels, value, inverse, found) {
  const [below, above] = reaches(levels, found, found.freedom);
  const [down, up] = [Math.exp(-below), Math.exp(above)];
  const [low, high] = inverse ? [1 / up, 1 / down] : [down, up];
  const bias = found.error * levels[found.rivals - 1][2];
  const { freedom, runs, rivals } = found;
  return { low: value * low, high: value * high, freedom, runs: [runs], rivals: [rivals], bias: [bias] };
}

// Welch's degrees of freedom; each limit from the reaches of both sides in quadrature.
export function ofRatio(levels, ratio, inverse, a, b) {
  const freedom = welch(a, b);
  const [aDown, aUp] = reaches(levels, a, freedom);
  const [bDown, bUp] = reaches(levels, b, freedom);
  const [below, above] = [Math.hypot(aDown, bUp), Math.hypot(aUp, bDown)];
  const [low, high] = inverse ? [-above, below] : [-below, above];
  return { low: ratio * Math.exp(low), high: ratio * Math.exp(high), freedom, runs: [a.runs, b.runs] };
}

function welch(a, b) {
  const total = a.error ** 2 + b.error ** 2;
  if (!total) return Math.min(a.freedom, b.freedom);
  return total ** 2 / (a.error ** 4 / a.freedom + b.error ** 4 / b.freedom);
}

// The t that |T| exceeds with probability `outside`; `z` is the same for the normal law.
function tAbove(freedom, outside, z) {
  let t = expansion(freedom, z);
  if (freedom > SERIES_UP_TO) return t;
  const gammas = gammaRatio(freedom / 2) / Math.sqrt(Math.PI);
  const scale = (2 * gammas) / Math.sqrt(freedom);
  for (let i = 0; i < STEPS; i += 1) {
    const density = scale * (1 + (t * t) / freedom) ** (-(freedom + 1) / 2);
    const newton = (gammas * tail(t, freedom) - outside) / density;
    const step = newton / (1 - (newton * (freedom + 1) * t) / (2 * (freedom + t * t)));
    t += step;
    if (Math.abs(step) <= 1e-4 * t) break;
  }
  return t;
}

function expansion(v, z) {
  const s = z * z;
  const first = (z * (s + 1)) / 4;
  const second = (z * (3 + s * (16 + s * 5))) / 96;
  const third = (z * (-15 + s * (17 + s * (19 + s * 3)))) / 384;
  const fourth = (z * (-945 + s * (-1920 + s * (1482 + s * (776 + s * 79))))) / 92160;
  return z + (first + (second + (third + fourth / v) / v) / v) / v;
}

function tail(t, freedom) {
  const [a, s] = [freedom / 2, freedom / (freedom + t * t)];
  let [term, total, n] = [1, 1 / a, 0];
  while (term > 1e-16 * total) {
    n += 1;
    term *= (s * (n - 0.5)) / n;
    total += term / (a + n);
  }
  return s ** a * total;
}

function gammaRatio(from) {
  let [a, factor] = [from, 1];
  while (a < 16) {
    factor *= a / (a + 0.5);
    a += 1;
  }
  const u = 1 / a;
  const low = -1 / 8 + u * (1 / 128 + u * (5 / 1024 - (u * 21) / 32768));
  const high = -399 / 262144 + (u * 869) / 4194304;
  return factor * Math.sqrt(a) * (1 + u * (low + u ** 4 * high));
}
