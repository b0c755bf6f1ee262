/** A query's result as a chart: what is on x and y, and the kind. Drawing is the Chart tab's. */
import { Select } from "@mantine/core";
import { useMemo, useState } from "react";
import type { SqlResult } from "../api/types";
import { useTimeZone } from "../app/timeZone";
import { ChartMenu } from "../chart/ChartMenu";
import { ChartView } from "../chart/ChartView";
import { type Choice, chartOf, colorChoices, firstChoice, xChoices, yChoices } from "./resultChart";
import classes from "./sql.module.css";

const KINDS = [
  { value: "bar", label: "Bar" },
  { value: "line", label: "Line" },
  { value: "area", label: "Area" },
  { value: "pie", label: "Pie" },
  { value: "scatter", label: "Scatter" },
];

const names = (columns: { name: string }[]) => [...new Set(columns.map((column) => column.name))];

export function ResultChart({ result }: { result: SqlResult }) {
  const zone = useTimeZone();
  const [chosen, setChosen] = useState<Partial<Choice>>({});
  const { columns } = result;
  const choice = useMemo(() => {
    const first = firstChoice(columns);
    if (!first) return null;
    const there = (name: string | null | undefined) => columns.some((column) => column.name === name);
    const next = { ...first, ...chosen };
    return {
      ...next,
      x: there(next.x) ? next.x : first.x,
      y: there(next.y) ? next.y : first.y,
      color: there(next.color) ? next.color : null,
    };
  }, [columns, chosen]);
  const chart = useMemo(() => (choice ? chartOf(result, choice, zone) : null), [result, choice, zone]);
  if (!choice || !chart)
    return <p className={classes.quiet}>A chart needs a column of numbers beside another column.</p>;
  const pick = (label: string, key: keyof Choice, data: string[], clearable = false) => (
    <Select
      label={label}
      size="xs"
      w={170}
      data={data}
      value={choice[key]}
      onChange={(value) => setChosen({ ...chosen, [key]: value })}
      searchable
      allowDeselect={clearable}
      clearable={clearable}
      placeholder={clearable ? "None" : undefined}
      clearButtonProps={{ "aria-label": `Clear ${label.toLowerCase()}` }}
    />
  );
  return (
    <div>
      <div className={classes.chooser}>
        <Select
          label="Kind"
          size="xs"
          w={110}
          data={KINDS}
          value={choice.kind}
          onChange={(kind) => kind && setChosen({ ...chosen, kind: kind as Choice["kind"] })}
          allowDeselect={false}
        />
        {pick("X", "x", names(xChoices(columns)))}
        {pick("Y", "y", names(yChoices(columns)))}
        {choice.kind !== "pie" && pick("Colour", "color", names(colorChoices(columns)), true)}
        <ChartMenu name="query-chart" result={chart} columns={columns} />
      </div>
      {chart.note && <p className={classes.quiet}>{chart.note}</p>}
      <ChartView result={chart} columns={columns} />
    </div>
  );
}
