/**
 * A range of one column as people type it: numbers, amounts of one currency in major units, whole days in the chosen zone.
 * Both ends count, either may be left open. What is typed becomes filters only when it makes sense. Read next: amountInput.ts.
 */
import { Button, Group, NativeSelect, Stack, Text, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import type { Cell, Column, Filter } from "../api/types";
import { decimalsOf, majorText } from "../format/money";
import { dayOf, dayStart, numberCell, plainNumber, smallestUnits } from "./amountInput";
import type { ColumnFilterProps } from "./ColumnFilter";
import classes from "./ColumnFilter.module.css";
import type { CellSettings } from "./cellText";
import { filteredCurrency } from "./filterWords";
import { withColumnFilters } from "./frameView";
import { useSummary } from "./summaryQueries";

export function RangeFilter(props: ColumnFilterProps) {
  const { column, view, settings } = props;
  const [currency, currencies, setCurrency] = useCurrency(props);
  const own = view.filters.filter((filter) => filter.column === column.name);
  const current = typedRange(own, column, currency, settings);
  const [from, setFrom] = useState(current.from);
  const [to, setTo] = useState(current.to);
  const [problem, setProblem] = useState<string | null>(null);
  const isTime = column.type === "timestamp";
  const set = (next: Filter[]) => {
    const filters = withColumnFilters(view.filters, column.name, next);
    view.setFilters(next.length === 0 ? filters : withCurrency(filters, column, currency));
  };
  const apply = (event: FormEvent) => {
    event.preventDefault();
    const range = readRange(column, from, to, currency, settings);
    setProblem(typeof range === "string" ? range : null);
    if (typeof range !== "string") set(range);
  };
  const input = {
    size: "xs",
    type: isTime ? "date" : "text",
    inputMode: isTime ? undefined : ("decimal" as const),
  };
  return (
    <form onSubmit={apply} noValidate>
      <Stack gap="xs">
        {column.money?.currency_column && (
          <NativeSelect
            size="xs"
            label="Currency"
            data={currencies.map((code) => ({ value: code, label: code.toUpperCase() }))}
            value={currency ?? ""}
            onChange={(event) => setCurrency(event.currentTarget.value)}
          />
        )}
        <div className={classes.range}>
          <TextInput
            {...input}
            label="From"
            value={from}
            onChange={(event) => setFrom(event.currentTarget.value)}
          />
          <TextInput
            {...input}
            label="To"
            value={to}
            onChange={(event) => setTo(event.currentTarget.value)}
          />
        </div>
        {isTime && (
          <Text size="xs" c="dimmed">
            Both days count, in {settings.zone}.
          </Text>
        )}
        {problem && (
          <Text size="xs" c="var(--bad)" role="alert">
            {problem}
          </Text>
        )}
        <Group gap="xs">
          <Button size="compact-sm" type="submit">
            Filter
          </Button>
          {own.length > 0 && (
            <Button size="compact-sm" variant="default" onClick={() => set([])}>
              Clear
            </Button>
          )}
        </Group>
      </Stack>
    </form>
  );
}

/** An amount means nothing without its currency: the one that is filtered by, else the most frequent. */
function useCurrency({
  frame,
  column,
  view,
}: ColumnFilterProps): [string | null, string[], (code: string) => void] {
  const [chosen, setChosen] = useState<string | null>(null);
  const by = column.money?.currency_column ?? null;
  const { data } = useSummary(frame, view, [], by === null ? [] : [by]);
  const found = (data?.columns[0]?.top ?? []).flatMap(({ value }) =>
    typeof value === "string" ? [value] : [],
  );
  const filtered = filteredCurrency(column, view.filters);
  const currency = chosen ?? filtered ?? found[0] ?? column.money?.currency ?? null;
  const all = currency === null || found.includes(currency) ? found : [currency, ...found];
  return [currency, all, setChosen];
}

export function withCurrency(filters: Filter[], column: Column, currency: string | null): Filter[] {
  const by = column.money?.currency_column ?? null;
  if (by === null || currency === null) return filters;
  return withColumnFilters(filters, by, [{ column: by, op: "eq", value: currency }]);
}

function bound(own: Filter[], ops: Filter["op"][], place: 0 | 1): Cell {
  const between = own.find((filter) => filter.op === "between");
  const single = own.find((filter) => ops.includes(filter.op));
  return between?.values?.[place] ?? single?.value ?? null;
}

function typedRange(own: Filter[], column: Column, currency: string | null, settings: CellSettings) {
  const from = bound(own, ["gte", "gt", "eq"], 0);
  const to = bound(own, ["lte", "lt", "eq"], 1);
  const typed = (cell: Cell, isEnd: boolean) => {
    if (cell === null || typeof cell === "boolean") return "";
    if (column.type === "timestamp") {
      // The end is the first instant that no longer counts.
      const shown = isEnd ? new Date(Date.parse(String(cell)) - 1) : new Date(String(cell));
      return Number.isNaN(shown.getTime()) ? "" : dayOf(shown.toISOString(), settings.zone);
    }
    return column.money === null ? String(cell) : majorText(cell, decimalsOf(currency, settings.decimals));
  };
  return { from: typed(from, false), to: typed(to, true) };
}

/** The filters of what was typed, or what is wrong with it. */
export function readRange(
  column: Column,
  from: string,
  to: string,
  currency: string | null,
  settings: CellSettings,
): Filter[] | string {
  const { name } = column;
  if (column.type === "timestamp") {
    const start = from === "" ? null : dayStart(from, settings.zone);
    const end = to === "" ? null : dayStart(to, settings.zone, 1);
    if (start !== null && end !== null) {
      if (start >= end) return "The first day is after the last one.";
      return [{ column: name, op: "between", values: [start, end] }];
    }
    if (start !== null) return [{ column: name, op: "gte", value: start }];
    return end === null ? [] : [{ column: name, op: "lt", value: end }];
  }
  const digits = decimalsOf(currency, settings.decimals);
  const read = (text: string) => {
    if (column.money !== null) return smallestUnits(text, digits);
    const plain = plainNumber(text);
    return plain === null ? null : numberCell(plain);
  };
  const filters: Filter[] = [];
  for (const [text, op] of [
    [from, "gte"],
    [to, "lte"],
  ] as const) {
    if (text.trim() === "") continue;
    const value = read(text);
    if (value === null) return wrongNumber(text, column, currency, digits);
    filters.push({ column: name, op, value });
  }
  return filters;
}

function wrongNumber(text: string, column: Column, currency: string | null, digits: number): string {
  const isNumber = plainNumber(text) !== null;
  if (!isNumber || column.money === null) return `“${text}” is not a number.`;
  const code = currency?.toUpperCase() ?? "This currency";
  return digits === 0 ? `${code} has no decimals.` : `${code} has at most ${digits} decimals.`;
}
