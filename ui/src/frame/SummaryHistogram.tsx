/**
 * A histogram: bars drawn as one picture, with a button over each that filters the page by its range; dragging or Shift takes several.
 * Its name says in words what it shows. Read next: histogramRange.ts.
 */
import { type PointerEvent, useState } from "react";
import type { Bin, Cell } from "../api/types";
import { countOf, countText } from "../format/numbers";
import { isInRange, type Range } from "./histogramRange";
import { useRovingFocus } from "./rovingFocus";
import classes from "./Summary.module.css";

interface SummaryHistogramProps {
  name: string;
  bins: Bin[];
  /** What the page is filtered by. */
  range: Range | null;
  text: (cell: Cell) => string;
  isLow: boolean;
  onChoose: (first: number, last: number) => void;
  onClear: () => void;
}

const HEIGHT = 100;

function barPath(bins: Bin[], most: number, isDrawn: (bin: Bin, index: number) => boolean): string {
  return bins
    .map((bin, index) => {
      if (bin.count === 0 || !isDrawn(bin, index)) return "";
      const height = Math.max(2.5, (bin.count / most) * HEIGHT);
      return `M${index + 0.06} ${HEIGHT}v${-height}h0.88v${height}z`;
    })
    .join("");
}

export function SummaryHistogram({
  name,
  bins,
  range,
  text,
  isLow,
  onChoose,
  onClear,
}: SummaryHistogramProps) {
  const [under, setUnder] = useState<number | null>(null);
  const [drag, setDrag] = useState<{ from: number; to: number } | null>(null);
  const roving = useRovingFocus(bins.length, "horizontal");
  const most = Math.max(1, ...bins.map((bin) => bin.count));
  const isChosen = (bin: Bin, index: number) => {
    if (drag) return index >= Math.min(drag.from, drag.to) && index <= Math.max(drag.from, drag.to);
    return range === null || isInRange(bin, range);
  };
  const chosen = bins.flatMap((bin, index) => (range !== null && isInRange(bin, range) ? [index] : []));
  const pick = (index: number, more: boolean) => {
    if (more && chosen.length > 0) return onChoose(Math.min(index, ...chosen), Math.max(index, ...chosen));
    if (chosen.length === 1 && chosen[0] === index) return onClear();
    onChoose(index, index);
  };
  const release = (event: PointerEvent) => {
    if (drag === null) return;
    setDrag(null);
    if (drag.from === drag.to) pick(drag.from, event.shiftKey);
    else onChoose(drag.from, drag.to);
  };
  const shown = under === null ? undefined : bins[under];
  return (
    <div>
      <div
        className={classes.histogram}
        data-low={isLow || undefined}
        role="group"
        aria-label={inWords(name, bins, text)}
        onPointerLeave={() => setUnder(null)}
        onPointerUp={release}
        {...roving.group}
      >
        <svg viewBox={`0 0 ${bins.length} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
          <path className={classes.away} d={barPath(bins, most, (bin, index) => !isChosen(bin, index))} />
          <path className={classes.drawn} d={barPath(bins, most, isChosen)} />
        </svg>
        <div className={classes.hits}>
          {bins.map((bin, index) => (
            <button
              key={index}
              type="button"
              className={classes.hit}
              aria-pressed={range !== null && isInRange(bin, range)}
              aria-label={`${text(bin.from)} to ${text(bin.to)}, ${countOf(bin.count, "row")}, filter`}
              onPointerEnter={() => {
                setUnder(index);
                if (drag) setDrag({ ...drag, to: index });
              }}
              onPointerDown={(event) => event.button === 0 && setDrag({ from: index, to: index })}
              onClick={(event) => event.detail === 0 && pick(index, event.shiftKey)}
              onBlur={() => setUnder(null)}
              {...roving.item(index)}
            />
          ))}
        </div>
      </div>
      <div className={classes.axis} aria-hidden>
        {shown ? (
          <span className={classes.under}>
            <strong>{countText(shown.count)}</strong> · {text(shown.from)} – {text(shown.to)}
          </span>
        ) : (
          <>
            <span>{text(bins[0]?.from ?? null)}</span>
            <span>{text(bins.at(-1)?.to ?? null)}</span>
          </>
        )}
      </div>
    </div>
  );
}

function inWords(name: string, bins: Bin[], text: (cell: Cell) => string): string {
  const [first] = bins;
  const last = bins.at(-1);
  if (!first || !last) return `Histogram of ${name}`;
  const highest = bins.reduce((best, bin) => (bin.count > best.count ? bin : best), first);
  const most = `most rows, ${countText(highest.count)}, from ${text(highest.from)} to ${text(highest.to)}`;
  return `Histogram of ${name}: ${bins.length} bars from ${text(first.from)} to ${text(last.to)}; ${most}`;
}
