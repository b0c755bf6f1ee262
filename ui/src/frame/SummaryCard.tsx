/**
 * One column in numbers and pictures. The picture of a column that is filtered shows what the other columns' filters leave, so that
 * more of its values can be chosen. A card far out of view is drawn last. Read next: SummaryBars.tsx, SummaryHistogram.tsx.
 */
import { Popover, Skeleton } from "@mantine/core";
import { Funnel } from "lucide-react";
import { memo, useDeferredValue, useRef, useState } from "react";
import type { Column, ColumnSummary, Frame } from "../api/types";
import { ProblemNote } from "../app/ProblemNote";
import { countOf, countText, shareText } from "../format/numbers";
import { ColumnFilter } from "./ColumnFilter";
import { ColumnTypeIcon, typeWord } from "./ColumnTypeIcon";
import { type CellSettings, isNested } from "./cellText";
import { chosenValues, type FrameView, toggleValue } from "./frameView";
import { useNearView, useTurn } from "./nearView";
import classes from "./Summary.module.css";
import { SummaryBars } from "./SummaryBars";
import { SummaryMoney, SummaryNumbers } from "./SummaryNumbers";
import { useSummary } from "./summaryQueries";

interface SummaryCardProps {
  frame: Frame;
  view: FrameView;
  column: Column;
  batch: string[];
  settings: CellSettings;
  /** When it may be drawn though it is far out of view; null is never. */
  order: number | null;
}

export const SummaryCard = memo(function SummaryCard(props: SummaryCardProps) {
  const box = useRef<HTMLLIElement>(null);
  const isNear = useNearView(box);
  const hasTurn = useTurn(props.order);
  // What is far away may wait for a new filter; what is in view may not.
  const later = useDeferredValue(props.view);
  return (
    <li ref={box} className={classes.card} aria-label={props.column.name}>
      {(isNear || hasTurn) && <CardContent {...props} view={isNear ? props.view : later} />}
    </li>
  );
}, isSameCard);

// A view is made anew with each drawing of the page; what matters of it are its filters and its version.
function isSameCard(one: SummaryCardProps, other: SummaryCardProps): boolean {
  return (
    one.frame === other.frame &&
    one.column === other.column &&
    one.batch === other.batch &&
    one.order === other.order &&
    one.settings === other.settings &&
    one.view.filters === other.view.filters &&
    one.view.version === other.view.version
  );
}

function useColumnSummary({ frame, view, column, batch }: SummaryCardProps) {
  const others = view.filters.filter((filter) => filter.column !== column.name);
  const isFiltered = others.length < view.filters.length;
  const together = useSummary(frame, view, view.filters, batch, !isFiltered);
  const alone = useSummary(frame, view, others, [column.name], isFiltered);
  const used = isFiltered ? alone : together;
  const data = used.data ?? together.data;
  const summary = data?.columns.find((entry) => entry.column === column.name);
  return { summary, isEarlier: used.isPlaceholderData || !used.data, error: used.error, retry: used.refetch };
}

function CardContent(props: SummaryCardProps) {
  const { column, view, settings } = props;
  const { summary, isEarlier, error, retry } = useColumnSummary(props);
  const dot = column.name.lastIndexOf(".");
  return (
    <>
      <div className={classes.cardHead}>
        <ColumnTypeIcon column={column} />
        <h2 title={column.description ? `${column.name}: ${column.description}` : column.name}>
          {dot > 0 && <bdi className={classes.path}>{column.name.slice(0, dot + 1)}</bdi>}
          <bdi className={classes.leaf}>{column.name.slice(dot + 1)}</bdi>
        </h2>
        <FilterButton {...props} />
      </div>
      {error && <ProblemNote error={error} onRetry={retry} />}
      {!error && !summary && <PendingBody />}
      {!error && summary && (
        <div className={classes.body} data-earlier={isEarlier || undefined}>
          <MissingShare column={column} summary={summary} view={view} />
          <Body column={column} summary={summary} view={view} settings={settings} />
        </div>
      )}
    </>
  );
}

function FilterButton({ frame, column, view, settings }: SummaryCardProps) {
  const [opened, setOpened] = useState(false);
  const isFiltered = view.filters.some((filter) => filter.column === column.name);
  const button = (
    <button
      type="button"
      className={classes.filter}
      data-filtered={isFiltered || undefined}
      aria-label={`Filter ${column.name}`}
      onClick={() => setOpened(!opened)}
    >
      <Funnel size={14} aria-hidden />
    </button>
  );
  // Dozens of popovers that nobody has opened would make every filter slow.
  if (!opened) return button;
  return (
    <Popover
      opened
      onChange={setOpened}
      position="bottom-end"
      width={300}
      shadow="md"
      trapFocus
      returnFocus
      transitionProps={{ duration: 0 }}
    >
      <Popover.Target>{button}</Popover.Target>
      <Popover.Dropdown aria-label={`Filter ${column.name}`}>
        <ColumnFilter frame={frame} column={column} view={view} settings={settings} />
      </Popover.Dropdown>
    </Popover>
  );
}

function PendingBody() {
  return (
    <div className={classes.body} aria-busy>
      <Skeleton height={5} mt={2} />
      <Skeleton height={11} width="55%" mt={7} />
      <Skeleton height={128} mt={14} />
    </div>
  );
}

interface BodyProps {
  column: Column;
  summary: ColumnSummary;
  view: FrameView;
  settings: CellSettings;
}

/** How much is missing, and how many different values there are: a bar, a sentence, and a filter. */
function MissingShare({ column, summary, view }: Omit<BodyProps, "settings">) {
  const { rows, missing, distinct, distinct_exact } = summary;
  const share = rows === 0 ? 0 : missing / rows;
  const isChosen = chosenValues(view.filters, column.name)?.includes(null) ?? false;
  const toggle = () => view.setFilters(toggleValue(view.filters, column.name, null));
  const missingText = missing === 0 ? "none missing" : `${shareText(share)} missing`;
  return (
    <div>
      <div className={classes.share} aria-hidden>
        <div style={{ width: `${(1 - share) * 100}%` }} />
      </div>
      <div className={classes.facts}>
        <span>{typeWord(column)}</span>
        {missing === 0 ? (
          <span>{missingText}</span>
        ) : (
          <button
            type="button"
            className={classes.factButton}
            aria-pressed={isChosen}
            aria-label={`${missingText} in ${column.name}, ${countOf(missing, "row")}, filter`}
            title={`${countOf(missing, "row")} without a value`}
            onClick={toggle}
          >
            {missingText}
          </button>
        )}
        {!isNested(column) && distinct !== null && (
          <span>
            {distinct_exact ? "" : "≈ "}
            {countText(distinct)} distinct
          </span>
        )}
      </div>
    </div>
  );
}

function Body({ column, summary, view, settings }: BodyProps) {
  if (summary.missing >= summary.rows) return <p className={classes.nothing}>No value in these rows.</p>;
  if (summary.money !== null && summary.money.length > 0) {
    return <SummaryMoney column={column} stats={summary.money} view={view} settings={settings} />;
  }
  if (summary.histogram.length > 0) {
    return <SummaryNumbers column={column} summary={summary} view={view} settings={settings} />;
  }
  if (summary.top.length > 0) {
    return <SummaryBars column={column} summary={summary} view={view} settings={settings} />;
  }
  const present = summary.rows - summary.missing;
  if (summary.distinct === present) return <p className={classes.nothing}>Every value is different.</p>;
  return <p className={classes.nothing}>{countOf(present, "row")} with a value.</p>;
}
