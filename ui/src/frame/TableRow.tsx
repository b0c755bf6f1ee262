/** One row of a table: its number, its pinned cells, and those of its other cells that are in view. Read next: TableCell.tsx. */
import { memo } from "react";
import { countText } from "../format/numbers";
import { cellAt, currencyAt, type Parts, type Slot } from "./rowWindows";
import classes from "./Table.module.css";
import { type CellContext, TableCell } from "./TableCell";
import type { PlacedColumn } from "./tableLayout";

export interface RowShape {
  pinned: PlacedColumn[];
  loose: PlacedColumn[];
  slots: Map<string, Slot>;
  numberWidth: number;
  pinnedWidth: number;
  fullWidth: number;
}

/** Room for the greatest row number. */
export const numberWidth = (rowCount: number) => 22 + Math.max(3, countText(rowCount).length) * 8;

interface TableRowProps {
  row: number;
  top: number;
  parts: Parts;
  shape: RowShape;
  context: CellContext;
  /** The active column of this row, null in all other rows. */
  active: number | null;
  chosenFrom: number | null;
  chosenTo: number | null;
  isOpened: boolean;
}

export const TableRow = memo(function TableRow(props: TableRowProps) {
  const { row, top, shape, isOpened } = props;
  const { numberWidth, pinnedWidth, fullWidth } = shape;
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus and names its active cell
    <div
      role="row"
      aria-rowindex={row + 2}
      className={classes.row}
      data-row={row}
      data-opened={isOpened || undefined}
      style={{ transform: `translateY(${top}px)`, width: fullWidth }}
    >
      <div role="presentation" className={classes.pinned} style={{ width: numberWidth + pinnedWidth }}>
        {/* biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus */}
        <div
          role="rowheader"
          aria-colindex={1}
          className={classes.number}
          data-number
          style={{ width: numberWidth }}
        >
          {countText(row + 1)}
        </div>
        {shape.pinned.map((placed) => cellOf(props, placed, numberWidth))}
      </div>
      {shape.loose.map((placed) => cellOf(props, placed, numberWidth))}
    </div>
  );
});

function cellOf(props: TableRowProps, placed: PlacedColumn, numberWidth: number) {
  const { row, parts, shape, context, active, chosenFrom, chosenTo } = props;
  const slot = shape.slots.get(placed.column.name);
  const money = placed.column.money;
  return (
    <TableCell
      key={placed.column.name}
      placed={placed}
      row={row}
      left={numberWidth + placed.left}
      cell={cellAt(parts, slot, row)}
      currency={money === null ? null : (currencyAt(parts, slot, row) ?? money.currency)}
      isActive={active === placed.index}
      isChosen={
        chosenFrom !== null && chosenTo !== null && placed.index >= chosenFrom && placed.index <= chosenTo
      }
      context={context}
    />
  );
}
