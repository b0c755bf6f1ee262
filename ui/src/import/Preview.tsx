/** The first rows of what would be imported, and which columns to keep. Nothing of it is stored. */
import { Button, Group, Loader, Switch, TextInput } from "@mantine/core";
import { Search, Table2 } from "lucide-react";
import { useMemo, useState } from "react";
import { useCurrencies } from "../api/queries";
import type { PreviewResult } from "../api/types";
import { ProblemNote } from "../app/ProblemNote";
import { countOf, countText } from "../format/numbers";
import classes from "./Preview.module.css";
import { PreviewTable } from "./PreviewTable";

interface PreviewProps {
  result: PreviewResult | undefined;
  busy: boolean;
  /** What was asked for has changed since. */
  behind: boolean;
  error: unknown;
  timeZone: string;
  leftOut: string[];
  onLeftOut: (columns: string[]) => void;
}

export function Preview(props: PreviewProps) {
  const { result, busy, behind, error } = props;
  return (
    <section className={classes.preview} aria-label="First rows" aria-busy={busy}>
      <div className={classes.status} role="status">
        {busy && <Loader size={14} aria-hidden />}
        <span>{statusText(props)}</span>
      </div>
      {error !== null && <ProblemNote error={error} />}
      {result && error === null ? (
        <div className={classes.result} data-behind={behind || busy || undefined}>
          <Columns {...props} result={result} />
        </div>
      ) : (
        error === null && (
          <div className={classes.nothing}>
            <Table2 size={28} strokeWidth={1.4} aria-hidden />
            <p>The first rows are shown here. Nothing is stored by looking.</p>
          </div>
        )
      )}
    </section>
  );
}

function statusText({ result, busy, behind, error }: PreviewProps): string {
  if (busy) return "Looking at the first rows…";
  if (error !== null || !result) return "No rows looked at yet";
  if (behind) return "Something was changed since: look again to see what it brings";
  const rows = countOf(result.rows.length, "row");
  const looked = `${countOf(result.objects, "object")} looked at with ${countOf(result.requests, "request")}`;
  return `${rows}; ${looked}${result.has_more ? "; there are more" : ""}`;
}

function Columns({ result, leftOut, onLeftOut, timeZone }: PreviewProps & { result: PreviewResult }) {
  const [wanted, setWanted] = useState("");
  const [withEmpty, setWithEmpty] = useState(false);
  const currencies = useCurrencies();
  const isEmpty = useMemo(() => emptyColumns(result), [result]);
  const left = useMemo(() => new Set(leftOut), [leftOut]);
  const all = useMemo(() => inReadingOrder(result), [result]);
  const words = wanted.trim().toLowerCase();
  const shown = all.filter((index) => {
    if (words !== "") return result.columns[index]?.name.toLowerCase().includes(words);
    return withEmpty || !isEmpty[index];
  });
  const emptyCount = isEmpty.filter(Boolean).length;
  const kept = result.columns.filter((column) => !left.has(column.name)).length;
  const keep = (indexes: number[], yes: boolean) => {
    const next = new Set(left);
    for (const index of indexes) {
      const name = result.columns[index]?.name;
      if (name === undefined) continue;
      if (yes) next.delete(name);
      else next.add(name);
    }
    onLeftOut([...next]);
  };
  return (
    <>
      <Group gap="sm" className={classes.tools}>
        <TextInput
          size="xs"
          w={190}
          type="search"
          placeholder="Search columns"
          aria-label="Search columns"
          leftSection={<Search size={14} />}
          value={wanted}
          onChange={(event) => setWanted(event.currentTarget.value)}
        />
        <Button.Group>
          <Button size="xs" variant="default" onClick={() => keep(words === "" ? all : shown, true)}>
            All
          </Button>
          <Button size="xs" variant="default" onClick={() => keep(words === "" ? all : shown, false)}>
            None
          </Button>
        </Button.Group>
        <span className={classes.count}>
          {countText(kept)} of {countOf(result.columns.length, "column")} kept
        </span>
        {emptyCount > 0 && (
          <Switch
            size="xs"
            label={`${countText(emptyCount)} without a value here`}
            checked={withEmpty}
            onChange={(event) => setWithEmpty(event.currentTarget.checked)}
          />
        )}
      </Group>
      <PreviewTable
        result={result}
        shown={shown}
        leftOut={left}
        onKeep={(index, yes) => keep([index], yes)}
        context={{ decimals: currencies.data ?? {}, timeZone }}
      />
    </>
  );
}

/** What people look for first; the catalog's order is Stripe's, by the alphabet. */
const first = [
  "id",
  "created",
  "amount",
  "net",
  "fee",
  "currency",
  "status",
  "type",
  "customer",
  "name",
  "email",
];
/** Says the data type's name in every row. */
const last = ["object"];

function inReadingOrder(result: PreviewResult): number[] {
  const rank = (index: number) => {
    const name = result.columns[index]?.name ?? "";
    if (last.includes(name)) return 2;
    return first.includes(name) ? first.indexOf(name) / first.length : 1;
  };
  return result.columns
    .map((_, index) => index)
    .sort((left, right) => rank(left) - rank(right) || left - right);
}

function emptyColumns(result: PreviewResult): boolean[] {
  // With no rows every column would be empty, and what would come could not be seen.
  if (result.rows.length === 0) return result.columns.map(() => false);
  return result.columns.map((_, index) => result.rows.every((row) => row[index] === null));
}
