// words.ts: numbers in words, the same everywhere.

const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];

export function sizeText(bytes: number): string {
  let unit = 0;
  while (bytes >= 1024 && unit < UNITS.length - 1) {
    bytes /= 1024;
    unit++;
  }
  return `${unit === 0 || bytes >= 100 ? Math.round(bytes) : bytes.toFixed(1)} ${UNITS[unit]}`;
}

export function shapeText(kind: string, shape: readonly number[]): string {
  if (kind === 'record') return `${shape[0] ?? 0} named number${shape[0] === 1 ? '' : 's'}`;
  if (kind === 'series') return `${(shape[0] ?? 0).toLocaleString('en')} rows`;
  if (shape.length === 0) return 'one number';
  if (kind === 'table' || kind === 'frame') return `${shape[0]?.toLocaleString('en')} rows, ${shape[1] ?? 0} columns`;
  return shape.map(n => n.toLocaleString('en')).join(' × ') + (shape.length === 1 ? ' numbers' : '');
}

export function boundText(bound: number | null): string {
  if (bound === null) return '';
  return bound === 0 ? 'exact' : `within ±${bound.toExponential(1)}`;
}

export function secondsText(seconds: number | null): string {
  if (seconds === null) return '';
  if (seconds < 0.1) return 'under 0.1 s';
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  return seconds < 120 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
}

export function agoText(time: string): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? '' : date.toLocaleString();
}

export const shortHash = (hash: string): string => hash.slice(0, 8);
