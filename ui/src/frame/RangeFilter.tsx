/**
 * A range of one column as people type it: numbers, amounts of one currency in major units, whole days in the chosen zone.
 * Both ends count, either may be left open. What is typed becomes filters only when it makes sense. Read next: typedRange.ts.
 */
import { Button, Group, NativeSelect, Stack, Text, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import type { Filter } from "../api/types";
import type { ColumnFilterProps } from "./ColumnFilter";
import classes from "./ColumnFilter.module.css";
import { filteredCurrency } from "./filterWords";
import { useFollowing } from "./followingState";
import { withColumnFilters } from "./frameView";
import { useSummary } from "./summaryQueries";
import { readRange, typedRange, withCurrency } from "./typedRange";

export function RangeFilter(props: ColumnFilterProps) {
  const { column, view, settings } = props;
  const [currency, currencies, setCurrency] = useCurrency(props);
  const own = view.filters.filter((filter) => filter.column === column.name);
  const current = typedRange(own, column, currency, settings);
  const filtered = JSON.stringify(own);
  const [from, setFrom] = useFollowing(current.from, filtered);
  const [to, setTo] = useFollowing(current.to, filtered);
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
          <CurrencySelect currency={currency} currencies={currencies} onChange={setCurrency} />
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

interface CurrencySelectProps {
  currency: string | null;
  currencies: string[];
  onChange: (currency: string) => void;
}

function CurrencySelect({ currency, currencies, onChange }: CurrencySelectProps) {
  return (
    <NativeSelect
      size="xs"
      label="Currency"
      data={currencies.map((code) => ({ value: code, label: code.toUpperCase() }))}
      value={currency ?? ""}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
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
