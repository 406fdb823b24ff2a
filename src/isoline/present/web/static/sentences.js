// Verdict and sentences as analyse/verdict.py, gain.py and narrative.py write them.
import * as words from "./words.js";

const [THROUGHPUT, COST] = ["throughput_per_gpu", "cost_per_mtok"];
const GAINS = { [THROUGHPUT]: [THROUGHPUT, COST], [COST]: [COST, THROUGHPUT] };

const INTERVALS = { [THROUGHPUT]: "throughput_interval", [COST]: "cost_interval" };

const bothFaster = (target) => target.readings.every((r) => r.status === "dominated");

export function verdict(data, targets) {
  const { where } = data;
  if (!targets.some(comparable)) return `${where}: ${whyNone(data, targets)}.`;
  const told = headlineTarget(targets);
  const { noun } = data.quantities[data.metric];
  if (!told) return `${where}: ${noun} is not reported by both sides at any of these targets.`;
  const gained = gain(data, told) ?? "the two sides are about equal";
  const how = footing(data, told);
  return `${where}, at ${words.interactivity(told.interactivity)} tok/s/user: ${gained}${how && `, ${how}`}${drafting(data, told)}${scale(data, told)}${caveat(data, targets, told)}.`;
}

// By speed the middle one of the targets with a ratio; those measured more than once come before the others.
export function headlineTarget(targets) {
  const told = withRatio(targets);
  const firm = told.filter(isRepeated);
  return middle(firm.length ? firm : told);
}

// Those measured once for which the middle one is not told; none where it is.
function passedOver(targets) {
  const told = withRatio(targets);
  return headlineTarget(targets) === middle(told) ? [] : told.filter((target) => !isRepeated(target));
}

const withRatio = (targets) =>
  targets.filter((t) => comparable(t) && t.ratio !== null).sort((a, b) => a.interactivity - b.interactivity);
const isRepeated = ({ interval }) => Boolean(interval) && Math.min(...interval.runs) > 1;
const middle = (targets) => targets[Math.floor(targets.length / 2)];

// What a ratio without an interval rests on; that it is simulated, all sentences say before.
function footing({ sides, footing: [single, printed, untold] }, { interval, readings }) {
  if (interval || readings.some((r) => r.basis === "simulated")) return "";
  if (readings.some((r) => r.basis)) return printed;
  const once = sides.filter((_, i) => readings[i].near.some((knot) => knot.runs <= 1)).map((side) => side.label);
  if (!once.length) return untold;
  return once.length === sides.length ? single : `${words.join(once)} ${single}`;
}

// That target; where there is none, the middle one of those with a known point beside.
export function selectedTarget(targets) {
  const near = targets.filter((t) => t.readings.some((r) => r.near.length));
  near.sort((a, b) => a.interactivity - b.interactivity);
  return headlineTarget(targets) ?? near[Math.floor(near.length / 2)];
}

const comparable = (target) => target.throughput_ratio !== null;

function whyNone({ metric, sides, reached }, targets) {
  const empty = sides.filter((side) => side.measured_range === null).map((side) => side.label);
  if (empty.length) return `no data for ${words.join(empty)}, so there is nothing to compare`;
  const gaps = targets.filter((t) => t.readings.some((r) => r.best));
  gaps.sort((a, b) => a.interactivity - b.interactivity);
  if (gaps.length) {
    const at = gaps[Math.floor(gaps.length / 2)];
    const known = uninterpolated(metric, sides, at, `${words.interactivity(at.interactivity)} tok/s/user`);
    return `no ratio can be claimed at these targets, whose points beside are too far apart; ${known}`;
  }
  if (targets.some(bothFaster))
    return `${reached}; both are faster than asked, so nothing can be compared at these targets`;
  return `${reached}; they are not both measured at any of these targets`;
}

// What is known without a curve; units are told once, and costs first where they are what is compared.
function uninterpolated(metric, sides, { readings }, where) {
  const kind = readings.some((r) => r.basis === "simulated") ? "simulated" : "measured";
  let units = [" tok/s/GPU", " tok/s/user", " per M tokens"];
  const each = readings.map(({ best }, i) => {
    if (!best) return `${sides[i].label} nothing`;
    const [perGpu, perUser, perToken] = units;
    units = ["", "", ""];
    const speed = words.interactivity(words.round1(best.x));
    const load = best.load === null ? "" : ` (${words.fixed(best.load, 0)} in flight)`;
    const cost = metric === COST && best.cost !== null ? `${words.usd(best.cost)}${perToken} and ` : "";
    return `${sides[i].label} ${cost}${words.throughput(best.y)}${perGpu} at ${speed}${perUser}${load}`;
  });
  return `${kind} at or above ${where}, not matched: ${each.join(", ")}`;
}

