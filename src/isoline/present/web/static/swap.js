// Replaces every live part of the page; the field being edited keeps its focus, its text and what is selected in it.
export function swap(fresh) {
  const held = editing();
  const key = heldKey();
  for (const part of document.querySelectorAll("[data-live]")) {
    const next = fresh.getElementById(part.id);
    if (!next || next.outerHTML === part.outerHTML) continue;
    for (const folded of part.querySelectorAll("details[id][open]")) {
      const same = next.querySelector(`#${folded.id}`);
      if (same) same.open = true;
    }
    part.replaceWith(next);
  }
  if (held) restore(held);
  const again = key && document.querySelector(key);
  if (!again) return;
  again.disabled = false;
  again.focus({ preventScroll: true });
}

// A key of the legend that has the focus, which has not changed its name.
function heldKey() {
  const { parentElement: place, classList } = document.activeElement;
  const only = classList.contains("only") ? ".only" : ":not(.only)";
  return place?.dataset.name ? `[data-name="${place.dataset.name}"] > button${only}` : "";
}

function editing() {
  const field = document.activeElement;
  if (field?.form?.id !== "controls" || !field.name) return null;
  return {
    name: field.name,
    place: placeOf(field),
    box: /^(checkbox|radio)$/.test(field.type) ? field.value : null, // the rows of such move
    text: field.value,
    selected: field.type === "text" || field.type === "search" ? [field.selectionStart, field.selectionEnd] : null,
    added: Boolean(field.closest(".add")),
  };
}

// Among the fields of its name; an emptied target or budget has none in the answer.
function placeOf(field) {
  const before = [...document.getElementsByName(field.name)];
  return before.slice(0, before.indexOf(field)).filter(({ name, value }) => !/^(at|within)$/.test(name) || value.trim()).length;
}

function restore(held) {
  const fields = [...document.getElementsByName(held.name)];
  const again = held.box === null ? fields[held.place] : fields.find(({ value }) => value === held.box);
  if (!again || again === document.activeElement) return;
  if (again.type === "text" && !held.added && held.text.trim()) again.value = held.text;
  again.focus({ preventScroll: true });
  if (held.selected) again.setSelectionRange(...held.selected);
}
