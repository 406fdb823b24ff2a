// Verdict and sentences as analyse/narrative.py writes them.
import * as words from "./words.js";

const [THROUGHPUT, COST] = ["throughput_per_gpu", "cost_per_mtok"];
const GAINS = { [THROUGHPUT]: [THROUGHPUT, COST], [COST]: [COST, THROUGHPUT] };

const bothFaster = (target) => target.readings.every((r) => r.status === "dominated");

export function verdict(data, targets) {
  const { where } = data;
  const comparable = targets.filter((t) => t.throughput_ratio !== null && !bothFaster(t));
  if (!comparable.length) return `${where}: ${whyNone(data, targets)}.`;
  const told = comparable.filter((t) => t.ratio !== null);
  const { noun } = data.quantities[data.metric];
  if (!told.length) return `${where}: ${noun} is not reported by both sides at any of these targets.`;
  const middle = told[Math.floor(told.length / 2)];
  const gained = gain(data, middle) ?? "the two sides are about equal";
  return `${where}, at ${words.interactivity(middle.interactivity)} tok/s/user: ${gained}${caveat(data, targets)}.`;
}

function whyNone({ sides, reached }, targets) {
  const empty = sides.filter((side) => side.measured_range === null).map((side) => side.label);
  if (empty.length) return `no data for ${words.join(empty)}, so there is nothing to compare`;
  if (targets.some((t) => t.readings.some((r) => r.status === "wide gap")))
    return `${reached}; the points beside these targets are too far apart to claim a ratio`;
  if (targets.some(bothFaster))
    return `${reached}; both are faster than asked, so nothing can be compared at these targets`;
  return `${reached}; they are not both measured at any of these targets`;
}

function caveat(data, targets) {
  const untold = targets.filter((t) => t.throughput_ratio === null || bothFaster(t)).length;
  if (untold) return `; at ${untold} of ${targets.length} targets nothing can be said`;
  if (!data.differing) return "";
  const fields = data.differing === 1 ? "field differs" : "fields differ";
  return `; ${data.differing} other ${fields} between the sides`;
}

// What the metric chosen says, and for throughput and cost the other of the two.
function gain(data, target) {
  const parts = [];
  let leader = null;
  for (const key of GAINS[data.metric] ?? [data.metric]) {
    const field = GAINS[key] ? key : "value";
    const [side, text] = better(data, key, target.readings.map((r) => r[field]));
    if (!text) continue;
    parts.push(side === leader ? text : `${side.label} ${text}`);
    leader ??= side;
  }
  return parts.length ? parts.join(" and ") : null;
}

function better({ sides, quantities }, key, [a, b]) {
  if (!a || !b || words.aboutEqual(a, b)) return [sides[0], ""];
  const { noun, verb } = quantities[key]; // a verb says that less is better
  const side = sides[(a < b) !== Boolean(verb) ? 1 : 0];
  const more = Math.max(a, b) / Math.min(a, b);
  if (!verb) return [side, `is higher by ${words.times(more)} in ${noun}`];
  const text = `${verb} ${words.percentLess(more)} less ${noun}`;
  return [side, key === COST ? `${text} (${words.times(more)} the tokens per dollar)` : text];
}

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
  if (target.throughput_ratio === null) return text;
  if (bothFaster(target))
    return `${text} Both sides are faster than asked, so which gives more at this speed is not known.`;
  if (target.ratio === null) return `${text} Not both report ${data.quantities[data.metric].noun}.`;
  const gained = gain(data, target);
  return gained
    ? `${text} ${gained[0].toUpperCase()}${gained.slice(1)}.`
    : `${text} The two are about equal.`;
}

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
  return `${text} (${how(data, r)})`;
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
