// The legend: every side and series can be hidden, or shown alone. It changes the view, not the comparison.
import * as chart from "./chart.js";

const hidden = new Set();

export function startKeys() {
  document.addEventListener("click", pressed);
  chart.onDrawn(restoreKeys);
}

const lets = (row) => !hidden.has(row.side) && !hidden.has(`${row.side}\n${row.series}`);

const keyOf = ({ parentElement: { dataset } }) =>
  dataset.series ? `${dataset.side}\n${dataset.series}` : dataset.side;
const keys = () => [...document.querySelectorAll("[data-side] > button")];
const toggles = () => keys().filter((key) => !key.classList.contains("only"));

// What the reader has hidden, on keys that were not there or could not be pressed before.
export function restoreKeys() {
  if (!chart.view()) return; // nothing to hide yet
  for (const key of keys()) key.disabled = false;
  for (const toggle of toggles()) toggle.setAttribute("aria-pressed", !hidden.has(keyOf(toggle)));
}

function pressed(event) {
  const button = event.target.closest("[data-side] > button");
  if (!button) return;
  const key = keyOf(button);
  if (button.classList.contains("only") || event.shiftKey) showAlone(key);
  else if (!hidden.delete(key)) hidden.add(key);
  restoreKeys();
  chart.filter(lets);
}

// Of all sides, or of all series, only one; once more shows the others again.
function showAlone(key) {
  const group = toggles().map(keyOf).filter((other) => other.includes("\n") === key.includes("\n"));
  const alone = group.every((other) => hidden.has(other) === (other !== key));
  for (const other of group) {
    if (alone || other === key) hidden.delete(other);
    else hidden.add(other);
  }
  if (key.includes("\n")) hidden.delete(key.split("\n")[0]);
}
