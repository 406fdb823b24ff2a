// Numbers as they are typed, as query.py reads them: a field is one number, in which a comma is the decimal point
// unless it groups thousands, as pages write them.
const LARGEST = 1e6;
const THOUSANDS = /^[1-9]\d{0,2}(,\d{3})+(\.\d*)?$/;

export function decimal(text) {
  const typed = text.trim();
  return typed.replaceAll(",", THOUSANDS.test(typed) ? "" : ".");
}
export const isTarget = (text) => text !== "" && Number(text) > 0 && Number(text) <= LARGEST;

// The fields in the head of the table, and the last, empty one, which takes another target.
export const targetFields = () => [...document.querySelectorAll("#readings thead th:not(.add) input")];
export const addField = () => document.querySelector("#readings thead .add input");

export function isWrong(field) {
  const text = decimal(field.value);
  return text !== "" && !isTarget(text);
}

// What a field asks for; as long as it is no number, what its column was read at.
export const asked = (field) => (isWrong(field) ? field.defaultValue : decimal(field.value));
