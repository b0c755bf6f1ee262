/** The filters of a frame's page in words, each with a button that takes it away. Read next: frameView.ts, filterWords.ts. */
import { Button, CloseButton } from "@mantine/core";
import { Funnel } from "lucide-react";
import type { Column } from "../api/types";
import type { CellSettings } from "./cellText";
import classes from "./FilterChips.module.css";
import { filterWords } from "./filterWords";
import type { FrameView } from "./frameView";

interface FilterChipsProps {
  view: FrameView;
  columns: Column[];
  settings: CellSettings;
}

export function FilterChips({ view, columns, settings }: FilterChipsProps) {
  const { filters, setFilters } = view;
  if (filters.length === 0) return null;
  return (
    <div className={classes.line}>
      <ul className={classes.chips} aria-label="Filters">
        {filters.map((filter, index) => {
          const column = columns.find(({ name }) => name === filter.column);
          const words = filterWords(filter, column, filters, settings);
          return (
            <li key={index} className={classes.chip}>
              <Funnel size={12} aria-hidden />
              <span className={classes.words}>
                <bdi className={classes.column}>{filter.column}</bdi> <bdi>{words}</bdi>
              </span>
              <CloseButton
                size="xs"
                aria-label={`Remove filter: ${filter.column} ${words}`}
                onClick={() => setFilters(filters.filter((_, other) => other !== index))}
              />
            </li>
          );
        })}
      </ul>
      {filters.length > 1 && (
        <Button size="compact-xs" variant="subtle" flex="none" onClick={() => setFilters([])}>
          Remove all filters
        </Button>
      )}
    </div>
  );
}
