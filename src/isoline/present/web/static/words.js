// Numbers, cells and sentences as analyse/words.py, analyse/narrative.py and present/table.py write them.
"use strict";
const words = (() => {
  const HOW_KNOWN = {
    measured: "measured",
    interpolated: "interpolated between measured points",
    published: "as published",
    simulated: "simulated",
    dominated: "reached by a faster point",
  };
  const NONE = "—";

  // Python's `f"{value:,.{digits}f}"`: exact halves go to the even digit.
  function fixed(value, digits) {
    let text = value.toFixed(digits);
    const doubled = value * 2 ** (digits + 1);
    if (Number.isInteger(doubled) && Math.abs(doubled % 2) === 1) {
      const below = Math.floor(value * 10 ** digits);
      text = ((below % 2 ? below + 1 : below) / 10 ** digits).toFixed(digits);
    }
    const [whole, rest] = text.split(".");
    const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
    return rest ? `${grouped}.${rest}` : grouped;
  }

  const throughput = (value) => fixed(value, value >= 100 ? 0 : 1);
  const usd = (value) => `$${fixed(value, value >= 10 ? 1 : value >= 1 ? 2 : 3)}`;
  const times = (ratio) => `${fixed(ratio, ratio >= 10 ? 0 : ratio >= 1.1 ? 1 : 2)}×`;
  const aboutEqual = (a, b) => Math.max(a, b) / Math.min(a, b) - 1 <= 0.01;
  const round1 = (value) => Number(fixed(value, 1).replaceAll(",", ""));

  function interactivity(value) {
    if (Number.isInteger(value)) return fixed(value, 0);
    return fixed(value, 2).replace(/0+$/, "").replace(/\.$/, "");
  }

  function percentLess(ratio) {
    const share = 100 * (1 - 1 / ratio);
    return `${fixed(share, share < 99 ? 0 : 1)} %`;
  }

  const join = (parts) =>
    parts.length === 1 ? parts[0] : `${parts.slice(0, -1).join(", ")} and ${parts[parts.length - 1]}`;

  const bothFaster = (target) => target.readings.every((r) => r.status === "dominated");

  function verdict(data, targets) {
    const { sides, where } = data;
    const comparable = targets.filter((t) => t.throughput_ratio !== null && !bothFaster(t));
    if (!comparable.length) {
      const empty = sides.filter((side) => side.measured_range === null).map((side) => side.label);
      if (empty.length) return `${where}: no data for ${join(empty)}, so there is nothing to compare.`;
      if (targets.some((t) => t.readings.some((r) => r.status === "wide gap")))
        return `${where}: no ratio can be claimed; the readings bridge wide gaps between measured points.`;
      if (targets.some(bothFaster))
        return `${where}: both sides are faster than asked, so nothing can be compared at these targets.`;
      return `${where}: the two sides are not both measured at any of these targets.`;
    }
    const middle = comparable[Math.floor(comparable.length / 2)];
    const gained = gain(sides, middle) ?? "the two sides are about equal";
    return `${where}, at ${interactivity(middle.interactivity)} tok/s/user: ${gained}${caveat(data, targets)}.`;
  }

  function caveat(data, targets) {
    const untold = targets.filter((t) => t.throughput_ratio === null || bothFaster(t)).length;
    if (untold) return `; at ${untold} of ${targets.length} targets nothing can be said`;
    return data.differing ? `; ${data.differing} other fields differ between the sides` : "";
  }

  function gain(sides, { readings: [a, b] }) {
    const parts = [];
    let leader = null;
    if (a.throughput_per_gpu && b.throughput_per_gpu) {
      const ratio = a.throughput_per_gpu / b.throughput_per_gpu;
      leader = sides[ratio >= 1 ? 0 : 1];
      if (!aboutEqual(a.throughput_per_gpu, b.throughput_per_gpu))
        parts.push(`${leader.label} is higher by ${times(Math.max(ratio, 1 / ratio))} in tokens per GPU`);
    }
    if (a.cost_per_mtok && b.cost_per_mtok && !aboutEqual(a.cost_per_mtok, b.cost_per_mtok)) {
      const ratio = b.cost_per_mtok / a.cost_per_mtok;
      const cheaper = sides[ratio >= 1 ? 0 : 1];
      const more = Math.max(ratio, 1 / ratio);
      const subject = parts.length && cheaper === leader ? "" : `${cheaper.label} `;
      parts.push(
        `${subject}costs ${percentLess(more)} less per token (${times(more)} the tokens per dollar)`,
      );
    }
    return parts.length ? parts.join(" and ") : null;
  }

  // A sentence or two per target, then what limits the comparison, which does not depend on targets.
  function narrative(data, targets) {
    if (data.sides.every((side) => side.measured_range === null)) return [];
    return [...targets.map((target) => at(data, target)), data.closing];
  }

  function at(data, target) {
    const x = `${interactivity(target.interactivity)} tok/s/user${band(data.span, target.interactivity)}`;
    const clauses = target.readings.map((r, i) => clause(data.sides[i], r)).join("; ");
    if (target.readings.every((r) => r.throughput_per_gpu === null))
      return `At ${x} neither side has a reading: ${clauses}.`;
    const text = `At ${x} ${clauses}.`;
    if (target.throughput_ratio === null) return text;
    if (bothFaster(target))
      return `${text} Both sides are faster than asked, so which gives more at this speed is not known.`;
    const gained = gain(data.sides, target);
    return gained
      ? `${text} ${gained[0].toUpperCase()}${gained.slice(1)}.`
      : `${text} The two are about equal.`;
  }

  function band(span, x) {
    if (!span || !(span[0] <= x && x <= span[1]) || span[0] === span[1]) return "";
    const third = Math.min(Math.trunc((3 * (x - span[0])) / (span[1] - span[0])), 2);
    return ` (${["the slow", "the middle", "the fast"][third]} third of the common range)`;
  }

  function clause(side, r) {
    if (r.throughput_per_gpu === null) {
      if (!r.bound) return `${side.label} has no data`;
      const edge = interactivity(round1(r.bound.interactivity));
      const word = r.bound.edge === "last" ? "up to" : "from";
      return `${side.label} is not measured there (only ${word} ${edge} tok/s/user)`;
    }
    let text = `${side.label} gives ${throughput(r.throughput_per_gpu)} tok/s/GPU`;
    if (r.cost_per_mtok) text += ` at ${usd(r.cost_per_mtok)} per million tokens`;
    if (r.status === "wide gap") {
      const near = r.near.map((x) => interactivity(round1(x))).join(" and ");
      return `${text} (across a wide gap: measured only at ${near} tok/s/user)`;
    }
    let how = HOW_KNOWN[r.status];
    if (r.status === "interpolated" && r.basis === "published") how = "interpolated between published readings";
    if (r.recomputed.includes("cost_per_mtok")) how += ", its cost recomputed with other prices";
    return `${text} (${how})`;
  }

  const METRICS = {
    Throughput: { key: "throughput_per_gpu", write: (v) => fixed(v, 1), bound: " ≥", ratio: "throughput_ratio" },
    Cost: { key: "cost_per_mtok", write: (v) => `$${fixed(v, 3)}`, bound: " ≤", ratio: "cost_ratio" },
    Power: { key: "tokens_per_s_per_mw", write: (v) => fixed(v, 0), bound: " ≥" },
    Concurrency: { key: "concurrency", write: (v) => `~${fixed(v, 0)}`, bound: "" },
  };
  const MARKS = { simulated: " s", "wide gap": " ?" };
  const RECOMPUTED = { cost_per_mtok: "cost", tokens_per_s_per_mw: "power" };

  // The cell of one row of the table: a side's value, both sides' ratio (side null) or how it is known.
  function cell(name, side, target) {
    if (name === "How known") return status(target.readings[side]);
    const metric = METRICS[name];
    if (!metric) return NONE;
    if (side === null) {
      const ratio = target[metric.ratio];
      return ratio === null ? NONE : `${fixed(ratio, 2)}×`;
    }
    const r = target.readings[side];
    const value = r[metric.key];
    if (value === null) return NONE;
    return metric.write(value) + (r.status === "dominated" ? metric.bound : (MARKS[r.status] ?? ""));
  }

  function status(r) {
    if (r.status === "outside" && r.bound) {
      const word = r.bound.edge === "last" ? "to" : "from";
      return `outside (known ${word} ${interactivity(round1(r.bound.interactivity))})`;
    }
    const text = r.status === "interpolated" && r.basis === "published" ? "between published" : r.status;
    return text + r.recomputed.map((name) => `, ${RECOMPUTED[name]} recomputed`).join("");
  }

  function legend(data, targets) {
    const used = targets.flatMap((target) => target.readings.map((r) => r.status));
    return data.legend.filter(([name]) => used.includes(name)).map(([, text]) => text);
  }

  return { verdict, narrative, cell, legend, fixed, aboutEqual };
})();
