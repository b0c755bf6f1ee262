/**
 * The tab Table of a frame's page: all rows, as they are filtered and sorted, in columns that a person can arrange.
 * It puts the parts together and holds what they share. Read next: TableGrid.tsx, tableRows.ts, tableLayout.ts.
 */
import { Skeleton } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useCallback, useLayoutEffect, useMemo, useRef, useState } from "react";
import { asProblem } from "../api/client";
import { useColumns, useCurrencies } from "../api/queries";
import type { Column, Frame } from "../api/types";
import { ProblemNote } from "../app/ProblemNote";
import { useTimeZone } from "../app/timeZone";
import type { Decimals } from "../format/money";
import { countOf, countText } from "../format/numbers";
import { nextSort, useFrameView } from "./frameView";
import { groupColumns } from "./rowWindows";
import { useSavedLayout } from "./savedLayout";
import { useDashboardMode } from "./stripeLinks";
import classes from "./Table.module.css";
import { TableColumnMenu } from "./TableColumnMenu";
import { numberWidth, TableGrid } from "./TableGrid";
import { TableRowPanel } from "./TableRowPanel";
import { TableToolbar } from "./TableToolbar";
import { COPY_LIMIT, copyText, rectangleText } from "./tableCopy";
import {
  columnsInView,
  placeColumns,
  withMove,
  withPinned,
  withShown,
  withStep,
  withWidth,
} from "./tableLayout";
import { FIRST, type Rectangle, selectAt, within } from "./tableMoves";
import { useTableRows } from "./tableRows";
import { useTableScrolling } from "./tableScrolling";

export default function Table({ frame }: { frame: Frame }) {
  const { version } = useFrameView();
  const columns = useColumns(frame.name, version);
  // Without its currency's digits an amount would be shown wrong.
  const currencies = useCurrencies();
  const failed = [columns, currencies].find((query) => query.isError);
  return (
    <div className={classes.tab}>
      {failed && <ProblemNote error={failed.error} onRetry={() => failed.refetch()} />}
      {(columns.isPending || currencies.isPending) && !failed && <Skeleton height="100%" />}
      {columns.data && currencies.data && (
        <LoadedTable key={frame.name} frame={frame} columns={columns.data} decimals={currencies.data} />
      )}
    </div>
  );
}

interface LoadedTableProps {
  frame: Frame;
  columns: Column[];
  decimals: Decimals;
}

/** All that the parts of the table share. */
function useTable({ frame, columns, decimals }: LoadedTableProps) {
  const view = useFrameView();
  const zone = useTimeZone();
  const mode = useDashboardMode(frame);
  const [layout, setLayout] = useSavedLayout(frame.name);
  const settings = useMemo(() => ({ zone, decimals, mode }), [zone, decimals, mode]);
  const placed = useMemo(() => placeColumns(columns, layout), [columns, layout]);
  const groups = useMemo(() => groupColumns(columns), [columns]);
  const scrollerRef = useRef<HTMLDivElement>(null);
  const isWhole = view.filters.length === 0 && view.version === null;
  const [knownTotal, setKnownTotal] = useState<number | null>(isWhole ? frame.rows : null);
  const rowCount = knownTotal ?? 0;
  const scrolling = useTableScrolling(scrollerRef, rowCount);
  const { drawn } = scrolling;
  const wantedGroups = useMemo(() => {
    const numbers = numberWidth(rowCount);
    const { first, end } = columnsInView(placed, drawn.left - numbers, drawn.right - numbers);
    const seen = placed.filter((item) => item.pinned || (item.index >= first && item.index < end));
    return [...new Set(seen.flatMap((item) => groups.slots.get(item.column.name)?.group ?? []))];
  }, [placed, groups, drawn.left, drawn.right, rowCount]);
  const wanted = { first: drawn.first, end: Math.max(drawn.end, drawn.first + 1), groups: wantedGroups };
  const rows = useTableRows(frame, view, groups, wanted, rowCount);
  if (rows.total !== null && !rows.isEarlier && rows.total !== knownTotal) setKnownTotal(rows.total);
  return {
    view,
    layout,
    setLayout,
    settings,
    placed,
    groups,
    scrollerRef,
    scrolling,
    rows,
    rowCount,
    knownTotal,
  };
}

