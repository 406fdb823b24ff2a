// A comparison in a file of its own: edited targets change table, verdict, sentences and chart, without a server.
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("curves").textContent);
  const charts = JSON.parse(document.getElementById("charts").textContent);
  const figure = document.getElementById("chart");
  const table = document.querySelector(".readings");
  const problem = document.getElementById("problem");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const OPTIONS = {
    ast: true, // evaluates expressions without eval, which the policy forbids
    defaultStyle: false,
    actions: false,
    renderer: "svg",
    tooltip: { disableDefaultStyle: true },
  };
  const [LARGEST, MOST] = [1e6, 100];
  let chart = null;
  let drawn = null; // name of the frame in view
  let current = [];

  const lines = targetLines(document.getElementById("handles"), figure, (place, value) => {
    fields()[place].value = value;
    update();
  });

  function fields() {
    return [...table.querySelectorAll("thead th:not(.add) input")];
  }

  // The numbers in the fields; what is wrong with one is said and nothing changes.
  function update() {
    const texts = fields().map((field) => field.value.trim());
    const wrong = texts.find((text) => !isTarget(text));
    problem.hidden = wrong === undefined;
    problem.textContent = wrong === undefined ? "" : `“${wrong}” is not a number above 0 (and at most 1,000,000).`;
    if (wrong !== undefined) return;
    show(texts.map(Number));
    const hash = `#at=${texts.join(",")}`;
    if (location.hash !== hash) history.replaceState(null, "", hash);
  }

  const isTarget = (text) => text !== "" && Number(text) > 0 && Number(text) <= LARGEST;

  function show(targets) {
    current = targets.map((x) => reading.target(data, x));
    document.querySelector("h1").textContent = words.verdict(data, current);
    sentences(words.narrative(data, current));
    fillTable();
    const legend = document.getElementById("legend");
    legend.textContent = words.legend(data, current).join(" · ");
    legend.hidden = !legend.textContent;
    const command = document.querySelector(".command code");
    command.textContent = `${command.dataset.less} --at ${targets.join(",")}`;
    figure.dataset.targets = targets.join(",");
    if (chart) drawTargets();
  }

  function sentences(texts) {
    const place = document.getElementById("narrative");
    place.querySelectorAll("p").forEach((line) => line.remove());
    texts.forEach((text, i) => {
      const line = document.createElement("p");
      line.textContent = text;
      if (i === texts.length - 1) line.className = "quiet";
      place.append(line);
    });
  }

  function fillTable() {
    for (const head of table.querySelectorAll(".metric th")) head.colSpan = current.length + 2;
    for (const row of table.querySelectorAll("tr[data-metric]")) {
      const { metric, side } = row.dataset;
      row.querySelectorAll("td:not(.add)").forEach((cell) => cell.remove());
      for (const target of current) {
        const cell = document.createElement("td");
        cell.textContent = words.cell(metric, side === "" ? null : Number(side), target);
        row.querySelector(".add").before(cell);
      }
    }
  }

  // As many fields as targets; the last, empty one takes another.
  function setFields(targets) {
    const heads = fields().map((field) => field.closest("th"));
    targets.forEach((value, i) => {
      if (!heads[i]) {
        heads[i] = heads[0].cloneNode(true);
        heads[i].firstElementChild.setAttribute("aria-label", `Target ${i + 1}, tok/s per user`);
        table.querySelector("thead .add").before(heads[i]);
      }
      heads[i].firstElementChild.value = value;
    });
    heads.slice(targets.length).forEach((head) => head.remove());
  }

  table.addEventListener("input", (event) => {
    if (!event.target.closest(".add") && event.target.value.trim() !== "") update();
  });
  table.addEventListener("change", (event) => {
    const field = event.target;
    const texts = fields().map((one) => one.value.trim());
    if (field.closest(".add")) {
      if (!isTarget(field.value.trim()) || texts.length >= MOST) return;
      setFields([...texts, field.value.trim()]);
      field.value = "";
    } else if (field.value.trim() === "" && texts.length > 1) {
      setFields(texts.filter((text) => text !== ""));
    }
    update();
  });

  const frameName = () => `${figure.clientWidth < 600 ? "narrow" : "wide"} ${dark.matches ? "dark" : "light"}`;

  async function draw() {
    const name = frameName();
    const { labels, font, ...spec } = charts.frames[name];
    const { width, height } = figure.getBoundingClientRect();
    const datasets = { ...charts.datasets, labels, targets: [], readings: [] };
    const place = document.createElement("div");
    place.setAttribute("aria-hidden", "true"); // its points are a table below
    const made = await window.vegaEmbed(place, { ...spec, width, height, datasets }, OPTIONS);
    chart?.view.finalize();
    chart = made;
    drawn = { name, font };
    document.getElementById("live").replaceChildren(place);
    document.getElementById("live").hidden = false;
    document.getElementById("still").hidden = true;
    await drawTargets();
  }

  async function drawTargets() {
    const { view } = chart;
    const { name, font } = drawn;
    const rows = { ...charts.datasets, labels: charts.frames[name].labels };
    view.data("targets", chartRows.targets(data, current, view.scale("x"), font));
    view.data("readings", chartRows.readings(data, current, view, rows, font));
    await view.runAsync();
    lines.show(view, current.map((target) => target.interactivity));
    figure.dataset.drawn = figure.dataset.targets;
  }

  let waiting = 0;
  addEventListener("resize", () => {
    clearTimeout(waiting);
    waiting = setTimeout(draw, 150);
  });
  dark.addEventListener("change", draw);

  const asked = /^#at=([\d.,]+)$/.exec(location.hash)?.[1].split(",") ?? [];
  if (asked.length && asked.length <= MOST && asked.every(isTarget)) setFields(asked);
  update();
  draw();
})();
