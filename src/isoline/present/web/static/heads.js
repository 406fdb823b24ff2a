// The texts above target lines, placed as present/chart_heads.py places them.
const FARTHEST = 6; // of body text: how far a column with a ratio may stand from its line
const APART = { text: 0.6, ratio: 0.9 };
const NARROW = new Set(" ,.:;'|!()[]-fijlrtI");
const WIDE = new Set("mwMW%&@×÷");

const ems = (sign) => {
  if (NARROW.has(sign)) return 0.42;
  if (WIDE.has(sign) || sign > "\u00ff") return 1;
  return sign !== sign.toLowerCase() ? 0.77 : 0.65;
};

export function textWidth(text, font, bold) {
  return [...text].reduce((sum, sign) => sum + ems(sign), 0) * font * (bold ? 1.1 : 1);
}

// `targets`, the told one first, with the texts that have room between two pixels, and how far aside they stand.
export function heads(targets, scale, [first, last], edges, font) {
  const rows = targets.map((row) => ({ ...row, dx: 0 }));
  const seen = rows.filter((row) => scale(row.x) >= first && scale(row.x) <= last);
  const order = [...seen].sort((a, b) => a.x - b.x);
  const xs = order.map((row) => scale(row.x));
  const [numbers, ratios] = ["text", "ratio"].map((field) => order.map((row) => width(row, field, font)));
  const columns = spread(xs, numbers.map((own, i) => Math.max(own, ratios[i])), ...edges);
  const near = columns?.every((at, i) => Math.abs(at - xs[i]) <= FARTHEST * font);
  const places = near ? columns : spread(xs, numbers, ...edges);
  order.forEach((row, i) => { row.dx = places ? places[i] - xs[i] : 0; });
  for (const field of near ? [] : places ? ["ratio"] : ["text", "ratio"]) thin(seen, field, scale, edges, font);
  return rows;
}

// Centres of texts that overlap nowhere, moved least; nothing if they do not fit.
function spread(xs, widths, low, high) {
  if (!xs.length || widths.reduce((a, b) => a + b) > high - low) return null;
  const starts = [0];
  for (let i = 1; i < xs.length; i += 1) starts.push(starts[i - 1] + (widths[i - 1] + widths[i]) / 2);
  const pools = [];
  xs.forEach((x, i) => {
    let [total, count] = [x - starts[i], 1];
    while (pools.length && pools.at(-1)[0] / pools.at(-1)[1] > total / count) {
      const [before, more] = pools.pop();
      [total, count] = [total + before, count + more];
    }
    pools.push([total, count]);
  });
  const offsets = pools.flatMap(([total, count]) => Array(count).fill(total / count));
  const [least, most] = [low + widths[0] / 2, high - widths.at(-1) / 2 - starts.at(-1)];
  return starts.map((start, i) => start + Math.min(Math.max(offsets[i], least), most));
}

function width(row, field, font) {
  return row[field] ? textWidth(row[field], font, field === "ratio") + APART[field] * font : 0;
}

// Texts give way to those of earlier rows and to the edges.
function thin(rows, field, scale, [low, high], font) {
  const taken = [[-Infinity, low], [high, Infinity]];
  for (const row of rows) {
    const half = width(row, field, font) / 2;
    const [left, right] = [scale(row.x) + row.dx - half, scale(row.x) + row.dx + half];
    if (taken.some(([from, to]) => left < to && from < right)) row[field] = "";
    else if (half) taken.push([left, right]);
  }
}
