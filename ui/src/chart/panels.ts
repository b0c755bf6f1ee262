/**
 * Lays out a chart's answer as panels: one for each value of `split` and each currency, so that an axis never carries two
 * currencies, all over the same x values. Never adds values up. Read next: option.ts (draws), data.ts (the same as a table).
 */
import type { Bucket, Cell, ChartResult, ChartSeries, ChartSettings } from "../api/types";
import { filledBuckets, wallClock } from "./buckets";

/** More small multiples than this are no longer read; the data still has all. */
export const PANELS_MAX = 24;

/** One x value: how points are matched to it, and how it sorts. */
export interface XValue {
  key: string;
  /** The wall's clock for dates, the number for numbers, else null. */
  number: number | null;
  cell: Cell;
}

export interface PanelSeries {
  /** What the legend calls it: the value of `color`, or the measure. */
  label: string;
  colorIndex: number;
  currency: string | null;
  /** One for each x value of the layout; null where there is none. */
  values: (number | null)[];
  points: [Cell, Cell][];
}

export interface Panel {
  title: string;
  split: string | null;
  currency: string | null;
  series: PanelSeries[];
}

export interface Layout {
  xs: XValue[];
  bucket: Bucket | null;
  panels: Panel[];
  /** Legend entries in order. */
  labels: string[];
  left_out: number;
}

export function toNumber(cell: Cell): number | null {
  if (typeof cell === "number") return cell;
  if (typeof cell === "string" && cell.trim() !== "" && Number.isFinite(Number(cell))) return Number(cell);
  return null;
}

export function xKey(
  cell: Cell,
  time: boolean,
  zone: string,
  byHour: boolean,
): { key: string; number: number | null } {
  if (time && typeof cell === "string") {
    // Two hours of the night when clocks go back show the same on the wall: the instant keeps them apart.
    const clock = wallClock(cell, zone);
    return { key: byHour ? String(Date.parse(cell)) : String(clock), number: clock };
  }
  return { key: cell === null ? "\u0000null" : String(cell), number: toNumber(cell) };
}

export function cellLabel(cell: Cell): string {
  if (cell === null) return "(empty)";
  if (cell === "") return "(blank)";
  return String(cell);
}

/** What is measured has no rows in an empty bucket: a count or sum of nothing is 0, a mean of nothing is nothing. */
function emptyValue(settings: ChartSettings): number | null {
  return ["count", "distinct", "sum"].includes(settings.y.aggregate) ? 0 : null;
}

function collectXs(result: ChartResult, bucket: Bucket | null): XValue[] {
  const time = result.x_type === "time";
  const zone = result.settings.time_zone;
  const found = new Map<string, XValue>();
  for (const series of result.series) {
    for (const [cell] of series.points) {
      const { key, number } = xKey(cell, time, zone, bucket === "hour");
      if (!found.has(key)) found.set(key, { key, number, cell });
    }
  }
  const xs = [...found.values()];
  if (result.x_type === "category") {
    const last = xs.findIndex((x) => x.cell === "Other");
    return last < 0 ? xs : [...xs.filter((_, index) => index !== last), xs[last] as XValue];
  }
  xs.sort((a, b) => (a.number ?? Number.NEGATIVE_INFINITY) - (b.number ?? Number.NEGATIVE_INFINITY));
  if (!time || !bucket || bucket === "hour") return xs;
  const empty = xs.filter((x) => x.number === null);
  const dated = new Map(xs.map((x) => [x.number, x]));
  const starts = xs.flatMap((x) => (x.number === null ? [] : [x.number]));
  const filled = filledBuckets(starts, bucket).map(
    (start) =>
      dated.get(start) ?? {
        key: String(start),
        number: start,
        cell: new Date(start).toISOString().slice(0, 10),
      },
  );
  return [...filled, ...empty];
}

export function panelsOf(result: ChartResult, measure: string, hidden: ReadonlySet<string>): Layout {
  const { settings } = result;
  const bucket = result.x_type === "time" ? (settings.x?.bucket ?? null) : null;
  const time = result.x_type === "time";
  const xs = settings.kind === "scatter" ? [] : collectXs(result, bucket);
  const indexOf = new Map(xs.map((x, index) => [x.key, index]));
  const labels: string[] = [];
  const panels = new Map<string, Panel>();
  for (const series of result.series) {
    const label = series.color ?? (settings.color ? "(empty)" : measure);
    if (!labels.includes(label)) labels.push(label);
    const key = JSON.stringify([series.split, series.currency]);
    const panel = panels.get(key) ?? {
      title: panelTitle(result, series),
      split: series.split,
      currency: series.currency,
      series: [],
    };
    panels.set(key, panel);
    if (hidden.has(label)) continue;
    const values: (number | null)[] = new Array(xs.length).fill(time && bucket ? emptyValue(settings) : null);
    if (settings.kind !== "scatter") {
      for (const [x, y] of series.points) {
        const at = indexOf.get(xKey(x, time, settings.time_zone, bucket === "hour").key);
        if (at !== undefined) values[at] = toNumber(y);
      }
    }
    panel.series.push({
      label,
      colorIndex: labels.indexOf(label),
      currency: series.currency,
      values,
      points: series.points,
    });
  }
  const all = [...panels.values()];
  return {
    xs,
    bucket,
    panels: all.slice(0, PANELS_MAX),
    labels,
    left_out: Math.max(0, all.length - PANELS_MAX),
  };
}

function panelTitle(result: ChartResult, series: ChartSeries): string {
  const parts: string[] = [];
  if (result.settings.split) parts.push(series.split ?? "(empty)");
  if (series.currency) parts.push(series.currency.toUpperCase());
  return parts.join(" · ");
}