function LoadedTable({ frame, columns, decimals }: LoadedTableProps) {
  const table = useTable({ frame, columns, decimals });
  const { view, layout, setLayout, settings, placed, groups, scrollerRef, scrolling, rows, rowCount } = table;
  const [chosen, setSelection] = useState(FIRST);
  const [openedRow, setOpenedRow] = useState<number | null>(null);
  const [menu, setMenu] = useState<string | null>(null);
  const selection = within(chosen, rowCount, placed.length);
  const { toTop } = scrolling;
  const viewKey = JSON.stringify([view.filters, view.sort]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another view begins at its top
  useLayoutEffect(toTop, [viewKey]);

  const copy = useCopy(frame, table);
  const close = useCallback(() => {
    setOpenedRow(null);
    scrollerRef.current?.focus();
  }, [scrollerRef]);
  const open = openedRow === null ? null : Math.min(openedRow, rowCount - 1);
  const menuColumn = placed.find(({ column }) => column.name === menu);

  return (
    <>
      <TableToolbar
        frame={frame}
        view={view}
        columns={columns}
        placed={placed}
        total={table.knownTotal}
        settings={settings}
        layout={layout}
        onLayout={setLayout}
      />
      {rows.error && <ProblemNote error={rows.error} onRetry={rows.retry} />}
      <div className={classes.body}>
        <div className={classes.gridBox}>
          <TableGrid
            label={`Rows of ${frame.name}`}
            columns={columns}
            placed={placed}
            groups={groups}
            rowCount={rowCount}
            partsOf={rows.partsOf}
            isEarlier={rows.isEarlier}
            sort={view.sort}
            filters={view.filters}
            settings={settings}
            selection={selection}
            openedRow={open}
            scrollerRef={scrollerRef}
            scrolling={scrolling}
            onSelect={(next) => {
              setSelection(next);
              // An open panel follows the active row.
              if (open !== null && next.active.row >= 0) setOpenedRow(next.active.row);
            }}
            onOpen={setOpenedRow}
            onClose={() => setOpenedRow(null)}
            onCopy={copy.cells}
            onCopyText={copy.text}
            onSort={(column, more) => view.setSort(nextSort(view.sort, column, more))}
            onMenu={setMenu}
            onWidth={(column, width) => setLayout(withWidth(layout, column, width))}
            onMove={(column, target) => setLayout(withMove(columns, layout, column, target))}
            onStep={(column, step) => setLayout(withStep(columns, layout, column, step))}
          />
          {rowCount === 0 && table.knownTotal !== null && (
            <p className={classes.message}>
              {view.filters.length > 0 ? "No row meets the filters." : "No rows."}
            </p>
          )}
          {placed.length === 0 && <p className={classes.message}>All columns are hidden: see Columns.</p>}
          {menuColumn && (
            <TableColumnMenu
              frame={frame}
              column={menuColumn.column}
              view={view}
              settings={settings}
              placed={menuColumn}
              left={menuLeft(menuColumn, rowCount, scrollerRef.current)}
              onClose={() => setMenu(null)}
              onSort={view.setSort}
              onPin={(pinned) => setLayout(withPinned(layout, menuColumn.column.name, pinned))}
              onStep={(step) => setLayout(withStep(columns, layout, menuColumn.column.name, step))}
              onWidth={(width) => setLayout(withWidth(layout, menuColumn.column.name, width))}
              onHide={() => {
                setLayout(withShown(layout, [menuColumn.column.name], false));
                setMenu(null);
              }}
            />
          )}
        </div>
        {open !== null && open >= 0 && (
          <TableRowPanel
            frame={frame}
            view={view}
            columns={columns}
            row={open}
            rowCount={rowCount}
            settings={settings}
            onRow={(row) => {
              setOpenedRow(row);
              setSelection(selectAt({ row, column: selection.active.column }));
            }}
            onClose={close}
          />
        )}
      </div>
    </>
  );
}

function menuLeft(
  placed: { left: number; pinned: boolean },
  rowCount: number,
  scroller: HTMLDivElement | null,
): number {
  const scrolled = placed.pinned ? 0 : (scroller?.scrollLeft ?? 0);
  return Math.max(0, numberWidth(rowCount) + placed.left - scrolled);
}

/** Copies and says what was copied, or why not. */
function useCopy(frame: Frame, { view, placed, settings }: ReturnType<typeof useTable>) {
  const say = (message: string) => notifications.show({ id: "copied", message, autoClose: 2500 });
  const failed = (error: unknown) => {
    notifications.show({
      id: "copied",
      color: "red",
      title: "Not copied",
      message: asProblem(error).message,
    });
  };
  const cells = (chosen: Rectangle) => {
    const columns = placed.slice(chosen.left, chosen.right + 1).map(({ column }) => column);
    const count = chosen.bottom - chosen.top + 1;
    const rows = Math.min(count, COPY_LIMIT);
    const isCut = count > COPY_LIMIT;
    const what = `${countOf(rows, "row")} of ${countOf(columns.length, "column")}`;
    const text = rectangleText(frame, view, columns, chosen, settings);
    copyText(text).then(
      () =>
        say(isCut ? `Copied the first ${what}. Export has all ${countText(count)} rows.` : `Copied ${what}.`),
      failed,
    );
  };
  const text = (value: string) => {
    copyText(value).then(() => say(`Copied ${value}.`), failed);
  };
  return { cells, text };
}
