/** Above a table: how many rows, the filters, the zone of times, the columns, and the files to take away. Read next: Table.tsx. */
import { Button, Menu, Select } from "@mantine/core";
import { ChevronDown, Download, Globe } from "lucide-react";
import { memo, useMemo } from "react";
import { segment } from "../api/client";
import { useStatus } from "../api/queries";
import type { Column, Frame } from "../api/types";
import { setTimeZone } from "../app/timeZone";
import { countOf, countText } from "../format/numbers";
import type { CellSettings } from "./cellText";
import { FilterChips } from "./FilterChips";
import type { FrameView } from "./frameView";
import classes from "./Table.module.css";
import { TableColumns } from "./TableColumns";
import type { Layout, PlacedColumn } from "./tableLayout";
import { VersionNote } from "./VersionNote";

interface TableToolbarProps {
  frame: Frame;
  view: FrameView;
  columns: Column[];
  placed: PlacedColumn[];
  total: number | null;
  settings: CellSettings;
  layout: Layout;
  onLayout: (layout: Layout) => void;
}

/** Drawn again only when something it shows has changed, not with every move in the grid. */
export const TableToolbar = memo(ToolbarContent, (one, other) => {
  const keys = ["frame", "columns", "placed", "total", "settings", "layout"] as const;
  const isSameView = one.view.filters === other.view.filters && one.view.sort === other.view.sort;
  return (
    isSameView && one.view.version === other.view.version && keys.every((key) => one[key] === other[key])
  );
});

function ToolbarContent(props: TableToolbarProps) {
  const { frame, view, columns, placed, total, settings, layout, onLayout } = props;
  return (
    <div className={classes.toolbar}>
      <RowCount total={total} rows={frame.rows} view={view} />
      <VersionNote view={view} />
      <FilterChips view={view} columns={columns} settings={settings} />
      <div className={classes.tools}>
        <ZoneSelect zone={settings.zone} />
        <TableColumns columns={columns} layout={layout} onLayout={onLayout} />
        <ExportMenu frame={frame} view={view} placed={placed} />
      </div>
    </div>
  );
}

/** "812 of 100,000 rows". How many an earlier version has in all is not known while it is filtered. */
export function RowCount({ total, rows, view }: { total: number | null; rows: number; view: FrameView }) {
  const isEarlier = view.version !== null;
  const isFiltered = view.filters.length > 0 && !isEarlier;
  const all = countOf(isEarlier ? (total ?? 0) : rows, "row");
  return (
    <p className={classes.count} role="status">
      {isFiltered && total !== null && total !== rows ? (
        <>
          <strong>{countText(total)}</strong> of {all}
        </>
      ) : (
        <strong>{all}</strong>
      )}
    </p>
  );
}

export function ZoneSelect({ zone }: { zone: string }) {
  const status = useStatus();
  const zones = useMemo(() => {
    const known = new Set(["UTC", ...(status.data?.time_zones ?? []), zone]);
    return [...known].sort((one, other) => one.localeCompare(other));
  }, [status.data, zone]);
  return (
    <Select
      size="xs"
      w={190}
      aria-label="Time zone of times"
      searchable
      data={zones}
      value={zone}
      limit={60}
      allowDeselect={false}
      leftSection={<Globe size={14} aria-hidden />}
      nothingFoundMessage="no such zone"
      onChange={(next) => next !== null && setTimeZone(next)}
    />
  );
}

const formats = [
  ["csv", "CSV"],
  ["xlsx", "Excel"],
  ["parquet", "Parquet"],
  ["json", "JSON"],
] as const;

export function exportPath(frame: Frame, view: FrameView, columns: string[], format: string): string {
  const { filters, sort, version } = view;
  const entries = new URLSearchParams({ format, view: JSON.stringify({ columns, filters, sort, version }) });
  return `/api/frames/${segment(frame.name)}/export?${entries}`;
}

function ExportMenu({ frame, view, placed }: { frame: Frame; view: FrameView; placed: PlacedColumn[] }) {
  const columns = placed.map(({ column }) => column.name);
  return (
    <Menu
      position="bottom-end"
      shadow="md"
      width={200}
      transitionProps={{ duration: 0 }}
      withInitialFocusPlaceholder={false}
    >
      <Menu.Target>
        <Button
          size="xs"
          variant="default"
          leftSection={<Download size={14} />}
          rightSection={<ChevronDown size={14} />}
        >
          Export
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>These rows and columns</Menu.Label>
        {formats.map(([format, label]) => (
          <Menu.Item key={format} component="a" href={exportPath(frame, view, columns, format)} download>
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
