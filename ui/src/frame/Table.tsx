/**
 * The tab Table of a frame's page: all rows, as they are filtered and sorted, in columns that a person can arrange.
 * It puts the parts together; what they share is in tableState.ts. Read next: TableGrid.tsx, tableRows.ts, tableLayout.ts.
 */
import { Skeleton } from "@mantine/core";
import { useState } from "react";
import { useColumns, useCurrencies } from "../api/queries";
import type { Frame } from "../api/types";
import { ProblemNote } from "../app/ProblemNote";
import { nextSort, useFrameView } from "./frameView";
import classes from "./Table.module.css";
import { TableColumnMenu } from "./TableColumnMenu";
import { TableGrid } from "./TableGrid";
import { numberWidth } from "./TableRow";
import { TableRowPanel } from "./TableRowPanel";
import { TableToolbar } from "./TableToolbar";
import { type PlacedColumn, withMove, withPinned, withShown, withStep, withWidth } from "./tableLayout";
import { selectAt } from "./tableMoves";
import { type TableSource, type TableState, useCopy, useTableState } from "./tableState";

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

function LoadedTable(source: TableSource) {
  const table = useTableState(source);
  const [menu, setMenu] = useState<string | null>(null);
  const { rows, placed, rowCount, total, view } = table;
  const isFiltered = view.filters.length > 0;
  const menuColumn = placed.find(({ column }) => column.name === menu);
  return (
    <>
      <TableToolbar {...table} onLayout={table.setLayout} />
      {rows.error && <ProblemNote error={rows.error} onRetry={rows.retry} />}
      <div className={classes.body}>
        <div className={classes.gridBox}>
          <Grid table={table} onMenu={setMenu} />
          {rowCount === 0 && total !== null && (
            <p className={classes.message}>{isFiltered ? "No row meets the filters." : "No rows."}</p>
          )}
          {placed.length === 0 && <p className={classes.message}>All columns are hidden: see Columns.</p>}
          {menuColumn && <ColumnMenu table={table} placed={menuColumn} onClose={() => setMenu(null)} />}
        </div>
        <Panel table={table} />
      </div>
    </>
  );
}

function Grid({ table, onMenu }: { table: TableState; onMenu: (column: string) => void }) {
  const { frame, columns, view, layout, setLayout, rows } = table;
  const copy = useCopy(table);
  return (
    <TableGrid
      {...table}
      label={`Rows of ${frame.name}`}
      partsOf={rows.partsOf}
      isEarlier={rows.isEarlier}
      sort={view.sort}
      filters={view.filters}
      onSelect={table.select}
      onOpen={table.setOpenedRow}
      onClose={() => table.setOpenedRow(null)}
      onCopy={copy.cells}
      onCopyText={copy.text}
      onSort={(column, more) => view.setSort(nextSort(view.sort, column, more))}
      onMenu={onMenu}
      onWidth={(column, width) => setLayout(withWidth(layout, column, width))}
      onMove={(column, target) => setLayout(withMove(columns, layout, column, target))}
      onStep={(column, step) => setLayout(withStep(columns, layout, column, step))}
    />
  );
}

interface ColumnMenuProps {
  table: TableState;
  placed: PlacedColumn;
  onClose: () => void;
}

function ColumnMenu({ table, placed, onClose }: ColumnMenuProps) {
  const { frame, columns, view, settings, layout, setLayout, rowCount, scrollerRef } = table;
  const { column } = placed;
  const scrolled = placed.pinned ? 0 : (scrollerRef.current?.scrollLeft ?? 0);
  return (
    <TableColumnMenu
      frame={frame}
      column={column}
      view={view}
      settings={settings}
      placed={placed}
      left={Math.max(0, numberWidth(rowCount) + placed.left - scrolled)}
      onClose={onClose}
      onSort={view.setSort}
      onPin={(pinned) => setLayout(withPinned(layout, column.name, pinned))}
      onStep={(step) => setLayout(withStep(columns, layout, column.name, step))}
      onWidth={(width) => setLayout(withWidth(layout, column.name, width))}
      onHide={() => {
        setLayout(withShown(layout, [column.name], false));
        onClose();
      }}
    />
  );
}

function Panel({ table }: { table: TableState }) {
  const { openedRow, setOpenedRow, select, selection, scrollerRef } = table;
  const copy = useCopy(table);
  if (openedRow === null) return null;
  return (
    <TableRowPanel
      {...table}
      row={openedRow}
      onCopyText={copy.text}
      onRow={(row) => {
        setOpenedRow(row);
        select(selectAt({ row, column: selection.active.column }));
      }}
      onClose={() => {
        setOpenedRow(null);
        scrollerRef.current?.focus();
      }}
    />
  );
}
