// A slider over each target's line of a chart: drag it, or use the arrow keys (with Shift in steps of ten).
"use strict";
function targetLines(place, figure, move) {
  let view = null;
  let held = null;

  const handleAt = (event) => event.target.closest("[role=slider]");
  const indexOf = (handle) => [...place.children].indexOf(handle);

  function show(chartView, values) {
    view = chartView;
    const scale = view.scale("x");
    const [low, high] = scale.domain();
    const [left, top] = view.origin();
    const padding = view.padding();
    while (place.children.length > values.length) place.lastChild.remove();
    values.forEach((value, i) => {
      const handle = place.children[i] ?? place.appendChild(made(i));
      handle.hidden = !(value >= low && value <= high);
      handle.style.left = `${padding.left + left + scale(value)}px`;
      handle.style.top = `${padding.top + top}px`;
      handle.style.height = `${view.height()}px`;
      handle.setAttribute("aria-valuemin", Math.ceil(low));
      handle.setAttribute("aria-valuemax", Math.floor(high));
      handle.setAttribute("aria-valuenow", value);
    });
  }

  function made(i) {
    const handle = document.createElement("div");
    handle.tabIndex = 0;
    handle.setAttribute("role", "slider");
    handle.setAttribute("aria-label", `Target ${i + 1}, tok/s per user`);
    return handle;
  }

  function moveTo(handle, value) {
    const [low, high] = view.scale("x").domain();
    const near = Math.min(Math.max(Math.round(value), Math.ceil(low), 1), Math.floor(high));
    if (Number(handle.getAttribute("aria-valuenow")) !== near) move(indexOf(handle), near);
  }

  place.addEventListener("pointerdown", (event) => {
    if (!handleAt(event) || event.button) return;
    held = handleAt(event);
    held.classList.add("held");
    held.setPointerCapture(event.pointerId);
  });
  place.addEventListener("pointermove", (event) => {
    if (!held) return;
    const at = event.clientX - figure.getBoundingClientRect().left - view.padding().left - view.origin()[0];
    moveTo(held, view.scale("x").invert(at));
  });
  for (const end of ["pointerup", "pointercancel"]) {
    place.addEventListener(end, () => {
      held?.classList.remove("held");
      held = null;
    });
  }
  place.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 }[event.key];
    if (!step) return;
    event.preventDefault();
    const now = Number(event.target.getAttribute("aria-valuenow"));
    moveTo(event.target, now + step * (event.shiftKey ? 10 : 1));
  });

  return { show };
}
