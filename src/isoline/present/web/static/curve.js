// The arithmetic of numerics/curve.py in the same order.
// A cubic Hermite spline over [xs, ys, slopes], within the range of its knots.
export function spline([xs, ys, slopes], x) {
  const last = xs.length - 1;
  if (x <= xs[0]) return ys[0];
  if (x >= xs[last]) return ys[last];
  let i = 0;
  while (xs[i + 1] <= x) i += 1;
  const h = xs[i + 1] - xs[i];
  const t = (x - xs[i]) / h;
  const rise = ys[i + 1] - ys[i];
  const [m0, m1] = [h * slopes[i], h * slopes[i + 1]];
  const y = ys[i] + t * (m0 + t * (3 * rise - 2 * m0 - m1 + t * (m0 + m1 - 2 * rise)));
  return Math.min(Math.max(y, Math.min(...ys)), Math.max(...ys));
}

// dy/dx at x; before the first knot 0, where y is held, and from the last knot on its slope.
export function slope([xs, ys, slopes], x) {
  const last = xs.length - 1;
  if (x < xs[0] || last === 0) return 0;
  let i = 0;
  while (i < last - 1 && xs[i + 1] <= x) i += 1;
  const h = xs[i + 1] - xs[i];
  const rise = ys[i + 1] - ys[i];
  const t = Math.min((x - xs[i]) / h, 1);
  const [m0, m1] = [h * slopes[i], h * slopes[i + 1]];
  return (m0 + t * (2 * (3 * rise - 2 * m0 - m1) + t * 3 * (m0 + m1 - 2 * rise))) / h;
}
