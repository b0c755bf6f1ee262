/** A tile's numbers as people read them: amounts in major units, shares as percentages, and the change since the period before. */
import { type Decimals, moneyText, shortMoney } from "../format/money";
import { countText, shareText, shortCount } from "../format/numbers";
import type { Tile } from "./overviewQueries";

export function exactValue(tile: Tile, value: number, decimals: Decimals): string {
  if (tile.unit === "share") return shareText(value);
  if (tile.unit === "count") return countText(value);
  return moneyText(value, tile.currency, decimals);
}

export function shortValue(tile: Tile, value: number, decimals: Decimals): string {
  if (tile.unit === "share") return shareText(value);
  if (tile.unit === "count") return shortCount(value);
  return value === 0 ? "0" : shortMoney(value, tile.currency, decimals);
}

export interface Change {
  text: string;
  direction: "up" | "down" | "same";
  /** Whether it is what a business hopes for; null where that is for people to say. */
  good: boolean | null;
}

const growsWell = new Set<Tile["key"]>(["gross", "net", "success_rate", "new_customers"]);
const shrinksWell = new Set<Tile["key"]>(["refund_rate", "dispute_rate"]);

/** Rates change by percentage points, amounts and counts by a percentage of what they were. */
export function changeOf(tile: Tile): Change | null {
  const { value, previous } = tile;
  if (value === null || previous === null) return null;
  const difference = value - previous;
  const direction = difference === 0 ? "same" : difference > 0 ? "up" : "down";
  const points = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1, signDisplay: "exceptZero" });
  const percent = new Intl.NumberFormat(undefined, {
    style: "percent",
    maximumFractionDigits: 1,
    signDisplay: "exceptZero",
  });
  // From nothing to something is no percentage.
  if (tile.unit !== "share" && previous === 0)
    return difference === 0 ? null : { text: "from 0", direction, good: null };
  const text =
    tile.unit === "share"
      ? `${points.format(difference * 100)} pp`
      : percent.format(difference / Math.abs(previous));
  const good = direction === "same" ? null : isGood(tile.key, direction === "up");
  return { text, direction, good };
}

function isGood(key: Tile["key"], up: boolean): boolean | null {
  if (growsWell.has(key)) return up;
  if (shrinksWell.has(key)) return !up;
  return null;
}
