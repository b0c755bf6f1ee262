/** The slices of a pie, few enough to be told apart: the smallest together are one, where adding them up says something. */
import type { ChartSettings } from "../api/types";

export const SLICES_MAX = 11;

export interface Slice {
  name: string;
  value: number;
  /** Of its colour. */
  at: number;
}

/** Means and medians of several slices are no mean of them together. */
export const addsUp = (settings: ChartSettings) => ["sum", "count"].includes(settings.y.aggregate);

/** The largest, in the order they came, and then how many others there are with their sum. */
export function grouped(slices: Slice[], settings: ChartSettings): Slice[] {
  // One other is no group.
  if (slices.length <= SLICES_MAX + 1 || !addsUp(settings)) return slices;
  const bySize = [...slices].sort((one, other) => other.value - one.value);
  const kept = new Set(bySize.slice(0, SLICES_MAX));
  const others = slices.filter((slice) => !kept.has(slice));
  const value = others.reduce((sum, slice) => sum + slice.value, 0);
  return [
    ...slices.filter((slice) => kept.has(slice)),
    { name: `Others (${others.length})`, value, at: SLICES_MAX },
  ];
}
