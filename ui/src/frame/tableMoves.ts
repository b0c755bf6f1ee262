/**
 * Where a key leads in a table, and what is chosen there. Row -1 is the header. Nothing here touches the page.
 * Read next: TableGrid.tsx.
 */

export interface Place {
  row: number;
  column: number;
}

/** A rectangle of cells from where it was begun to where it stands; whole rows when begun at the row numbers. */
export interface Selection {
  anchor: Place;
  active: Place;
  wholeRows: boolean;
}

export interface Bounds {
  rows: number;
  columns: number;
  /** Rows that a page key moves. */
  page: number;
}

export const HEADER = -1;
export const FIRST: Selection = {
  anchor: { row: 0, column: 0 },
  active: { row: 0, column: 0 },
  wholeRows: false,
};

/** Where a key leads, null when it leads nowhere. `far` is with Ctrl or Cmd. */
export function moved(from: Place, key: string, far: boolean, bounds: Bounds): Place | null {
  const lastRow = bounds.rows - 1;
  const lastColumn = bounds.columns - 1;
  switch (key) {
    case "ArrowUp":
      return { ...from, row: far && from.row > 0 ? 0 : Math.max(HEADER, from.row - 1) };
    case "ArrowDown":
      return { ...from, row: far ? lastRow : Math.min(lastRow, from.row + 1) };
    case "ArrowLeft":
      return { ...from, column: far ? 0 : Math.max(0, from.column - 1) };
    case "ArrowRight":
      return { ...from, column: far ? lastColumn : Math.min(lastColumn, from.column + 1) };
    case "Home":
      return { row: far ? Math.min(0, lastRow) : from.row, column: 0 };
    case "End":
      return { row: far ? lastRow : from.row, column: lastColumn };
    case "PageUp":
      return { ...from, row: Math.max(Math.min(0, lastRow), from.row - bounds.page) };
    case "PageDown":
      return { ...from, row: Math.min(lastRow, from.row + bounds.page) };
    default:
      return null;
  }
}

export function selectAt(place: Place): Selection {
  return { anchor: place, active: place, wholeRows: false };
}

/** The selection after the active cell went to `place`: grown from where it was begun, or anew. */
export function selectTo(selection: Selection, place: Place, grow: boolean): Selection {
  if (!grow || place.row === HEADER || selection.anchor.row === HEADER) return selectAt(place);
  return { ...selection, active: place };
}

export interface Rectangle {
  top: number;
  bottom: number;
  left: number;
  right: number;
}

/** The chosen cells with both ends included, null while the header is active. */
export function rectangle(selection: Selection, columns: number): Rectangle | null {
  const { anchor, active, wholeRows } = selection;
  if (active.row === HEADER || columns === 0) return null;
  return {
    top: Math.min(anchor.row, active.row),
    bottom: Math.max(anchor.row, active.row),
    left: wholeRows ? 0 : Math.min(anchor.column, active.column),
    right: wholeRows ? columns - 1 : Math.max(anchor.column, active.column),
  };
}

/** A selection that still lies in a table that has become smaller. */
export function within(selection: Selection, rows: number, columns: number): Selection {
  const inside = (place: Place): Place => ({
    row: Math.min(place.row, Math.max(0, rows - 1)),
    column: Math.max(0, Math.min(place.column, columns - 1)),
  });
  return { ...selection, anchor: inside(selection.anchor), active: inside(selection.active) };
}
