/** A run in words: what it is doing, how fast, how long still. */
import type { Run } from "../api/types";
import type { Tone } from "../app/Tag";
import { countOf, countText, durationText, shareText } from "../format/numbers";
import type { Flow } from "./flow";

export const stateText: Record<Run["state"], string> = {
  running: "Running",
  done: "Done",
  failed: "Failed",
  stopped: "Stopped",
};

export const stateTone: Record<Run["state"], Tone> = {
  running: "accent",
  done: "good",
  failed: "bad",
  stopped: "warn",
};

/** One fact each, for a line of them. */
export function facts(run: Run, flow?: Flow): { label: string; value: string }[] {
  const running = run.state === "running";
  const list = [
    { label: "Rows", value: rowsText(run) },
    // Where conditions are met here, more is read than kept.
    ...(run.objects > run.rows ? [{ label: "Objects read", value: countText(run.objects) }] : []),
    { label: "Requests", value: countText(run.requests) },
    { label: "Refusals", value: refusals(run) },
    { label: "Time", value: durationText(run.seconds) },
  ];
  // What comes now; the average stands in until enough was seen.
  const rate = flow?.waiting ? 0 : (flow?.rowsPerSecond ?? run.rows_per_second);
  if (running && rate !== null) {
    list.splice(1, 0, { label: "Rate", value: `${countText(Math.round(rate))} rows/s` });
  }
  if (running && run.share !== null) list.push({ label: "Of the date range", value: shareText(run.share) });
  if (running && run.seconds_left !== null && !flow?.waiting) {
    list.push({ label: "Left", value: `about ${durationText(run.seconds_left)}` });
  }
  return list;
}

function rowsText(run: Run): string {
  const before = run.kept_rows > 0 ? `, ${countText(run.kept_rows)} of them from before` : "";
  return `${countText(run.rows)}${before}`;
}

function refusals(run: Run): string {
  const again = run.retries > 0 ? `, ${countText(run.retries)} asked again` : "";
  return `${countText(run.refused)}${again}`;
}

/** One line, for the runs of a list. */
export const shortFacts = (run: Run) =>
  `${countOf(run.rows, "row")}, ${countOf(run.requests, "request")}, ${durationText(run.seconds)}`;
