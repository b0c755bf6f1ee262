/**
 * The header of a table: a column's name sorts, its menu filters and arranges, its edge sets the width, dragging moves it.
 * With the keyboard all of it is done from the grid, which names the active header. Read next: TableColumnMenu.tsx.
 */
import { ArrowDown, ArrowUp, EllipsisVertical, Funnel } from "lucide-react";
import { type PointerEvent, useRef, useState } from "react";
import type { Filter, Sort } from "../api/types";
import { ColumnTypeIcon } from "./ColumnTypeIcon";
import classes from "./Table.module.css";
import { cellId } from "./TableCell";
import type { RowShape } from "./TableRow";
import type { PlacedColumn } from "./tableLayout";
import { HEADER } from "./tableMoves";

export interface HeadActions {
  onSort: (column: string, more: boolean) => void;
  onMenu: (column: string) => void;
  onWidth: (column: string, width: number) => void;
  onMove: (column: string, target: string) => void;
}

interface TableHeadProps extends HeadActions {
  shape: RowShape;
  gridId: string;
  sort: Sort[];
  filters: Filter[];
  active: number | null;
}

export function TableHead(props: TableHeadProps) {
  const { shape } = props;
  const [dropAt, setDropAt] = useState<string | null>(null);
  const header = (placed: PlacedColumn) => (
    <HeadCell
      key={placed.column.name}
      {...props}
      placed={placed}
      isTarget={dropAt === placed.column.name}
      onDragOver={setDropAt}
    />
  );
  return (
    <div role="rowgroup" className={classes.head} style={{ width: shape.fullWidth }}>
      {/* biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus */}
      <div role="row" aria-rowindex={1} className={classes.headRow}>
        <div
          role="presentation"
          className={classes.pinned}
          style={{ width: shape.numberWidth + shape.pinnedWidth }}
        >
          {/* biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus */}
          <div
            role="columnheader"
            aria-colindex={1}
            className={classes.number}
            style={{ width: shape.numberWidth }}
          >
            <span className="unseen">row</span>
          </div>
          {shape.pinned.map(header)}
        </div>
        {shape.loose.map(header)}
      </div>
    </div>
  );
}

interface HeadCellProps extends TableHeadProps {
  placed: PlacedColumn;
  isTarget: boolean;
  onDragOver: (column: string | null) => void;
}

function HeadCell(props: HeadCellProps) {
  const { placed, shape, gridId, sort, filters, active, isTarget } = props;
  const { column, index, width, left } = placed;
  const place = sort.findIndex((entry) => entry.column === column.name);
  const sorted = sort[place];
  const drag = useColumnDrag(props);
  const dot = column.name.lastIndexOf(".");
  const isFiltered = filters.some((filter) => filter.column === column.name);
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus
    <div
      role="columnheader"
      id={cellId(gridId, HEADER, index)}
      aria-colindex={index + 2}
      aria-sort={sorted ? (sorted.descending ? "descending" : "ascending") : undefined}
      className={classes.header}
      data-header={column.name}
      data-active={active === index || undefined}
      data-target={isTarget || undefined}
      style={{ left: shape.numberWidth + left, width }}
    >
      <button
        type="button"
        tabIndex={-1}
        className={classes.name}
        title={column.description ? `${column.name}: ${column.description}` : column.name}
        aria-label={`Sort by ${column.name}`}
        {...drag}
      >
        <ColumnTypeIcon column={column} size={13} />
        <span className={classes.names}>
          {dot > 0 && <span className={classes.path}>{column.name.slice(0, dot)}</span>}
          <span className={classes.leaf}>{column.name.slice(dot + 1)}</span>
        </span>
        {sorted && <SortSign sorted={sorted} place={sort.length > 1 ? place + 1 : null} />}
        {isFiltered && <Funnel size={12} aria-label="filtered" className={classes.sign} />}
      </button>
      <button
        type="button"
        tabIndex={-1}
        className={classes.menu}
        aria-label={`${column.name}: filter, arrange`}
        aria-haspopup="dialog"
        onClick={() => props.onMenu(column.name)}
      >
        <EllipsisVertical size={14} aria-hidden />
      </button>
      <WidthHandle placed={placed} onWidth={props.onWidth} />
    </div>
  );
}

function SortSign({ sorted, place }: { sorted: Sort; place: number | null }) {
  const Arrow = sorted.descending ? ArrowDown : ArrowUp;
  return (
    <span className={classes.sign}>
      <Arrow size={13} aria-hidden />
      {place}
    </span>
  );
}

const DRAG_PIXELS = 6;

/** A press that moves carries the column to another one's place; one that does not is a click, which sorts. */
function useColumnDrag({ placed, onSort, onMove, onDragOver }: HeadCellProps) {
  const start = useRef<{ x: number; target: string | null; dragging: boolean } | null>(null);
  const name = placed.column.name;
  const end = (event: PointerEvent<HTMLButtonElement>, apply: boolean) => {
    const drag = start.current;
    start.current = null;
    onDragOver(null);
    if (!drag || !apply) return;
    if (!drag.dragging) onSort(name, event.shiftKey);
    else if (drag.target !== null) onMove(name, drag.target);
  };
  return {
    onPointerDown: (event: PointerEvent<HTMLButtonElement>) => {
      if (event.button !== 0) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      start.current = { x: event.clientX, target: null, dragging: false };
    },
    onPointerMove: (event: PointerEvent<HTMLButtonElement>) => {
      const drag = start.current;
      if (!drag || (!drag.dragging && Math.abs(event.clientX - drag.x) < DRAG_PIXELS)) return;
      drag.dragging = true;
      const under = document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-header]");
      drag.target = under?.getAttribute("data-header") ?? null;
      onDragOver(drag.target === name ? null : drag.target);
    },
    onPointerUp: (event: PointerEvent<HTMLButtonElement>) => end(event, true),
    onPointerCancel: (event: PointerEvent<HTMLButtonElement>) => end(event, false),
    // A click that no pointer made is one of an assistive program.
    onClick: (event: { detail: number; shiftKey: boolean }) => {
      if (event.detail === 0) onSort(name, event.shiftKey);
    },
  };
}

function WidthHandle({ placed, onWidth }: { placed: PlacedColumn; onWidth: HeadActions["onWidth"] }) {
  const start = useRef<{ x: number; width: number } | null>(null);
  return (
    <div
      className={classes.edge}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        start.current = { x: event.clientX, width: placed.width };
      }}
      onPointerMove={(event) => {
        if (start.current) onWidth(placed.column.name, start.current.width + event.clientX - start.current.x);
      }}
      onPointerUp={() => {
        start.current = null;
      }}
    />
  );
}
