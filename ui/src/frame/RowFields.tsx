/** The fields of one row with their whole values, searchable, each to be copied. Read next: NestedValue.tsx. */
import { Switch, TextInput } from "@mantine/core";
import { Copy, ExternalLink, Search } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { Cell, Column, RowsResult } from "../api/types";
import { visible } from "../format/visible";
import { ColumnTypeIcon } from "./ColumnTypeIcon";
import { currencyOf, isNested, isNumeric, plainText, shownText } from "./cellText";
import { NestedValue } from "./NestedValue";
import { parseJson } from "./nested";
import { dashboardLink } from "./stripeLinks";
import { type CellContext, NoValue } from "./TableCell";
import classes from "./TableRowPanel.module.css";

interface RowFieldsProps {
  columns: Column[];
  result: RowsResult;
  settings: Omit<CellContext, "gridId">;
  onCopy: (text: string) => void;
}

export function RowFields({ columns, result, settings, onCopy }: RowFieldsProps) {
  const [search, setSearch] = useState("");
  const [withEmpty, setWithEmpty] = useState(false);
  const cells = result.rows[0] ?? [];
  const place = new Map(result.columns.map((name, index) => [name, index]));
  const cellOf = (name: string) => cells[place.get(name) ?? -1];
  const wanted = search.trim().toLowerCase();
  const found = columns.filter((column) => {
    const cell = cellOf(column.name) ?? null;
    if (cell === null && !withEmpty) return false;
    return `${column.name} ${cell ?? ""}`.toLowerCase().includes(wanted);
  });
  return (
    <>
      <TextInput
        size="xs"
        aria-label="Search fields"
        placeholder="Search names and values"
        leftSection={<Search size={14} />}
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
      />
      <Switch
        size="xs"
        my={8}
        label="Empty fields too"
        checked={withEmpty}
        onChange={(event) => setWithEmpty(event.currentTarget.checked)}
      />
      <dl className={classes.fields}>
        {found.map((column) => (
          <Field
            key={column.name}
            column={column}
            cell={cellOf(column.name) ?? null}
            currency={currencyOf(column, cellOf)}
            settings={settings}
            onCopy={onCopy}
          />
        ))}
      </dl>
      {found.length === 0 && <p className={classes.soft}>No field matches.</p>}
    </>
  );
}

interface FieldProps {
  column: Column;
  cell: Cell;
  currency: string | null;
  settings: RowFieldsProps["settings"];
}

function Field({ column, cell, currency, settings, onCopy }: FieldProps & Pick<RowFieldsProps, "onCopy">) {
  return (
    <div className={classes.field}>
      <dt>
        <ColumnTypeIcon column={column} size={12} />
        <bdi>{visible(column.name)}</bdi>
      </dt>
      <dd>
        <FieldValue column={column} cell={cell} currency={currency} settings={settings} />
        {cell !== null && (
          <button
            type="button"
            className={classes.fieldCopy}
            aria-label={`Copy ${column.name}`}
            onClick={() => onCopy(plainText(column, cell, currency, settings))}
          >
            <Copy size={13} aria-hidden />
          </button>
        )}
      </dd>
    </div>
  );
}

function FieldValue({ column, cell, currency, settings }: FieldProps): ReactNode {
  if (cell === null) return <NoValue />;
  if (isNested(column)) {
    const value = parseJson(String(cell));
    if (value !== undefined) {
      return (
        <div className={classes.nested}>
          <NestedValue value={value} decimals={settings.decimals} />
        </div>
      );
    }
  }
  if (column.money !== null) {
    return (
      <span className={classes.value}>
        {shownText(column, cell, currency, settings)}{" "}
        <span className={classes.soft}>{currency?.toUpperCase()}</span>
      </span>
    );
  }
  if (isNumeric(column) || column.type === "timestamp" || typeof cell === "boolean") {
    return <span className={classes.value}>{shownText(column, cell, currency, settings)}</span>;
  }
  const href = dashboardLink(settings.mode, column.link, String(cell));
  if (href !== null) {
    return (
      <a className={classes.value} href={href} target="_blank" rel="noreferrer noopener">
        {String(cell)} <ExternalLink size={12} aria-label="in Stripe's dashboard" />
      </a>
    );
  }
  return <LongText text={String(cell)} />;
}

/** The whole of a text: line ends are line ends here, other control characters are their pictures. */
function LongText({ text }: { text: string }) {
  const lines = text
    .split(/\r\n|\n/)
    .map(visible)
    .join("\n");
  if (text.length <= 400) {
    return (
      <span className={classes.value} dir="auto">
        {lines}
      </span>
    );
  }
  return (
    <div
      role="group"
      className={`${classes.value} ${classes.long}`}
      dir="auto"
      aria-label="long text"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: text that scrolls is reached with the keyboard
      tabIndex={0}
    >
      {lines}
    </div>
  );
}
