// The rows of the chart that follow the targets, placed as present/chart_frame.py and chart_labels.py place them.
"use strict";
const chartRows = (() => {
  const AXIS_PADDING = 4;
  const textWidth = (text, font, bold) => text.length * font * (bold ? 0.62 : 0.57);

  function number(value) {
    return words.fixed(value, value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : 3);
  }

  function ratio(target, names) {
    const [a, b] = target.readings.map((r) =>
      r.status === "outside" || r.status === "wide gap" ? null : r.throughput_per_gpu,
    );
    if (!a || !b) return "";
    const more = Math.max(a, b) / Math.min(a, b);
    if (more < 1.01) return "about equal";
    return `${names[a < b ? 1 : 0]} ${words.fixed(more, more >= 10 ? 0 : more >= 1.2 ? 1 : 2)}×`;
  }

  // Texts above neighbouring hairlines give way from left to right.
  function targets(data, read, scale, font) {
    const names = data.sides.map((side) => side.name);
    const edges = { text: -Infinity, ratio: -Infinity };
    const rows = read.map((target) => ({
      x: target.interactivity,
      text: words.fixed(target.interactivity, 1).replace(/\.0$/, ""),
      ratio: ratio(target, names),
    }));
    for (const row of rows.sort((a, b) => a.x - b.x)) {
      for (const field of Object.keys(edges)) {
        const half = textWidth(row[field], font, field === "ratio") / 2;
        if (scale(row.x) - half < edges[field]) row[field] = "";
        else if (row[field]) edges[field] = scale(row.x) + half;
      }
    }
    return rows;
  }

  // Values that lie on a drawn line, each with the free spot nearest to its mark.
  function readings(data, read, view, drawn, font) {
    const [x, y] = ["x", "y"].map((name) => view.scale(name));
    const marks = [...drawn.lines, ...drawn.points.filter((row) => row.role !== "other")].map((row) => [
      x(row.x), y(row.y),
    ]);
    const taken = drawn.labels.map((row) => boxOf(x(row.x), y(row.y), row, textWidth(row.text, row.size, true), row.size));
    const rows = [];
    for (const target of read) {
      target.readings.forEach((r, i) => {
        const side = data.sides[i];
        const known = side.measured_range;
        const at = target.interactivity;
        if (r.throughput_per_gpu === null || !known || at < known[0] || at > known[1]) return;
        const sign = { "wide gap": "≈ ", dominated: "≥ " }[r.status] ?? "";
        const text = sign + number(r.throughput_per_gpu);
        const spot = place(x(at), y(r.throughput_per_gpu), textWidth(text, font, true), font, taken, marks, view);
        rows.push({ side: side.name, x: at, y: r.throughput_per_gpu, status: r.status, text, ...spot });
      });
    }
    return rows;
  }

  function spots(font) {
    const [near, rise] = [0.75 * font, 0.8 * font];
    return [
      [near, -rise, "left"], [-near, rise, "right"], [near, -2 * rise, "left"], [-near, 2 * rise, "right"],
      [near, rise, "left"], [-near, -rise, "right"], [near, -3 * rise, "left"],
    ];
  }

  function boxOf(x, y, { dx, dy, align }, width, height) {
    const left = x + dx - (align === "right" ? width : 0);
    const top = y + dy - height / 2;
    return { left, top, right: left + width, bottom: top + height };
  }

  function place(x, y, width, font, taken, marks, view) {
    const priced = spots(font).map(([dx, dy, align]) => {
      const box = boxOf(x, y, { dx, dy, align }, width, font);
      return { dx, dy, align, box, price: price(box, taken, marks, view) };
    });
    const { dx, dy, align, box } = priced.reduce((a, b) => (b.price < a.price ? b : a));
    taken.push(box);
    return { dx, dy, align };
  }

  function price(box, taken, marks, view) {
    const beyond =
      box.left < 0 || box.right > view.width() || box.top < 0 || box.bottom > view.height() + AXIS_PADDING;
    const overlaps = taken.filter(
      (o) => box.left < o.right && o.left < box.right && box.top < o.bottom && o.top < box.bottom,
    ).length;
    const covered = marks.filter(
      ([x, y]) => box.left <= x && x <= box.right && box.top <= y && y <= box.bottom,
    ).length;
    return 1e6 * beyond + 1e4 * overlaps + covered;
  }

  return { targets, readings };
})();
