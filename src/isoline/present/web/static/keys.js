// The legend: every side and series can be hidden, or shown alone. It changes what is drawn, nothing that is read.
import * as chart from "./chart.js";

let state = null; // {hidden: names of what is left out, hide: leaves out these instead}

export function startKeys(own) {
  state = own;
  document.addEventListener("click", pressed);
  chart.onDrawn(restoreKeys);
}

export const nameOf = (key) => key.parentElement.dataset.name;
const keys = () => [...document.querySelectorAll("[data-side] > button")];
export const toggles = () => keys().filter((key) => !key.classList.contains("only"));

// Keys can be pressed once there is a chart.
export function restoreKeys() {
  if (!chart.view()) return;
  for (const key of keys()) key.disabled = false;
}

function pressed(event) {
  const button = event.target.closest("[data-side] > button");
  if (!button) return;
  const [name, hidden] = [nameOf(button), new Set(state.hidden())];
  if (button.classList.contains("only") || event.shiftKey) state.hide(allBut(name, hidden));
  else {
    if (!hidden.delete(name)) hidden.add(name);
    state.hide([...hidden]);
  }
}

// Of all sides, or of all series, only one; once more shows the others again.
function allBut(name, hidden) {
  const side = name.split(":")[0];
  const others = toggles().map(nameOf).filter((other) => {
    const [own, series] = other.split(":");
    return series ? name.includes(":") && own === side && other !== name : own !== side;
  });
  return others.length === hidden.size && others.every((other) => hidden.has(other)) ? [] : others;
}
