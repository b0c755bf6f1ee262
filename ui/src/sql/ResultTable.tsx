/** The rows of a query's result. Only what is in sight is in the page, so thousands of rows and hundreds of columns scroll alike. */
// biome-ignore-all lint/a11y/useFocusableInteractive: rows and headers of a table that is only read take no focus
import { useVirtualizer } from "@tanstack/react-virtual";
import { useMemo, useRef } from "react";
import { useCurrencies } from "../api/queries";
import type { Cell, SqlResult } from "../api/types";
import { useTimeZone } from "../app/timeZone";
import { columnWidths, isRight, shownCell } from "./resultCells";
import classes from "./sql.module.css";

const ROW_HEIGHT = 29;
const CELL_CHARACTERS = 400;
/** At least what the style says of cells. */
const FONT_SIZE_PX = 14;

/** Measures texts as the table's cells draw them: fonts differ from machine to machine. */
function textMeasure(): ((text: string) => number) | undefined {
  const canvas = document.createElement("canvas").getContext("2d");
  if (!canvas) return undefined;
  const style = getComputedStyle(document.body);
  canvas.font = `${FONT_SIZE_PX}px ${style.fontFamily}`;
  return (text) => canvas.measureText(text).width;
}

export function ResultTable({ result }: { result: SqlResult }) {
  const scroller = useRef<HTMLDivElement>(null);
  const decimals = useCurrencies().data ?? {};
  const zone = useTimeZone();
  const { columns, rows } = result;
  const text = (at: number, row: Cell[]) => shownCell(at, row, columns, decimals, zone);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `text` is made of the others
  const widths = useMemo(() => columnWidths(result, text, textMeasure()), [result, decimals, zone]);
  const down = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
  });
  const across = useVirtualizer({
    horizontal: true,
    count: columns.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => widths[index] ?? 120,
    getItemKey: (index) => `${index}/${widths[index]}`,
    overscan: 4,
  });
  const inSight = across.getVirtualItems();
  const width = across.getTotalSize();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: without it nobody scrolls it with the keyboard
    <div ref={scroller} className={classes.scroller} tabIndex={0} role="region" aria-label="Result">
      <div
        role="table"
        aria-label="Rows"
        aria-rowcount={rows.length + 1}
        aria-colcount={columns.length}
        style={{ width }}
      >
        <div role="rowgroup" className={classes.head}>
          <div role="row" aria-rowindex={1} className={classes.row} style={{ height: ROW_HEIGHT }}>
            {inSight.map(({ index, start, size }) => (
              <div
                key={index}
                role="columnheader"
                aria-colindex={index + 1}
                className={classes.cell}
                data-right={columns[index] && isRight(columns[index])}
                title={`${columns[index]?.name}: ${columns[index]?.type}`}
                style={{ left: start, width: size }}
              >
                {columns[index]?.name}
              </div>
            ))}
          </div>
        </div>
        <div role="rowgroup" style={{ height: down.getTotalSize(), position: "relative" }}>
          {down.getVirtualItems().map(({ index: at, start: top }) => (
            <div
              key={at}
              role="row"
              aria-rowindex={at + 2}
              className={classes.row}
              data-even={at % 2 === 0}
              style={{ top, height: ROW_HEIGHT, position: "absolute" }}
            >
              {inSight.map(({ index, start, size }) => {
                const row = rows[at] ?? [];
                const column = columns[index];
                const shown = text(index, row);
                const empty = (row[index] ?? null) === null;
                return (
                  <div
                    key={index}
                    role="cell"
                    aria-colindex={index + 1}
                    className={classes.cell}
                    data-right={column && isRight(column)}
                    title={shown.slice(0, CELL_CHARACTERS)}
                    style={{ left: start, width: size }}
                  >
                    {empty ? (
                      <span className={classes.empty}>null</span>
                    ) : (
                      <bdi>{shown.slice(0, CELL_CHARACTERS)}</bdi>
                    )}
                  </div>
                );
              })}
            </div>
          ))}
        </div>
      </div>
    </div>
  );
}
