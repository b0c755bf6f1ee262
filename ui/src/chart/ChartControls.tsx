/** What a chart is made of, as a form: kind, x, y, colour, split, currency, time zone. It changes settings and nothing else. */
import { Checkbox, NumberInput, Select } from "@mantine/core";
import {
  ChartArea,
  ChartColumn,
  ChartColumnBig,
  ChartLine,
  ChartPie,
  ChartScatter,
  Grid3x3,
  type LucideIcon,
} from "lucide-react";
import { useStatus } from "../api/queries";
import type { Bucket, ChartSettings, Column } from "../api/types";
import classes from "./chart.module.css";
import { AGGREGATES, columnNamed, xIsMoney, yIsMoney } from "./measure";
import {
  type Aggregate,
  axisOf,
  BUCKETS,
  groupColumns,
  isTime,
  KINDS,
  type Kind,
  pivotColumns,
  withAggregate,
  withKind,
  xColumns,
  yColumns,
} from "./settings";

const icons: Record<Kind, LucideIcon> = {
  bar: ChartColumn,
  line: ChartLine,
  area: ChartArea,
  pie: ChartPie,
  histogram: ChartColumnBig,
  scatter: ChartScatter,
  pivot: Grid3x3,
};

interface ChartControlsProps {
  settings: ChartSettings;
  columns: Column[];
  currencies: string[];
  onChange: (settings: ChartSettings) => void;
}

const names = (columns: Column[]) => columns.map((column) => column.name);

export function ChartControls(props: ChartControlsProps) {
  const { settings, columns, onChange } = props;
  const { kind } = settings;
  return (
    <div className={classes.controls}>
      <KindPicker kind={kind} onChange={(next) => onChange(withKind(settings, next, columns))} />
      <Axis
        label={kind === "pivot" ? "Rows" : kind === "pie" ? "Slices" : "X"}
        axis={settings.x}
        among={xColumns(kind, columns)}
        bucketed={kind !== "histogram" && kind !== "scatter"}
        onChange={(x) => onChange({ ...settings, x })}
      />
      {kind === "pivot" && (
        <Axis
          label="Columns"
          axis={settings.pivot_columns}
          among={pivotColumns(columns)}
          bucketed
          onChange={(pivot_columns) => onChange({ ...settings, pivot_columns })}
        />
      )}
      <Measure {...props} />
      {kind !== "pivot" && <Groups {...props} />}
      <Context {...props} />
    </div>
  );
}

function KindPicker({ kind, onChange }: { kind: Kind; onChange: (kind: Kind) => void }) {
  return (
    <fieldset className={classes.kinds}>
      <legend className="unseen">Kind of chart</legend>
      {KINDS.map(({ value, label }) => {
        const Icon = icons[value];
        return (
          <label key={value} className={classes.kind}>
            <input
              type="radio"
              name="chart-kind"
              value={value}
              checked={kind === value}
              onChange={() => onChange(value)}
            />
            <Icon size={18} aria-hidden />
            {label}
          </label>
        );
      })}
    </fieldset>
  );
}

interface AxisProps {
  label: string;
  axis: ChartSettings["x"];
  among: Column[];
  bucketed: boolean;
  onChange: (axis: ChartSettings["x"]) => void;
}

function Axis({ label, axis, among, bucketed, onChange }: AxisProps) {
  const column = columnNamed(among, axis?.column);
  const byTime = bucketed && column !== null && isTime(column);
  const set = (name: string | null, bucket: Bucket | null) => {
    const next = axisOf(name, among, bucket);
    onChange(next && !bucketed ? { ...next, bucket: null } : next);
  };
  const select = (
    <Select
      size="xs"
      label={label}
      data={names(among)}
      value={axis?.column ?? null}
      onChange={(name) => set(name, axis?.bucket ?? null)}
      searchable
      nothingFoundMessage="No such column"
      placeholder="Pick a column"
    />
  );
  if (!byTime) return select;
  return (
    <div className={classes.pair}>
      {select}
      <Select
        size="xs"
        label="By"
        aria-label={`${label} by`}
        data={BUCKETS}
        value={axis?.bucket ?? "month"}
        onChange={(bucket) => set(axis?.column ?? null, bucket as Bucket | null)}
        allowDeselect={false}
      />
    </div>
  );
}

