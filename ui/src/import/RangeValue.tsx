/** The value of a date range: typed, or picked from a calendar. What is typed stays as it was typed. */
import { ActionIcon, Popover, TextInput } from "@mantine/core";
import { CalendarDays } from "lucide-react";
import { lazy, type ReactNode, Suspense, useState } from "react";
import { kindOf, type RangeName, type RangeValues } from "./dateRanges";
import classes from "./ImportForm.module.css";

const Calendar = lazy(() => import("./Calendar"));

const hints: Record<ReturnType<typeof kindOf>, { description: string; placeholder: string }> = {
  none: { description: "All needs no value.", placeholder: "" },
  date: { description: "That day included; empty: all.", placeholder: "2015-11-03" },
  count: { description: "A whole number; empty: all.", placeholder: "30" },
  dates: { description: "The first day.", placeholder: "2026-01-01" },
};

interface RangeValueProps {
  range: RangeName;
  values: RangeValues;
  onChange: (values: RangeValues) => void;
  error: ReactNode;
}

export function RangeValue({ range, values, onChange, error }: RangeValueProps) {
  const kind = kindOf(range);
  const hint = hints[kind];
  const counted = kind === "count";
  const value = counted ? values.count : kind === "none" ? "" : values.date;
  const set = (text: string) => onChange(counted ? { ...values, count: text } : { ...values, date: text });
  return (
    <>
      <TextInput
        label="Value for Date Range"
        description={hint.description}
        placeholder={hint.placeholder}
        disabled={kind === "none"}
        inputMode={counted ? "numeric" : undefined}
        autoComplete="off"
        value={value}
        onChange={(event) => set(event.currentTarget.value)}
        error={error}
        rightSection={
          kind === "date" || kind === "dates" ? <CalendarButton value={values.date} onPick={set} /> : null
        }
      />
      {kind === "dates" && (
        <TextInput
          className={classes.until}
          label="Until"
          description="The last day."
          placeholder="2026-03-31"
          autoComplete="off"
          value={values.until}
          onChange={(event) => onChange({ ...values, until: event.currentTarget.value })}
          error={error !== null && error !== undefined && error !== false}
          rightSection={
            <CalendarButton value={values.until} onPick={(until) => onChange({ ...values, until })} />
          }
        />
      )}
    </>
  );
}

function CalendarButton({ value, onPick }: { value: string; onPick: (day: string) => void }) {
  const [opened, setOpened] = useState(false);
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" trapFocus returnFocus shadow="md">
      <Popover.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label="Pick from a calendar"
          onClick={() => setOpened(!opened)}
        >
          <CalendarDays size={16} />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown>
        <Suspense fallback={<div className={classes.calendar} />}>
          <Calendar
            day={/^\d{4}-\d{2}-\d{2}$/.test(value) ? value : null}
            onPick={(day) => {
              onPick(day);
              setOpened(false);
            }}
          />
        </Suspense>
      </Popover.Dropdown>
    </Popover>
  );
}
