/** Periods of the overview as days of a calendar: both ends are days that count. No time zones here: the server has the one. */
export interface Period {
  from: string;
  to: string;
}

export const PRESETS = [
  { value: "30d", label: "30 days" },
  { value: "90d", label: "90 days" },
  { value: "12m", label: "12 months" },
  { value: "year", label: "This year" },
] as const;

export type Preset = (typeof PRESETS)[number]["value"];

const DAY_MS = 86_400_000;

const written = (time: number) => new Date(time).toISOString().slice(0, 10);

/** The day that it is in a zone. */
export function today(zone: string, now = Date.now()): string {
  const parts = new Intl.DateTimeFormat("en-CA", { timeZone: zone, dateStyle: "short" });
  return parts.format(now);
}

/** A whole number of days, or of months from the first of one, up to today. */
export function presetPeriod(preset: Preset, day: string): Period {
  const at = Date.parse(`${day}T00:00:00Z`);
  const date = new Date(at);
  switch (preset) {
    case "30d":
      return { from: written(at - 29 * DAY_MS), to: day };
    case "90d":
      return { from: written(at - 89 * DAY_MS), to: day };
    case "12m":
      return { from: written(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - 11, 1)), to: day };
    case "year":
      return { from: `${date.getUTCFullYear()}-01-01`, to: day };
  }
}

/** Which preset a period is, if it is one. */
export function presetOf(period: Period, day: string): Preset | null {
  const same = ({ value }: { value: Preset }) => {
    const { from, to } = presetPeriod(value, day);
    return from === period.from && to === period.to;
  };
  return PRESETS.find(same)?.value ?? null;
}

/** Steps that make a chart one can read. */
export const usualInterval: Record<Preset, "day" | "week" | "month"> = {
  "30d": "day",
  "90d": "week",
  "12m": "month",
  year: "month",
};
