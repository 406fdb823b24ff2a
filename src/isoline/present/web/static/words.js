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

function edge(value, low, high) {
  const close = high - low < 0.02 || Math.min(Math.abs(low - 1), Math.abs(high - 1)) < 0.005;
  return fixed(value, value >= 100 ? 0 : value >= 10 ? 1 : close ? 3 : 2);
}

// A ratio beside its interval, and that interval.
export const factor = (ratio, low, high) => `${edge(ratio, low, high)}×`;
export const between = (low, high) => `${edge(low, low, high)}–${edge(high, low, high)}`;

export function percentBetween(low, high) {
  const shares = [low, high].map((ratio) => 100 * (1 - 1 / ratio));
  const digits = shares[1] - shares[0] >= 2 ? 0 : 1;
  return `${fixed(shares[0], digits)}–${fixed(shares[1], digits)} %`;
}

export function rangeOf(low, high, sign = "") {
  const [size, width] = [Math.max(Math.abs(low), Math.abs(high)), high - low];
  let digits = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
  while (digits < 4 && width > 0 && width < 2 * 10 ** -digits) digits += 1;
  return `${sign}${fixed(low, digits)}–${fixed(high, digits)}`;
}

export function runs(counts) {
  if (counts.length === 2 && counts[0] !== counts[1]) return `${counts[0]} and ${counts[1]} runs`;
  return `${counts[0]} ${counts[0] === 1 ? "run" : "runs"}${counts.length === 2 ? " a side" : ""}`;
}

export const FEW = 3; // with fewer runs an interval says so

export function few(counts) {
  if (Math.min(...counts) === 1) return ", measured once";
  return Math.min(...counts) < FEW ? `, ${runs(counts)}` : "";
}

export const bracketed = (text, counts) => ` [${text}${few(counts)}]`;

export const join = (parts) =>
  parts.length === 1 ? parts[0] : `${parts.slice(0, -1).join(", ")} and ${parts[parts.length - 1]}`;
