// Numbers as analyse/words.py and present/table.py write them.
export const NONE = "—";

// Python's `f"{value:,.{digits}f}"`: exact halves go to the even digit.
export function fixed(value, digits) {
  let text = value.toFixed(digits);
  const doubled = value * 2 ** (digits + 1);
  if (Number.isInteger(doubled) && Math.abs(doubled % 2) === 1) {
    const below = Math.floor(value * 10 ** digits);
    text = ((below % 2 ? below + 1 : below) / 10 ** digits).toFixed(digits);
  }
  const [whole, rest] = text.split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return rest ? `${grouped}.${rest}` : grouped;
}

export const throughput = (value) => fixed(value, value >= 100 ? 0 : 1);
export const usd = (value) => `$${fixed(value, value >= 10 ? 1 : value >= 1 ? 2 : 3)}`;
export const times = (ratio) => `${fixed(ratio, ratio >= 10 ? 0 : ratio >= 1.1 ? 1 : 2)}×`;
export const seconds = (value) => fixed(value, value >= 100 ? 0 : value >= 10 ? 1 : 2);
export const aboutEqual = (a, b) => Math.max(a, b) / Math.min(a, b) - 1 <= 0.01;
export const round1 = (value) => Number(fixed(value, 1).replaceAll(",", ""));

export function amount(value, sign = "") {
  const size = Math.abs(value);
  return sign + fixed(value, size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3);
}

export function interactivity(value) {
  if (Number.isInteger(value)) return fixed(value, 0);
  return fixed(value, 2).replace(/0+$/, "").replace(/\.$/, "");
}

export function percentLess(ratio) {
  const share = 100 * (1 - 1 / ratio);
  return `${fixed(share, share < 99 ? 0 : 1)} %`;
}

export const join = (parts) =>
  parts.length === 1 ? parts[0] : `${parts.slice(0, -1).join(", ")} and ${parts[parts.length - 1]}`;
