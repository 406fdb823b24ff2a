// What is wrong with a selection, beside its fields.
import { addField, decimal, isWrong, targetFields } from "./typed.js";
import { join } from "./words.js";

// The fields that an answer marks; of several targets those that are no numbers.
export function markWrong(fresh) {
  clearWrong();
  for (const said of fresh.querySelectorAll(".wrong")) {
    const fields = fieldsOf(said.id.replace("wrong-", ""));
    if (fields.length) mark(fields, said.textContent, said.id);
  }
}

export function clearWrong() {
  for (const field of document.querySelectorAll("[aria-invalid]")) {
    field.removeAttribute("aria-invalid");
    field.removeAttribute("aria-describedby");
  }
  document.querySelectorAll(".wrong").forEach((said) => said.remove());
  document.querySelectorAll("[data-stale]").forEach((cell) => cell.removeAttribute("data-stale"));
}

export function mark(fields, text, id = "wrong-at") {
  const said = document.createElement("span");
  said.className = "wrong";
  said.id = id;
  said.textContent = text;
  for (const field of fields) {
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", id);
  }
  const label = fields[0].closest("label, .numbers");
  if (label) label.append(said);
  else fields[0].closest("section").querySelector(".scroll").before(said); // targets: no room in a column
}

// The targets that are no numbers; returns what is said of them, or nothing.
export function markTargets() {
  const wrong = [...targetFields(), addField()].filter(isWrong);
  if (!wrong.length) return "";
  const said = join(wrong.map((field) => `“${field.value.trim()}”`));
  const text = `${said} ${wrong.length > 1 ? "are not numbers" : "is not a number"} above 0 (and at most 1,000,000).`;
  if (!document.getElementById("wrong-at")) mark(wrong, text);
  return text;
}

// Hides cells that were read at another speed than the head of their column says.
export function blankStale() {
  targetFields().forEach((field, i) => {
    const read = Number(field.defaultValue);
    const stale = !(Math.abs(Number(decimal(field.value)) - read) <= 1e-9 * read); // NaN is
    for (const row of document.querySelectorAll(".readings tbody tr:not(.metric)")) {
      row.cells[i + 1].toggleAttribute("data-stale", stale);
    }
  });
}

function fieldsOf(name) {
  const fields = [...document.querySelectorAll("[form='controls'], #controls [name]")];
  const seen = fields.filter((field) => field.type !== "hidden");
  const own = seen.filter((field) => field.name === name || field.name.startsWith(`${name}.`));
  if (!/^(at|within)$/.test(name)) return own;
  const wrong = own.filter(isWrong);
  return wrong.length ? wrong : own.slice(0, 1);
}
