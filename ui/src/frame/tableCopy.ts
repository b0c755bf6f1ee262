/**
 * Copies chosen cells as text with tabs between, as spreadsheets take it: exact amounts in major units, times in the chosen zone.
 * Rows that are not in view are asked for. Read next: cellText.ts.
 */
import { post, segment } from "../api/client";
import type { Column, Frame, RowsResult } from "../api/types";
import { type CellSettings, currencyOf, plainText, tsvField } from "./cellText";
import type { FrameView } from "./frameView";
import type { Rectangle } from "./tableMoves";

/** More than this is an export. */
export const COPY_LIMIT = 10_000;
const ROWS_AT_ONCE = 1000;

export async function rectangleText(
  frame: Frame,
  view: FrameView,
  columns: Column[],
  chosen: Rectangle,
  settings: CellSettings,
): Promise<string> {
  const end = Math.min(chosen.bottom + 1, chosen.top + COPY_LIMIT);
  const names = columns.map((column) => column.name);
  const currencies = columns.flatMap((column) => column.money?.currency_column ?? []);
  const asked = [...new Set([...names, ...currencies])];
  const lines: string[] = [];
  for (let offset = chosen.top; offset < end; offset += ROWS_AT_ONCE) {
    const result = await post<RowsResult>(`/frames/${segment(frame.name)}/rows`, {
      columns: asked,
      filters: view.filters,
      sort: view.sort,
      offset,
      limit: Math.min(ROWS_AT_ONCE, end - offset),
      version: view.version,
    });
    lines.push(...textLines(result, columns, asked, settings));
  }
  return lines.join("\n");
}

export function textLines(
  result: RowsResult,
  columns: Column[],
  asked: string[],
  settings: CellSettings,
): string[] {
  const place = new Map(asked.map((name, index) => [name, index]));
  return result.rows.map((row) => {
    const cellOf = (name: string) => row[place.get(name) ?? -1];
    const fields = columns.map((column) =>
      tsvField(plainText(column, cellOf(column.name) ?? null, currencyOf(column, cellOf), settings)),
    );
    return fields.join("\t");
  });
}

/** Puts text that may still be on its way on the clipboard; some browsers want to be asked within the click. */
export async function copyText(text: string | Promise<string>): Promise<void> {
  if (typeof text === "string") return navigator.clipboard.writeText(text);
  const blob = text.then((whole) => new Blob([whole], { type: "text/plain" }));
  await navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
}