function caveat(data, targets, told) {
  const other = elsewhere(data, targets, told);
  if (other) return `; ${other}`;
  const untold = targets.filter((t) => !comparable(t)).length;
  if (untold) return `; at ${untold} of ${targets.length} targets nothing can be said`;
  const once = passedOver(targets).map((target) => words.interactivity(target.interactivity));
  if (once.length) return `; at ${words.join(once)} a point beside was measured once`;
  if (!data.differing) return "";
  const fields = data.differing === 1 ? "field differs" : "fields differ";
  return `; ${data.differing} other ${fields} between the sides`;
}

// Targets at which somebody else is ahead than where it is told.
function elsewhere(data, targets, told) {
  const ahead = new Map();
  const of = (target) => leader(data.quantities[data.metric], ...valuesOf(data.metric, target));
  for (const target of withRatio(targets)) {
    const side = of(target);
    ahead.set(side, [...(ahead.get(side) ?? []), words.interactivity(target.interactivity)]);
  }
  ahead.delete(of(told));
  return [...ahead]
    .map(([side, speeds]) => `at ${words.join(speeds)} ${data.sides[side]?.label ?? "neither"} is ahead`)
    .join(", ");
}

// Which side is better; null where that is not clear.
function leader(quantity, [a, b], interval) {
  const undecided = interval ? interval.low <= 1 && 1 <= interval.high : words.aboutEqual(a, b);
  return !a || !b || undecided ? null : (a < b) !== Boolean(quantity.verb) ? 1 : 0;
}

const valuesOf = (key, target) => [
  target.readings.map((r) => r[GAINS[key] ? key : "value"]),
  target[INTERVALS[key] ?? "interval"],
];

// Where the points beside differ in speculative decoding, which is not compared.
function drafting({ sides, spec_compared }, { readings }) {
  const [a, b] = readings.map((r) => [...new Set(r.near.map((knot) => knot.spec ?? ""))].sort());
  if (spec_compared || String(a) === String(b) || !a.length || !b.length || [...a, ...b].includes("")) return "";
  return `; ${[a, b].map((methods, i) => `${sides[i].label} ${drafted(methods)}`).join(", ")}`;
}

function drafted(methods) {
  const named = methods.filter((method) => method !== "none").map((method) => method.toUpperCase());
  const partly = methods.includes("none") ? "partly " : "";
  return named.length ? `${partly}with ${named.join(" or ")}` : "without speculative decoding";
}

// Why an extreme ratio is one: GPUs and streams of the points beside, where they differ as much.
function scale(data, target) {
  const found = gainOf(data, data.metric, target);
  if (!found || found.more <= data.extreme) return "";
  const of = (key) =>
    target.readings.map((r) => [...new Set(r.near.map((knot) => knot[key]).filter(Boolean))].sort((a, b) => a - b));
  const [gpus, streams] = [of("gpus"), of("load")];
  const isFar = (counts) => {
    const [a, b] = counts.map((own) => own.at(-1));
    return a && b && Math.max(a, b) > data.extreme * Math.min(a, b);
  };
  if (!isFar(gpus) && !isFar(streams)) return "";
  const span = (own) => [...new Set([own[0], own.at(-1)])].map((n) => words.fixed(n, 0)).join("–");
  const part = (word, own, unit) => (own.length ? ` ${word} ${span(own)} ${unit}${own.at(-1) === 1 ? "" : "s"}` : "");
  const said = data.sides.map(
    ({ label }, i) => label + part("on", gpus[i], "GPU") + part("at", streams[i], "stream"),
  );
  return `; ${said.join(", ")}`;
}

// What the metric chosen says, and for throughput and cost the other of the two.
function gain(data, target) {
  const parts = [];
  let leader = null;
  const keys = GAINS[data.metric] ?? [data.metric];
  for (const key of keys) {
    const [side, text] = better(data, key, target, key === keys[0]);
    if (!text) continue;
    parts.push(side === leader || side === null ? text : `${side.label} ${text}`);
    leader ??= side;
  }
  return parts.length ? parts.join(" and ") : null;
}

// By how much the side at place `side` is better in a metric: `more` is larger / smaller, `ends` those of its interval;
// `bound` where a side is faster than asked. Null where it is not clear which is better.
export function gainOf({ quantities }, key, target) {
  const [[a, b], interval] = valuesOf(key, target);
  const side = leader(quantities[key], [a, b], interval);
  if (side === null) return null;
  const more = Math.max(a, b) / Math.min(a, b);
  const ends = interval ? upwards(interval, a < b) : [more, more];
  const [leading, trailing] = [target.readings[side].status, target.readings[1 - side].status];
  const bound = leading === "dominated" ? "≥" : trailing === "dominated" ? "≤" : "";
  return { side, more, ends, bound, factor: interval ? words.factor(more, ...ends) : words.times(more) };
}

const BOUNDS = { "≥": "at least ", "≤": "at most ", "": "" };

