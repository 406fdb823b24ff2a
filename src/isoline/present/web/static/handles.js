// A slider over each target's line: drag it, or use the arrow keys (with Shift in steps of ten); Home and End lead to
// the ends of what both sides have been measured at.
import * as chart from "./chart.js";
import { asked, targetFields } from "./typed.js";

const figure = document.getElementById("chart");
const handles = document.getElementById("handles");
const STEPS = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 };

let dragging = null; // the handle under the finger
let wanted = null; // the newest position that is not shown yet
let following = false;
let update = null;

// `show` brings the page to what the fields say, and settles when it is drawn.
export function startHandles(show) {
  update = show;
  chart.onDrawn(() => {
    if (!dragging) place();
  });
  handles.addEventListener("pointerdown", take);
  handles.addEventListener("pointermove", (event) => {
    if (!dragging) return;
    const { left, top } = figure.getBoundingClientRect();
    move(dragging, chart.geometry().inverse(event.clientX - left, event.clientY - top)[0]);
  });
  for (const end of ["pointerup", "pointercancel"]) handles.addEventListener(end, release);
  handles.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    const end = ["Home", "End"].indexOf(event.key);
    if (!step && end < 0) return;
    event.preventDefault();
    const now = Number(event.target.getAttribute("aria-valuenow"));
    move(event.target, step ? now + step * (event.shiftKey ? 10 : 1) : ends()[end]);
  });
}

// Of the range that both sides share; where they share none, of the axis.
function ends() {
  const [low, high] = document.getElementById("readings").dataset.span.split(" ").filter(Boolean).map(Number);
  return high === undefined ? chart.geometry().x.domain() : [Math.ceil(low), Math.floor(high)];
}

function take(event) {
  const handle = event.target.closest("[role=slider]");
  if (!handle || event.button) return;
  dragging = handle;
  handle.classList.add("held");
  handle.setPointerCapture(event.pointerId);
}

function release() {
  dragging?.classList.remove("held");
  dragging = null;
  if (chart.view() && !following) place();
}

function place() {
  const fields = chart.current().datasets.targets.length ? targetFields() : [];
  const { left, top, height, x } = chart.geometry();
  const [low, high] = x.domain();
  fields.forEach((field, i) => {
    const value = Number(asked(field));
    const handle = handles.children[i] ?? added(i);
    handle.hidden = !(value >= low && value <= high);
    handle.style.left = `${left + x(value)}px`;
    handle.style.top = `${top}px`;
    handle.style.height = `${height}px`;
    handle.setAttribute("aria-valuemin", Math.ceil(low));
    handle.setAttribute("aria-valuemax", Math.floor(high));
    tell(handle, value);
  });
  while (handles.children.length > fields.length) handles.lastChild.remove();
}

function tell(handle, value) {
  handle.setAttribute("aria-valuenow", value);
  handle.setAttribute("aria-valuetext", `${value} tok/s per user`);
}

function added(i) {
  const handle = document.createElement("div");
  handle.tabIndex = 0;
  handle.setAttribute("role", "slider");
  handle.setAttribute("aria-label", `Target ${i + 1}`);
  handles.append(handle);
  return handle;
}

function move(handle, value) {
  const { left, x } = chart.geometry();
  const [low, high] = x.domain();
  const near = Math.min(Math.max(Math.round(value), Math.ceil(low), 1), Math.floor(high));
  const field = targetFields()[[...handles.children].indexOf(handle)];
  if (!field || Number(field.value) === near) return;
  field.value = near;
  handle.style.left = `${left + x(near)}px`;
  tell(handle, near);
  follow(handle, near);
}

// One request at a time while dragging; the last position always gets its turn.
async function follow(handle, value) {
  wanted = { handle, value };
  if (following) return;
  following = true;
  figure.dataset.following = "";
  while (wanted) {
    const { handle: held, value: last } = wanted;
    wanted = null;
    const field = targetFields()[[...handles.children].indexOf(held)];
    if (field) field.value = last;
    await update();
  }
  following = false;
  delete figure.dataset.following;
  if (!dragging) place();
}
