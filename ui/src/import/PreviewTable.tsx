/** The rows themselves. Only the columns in sight are drawn: a data type can have hundreds. */
import { Checkbox } from "@mantine/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import type { Column, PreviewResult } from "../api/types";
import { type CellContext, cellText, currencyOf, standsRight, typeText } from "../format/cell";
import classes from "./PreviewTable.module.css";

interface PreviewTableProps {
  result: PreviewResult;
  /** Indexes of the columns to show. */
  shown: number[];
  leftOut: Set<string>;
  onKeep: (index: number, yes: boolean) => void;
  context: CellContext;
}

/** Wide enough for what most cells of a type hold. */
function widthOf(column: Column | undefined): number {
  if (column?.type === "timestamp") return 206;
  if (column?.type === "boolean") return 128;
  if (column?.link && column.name === "id") return 252;
  return 176;
}

export function PreviewTable({ result, shown, leftOut, onKeep, context }: PreviewTableProps) {
  const box = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    horizontal: true,
    count: shown.length,
    getScrollElement: () => box.current,
    estimateSize: (index) => widthOf(result.columns[shown[index] ?? -1]),
    getItemKey: (index) => result.columns[shown[index] ?? -1]?.name ?? index,
    overscan: 3,
  });
  const drawn = virtual.getVirtualItems();
  const before = drawn[0]?.start ?? 0;
  const after = virtual.getTotalSize() - (drawn.at(-1)?.end ?? 0);
  const names = result.columns.map((column) => column.name);
  const inSight = drawn.flatMap(({ index }) => {
    const at = shown[index];
    const column = at === undefined ? undefined : result.columns[at];
    return at === undefined || !column ? [] : [{ at, column, index }];
  });
  const columns = useColumnKeys(shown.length, virtual.scrollToIndex, box);
  // Scrolled away with the pointer, the stop is not drawn: then the first in sight is it.
  const stop = inSight.some(({ index }) => index === columns.active) ? columns.active : inSight[0]?.index;
  return (
    // Scrolled by the keyboard too, so it takes the focus.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolled region must be reachable
    <div ref={box} className={classes.box} tabIndex={0} role="region" aria-label="Rows">
      <table
        className={classes.table}
        style={{ width: virtual.getTotalSize() }}
        aria-colcount={shown.length}
        aria-rowcount={result.rows.length + 1}
      >
        <colgroup>
          {before > 0 && <col style={{ width: before }} />}
          {inSight.map(({ column }) => (
            <col key={column.name} style={{ width: widthOf(column) }} />
          ))}
          {after > 0 && <col style={{ width: after }} />}
        </colgroup>
        <thead onKeyDown={columns.onKeyDown}>
          <tr>
            {before > 0 && <td aria-hidden />}
            {inSight.map(({ at, column, index }) => (
              <HeadCell
                key={column.name}
                column={column}
                index={index}
                kept={!leftOut.has(column.name)}
                isStop={index === stop}
                onFocus={() => columns.setActive(index)}
                onKeep={(yes) => onKeep(at, yes)}
              />
            ))}
            {after > 0 && <td aria-hidden />}
          </tr>
        </thead>
        <tbody>
          {result.rows.map((row, rowIndex) => (
            <tr key={rowIndex}>
              {before > 0 && <td aria-hidden />}
              {inSight.map(({ at, column }) => {
                const text = cellText(row[at] ?? null, column, currencyOf(column, names, row), context);
                return (
                  <td
                    key={column.name}
                    data-left={leftOut.has(column.name) || undefined}
                    data-number={standsRight(column) || undefined}
                    dir="auto"
                  >
                    {text}
                  </td>
                );
              })}
              {after > 0 && <td aria-hidden />}
            </tr>
          ))}
        </tbody>
      </table>
      {result.rows.length === 0 && (
        <p className={classes.none}>No row meets the conditions so far. The columns above would come.</p>
      )}
      {shown.length === 0 && <p className={classes.none}>No column has that name.</p>}
    </div>
  );
}

/** One tab stop for all columns, arrow keys among them: a hundred stops would lie before the dialog's buttons. */
function useColumnKeys(
  count: number,
  scrollTo: (index: number) => void,
  box: React.RefObject<HTMLDivElement | null>,
) {
  const [active, setActive] = useState(0);
  const wanted = useRef<number | null>(null);
  // A column that was out of sight is drawn some renders after it was scrolled to.
  useEffect(() => {
    if (wanted.current === null) return;
    const input = box.current?.querySelector<HTMLInputElement>(`input[data-index="${wanted.current}"]`);
    if (!input) return;
    wanted.current = null;
    input.focus();
  });
  const onKeyDown = (event: KeyboardEvent) => {
    const at = Number((event.target as HTMLElement).dataset.index);
    const steps: Record<string, number> = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: count - 1 };
    const next = steps[event.key];
    if (next === undefined || Number.isNaN(at) || event.ctrlKey || event.altKey) return;
    event.preventDefault();
    const bounded = Math.max(0, Math.min(count - 1, next));
    wanted.current = bounded;
    setActive(bounded);
    scrollTo(bounded);
  };
  return { active, setActive, onKeyDown };
}

interface HeadCellProps {
  column: Column;
  index: number;
  kept: boolean;
  /** Whether the Tab key comes here. */
  isStop: boolean;
  onFocus: () => void;
  onKeep: (yes: boolean) => void;
}

function HeadCell({ column, index, kept, isStop, onFocus, onKeep }: HeadCellProps) {
  return (
    <th
      scope="col"
      aria-colindex={index + 1}
      data-left={!kept || undefined}
      title={column.description ? `${column.name}: ${column.description}` : column.name}
    >
      <Checkbox
        size="xs"
        checked={kept}
        tabIndex={isStop ? 0 : -1}
        data-index={index}
        onFocus={onFocus}
        onChange={(event) => onKeep(event.currentTarget.checked)}
        label={<span className={classes.name}>{column.name}</span>}
        classNames={{ body: classes.check, labelWrapper: classes.wrap, label: classes.label }}
      />
      <span className={classes.type}>{typeText(column)}</span>
    </th>
  );
}
