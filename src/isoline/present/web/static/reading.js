// Readings from embedded curves: the arithmetic of numerics/curve.py, analyse/line.py and analyse/read.py in the
// same order, so that a page without a server says what the server would.
"use strict";
const reading = (() => {
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

  function metric(line, name, x, near) {
    const curve = line.curves[name];
    if (!curve || near.some((knot) => !curve[0].includes(knot.x))) return null;
    return spline(curve, x);
  }

  function costOf(line, rates, x, throughput, near) {
    if (line.printed && !rates.explicit_price) return metric(line, "printed_cost", x, near);
    const hourly = (throughput * 3600) / 1e6;
    return rates.usd_per_gpu_hour === null || hourly <= 0 ? null : rates.usd_per_gpu_hour / hourly;
  }

  function perMegawatt(line, rates, x, throughput, near) {
    if (line.printed && !rates.explicit_power) return metric(line, "printed_tokens_per_mw", x, near);
    return rates.kw_per_gpu === null ? null : (throughput * 1000) / rates.kw_per_gpu;
  }

  function recomputed(line, rates) {
    if (!line.printed) return [];
    const replaced = { cost_per_mtok: rates.explicit_price, tokens_per_s_per_mw: rates.explicit_power };
    return Object.keys(replaced).filter((name) => replaced[name]);
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

  function inside(line, rates, x) {
    const near = neighbours(line, x);
    const throughput = spline(line.curves.throughput, x);
    const concurrency = metric(line, "concurrency", x, near);
    return {
      throughput_per_gpu: throughput,
      output_throughput_per_gpu: metric(line, "output_throughput", x, near),
      input_throughput_per_gpu: metric(line, "input_throughput", x, near),
      cost_per_mtok: costOf(line, rates, x, throughput, near),
      tokens_per_s_per_mw: perMegawatt(line, rates, x, throughput, near),
      concurrency: concurrency === null ? null : Math.floor(concurrency + 0.5),
      status: statusOf(near, x),
      basis: basisOf(near),
      recomputed: recomputed(line, rates),
      bound: null,
      series: line.label,
      near: near.map((knot) => knot.x),
    };
  }

  function outside(edge, point) {
    return {
      throughput_per_gpu: null,
      output_throughput_per_gpu: null,
      input_throughput_per_gpu: null,
      cost_per_mtok: null,
      tokens_per_s_per_mw: null,
      concurrency: null,
      status: "outside",
      basis: point ? basisOf([point]) : null,
      recomputed: [],
      bound: point ? { edge, interactivity: point.x, throughput_per_gpu: point.y } : null,
      series: null,
      near: [],
    };
  }

  function pooled(side, x) {
    const line = side.lines[0];
    if (x < firstOf(line).x * (1 - SAME)) return outside("first", firstOf(line));
    if (x > lastOf(line).x * (1 + SAME)) return outside("last", lastOf(line));
    return inside(line, side.rates, x);
  }

  // The first of those that `better` puts before all others.
  const best = (items, better) => items.reduce((a, b) => (better(b, a) ? b : a));

  function envelopeLine(lines, x) {
    const reaching = lines.filter(
      (line) => lastOf(line).x * (1 + SAME) >= x && !(line.printed && firstOf(line).x * (1 - SAME) > x),
    );
    if (!reaching.length) return null;
    const height = (line) => spline(line.curves.throughput, x);
    return best(
      reaching,
      (a, b) => height(a) > height(b) || (height(a) === height(b) && lastOf(a).x > lastOf(b).x),
    );
  }

  function envelope(side, x) {
    const line = envelopeLine(side.lines, x);
    if (line) return inside(line, side.rates, x);
    const last = best(side.lines.map(lastOf), (a, b) => a.x > b.x || (a.x === b.x && a.y > b.y));
    if (x >= last.x) return outside("last", last);
    return outside("first", best(side.lines.map(firstOf), (a, b) => a.x < b.x));
  }

  // One side at one interactivity, in the words and units of the JSON document.
  function read(side, method, x) {
    if (!side.lines.length) return outside(null, null);
    return method === "pooled" ? pooled(side, x) : envelope(side, x);
  }

  // Both sides at one interactivity, with their ratios where both are really known.
  function target(data, x) {
    const [a, b] = data.sides.map((side) => read(side, data.method, x));
    const weak = [a, b].some((r) => r.status === "outside" || r.status === "wide gap" || !r.throughput_per_gpu);
    return {
      interactivity: x,
      readings: [a, b],
      throughput_ratio: weak ? null : a.throughput_per_gpu / b.throughput_per_gpu,
      cost_ratio: !weak && a.cost_per_mtok && b.cost_per_mtok ? a.cost_per_mtok / b.cost_per_mtok : null,
    };
  }

  return { target };
})();
