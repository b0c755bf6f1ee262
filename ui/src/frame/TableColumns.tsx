/**
 * The panel of all columns: search, show or hide, pin, move. Everything the table can arrange, for many columns at once.
 * Read next: tableLayout.ts.
 */
import { Button, Group, Popover, Stack, Text, TextInput } from "@mantine/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown, ArrowUp, Columns3, Pin, PinOff, Search } from "lucide-react";
import { type ReactNode, useMemo, useRef, useState } from "react";
import type { Column } from "../api/types";
import { countText } from "../format/numbers";
import { ColumnTypeIcon } from "./ColumnTypeIcon";
import classes from "./TableColumns.module.css";
import {
  EMPTY_LAYOUT,
  isShown,
  type Layout,
  orderedColumns,
  withMove,
  withPinned,
  withShown,
} from "./tableLayout";

interface TableColumnsProps {
  columns: Column[];
  layout: Layout;
  onLayout: (layout: Layout) => void;
}

export function TableColumns({ columns, layout, onLayout }: TableColumnsProps) {
  const shown = columns.filter((column) => isShown(layout, column)).length;
  const label =
    shown === columns.length ? "Columns" : `Columns ${countText(shown)} of ${countText(columns.length)}`;
  return (
    <Popover
      position="bottom-end"
      width={340}
      shadow="md"
      trapFocus
      returnFocus
      transitionProps={{ duration: 0 }}
    >
      <Popover.Target>
        <Button size="xs" variant="default" leftSection={<Columns3 size={14} />}>
          {label}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Columns">
        <ColumnList columns={columns} layout={layout} onLayout={onLayout} />
      </Popover.Dropdown>
    </Popover>
  );
}

const LINE = 32;

function ColumnList({ columns, layout, onLayout }: TableColumnsProps) {
  const [search, setSearch] = useState("");
  const ordered = useMemo(() => orderedColumns(columns, layout), [columns, layout]);
  const wanted = search.trim().toLowerCase();
  const found = ordered.filter((column) => column.name.toLowerCase().includes(wanted));
  const names = found.map((column) => column.name);
  const scroller = useRef<HTMLDivElement>(null);
  const lines = useVirtualizer({
    count: found.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE,
    overscan: 6,
    getItemKey: (index) => names[index] ?? index,
  });
  return (
    <Stack gap="xs">
      <TextInput
        size="xs"
        aria-label="Search columns"
        placeholder="Search columns"
        leftSection={<Search size={14} />}
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
        data-autofocus
      />
      <Group gap={6}>
        <Button size="compact-xs" variant="default" onClick={() => onLayout(withShown(layout, names, true))}>
          Show all
        </Button>
        <Button size="compact-xs" variant="default" onClick={() => onLayout(withShown(layout, names, false))}>
          Hide all
        </Button>
        <Button size="compact-xs" variant="default" onClick={() => onLayout(EMPTY_LAYOUT)}>
          Reset
        </Button>
        <Text size="xs" c="dimmed" ml="auto">
          {countText(found.length)} found
        </Text>
      </Group>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls is reached with the keyboard */}
      <div ref={scroller} className={classes.scroller} tabIndex={0} role="group" aria-label="All columns">
        <div style={{ height: lines.getTotalSize(), position: "relative" }}>
          {lines.getVirtualItems().map((item) => {
            const column = found[item.index];
            if (!column) return null;
            return (
              <div
                key={item.key}
                className={classes.line}
                style={{ transform: `translateY(${item.start}px)` }}
              >
                <ColumnLine
                  column={column}
                  ordered={ordered}
                  columns={columns}
                  layout={layout}
                  onLayout={onLayout}
                />
              </div>
            );
          })}
        </div>
      </div>
    </Stack>
  );
}

function ColumnLine(props: TableColumnsProps & { column: Column; ordered: Column[] }) {
  const { column, ordered, columns, layout, onLayout } = props;
  const { name } = column;
  const at = ordered.indexOf(column);
  const isPinned = layout.pinned.includes(name);
  const move = (neighbour: Column | undefined) => {
    if (neighbour) onLayout(withMove(columns, layout, name, neighbour.name));
  };
  // Plain elements: a list of hundreds is drawn while somebody waits.
  return (
    <>
      <label className={classes.check} title={name}>
        <input
          type="checkbox"
          checked={isShown(layout, column)}
          onChange={(event) => onLayout(withShown(layout, [name], event.currentTarget.checked))}
        />
        <ColumnTypeIcon column={column} size={13} />
        <bdi>{name}</bdi>
        {column.empty === true && <span className={classes.note}>empty</span>}
      </label>
      <LineButton label={`Move ${name} up`} onClick={() => move(ordered[at - 1])}>
        <ArrowUp size={13} />
      </LineButton>
      <LineButton label={`Move ${name} down`} onClick={() => move(ordered[at + 1])}>
        <ArrowDown size={13} />
      </LineButton>
      <LineButton
        label={`Pin ${name}`}
        pressed={isPinned}
        onClick={() => onLayout(withPinned(layout, name, !isPinned))}
      >
        {isPinned ? <PinOff size={13} /> : <Pin size={13} />}
      </LineButton>
    </>
  );
}

interface LineButtonProps {
  label: string;
  pressed?: boolean;
  onClick: () => void;
  children: ReactNode;
}

function LineButton({ label, pressed, onClick, children }: LineButtonProps) {
  return (
    <button
      type="button"
      className={classes.button}
      aria-label={label}
      aria-pressed={pressed}
      onClick={onClick}
    >
      {children}
    </button>
  );
}