// The side that is better, and by how much, with the interval where it comes first.
function better(data, key, target, first) {
  const { sides, quantities } = data;
  const [[a, b], interval] = valuesOf(key, target);
  const { noun, verb } = quantities[key]; // a verb says that less is better
  const found = gainOf(data, key, target);
  if (found === null)
    return [null, first && interval && a && b ? noDifference(verb === "costs" ? `cost ${noun}` : noun, sides, a / b, interval) : ""];
  const [side, bound] = [sides[found.side], BOUNDS[found.bound]];
  const beside = (range) => (interval && first ? words.bracketed(range(...found.ends), interval.runs) : "");
  if (!verb) return [side, `is higher by ${bound}${found.factor}${beside(words.between)} in ${noun}`];
  const less = `${verb} ${bound}${words.percentLess(found.more)}${beside(words.percentBetween)} less ${noun}`;
  return [side, key === COST ? `${less} (${bound}${found.factor} the tokens per dollar)` : less];
}

function noDifference(noun, [a, b], ratio, { low, high, runs }) {
  const beside = words.bracketed(words.between(low, high), runs);
  return `no measurable difference in ${noun}, ${a.label} ÷ ${b.label} ${words.factor(ratio, low, high)}${beside}`;
}

// The interval of larger / smaller from that of first / second.
export const upwards = ({ low, high }, inverted) => (inverted ? [1 / high, 1 / low] : [low, high]);

// A sentence or two per target, then what limits the comparison, which does not depend on targets.
export function narrative(data, targets) {
  if (data.sides.every((side) => side.measured_range === null)) return [];
  return [...targets.map((target) => at(data, target)), data.closing];
}

function at(data, target) {
  const x = `${words.interactivity(target.interactivity)} tok/s/user${band(data.span, target.interactivity)}`;
  const clauses = target.readings.map((r, i) => clause(data, data.sides[i], r)).join("; ");
  if (target.readings.every((r) => r.throughput_per_gpu === null))
    return `At ${x} neither side has a reading: ${clauses}.`;
  const text = `At ${x} ${clauses}.`;
  if (target.readings.some((r) => r.best)) return `${text} ${capital(uninterpolated(data.metric, data.sides, target, "it"))}.`;
  if (bothFaster(target))
    return `${text} Both sides are faster than asked, so which gives more at this speed is not known.`;
  if (target.throughput_ratio === null) return text;
  if (target.ratio === null) return `${text} Not both report ${data.quantities[data.metric].noun}.`;
  const gained = gain(data, target);
  return gained
    ? `${text} ${capital(gained)}.`
    : `${text} The two are about equal.`;
}

// Not where a name begins it that is written otherwise: vLLM, v0.9.2.
const capital = (text) => (/^.[A-Z\d]/.test(text) ? text : text[0].toUpperCase() + text.slice(1));

function band(span, x) {
  if (!span || !(span[0] <= x && x <= span[1]) || span[0] === span[1]) return "";
  const third = Math.min(Math.trunc((3 * (x - span[0])) / (span[1] - span[0])), 2);
  return ` (${["the slow", "the middle", "the fast"][third]} third of the common range)`;
}

function clause(data, side, r) {
  if (r.throughput_per_gpu === null) {
    if (!r.bound) return `${side.label} has no data`;
    const edge = words.interactivity(words.round1(r.bound.interactivity));
    const word = r.bound.edge === "last" ? "up to" : "from";
    return `${side.label} is not ${found(r)} there (only ${word} ${edge} tok/s/user)`;
  }
  const text = `${side.label} gives ${values(data, r)}`;
  if (r.status === "wide gap") {
    const near = r.near.map((knot) => words.interactivity(words.round1(knot.x))).join(" and ");
    return `${text} (across a wide gap: ${found(r)} only at ${near} tok/s/user)`;
  }
  return `${text} (${how(data, r)}${spread(data, r)})`;
}

// Interval of the metric that the comparison is about, runs, and what luck may have added.
function spread(data, { interval }) {
  if (!interval) return "";
  const { low, high, runs, rivals, bias } = interval;
  const basis = Math.min(...runs) === 1 ? "by the spread at other loads" : `over ${words.runs(runs)}`;
  const text = `; ${words.rangeOf(low, high, data.quantities[data.metric].sign)} ${basis}`;
  if (rivals[0] === 1) return text;
  const luck = words.fixed(100 * bias[0], 1);
  return (
    `${text}, the best of ${rivals[0]} recipes that noise cannot tell apart` + ` (luck may be ${luck} % of it)`
  );
}

function values(data, r) {
  let text = `${words.throughput(r.throughput_per_gpu)} tok/s/GPU`;
  if (r.cost_per_mtok) text += ` at ${words.usd(r.cost_per_mtok)} per million tokens`;
  if (GAINS[data.metric] || r.value === null) return text;
  const { unit, sign } = data.quantities[data.metric];
  return `${text}, ${words.amount(r.value, sign)} ${unit.replace(/^\$ /, "")}`;
}

function how(data, r) {
  let text = data.how_known[r.status];
  if (r.basis === "simulated" && r.status !== "simulated") text += ", simulated";
  if (r.status === "interpolated" && r.basis === "published") text = "interpolated between published readings";
  return r.recomputed.includes(COST) ? `${text}, its cost recomputed with other prices` : text;
}

const found = (r) => (r.basis === "simulated" ? "simulated" : "measured");
