/**
 * A chart with its legend, for any answer in the form of `ChartResult`: a frame's chart or the rows of an SQL query.
 * It draws; it never asks the server. Read next: option.ts.
 */
import { useComputedColorScheme } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { useMemo, useState } from "react";
import { useCurrencies } from "../api/queries";
import type { ChartResult, ChartSettings, Column } from "../api/types";
import classes from "./chart.module.css";
import { EChart } from "./EChart";
import { measureName } from "./measure";
import { draw } from "./option";
import { colorAt, lookOf } from "./palette";
import { PANELS_MAX } from "./panels";
import { clipped } from "./tooltip";

interface ChartViewProps {
  result: ChartResult;
  columns: Column[];
}

const none: ReadonlySet<string> = new Set();

export function ChartView({ result, columns }: ChartViewProps) {
  const { ref, width } = useElementSize();
  const look = lookOf(useComputedColorScheme("light") === "dark");
  const decimals = useCurrencies().data ?? {};
  const [hidden, setHidden] = useState(none);
  const picture = useMemo(
    () => draw({ result, columns, decimals, look, width: width || 800, hidden, picture: false }),
    [result, columns, decimals, look, width, hidden],
  );
  const { labels } = picture.layout;
  const toggle = (label: string) => {
    const next = new Set(hidden);
    if (!next.delete(label)) next.add(label);
    setHidden(next);
  };
  return (
    <div ref={ref} className={classes.view}>
      {labels.length > 1 && result.settings.kind !== "pie" && (
        <ul className={classes.legend} aria-label="Legend">
          {labels.map((label, index) => (
            <li key={label}>
              <button
                type="button"
                className={classes.legendEntry}
                aria-pressed={!hidden.has(label)}
                title={clipped(label, 300)}
                onClick={() => toggle(label)}
              >
                <span className={classes.swatch} style={{ background: colorAt(look, index) }} />
                <span className={classes.legendText}>{clipped(label, 40)}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      <EChart option={picture.option} width={width} height={picture.height} label={chartSentence(result)} />
      {picture.layout.left_out > 0 && (
        <p className={classes.note}>
          The first {PANELS_MAX} charts are drawn; {picture.layout.left_out} more are in the data.
        </p>
      )}
    </div>
  );
}

/** What the picture or the table shows, in a sentence. */
export function chartSentence(result: ChartResult): string {
  const { settings } = result;
  const axis = (of: ChartSettings["x"]) => (of ? `${of.column}${of.bucket ? ` (${of.bucket})` : ""}` : null);
  const by = [axis(settings.x), settings.kind === "pivot" ? axis(settings.pivot_columns) : null].filter(
    Boolean,
  );
  const measure = `${measureName(settings)}${by.length > 0 ? ` by ${by.join(" and ")}` : ""}`;
  if (settings.kind === "pivot") return `Pivot table: ${measure}`;
  const color = settings.color && settings.kind !== "pie" ? `, coloured by ${settings.color}` : "";
  const split = settings.split ? `, one chart for each ${settings.split}` : "";
  const kind = settings.kind.charAt(0).toUpperCase() + settings.kind.slice(1);
  return `${kind} chart: ${measure}${color}${split}`;
}
