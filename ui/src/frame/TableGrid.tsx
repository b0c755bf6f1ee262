/**
 * The grid of a table: draws the rows and columns in view, and answers keys and the pointer. It has the focus as a whole and names
 * its active cell, so that the focus is not lost when rows leave the view. What is asked of the server is the caller's.
 * Read next: tableScrolling.ts, tableMoves.ts, TableRow.tsx.
 */
import { type KeyboardEvent, type PointerEvent, useEffect, useId, useMemo, useRef } from "react";
import type { Filter, Sort } from "../api/types";
import type { Groups, Parts } from "./rowWindows";
import classes from "./Table.module.css";
import { type CellContext, cellId } from "./TableCell";
import { type HeadActions, TableHead } from "./TableHead";
import { numberWidth, type RowShape, TableRow } from "./TableRow";
import { columnsInView, type PlacedColumn } from "./tableLayout";
import {
  HEADER,
  moved,
  type Place,
  type Rectangle,
  rectangle,
  type Selection,
  selectAt,
  selectTo,
} from "./tableMoves";
import { canvasHeight, ROW_HEIGHT } from "./tableScroll";
import { type Drawn, rowsAPage, type TableScrolling } from "./tableScrolling";

export interface TableGridProps extends HeadActions {
  label: string;
  placed: PlacedColumn[];
  groups: Groups;
  rowCount: number;
  partsOf: (row: number) => Parts;
  isEarlier: boolean;
  sort: Sort[];
  filters: Filter[];
  settings: Omit<CellContext, "gridId">;
  selection: Selection;
  openedRow: number | null;
  scrollerRef: React.RefObject<HTMLDivElement | null>;
  scrolling: TableScrolling;
  onSelect: (selection: Selection) => void;
  onOpen: (row: number) => void;
  onClose: () => void;
  onCopy: (rectangle: Rectangle) => void;
  onCopyText: (text: string) => void;
  onStep: (column: string, step: -1 | 1) => void;
}

export function TableGrid(props: TableGridProps) {
  const { placed, rowCount, scrolling, scrollerRef, selection } = props;
  const gridId = useId();
  const { drawn, viewport } = scrolling;
  const shape = useShape(props, drawn);
  const context = useMemo(() => ({ ...props.settings, gridId }), [props.settings, gridId]);
  const onKeyDown = useKeys(props);
  const pointer = usePointer(props);
  const { active } = selection;
  useShowActive(props);
  const isDrawn = active.row === HEADER || (active.row >= drawn.first && active.row < drawn.end);
  return (
    <div
      ref={scrollerRef}
      role="grid"
      tabIndex={0}
      aria-label={props.label}
      aria-rowcount={rowCount + 1}
      aria-colcount={placed.length + 1}
      aria-multiselectable
      aria-busy={props.isEarlier}
      aria-activedescendant={
        isDrawn && placed.length > 0 ? cellId(gridId, active.row, active.column) : undefined
      }
      className={classes.scroller}
      data-earlier={props.isEarlier || undefined}
      onScroll={scrolling.onScroll}
      onKeyDown={onKeyDown}
      {...pointer}
    >
      <TableHead
        shape={shape}
        gridId={gridId}
        sort={props.sort}
        filters={props.filters}
        active={active.row === HEADER ? active.column : null}
        onSort={props.onSort}
        onMenu={props.onMenu}
        onWidth={props.onWidth}
        onMove={props.onMove}
      />
      <div
        role="rowgroup"
        className={classes.canvas}
        style={{
          height: canvasHeight({ rows: rowCount, viewport: viewport.height }),
          width: shape.fullWidth,
        }}
      >
        <Rows grid={props} shape={shape} context={context} />
      </div>
    </div>
  );
}

interface RowsProps {
  grid: TableGridProps;
  shape: RowShape;
  context: CellContext;
}

function Rows({ grid, shape, context }: RowsProps) {
  const { drawn } = grid.scrolling;
  const { active } = grid.selection;
  const chosen = rectangle(grid.selection, grid.placed.length);
  const count = Math.max(0, drawn.end - drawn.first);
  // Rows that leave the view become those that enter it: changing an element costs less than making one.
  const pool = Math.ceil((count + 1) / 32) * 32;
  return Array.from({ length: count }, (_, index) => {
    const row = drawn.first + index;
    const isChosen = chosen !== null && row >= chosen.top && row <= chosen.bottom;
    return (
      <TableRow
        key={row % pool}
        row={row}
        top={row * ROW_HEIGHT + drawn.shift}
        parts={grid.partsOf(row)}
        shape={shape}
        context={context}
        active={active.row === row ? active.column : null}
        chosenFrom={isChosen ? chosen.left : null}
        chosenTo={isChosen ? chosen.right : null}
        isOpened={grid.openedRow === row}
      />
    );
  });
}

function useShape({ placed, groups, rowCount, selection }: TableGridProps, { left, right }: Drawn): RowShape {
  const numbers = numberWidth(rowCount);
  const activeColumn = selection.active.column;
  return useMemo(() => {
    const pinned = placed.filter((item) => item.pinned);
    const last = placed.at(-1);
    const pinnedWidth = pinned.reduce((sum, item) => sum + item.width, 0);
    const { first, end } = columnsInView(placed, left - numbers, right - numbers);
    const loose = placed.slice(first, end);
    // The active cell is there for assistive programs even when it is scrolled away sideways.
    const active = placed[activeColumn];
    if (active && !active.pinned && !loose.includes(active)) loose.push(active);
    return {
      pinned,
      loose,
      slots: groups.slots,
      numberWidth: numbers,
      pinnedWidth,
      fullWidth: numbers + (last ? last.left + last.width : 0),
    };
  }, [placed, groups, left, right, numbers, activeColumn]);
}

