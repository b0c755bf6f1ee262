/**
 * One cell of a table. Text of any origin stays inside: it is text and never markup, on one line, cut, and its writing direction
 * ends at the cell's edge. Clicks are the grid's. Read next: cellText.ts.
 */
import { Check, Copy, ExternalLink } from "lucide-react";
import { memo } from "react";
import type { Cell } from "../api/types";
import { type CellSettings, isNumeric, shownText } from "./cellText";
import { type DashboardMode, dashboardLink } from "./stripeLinks";
import classes from "./Table.module.css";
import type { PlacedColumn } from "./tableLayout";

export interface CellContext extends CellSettings {
  mode: DashboardMode;
  /** What the ids of cells begin with. */
  gridId: string;
}

interface TableCellProps {
  placed: PlacedColumn;
  row: number;
  cell: Cell | undefined;
  currency: string | null;
  isActive: boolean;
  isChosen: boolean;
  /** Where the cell stands in its row; pinned cells stand one after the other. */
  left: number;
  context: CellContext;
}

export const cellId = (gridId: string, row: number, column: number) => `${gridId}-${row}-${column}`;

export const TableCell = memo(function TableCell(props: TableCellProps) {
  const { placed, row, cell, currency, isActive, isChosen, left, context } = props;
  const { column, index, width } = placed;
  const isRight = isNumeric(column) || column.money !== null;
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus and names its active cell
    <div
      role="gridcell"
      id={cellId(context.gridId, row, index)}
      className={classes.cell}
      aria-colindex={index + 2}
      aria-selected={isChosen}
      data-column={index}
      data-active={isActive || undefined}
      data-right={isRight || undefined}
      style={{ left, width }}
    >
      <CellContent {...props} currency={currency} cell={cell} />
    </div>
  );
});

function CellContent({ placed, cell, currency, context }: TableCellProps) {
  const { column } = placed;
  if (cell === undefined) return <span className={classes.pending} />;
  if (cell === null) return <NoValue />;
  const text = shownText(column, cell, currency, context);
  if (column.money !== null) {
    return (
      <>
        <span className={classes.text}>{text}</span>
        <span className={classes.currency}>{currency?.toUpperCase() ?? ""}</span>
      </>
    );
  }
  if (typeof cell === "boolean") {
    return (
      <span className={classes.text} data-false={!cell || undefined}>
        {cell && <Check size={13} aria-hidden className={classes.check} />}
        {text}
      </span>
    );
  }
  if (column.link !== null && typeof cell === "string") {
    return <IdContent id={cell} text={text} href={dashboardLink(context.mode, column.link, cell)} />;
  }
  return (
    <span className={classes.text} dir={column.type === "text" ? "auto" : undefined}>
      {text}
    </span>
  );
}

export function NoValue() {
  return (
    <span className={classes.none}>
      <span className="unseen">empty</span>
    </span>
  );
}

function IdContent({ id, text, href }: { id: string; text: string; href: string | null }) {
  return (
    <>
      {href === null ? (
        <span className={classes.text}>{text}</span>
      ) : (
        <a className={classes.text} href={href} target="_blank" rel="noreferrer noopener" tabIndex={-1}>
          {text}
          <ExternalLink size={12} aria-hidden className={classes.away} />
          <span className="unseen">, in Stripe's dashboard</span>
        </a>
      )}
      <button type="button" className={classes.copy} data-copy={id} aria-label={`Copy ${id}`} tabIndex={-1}>
        <Copy size={13} aria-hidden />
      </button>
    </>
  );
}
