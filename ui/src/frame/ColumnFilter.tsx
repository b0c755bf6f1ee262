/**
 * The filter of one column, by its type: the most frequent values to tick, a range of numbers, amounts in major units or days, a
 * piece of text, empty or not. It sets the filters of the page; see frameView.ts. Read next: RangeFilter.tsx.
 */
import { Checkbox, SegmentedControl, Stack, Text, TextInput } from "@mantine/core";
import type { FormEvent } from "react";
import type { Cell, Column, Filter, Frame } from "../api/types";
import { countText } from "../format/numbers";
import classes from "./ColumnFilter.module.css";
import { type CellSettings, isNested, isNumeric, shownText } from "./cellText";
import { useFollowing } from "./followingState";
import { chosenValues, type FrameView, toggleValue, withColumnFilters } from "./frameView";
import { RangeFilter } from "./RangeFilter";
import { useSummary } from "./summaryQueries";

export interface ColumnFilterProps {
  frame: Frame;
  column: Column;
  view: FrameView;
  settings: CellSettings;
}

export function ColumnFilter(props: ColumnFilterProps) {
  const { column, view } = props;
  const own = view.filters.filter((filter) => filter.column === column.name);
  const isRange = column.money !== null || isNumeric(column) || column.type === "timestamp";
  return (
    <Stack gap="xs">
      {isRange && <RangeFilter {...props} />}
      {!isRange && !isNested(column) && <ValueFilter {...props} />}
      {column.type === "text" && <ContainsFilter {...props} own={own} />}
      <EmptyFilter {...props} own={own} />
    </Stack>
  );
}

/** The values of a text with the rows that have each, as the other columns' filters leave them. */
function ValueFilter({ frame, column, view, settings }: ColumnFilterProps) {
  const others = view.filters.filter((filter) => filter.column !== column.name);
  const { data } = useSummary(frame, view, others, [column.name]);
  const top = data?.columns[0]?.top ?? [];
  // Ten of a million ids are no choice.
  const counted = top.some((entry) => entry.count > 1) || top.length < 10 ? top : [];
  const chosen = chosenValues(view.filters, column.name) ?? [];
  const known = counted.map((entry) => entry.value);
  const more = [...(column.values ?? []), ...chosen].filter((value) => !known.includes(value));
  const values: { value: Cell; count: number | null }[] = [
    ...counted,
    ...[...new Set(more)].map((value) => ({ value, count: data ? null : 0 })),
  ];
  if (values.length === 0) return null;
  return (
    <fieldset className={classes.values}>
      <legend className="unseen">Values of {column.name}</legend>
      {values.map(({ value, count }) => (
        <Checkbox
          key={String(value)}
          size="xs"
          label={
            <span className={classes.value}>
              <bdi className={classes.valueText}>
                {value === null ? "empty" : value === "" ? "“”" : shownText(column, value, null, settings)}
              </bdi>
              <span className={classes.valueCount}>{count === null ? "" : countText(count)}</span>
            </span>
          }
          checked={chosen.includes(value)}
          onChange={() => view.setFilters(toggleValue(view.filters, column.name, value))}
          classNames={{ body: classes.valueBody, labelWrapper: classes.valueLabel }}
        />
      ))}
    </fieldset>
  );
}

function ContainsFilter({ column, view, own }: ColumnFilterProps & { own: Filter[] }) {
  const current = own.find((filter) => filter.op === "contains")?.value;
  const kept = typeof current === "string" ? current : "";
  const [text, setText] = useFollowing(kept, kept);
  const apply = (event: FormEvent) => {
    event.preventDefault();
    const next: Filter[] = text === "" ? [] : [{ column: column.name, op: "contains", value: text }];
    view.setFilters(withColumnFilters(view.filters, column.name, next));
  };
  return (
    <form onSubmit={apply}>
      <TextInput
        size="xs"
        label="Contains"
        placeholder="text, then Enter"
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
    </form>
  );
}

type Presence = "any" | "is_null" | "not_null";

function EmptyFilter({ column, view, own }: ColumnFilterProps & { own: Filter[] }) {
  const current = own.find((filter) => filter.op === "is_null" || filter.op === "not_null");
  const set = (presence: string) => {
    const next: Filter[] =
      presence === "any" ? [] : [{ column: column.name, op: presence as "is_null" | "not_null" }];
    view.setFilters(withColumnFilters(view.filters, column.name, next));
  };
  const choices: { value: Presence; label: string }[] = [
    { value: "any", label: "All rows" },
    { value: "not_null", label: "With a value" },
    { value: "is_null", label: "Empty" },
  ];
  return (
    <div>
      <Text size="xs" fw={500} mb={4}>
        Empty cells
      </Text>
      <SegmentedControl
        size="xs"
        fullWidth
        aria-label={`Empty cells of ${column.name}`}
        data={choices}
        value={current?.op ?? "any"}
        onChange={set}
      />
    </div>
  );
}
