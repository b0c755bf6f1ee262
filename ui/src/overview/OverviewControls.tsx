/** What the overview is of: connection, currency, steps, period. The choices stand in the page's address. */
import { SegmentedControl, Select, TextInput } from "@mantine/core";
import type { Overview } from "../api/types";
import classes from "./overview.module.css";
import { PRESETS, type Preset, presetOf, presetPeriod, usualInterval } from "./periods";

export interface Chosen {
  connection?: string;
  currency?: string;
  interval?: string;
  from?: string;
  to?: string;
}

interface OverviewControlsProps {
  overview: Overview | null;
  connections: { value: string; label: string }[];
  connection: string;
  today: string;
  onChange: (chosen: Chosen) => void;
}

const INTERVALS = [
  { value: "day", label: "Day" },
  { value: "week", label: "Week" },
  { value: "month", label: "Month" },
];

export function OverviewControls(props: OverviewControlsProps) {
  const { overview, connections, connection, onChange } = props;
  const currencies = overview?.currencies ?? [];
  return (
    <div className={classes.controls}>
      <div className={classes.group}>
        <Select
          label="Connection"
          size="xs"
          w={176}
          data={connections}
          value={connection}
          onChange={(next) => next && onChange({ connection: next })}
          allowDeselect={false}
        />
        <Select
          label="Currency"
          size="xs"
          w={88}
          data={currencies.map((code) => ({ value: code, label: code.toUpperCase() }))}
          value={overview?.currency ?? null}
          onChange={(next) => next && onChange({ currency: next })}
          allowDeselect={false}
          disabled={currencies.length === 0}
        />
        <div>
          <span className={classes.fieldLabel} id="interval">
            By
          </span>
          <SegmentedControl
            size="xs"
            aria-labelledby="interval"
            data={INTERVALS}
            value={overview?.interval ?? "month"}
            onChange={(interval) => onChange({ interval })}
          />
        </div>
      </div>
      <PeriodFields {...props} />
    </div>
  );
}

function PeriodFields({ overview, today, onChange }: OverviewControlsProps) {
  const from = overview?.from.slice(0, 10) ?? "";
  const to = overview?.to.slice(0, 10) ?? "";
  const preset = presetOf({ from, to }, today);
  const choose = (next: string) => {
    const value = next as Preset;
    onChange({ ...presetPeriod(value, today), interval: usualInterval[value] });
  };
  return (
    <div className={classes.group}>
      <div>
        <span className={classes.fieldLabel} id="period">
          Period
        </span>
        <SegmentedControl
          size="xs"
          aria-labelledby="period"
          data={[...PRESETS]}
          value={preset ?? ""}
          onChange={choose}
        />
      </div>
      <div className={classes.dates}>
        <TextInput
          label="From"
          type="date"
          size="xs"
          w={124}
          value={from}
          max={to}
          onChange={(event) => event.currentTarget.value && onChange({ from: event.currentTarget.value, to })}
        />
        <TextInput
          label="To"
          type="date"
          size="xs"
          w={124}
          value={to}
          min={from}
          onChange={(event) => event.currentTarget.value && onChange({ from, to: event.currentTarget.value })}
        />
      </div>
    </div>
  );
}