function useShowActive({ selection, placed, scrolling, rowCount }: TableGridProps) {
  const { row, column } = selection.active;
  const before = useRef({ row, column });
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a move brings into view, never a new width
  useEffect(() => {
    if (before.current.row === row && before.current.column === column) return;
    before.current = { row, column };
    if (row !== HEADER) scrolling.showRow(row);
    const place = placed[column];
    if (!place || place.pinned) return;
    const pinnedWidth = placed.reduce((sum, item) => (item.pinned ? sum + item.width : sum), 0);
    const numbers = numberWidth(rowCount);
    scrolling.showSpan(numbers + place.left, numbers + place.left + place.width, numbers + pinnedWidth);
  }, [row, column]);
}

function useKeys(props: TableGridProps) {
  const { placed, rowCount, scrolling, selection, onSelect } = props;
  return (event: KeyboardEvent<HTMLDivElement>) => {
    // A header's own buttons answer their own keys.
    if (event.target !== event.currentTarget || event.altKey) return;
    const far = event.ctrlKey || event.metaKey;
    if (event.key === "Escape") {
      // From a header too: the panel beside the grid is closed wherever one is in it.
      props.onClose();
      return onSelect(selectAt(selection.active));
    }
    const handled =
      selection.active.row === HEADER ? headerKey(props, event, far) : bodyKey(props, event, far);
    if (handled) return event.preventDefault();
    const bounds = { rows: rowCount, columns: placed.length, page: rowsAPage(scrolling.viewport.height) };
    const place = moved(selection.active, event.key, far, bounds);
    if (place === null) return;
    event.preventDefault();
    onSelect(selectTo(selection, place, event.shiftKey));
  };
}

function headerKey(props: TableGridProps, event: KeyboardEvent, far: boolean): boolean {
  const at = props.placed[props.selection.active.column];
  if (!at) return false;
  const { name } = at.column;
  const step = event.key === "ArrowLeft" ? -1 : event.key === "ArrowRight" ? 1 : 0;
  if (event.key === "Enter") props.onSort(name, event.shiftKey);
  else if (event.key === " " || event.key === "ContextMenu") props.onMenu(name);
  else if (step !== 0 && event.shiftKey) props.onWidth(name, at.width + step * 20);
  else if (step !== 0 && far) props.onStep(name, step);
  else return false;
  return true;
}

function bodyKey(props: TableGridProps, event: KeyboardEvent, far: boolean): boolean {
  const { selection, placed, rowCount } = props;
  const { active } = selection;
  if (event.key === "Enter") props.onOpen(active.row);
  else if (far && event.key.toLowerCase() === "c") {
    // Text that was marked with the pointer is copied by the browser.
    if (!window.getSelection()?.isCollapsed) return false;
    const chosen = rectangle(selection, placed.length);
    if (chosen) props.onCopy(chosen);
  } else if (far && event.key.toLowerCase() === "a") {
    const last = { row: rowCount - 1, column: placed.length - 1 };
    props.onSelect({ anchor: { row: 0, column: 0 }, active: last, wholeRows: true });
  } else if (event.key === " ") props.onSelect({ ...selection, wholeRows: true });
  else return false;
  return true;
}

interface Pressed extends Place {
  isNumber: boolean;
}

function pressedAt(target: EventTarget | null): Pressed | null {
  if (!(target instanceof Element)) return null;
  const row = target.closest("[data-row]")?.getAttribute("data-row");
  if (row === null || row === undefined) return null;
  const column = target.closest("[data-column]")?.getAttribute("data-column");
  if (column) return { row: Number(row), column: Number(column), isNumber: false };
  return target.closest("[data-number]") ? { row: Number(row), column: 0, isNumber: true } : null;
}

/** A press chooses a cell or, at its number, a row; dragging grows the choice; a click opens the row. */
function usePointer({ selection, onSelect, onOpen, onCopyText }: TableGridProps) {
  const press = useRef<{ selection: Selection; hasMoved: boolean } | null>(null);
  return {
    onPointerDown: (event: PointerEvent<HTMLDivElement>) => {
      const at = pressedAt(event.target);
      const isLink = event.target instanceof Element && event.target.closest("a, button") !== null;
      if (event.button !== 0 || at === null || isLink) return;
      const start = { ...selectTo(selection, at, event.shiftKey), wholeRows: at.isNumber };
      press.current = { selection: start, hasMoved: event.shiftKey || at.isNumber };
      onSelect(start);
    },
    onPointerMove: (event: PointerEvent<HTMLDivElement>) => {
      if (press.current === null || event.buttons !== 1) return;
      const at = pressedAt(document.elementFromPoint(event.clientX, event.clientY));
      const { active, anchor } = press.current.selection;
      if (at === null || (at.row === active.row && at.column === active.column)) return;
      const grown = { ...press.current.selection, anchor, active: { row: at.row, column: at.column } };
      press.current = { selection: grown, hasMoved: true };
      onSelect(grown);
    },
    onPointerUp: () => {
      const ended = press.current;
      press.current = null;
      if (ended && !ended.hasMoved) onOpen(ended.selection.active.row);
    },
    onClick: (event: { target: EventTarget | null }) => {
      const copied = event.target instanceof Element ? event.target.closest("[data-copy]") : null;
      const text = copied?.getAttribute("data-copy");
      if (text) onCopyText(text);
    },
  };
}
