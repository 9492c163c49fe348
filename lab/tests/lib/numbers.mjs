// numbers.mjs: what the notebook computes, in the clear, by the formulas of numpy.

/** Columns of a CSV without quotes; malignant counts as 1, benign as 0, as categories do in the order of the alphabet. */
export function csv(text) {
  const [head, ...rows] = text.trim().split(/\r?\n/).map(line => line.split(','));
  const number = cell => (cell === 'malignant' ? 1 : cell === 'benign' ? 0 : Number(cell));
  return Object.fromEntries(head.map((name, i) => [name, rows.map(row => number(row[i]))]));
}

export const mean = x => x.reduce((sum, v) => sum + v, 0) / x.length;

export function covariance(x, y) {
  const [a, b] = [mean(x), mean(y)];
  return x.reduce((sum, v, i) => sum + (v - a) * (y[i] - b), 0) / (x.length - 1);
}

/** np.corrcoef */
export const correlation = columns =>
  columns.map(x => columns.map(y => covariance(x, y) / Math.sqrt(covariance(x, x) * covariance(y, y))));

/** Slope and intercept of y over x, as np.polyfit(x, y, 1). */
export function line(x, y) {
  const slope = covariance(x, y) / covariance(x, x);
  return [slope, mean(y) - slope * mean(x)];
}