function Measure({ settings, columns, onChange }: ChartControlsProps) {
  const { kind, y } = settings;
  if (kind === "histogram") return null;
  const among = yColumns(kind, y.aggregate, columns);
  const column = (
    <Select
      size="xs"
      label={kind === "scatter" ? "Y" : "Of column"}
      data={names(among)}
      value={y.column}
      onChange={(name) => onChange({ ...settings, y: { ...y, column: name } })}
      searchable
      allowDeselect={false}
      nothingFoundMessage="No such column"
      placeholder="Pick a column"
    />
  );
  if (kind === "scatter") return column;
  return (
    <>
      <Select
        size="xs"
        label={kind === "pivot" || kind === "pie" ? "Values" : "Y"}
        data={AGGREGATES}
        value={y.aggregate}
        onChange={(aggregate) =>
          aggregate && onChange(withAggregate(settings, aggregate as Aggregate, columns))
        }
        allowDeselect={false}
      />
      {y.aggregate !== "count" && column}
    </>
  );
}

function Groups({ settings, columns, onChange }: ChartControlsProps) {
  const { kind } = settings;
  const among = names(groupColumns(columns));
  const group = (label: string, value: string | null, set: (name: string | null) => void) => (
    <Select
      size="xs"
      label={label}
      data={among}
      value={value}
      onChange={set}
      searchable
      clearable
      clearButtonProps={{ "aria-label": `Clear ${label.toLowerCase()}` }}
      nothingFoundMessage="No such column"
      placeholder="None"
    />
  );
  return (
    <>
      {kind !== "pie" && group("Colour", settings.color, (color) => onChange({ ...settings, color }))}
      {group("Split", settings.split, (split) => onChange({ ...settings, split }))}
      {settings.color !== null && (kind === "bar" || kind === "area") && (
        <Checkbox
          size="xs"
          label="Stacked"
          checked={settings.stacked}
          onChange={(event) => onChange({ ...settings, stacked: event.currentTarget.checked })}
        />
      )}
    </>
  );
}

function Context({ settings, columns, currencies, onChange }: ChartControlsProps) {
  const zones = useStatus().data?.time_zones ?? [];
  const money = yIsMoney(settings, columns) || xIsMoney(settings, columns);
  const time = [settings.x, settings.kind === "pivot" ? settings.pivot_columns : null].some((axis) => {
    const column = columnNamed(columns, axis?.column);
    return column !== null && isTime(column);
  });
  const counted =
    !["histogram", "scatter"].includes(settings.kind) &&
    !(time && settings.color === null && settings.split === null);
  const codes = [...new Set([...currencies, ...(settings.currency ? [settings.currency] : [])])];
  return (
    <>
      {money && (
        <Select
          size="xs"
          label="Currency"
          data={[
            { value: "", label: "Each on its own" },
            ...codes.map((code) => ({ value: code, label: code.toUpperCase() })),
          ]}
          value={settings.currency ?? ""}
          onChange={(currency) => onChange({ ...settings, currency: currency || null })}
          allowDeselect={false}
        />
      )}
      {counted && (
        <NumberInput
          size="xs"
          label="Categories at most"
          value={settings.limit}
          onChange={(limit) =>
            typeof limit === "number" && limit >= 1 && onChange({ ...settings, limit: Math.min(limit, 100) })
          }
          min={1}
          max={100}
          allowDecimal={false}
        />
      )}
      {time && (
        <Select
          size="xs"
          label="Time zone"
          data={zones.includes(settings.time_zone) ? zones : [settings.time_zone, ...zones]}
          value={settings.time_zone}
          onChange={(zone) => zone && onChange({ ...settings, time_zone: zone })}
          searchable
          allowDeselect={false}
          limit={100}
        />
      )}
    </>
  );
}
