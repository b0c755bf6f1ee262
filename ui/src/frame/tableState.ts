/**
 * What the parts of a table share: the view, the arrangement, the rows, what is chosen and opened, and what copying does.
 * It draws nothing. Read next: Table.tsx.
 */
import { notifications } from "@mantine/notifications";
import { useLayoutEffect, useMemo, useRef, useState } from "react";
import { asProblem } from "../api/client";
import type { Column, Frame } from "../api/types";
import { useTimeZone } from "../app/timeZone";
import type { Decimals } from "../format/money";
import { countOf, countText } from "../format/numbers";
import { useFrameView } from "./frameView";
import { groupColumns } from "./rowWindows";
import { useSavedLayout } from "./savedLayout";
import { useDashboardMode } from "./stripeLinks";
import { numberWidth } from "./TableRow";
import { COPY_LIMIT, copyText, rectangleText } from "./tableCopy";
import { columnsInView, placeColumns } from "./tableLayout";
import { FIRST, type Rectangle, type Selection, within } from "./tableMoves";
import { useTableRows } from "./tableRows";
import { useTableScrolling } from "./tableScrolling";

export interface TableSource {
  frame: Frame;
  columns: Column[];
  decimals: Decimals;
}

export type TableState = ReturnType<typeof useTableState>;

export function useTableState(source: TableSource) {
  const { frame, columns, decimals } = source;
  const view = useFrameView();
  const zone = useTimeZone();
  const mode = useDashboardMode(frame);
  const [layout, setLayout] = useSavedLayout(frame.name);
  const settings = useMemo(() => ({ zone, decimals, mode }), [zone, decimals, mode]);
  const placed = useMemo(() => placeColumns(columns, layout), [columns, layout]);
  const scrollerRef = useRef<HTMLDivElement>(null);
  const isWhole = view.filters.length === 0 && view.version === null;
  const [total, setTotal] = useState<number | null>(isWhole ? frame.rows : null);
  const rowCount = total ?? 0;
  const scrolling = useTableScrolling(scrollerRef, rowCount);
  const groups = useMemo(() => groupColumns(columns), [columns]);
  const { drawn } = scrolling;
  const wantedGroups = useMemo(() => {
    const numbers = numberWidth(rowCount);
    const { first, end } = columnsInView(placed, drawn.left - numbers, drawn.right - numbers);
    const seen = placed.filter((item) => item.pinned || (item.index >= first && item.index < end));
    return [...new Set(seen.flatMap((item) => groups.slots.get(item.column.name)?.group ?? []))];
  }, [placed, groups, drawn.left, drawn.right, rowCount]);
  const wanted = { first: drawn.first, end: Math.max(drawn.end, drawn.first + 1), groups: wantedGroups };
  const rows = useTableRows(frame, view, groups, wanted, rowCount);
  if (rows.total !== null && !rows.isEarlier && rows.total !== total) setTotal(rows.total);

  const { toTop } = scrolling;
  const viewKey = JSON.stringify([view.filters, view.sort]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another view begins at its top
  useLayoutEffect(toTop, [viewKey]);

  const chosen = useChosen(rowCount, placed.length);
  const arranged = { layout, setLayout, placed, groups };
  return { ...source, ...arranged, ...chosen, view, settings, scrollerRef, scrolling, rows, rowCount, total };
}

/** The chosen cells and the opened row; an open panel follows the active row. */
function useChosen(rowCount: number, columnCount: number) {
  const [chosen, setChosen] = useState(FIRST);
  const [opened, setOpened] = useState<number | null>(null);
  const openedRow = opened === null || rowCount === 0 ? null : Math.min(opened, rowCount - 1);
  const select = (next: Selection) => {
    setChosen(next);
    if (openedRow !== null && next.active.row >= 0) setOpened(next.active.row);
  };
  return { selection: within(chosen, rowCount, columnCount), select, openedRow, setOpenedRow: setOpened };
}

/** Copies and says what was copied, or why not. */
export function useCopy({ frame, view, placed, settings }: TableState) {
  const say = (message: string) => notifications.show({ id: "copied", message, autoClose: 2500 });
  const failed = (error: unknown) => {
    const message = asProblem(error).message;
    notifications.show({ id: "copied", color: "red", title: "Not copied", message });
  };
  const cells = (chosen: Rectangle) => {
    const columns = placed.slice(chosen.left, chosen.right + 1).map(({ column }) => column);
    const count = chosen.bottom - chosen.top + 1;
    const what = `${countOf(Math.min(count, COPY_LIMIT), "row")} of ${countOf(columns.length, "column")}`;
    const all = `Copied the first ${what}. Export has all ${countText(count)} rows.`;
    const text = rectangleText(frame, view, columns, chosen, settings);
    copyText(text).then(() => say(count > COPY_LIMIT ? all : `Copied ${what}.`), failed);
  };
  const text = (value: string) => {
    const shown = value.length > 60 ? `${value.slice(0, 60)}…` : value;
    copyText(value).then(() => say(`Copied ${shown}`), failed);
  };
  return { cells, text };
}
