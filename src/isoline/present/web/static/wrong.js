// What is wrong with a selection, beside its fields.

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
  const label = fields[0].closest("label");
  if (label) label.append(said);
  else fields[0].closest("section").querySelector(".scroll").before(said); // targets: no room in a column
}

function fieldsOf(name) {
  const fields = [...document.querySelectorAll("[form='controls'], #controls [name]")];
  const own = fields.filter((field) => field.name === name || field.name.startsWith(`${name}.`));
  if (name !== "at") return own;
  const wrong = own.filter((field) => field.value.trim() && !(Number(field.value) > 0 && Number(field.value) <= 1e6));
  return wrong.length ? wrong : own.slice(0, 1);
}
