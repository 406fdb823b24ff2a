// The rows of the table as present/table.py makes them.
import { reachesIntoAGap } from "./reading.js";
import { headlineTarget, upwards } from "./sentences.js";
import { NONE, FEW, amount, between, exact, factor, fixed, interactivity, rangeOf, round1, runs, seconds } from "./words.js";

const RECOMPUTED = { cost_per_mtok: "cost", tokens_per_s_per_mw: "power" };

// {metric, unit, label, side, cells, ahead}; `side` is null for the ratio of both, of which `ahead` says each that is
// one of a winner.
export function rows({ sides, table }, targets) {
  const [a, b] = sides.map((side) => side.label);
  const found = [];
  const add = (metric, unit, side, cells) =>
    found.push({ metric, unit, side, cells, label: sides[side].label });
  const told = headlineTarget(targets);
  for (const metric of table.metrics) {
    for (const side of [0, 1]) {
      add(metric.name, metric.unit, side, targets.map((target) => cell(table, metric, target.readings[side])));
    }
    if (metric.ratio) {
      const name = table.intervals[metric.ratio];
      const turned = Boolean(told) && isTurned(told[metric.ratio], told[name]);
      const cells = targets.map((target) => ratio(target[metric.ratio], target[name], turned));
      const label = turned ? `${b} ÷ ${a}` : `${a} ÷ ${b}`;
      const ahead = targets.map((target) => isAhead(target, name));
      found.push({ metric: metric.name, unit: metric.unit, side: null, cells, label, ahead });
    }
    if (metric !== table.metrics[0]) continue;
    for (const side of [0, 1]) {
      const cells = targets.map((target) => interval(target.readings[side].interval, metric));
      if (cells.every((text) => text === NONE)) continue;
      add(table.interval, `${metric.unit}, between runs`, side, cells);
    }
    if (!targets.some((target) => target.readings.some((r) => r.best))) continue;
    for (const side of [0, 1]) add(...table.best, side, targets.map((target) => reached(target.readings[side])));
  }
  for (const [field, name] of table.latencies) {
    const cells = [0, 1].map((side) => targets.map((target) => beside(target.readings[side], field)));
    if (cells.flat().every((text) => text === NONE)) continue;
    for (const side of [0, 1]) add(name, table.latency_unit, side, cells[side]);
  }
  for (const side of [0, 1]) add(table.known, "", side, targets.map((target) => status(target.readings[side])));
  return found;
}

// What the marks in the cells mean, for those that occur.
export function legend(data, targets) {
  const used = targets.flatMap((target) => target.readings.flatMap((r) => [r.status, r.basis]));
  if (targets.some((target) => target.interval)) used.push("interval");
  const ratios = data.table.metrics.map((metric) => data.table.intervals[metric.ratio]).filter(Boolean);
  if (targets.some((target) => ratios.some((name) => isAhead(target, name)))) used.push("ahead");
  if (targets.some((target) => target.throughput_ratio && !target.throughput_interval)) used.push("alone");
  const once = (r) => r.interval && Math.min(...r.interval.runs) === 1;
  if (targets.some((target) => target.readings.some(once))) used.push("once");
  if (targets.some((target) => target.readings.some(reachesIntoAGap))) used.push("close");
  return data.legend.filter(([name]) => used.includes(name)).map(([, text]) => text);
}

function cell({ printed }, { key, sign, digits, bound }, r) {
  const value = r[key];
  if (value === null) return NONE;
  const asPrinted = r.status === "published" && printed.includes(key) && !r.recomputed.includes(key);
  const text = asPrinted ? sign + exact(value, sign) : digits === null ? amount(value, sign) : sign + fixed(value, digits);
  const mark = { dominated: bound, "wide gap": " ?" }[r.status] ?? "";
  return text + mark + (r.basis === "simulated" ? " s" : "");
}

// What is known without a curve.
function reached({ best, basis }) {
  if (!best) return NONE;
  const mark = basis === "simulated" ? " s" : "";
  return `${amount(best.y)} at ${interactivity(round1(best.x))}${mark}`;
}

// Whether ratios are those of the second side to the first, so that the told one is above 1.
const isTurned = (value, found) => value !== null && value < 1 && !(found && found.high >= 1);

function ratio(value, found, turned) {
  if (value === null) return NONE;
  const more = turned ? 1 / value : value;
  if (!found) return `${fixed(more, more >= 10 ? 0 : 2)}×`;
  const [low, high] = upwards(found, turned);
  return `${factor(more, low, high)} [${between(low, high)}]`;
}

// Whether a side wins at the target and this ratio, too, differs from 1.
function isAhead(target, name) {
  const found = target[name];
  return target.winner !== null && Boolean(found) && !(found.low <= 1 && 1 <= found.high);
}

function interval(found, { sign }) {
  if (!found) return NONE;
  const text = rangeOf(found.low, found.high, sign);
  return Math.min(...found.runs) < FEW ? `${text} (${runs(found.runs)})` : text;
}

function beside(r, field) {
  const values = r.near.map((knot) => knot[field]);
  if (values.every((value) => value === null)) return NONE;
  const mark = r.basis === "simulated" ? " s" : "";
  return values.map((value) => (value === null ? NONE : seconds(value) + mark)).join(" · ");
}

function status(r) {
  const stand = r.basis === "simulated";
  if (r.status === "outside" && r.bound) {
    const word = r.bound.edge === "last" ? "to" : "from";
    return `outside (${stand ? "simulated" : "known"} ${word} ${interactivity(round1(r.bound.interactivity))})`;
  }
  let text = r.status === "interpolated" && r.basis === "published" ? "between published" : r.status;
  if (stand && r.status !== "simulated") text += ", simulated";
  return text + r.recomputed.map((name) => `, ${RECOMPUTED[name]} recomputed`).join("");
}
