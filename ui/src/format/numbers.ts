/** Counts, shares, sizes and durations as the browser's language writes them. */

const count = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 });
const compact = new Intl.NumberFormat(undefined, { notation: "compact", maximumFractionDigits: 1 });

export const countText = (value: number) => count.format(value);
export const shortCount = (value: number) => compact.format(value);

/** "1 row", "2 rows": our nouns are regular. */
export const countOf = (value: number, noun: string) =>
  `${countText(value)} ${noun}${value === 1 ? "" : "s"}`;

/** A cell that is a number, or a string where a number would lose digits. */
export function numberText(value: number | string, digits = 6): string {
  const format = new Intl.NumberFormat(undefined, { maximumFractionDigits: digits });
  return format.format(value as number | Intl.StringNumericLiteral);
}

/** 0.1234 is 12.3%; what is little but not nothing is never 0%. */
export function shareText(share: number): string {
  const percent = (digits: number) =>
    new Intl.NumberFormat(undefined, { style: "percent", maximumFractionDigits: digits });
  if (share > 0 && share < 0.001) return `<${percent(1).format(0.001)}`;
  if (share < 1 && share > 0.999) return `>${percent(1).format(0.999)}`;
  return percent(1).format(share);
}

/** `0.8 s`, `42 s`, `3 min 5 s`, `2 h 10 min`. */
export function durationText(seconds: number): string {
  if (seconds < 0.95) return `${numberText(Math.max(0, seconds), 1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return whole % 60 === 0 ? `${minutes} min` : `${minutes} min ${whole % 60} s`;
  const hours = Math.floor(minutes / 60);
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
}

/** `512 B`, `1.4 MB`. */
export function bytesText(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${numberText(value, unit === 0 ? 0 : 1)} ${units[unit]}`;
}
