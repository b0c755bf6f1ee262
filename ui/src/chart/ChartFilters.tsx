/** The filters of a chart as chips, and a small form that adds one. */
import { ActionIcon, Button, Popover, Select, Stack, TextInput } from "@mantine/core";
import { Filter as FilterIcon, X } from "lucide-react";
import { type FormEvent, useState } from "react";
import type { Column, Filter } from "../api/types";
import classes from "./chart.module.css";
import { filterText, operatorsFor, typedValue } from "./filters";
import { columnNamed } from "./measure";

interface ChartFiltersProps {
  filters: Filter[];
  columns: Column[];
  onChange: (filters: Filter[]) => void;
}

export function ChartFilters({ filters, columns, onChange }: ChartFiltersProps) {
  const [opened, setOpened] = useState(false);
  return (
    <div className={classes.chips}>
      {filters.map((filter, index) => (
        <span key={index} className={classes.chip} title={filterText(filter)}>
          <span className={classes.chipText}>{filterText(filter)}</span>
          <ActionIcon
            variant="subtle"
            color="gray"
            size="sm"
            aria-label={`Remove filter: ${filterText(filter)}`}
            onClick={() => onChange(filters.filter((_, at) => at !== index))}
          >
            <X size={13} />
          </ActionIcon>
        </span>
      ))}
      <Popover opened={opened} onChange={setOpened} trapFocus position="bottom-start" shadow="md">
        <Popover.Target>
          <Button
            variant="subtle"
            size="compact-sm"
            leftSection={<FilterIcon size={13} />}
            onClick={() => setOpened(!opened)}
          >
            Add filter
          </Button>
        </Popover.Target>
        <Popover.Dropdown>
          <FilterForm
            columns={columns}
            onAdd={(filter) => {
              onChange([...filters, filter]);
              setOpened(false);
            }}
          />
        </Popover.Dropdown>
      </Popover>
    </div>
  );
}

function FilterForm({ columns, onAdd }: { columns: Column[]; onAdd: (filter: Filter) => void }) {
  const among = columns.filter((column) => !["list", "map", "object", "json"].includes(column.type));
  const [name, setName] = useState<string | null>(null);
  const [op, setOp] = useState<Filter["op"]>("eq");
  const [text, setText] = useState("");
  const [error, setError] = useState<string | null>(null);
  const column = columnNamed(among, name);
  const operators = column ? operatorsFor(column) : [];
  const operator = operators.some((one) => one.value === op) ? op : operators[0]?.value;
  const valued = operator !== "is_null" && operator !== "not_null";
  const choices = column?.values ?? (column?.type === "boolean" ? ["true", "false"] : null);
  const add = (event: FormEvent) => {
    event.preventDefault();
    if (!column || !operator) return setError("Pick a column first");
    if (!valued) return onAdd({ column: column.name, op: operator });
    const typed = typedValue(column, text);
    if ("error" in typed) return setError(typed.error);
    onAdd({ column: column.name, op: operator, value: typed.value });
  };
  const value = {
    label: column?.money ? "Value, in the smallest unit" : "Value",
    error,
    disabled: !column,
    placeholder: column?.type === "timestamp" ? "2026-11-23" : undefined,
  };
  return (
    <form onSubmit={add} noValidate>
      <Stack gap="xs" w={260}>
        <Select
          label="Column"
          data={among.map((one) => one.name)}
          value={name}
          searchable
          data-autofocus
          comboboxProps={{ withinPortal: false }}
          onChange={(next) => {
            setName(next);
            setText("");
            setError(null);
          }}
        />
        <Select
          label="Condition"
          data={operators}
          value={operator ?? null}
          disabled={!column}
          allowDeselect={false}
          comboboxProps={{ withinPortal: false }}
          onChange={(next) => next && setOp(next as Filter["op"])}
        />
        {valued && choices && (
          <Select
            {...value}
            data={choices}
            value={text || null}
            comboboxProps={{ withinPortal: false }}
            onChange={(next) => setText(next ?? "")}
          />
        )}
        {valued && !choices && (
          <TextInput {...value} value={text} onChange={(event) => setText(event.currentTarget.value)} />
        )}
        <Button type="submit" size="xs">
          Add filter
        </Button>
      </Stack>
    </form>
  );
}
