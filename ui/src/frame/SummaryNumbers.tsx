/**
 * Numbers, times and amounts of a column: least, greatest, middle, and their distribution. Amounts are shown one currency at a time,
 * never added over currencies. Read next: SummaryHistogram.tsx, histogramRange.ts.
 */
import { NativeSelect } from "@mantine/core";
import { type ReactNode, useState } from "react";
import type { Bin, Cell, Column, ColumnSummary, Filter, MoneyStats } from "../api/types";
import { dateText, minuteText } from "../format/dates";
import { countOf } from "../format/numbers";
import { amountText, type CellSettings, quantityText } from "./cellText";
import { filteredCurrency } from "./filterWords";
import { type FrameView, withColumnFilters } from "./frameView";
import { rangeFilters, rangeOf } from "./histogramRange";
import classes from "./Summary.module.css";
import { SummaryHistogram } from "./SummaryHistogram";
import { withCurrency } from "./typedRange";

interface NumbersProps {
  column: Column;
  view: FrameView;
  settings: CellSettings;
}

/** A mean has no more digits than help. */
function roundedText(value: number): string {
  const size = Math.abs(value);
  const digits = size >= 1000 ? 0 : size >= 1 ? 2 : 4;
  return quantityText(value.toFixed(digits));
}

function Facts({ facts, isWide }: { facts: [string, ReactNode][]; isWide?: boolean }) {
  return (
    <dl className={classes.numbers} data-wide={isWide || undefined}>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

export function SummaryNumbers({
  column,
  summary,
  view,
  settings,
}: NumbersProps & { summary: ColumnSummary }) {
  const isTime = column.type === "timestamp";
  const isFloat = column.type === "number";
  const text = (cell: Cell) => {
    if (cell === null || typeof cell === "boolean") return "–";
    return isTime ? minuteText(cell, settings.zone) : isFloat ? binText(cell) : quantityText(cell);
  };
  const facts: [string, ReactNode][] = isTime
    ? [
        ["First", text(summary.min)],
        ["Last", text(summary.max)],
      ]
    : [
        ["Min", text(summary.min)],
        ["Max", text(summary.max)],
        ["Mean", summary.mean === null ? "–" : roundedText(summary.mean)],
        ["Median", text(summary.median)],
      ];
  return (
    <>
      <Histogram
        bins={summary.histogram}
        column={column}
        view={view}
        text={isTime ? timeAxis(summary, settings.zone) : binText}
      />
      <Facts facts={facts} isWide={isTime} />
    </>
  );
}

const DAY_MS = 86_400_000;

/** Days name the bars of a long time, minutes those of a short one. */
function timeAxis({ min, max }: ColumnSummary, zone: string): (cell: Cell) => string {
  const isLong = Date.parse(String(max)) - Date.parse(String(min)) > 40 * DAY_MS;
  return (cell) => (typeof cell !== "string" ? "–" : isLong ? dateText(cell, zone) : minuteText(cell, zone));
}

function binText(cell: Cell): string {
  return typeof cell === "number" ? quantityText(Number(cell.toPrecision(6))) : String(cell);
}

export function SummaryMoney({ column, stats, view, settings }: NumbersProps & { stats: MoneyStats[] }) {
  const [chosen, setChosen] = useState<string | null>(null);
  const filtered = filteredCurrency(column, view.filters);
  const wanted = chosen ?? filtered ?? stats[0]?.currency;
  const shown = stats.find(({ currency }) => currency === wanted) ?? stats[0];
  if (!shown) return null;
  const { currency } = shown;
  const text = (cell: Cell) =>
    cell === null || typeof cell === "boolean" ? "–" : amountText(cell, currency, settings.decimals);
  // A bin's edge may lie between two smallest units; the label need not.
  const edgeText = (cell: Cell) => text(typeof cell === "number" ? Math.round(cell) : cell);
  return (
    <>
      <div className={classes.currencies}>
        {stats.length > 1 ? (
          <NativeSelect
            size="xs"
            aria-label={`Currency of ${column.name}`}
            value={currency}
            data={stats.map((entry) => ({
              value: entry.currency,
              label: `${entry.currency.toUpperCase()} · ${countOf(entry.count, "row")}`,
            }))}
            onChange={(event) => setChosen(event.currentTarget.value)}
          />
        ) : (
          <span className={classes.oneCurrency}>{currency.toUpperCase()}</span>
        )}
      </div>
      {/* Of one value there is nothing to compare, and a bar would reach to an amount that no row has. */}
      {shown.min === shown.max ? (
        <p className={classes.same}>
          {text(shown.min)} in each of {countOf(shown.count, "row")}
        </p>
      ) : (
        <Histogram
          bins={shown.histogram}
          column={column}
          view={view}
          text={edgeText}
          currency={currency}
          isLow
        />
      )}
      <Facts
        facts={[
          ["Min", text(shown.min)],
          ["Max", text(shown.max)],
          ["Mean", text(Math.round(shown.mean))],
          ["Median", text(shown.median)],
          ["Sum", text(shown.sum)],
        ]}
      />
    </>
  );
}

interface HistogramProps {
  bins: Bin[];
  column: Column;
  view: FrameView;
  text: (cell: Cell) => string;
  currency?: string;
  isLow?: boolean;
}

function Histogram({ bins, column, view, text, currency, isLow }: HistogramProps) {
  const own = view.filters.filter((filter) => filter.column === column.name);
  const isOther = currency !== undefined && filteredCurrency(column, view.filters) !== currency;
  const range = isOther ? null : rangeOf(own);
  const choose = (first: number, last: number) => {
    const next: Filter[] = rangeFilters(column.name, bins, first, last);
    const filters = withColumnFilters(view.filters, column.name, next);
    view.setFilters(currency === undefined ? filters : withCurrency(filters, column, currency));
  };
  return (
    <SummaryHistogram
      name={currency === undefined ? column.name : `${column.name} in ${currency.toUpperCase()}`}
      bins={bins}
      range={range}
      text={text}
      isLow={isLow ?? false}
      onChoose={choose}
      onClear={() => view.setFilters(withColumnFilters(view.filters, column.name, []))}
    />
  );
}
