/** The most frequent values of a column as labelled bars; each filters the page by its value. Read next: rovingFocus.ts. */
import type { Cell, Column, ColumnSummary } from "../api/types";
import { countText, shareText } from "../format/numbers";
import { type CellSettings, shownText } from "./cellText";
import { chosenValues, type FrameView, toggleValue } from "./frameView";
import { useRovingFocus } from "./rovingFocus";
import classes from "./Summary.module.css";

/** As many as a card has room for. */
const BARS = 7;

interface SummaryBarsProps {
  column: Column;
  summary: ColumnSummary;
  view: FrameView;
  settings: CellSettings;
}

function valueText(column: Column, value: Cell, settings: CellSettings): string {
  if (value === null) return "empty";
  if (value === "") return "“”";
  return shownText(column, value, null, settings);
}

export function SummaryBars({ column, summary, view, settings }: SummaryBarsProps) {
  const shown = summary.top.slice(0, BARS);
  const present = summary.rows - summary.missing;
  const others = present - shown.reduce((sum, { count }) => sum + count, 0);
  const most = Math.max(1, ...shown.map(({ count }) => count));
  const chosen = chosenValues(view.filters, column.name) ?? [];
  // Bars of one row each would look like a distribution.
  const isDifferent = most === 1 && others > 0;
  const roving = useRovingFocus(shown.length, "vertical");
  return (
    <div
      className={classes.bars}
      role="group"
      aria-label={`Most frequent values of ${column.name}`}
      {...roving.group}
    >
      {isDifferent && <p className={classes.different}>Every value is different, such as</p>}
      {shown.slice(0, isDifferent ? 5 : BARS).map(({ value, count }, index) => {
        const text = valueText(column, value, settings);
        return (
          <button
            key={String(value)}
            type="button"
            className={classes.bar}
            data-muted={(chosen.length > 0 && !chosen.includes(value)) || undefined}
            aria-pressed={chosen.includes(value)}
            aria-label={`${text}, ${countText(count)} ${count === 1 ? "row" : "rows"}, filter`}
            title={`${text}: ${countText(count)} (${shareText(count / Math.max(1, present))})`}
            onClick={() => view.setFilters(toggleValue(view.filters, column.name, value))}
            {...roving.item(index)}
          >
            <span className={classes.fill} style={{ width: isDifferent ? 2 : `${(count / most) * 100}%` }} />
            <bdi className={classes.barText}>{text}</bdi>{" "}
            {!isDifferent && <span className={classes.barCount}>{countText(count)}</span>}
          </button>
        );
      })}
      {others > 0 && !isDifferent && (
        <div className={classes.others}>
          <span>Others</span>
          <span className={classes.barCount}>{countText(others)}</span>
        </div>
      )}
    </div>
  );
}
