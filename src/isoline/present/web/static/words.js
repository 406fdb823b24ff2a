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

// Three significant digits; `decimals` are those after the point, below 0 from 1,000 on.
const decimalsOf = (value) => 2 - Number(value.toExponential(2).split("e")[1]);

function rounded(value, decimals) {
  if (decimals >= 0) return fixed(value, decimals);
  const step = 10 ** -decimals;
  const below = Math.floor(value / step);
  const rest = value / step - below;
  return fixed((rest > 0.5 || (rest === 0.5 && below % 2) ? below + 1 : below) * step, 0);
}

export const amount = (value, sign = "") => sign + rounded(value, decimalsOf(value));
export const throughput = (value) => amount(value);
export const seconds = (value) => amount(value);
export const usd = (value) => amount(value, "$");
export const times = (ratio) => `${fixed(ratio, ratio >= 10 ? 0 : ratio >= 1.1 ? 1 : 2)}×`;
export const aboutEqual = (a, b) => Math.max(a, b) / Math.min(a, b) - 1 <= 0.01;
// All digits of what another page printed, of dollars at least three after the point.
export function exact(value, sign) {
  const [whole, digits = ""] = String(Number(value.toPrecision(10))).split(".");
  const rest = sign === "$" ? digits.padEnd(3, "0") : digits;
  return fixed(Number(whole), 0) + (rest ? `.${rest}` : "");
}
export const round1 = (value) => Number(fixed(value, 1).replaceAll(",", ""));

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
  const width = high - low;
  let decimals = decimalsOf(Math.max(Math.abs(low), Math.abs(high)));
  while (decimals < 4 && width > 0 && width < 2 * 10 ** -decimals) decimals += 1;
  return `${sign}${rounded(low, decimals)}–${rounded(high, decimals)}`;
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
