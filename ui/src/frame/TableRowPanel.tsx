/**
 * The side panel of one row: every field with its whole value, and the object as Stripe sent it. The table beside it stays in use.
 * Read next: NestedValue.tsx, RowFields.tsx.
 */
import { ActionIcon, CloseButton, CopyButton, Group, Skeleton, Stack, Tabs, Text } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Check, ChevronDown, ChevronUp, Copy } from "lucide-react";
import { useMemo } from "react";
import { getText, post, segment } from "../api/client";
import type { Column, Frame, RowsResult } from "../api/types";
import { ProblemNote } from "../app/ProblemNote";
import { countText } from "../format/numbers";
import type { FrameView } from "./frameView";
import { indentJson } from "./nested";
import { RowFields } from "./RowFields";
import type { CellContext } from "./TableCell";
import classes from "./TableRowPanel.module.css";

interface TableRowPanelProps {
  frame: Frame;
  view: FrameView;
  columns: Column[];
  row: number;
  rowCount: number;
  settings: Omit<CellContext, "gridId">;
  onRow: (row: number) => void;
  onClose: () => void;
  onCopyText: (text: string) => void;
}

function useRow({ frame, view, row }: TableRowPanelProps) {
  const version = view.version ?? frame.version;
  return useQuery({
    queryKey: ["frame", frame.name, "row", version, view.filters, view.sort, row],
    queryFn: ({ signal }) => {
      const { filters, sort } = view;
      const request = { columns: null, filters, sort, offset: row, limit: 1, version: view.version };
      return post<RowsResult>(`/frames/${segment(frame.name)}/rows`, request, signal);
    },
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: keepPreviousData,
  });
}

export function TableRowPanel(props: TableRowPanelProps) {
  const { frame, view, columns, row, rowCount, settings, onRow, onClose } = props;
  const fields = useRow(props);
  const position = fields.data?.positions[0];
  return (
    <section
      className={classes.panel}
      aria-label={`Row ${countText(row + 1)}`}
      onKeyDown={(event) => event.key === "Escape" && onClose()}
    >
      <Group className={classes.head} gap={4} wrap="nowrap">
        <Text fw={600} size="sm" flex={1}>
          Row {countText(row + 1)}
        </Text>
        <ActionIcon
          variant="subtle"
          aria-label="Previous row"
          disabled={row === 0}
          onClick={() => onRow(row - 1)}
        >
          <ChevronUp size={16} />
        </ActionIcon>
        <ActionIcon
          variant="subtle"
          aria-label="Next row"
          disabled={row >= rowCount - 1}
          onClick={() => onRow(row + 1)}
        >
          <ChevronDown size={16} />
        </ActionIcon>
        <CloseButton aria-label="Close row" onClick={onClose} />
      </Group>
      <Tabs defaultValue="fields" className={classes.tabs} keepMounted={false}>
        <Tabs.List>
          <Tabs.Tab value="fields">Fields</Tabs.Tab>
          <Tabs.Tab value="json">JSON</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="fields" className={classes.content}>
          {fields.isError && <ProblemNote error={fields.error} onRetry={() => fields.refetch()} />}
          {fields.isPending && <Pending />}
          {fields.data && (
            <RowFields columns={columns} result={fields.data} settings={settings} onCopy={props.onCopyText} />
          )}
        </Tabs.Panel>
        <Tabs.Panel value="json" className={classes.content}>
          {position !== undefined && <ObjectJson frame={frame} view={view} position={position} />}
        </Tabs.Panel>
      </Tabs>
    </section>
  );
}

function Pending() {
  return (
    <Stack gap="xs">
      {Array.from({ length: 12 }, (_, index) => (
        <Skeleton key={index} height={14} />
      ))}
    </Stack>
  );
}

/** Longer JSON is shown as it came: marking up each of its words would stop the page. */
const MARKED_LIMIT = 200_000;

function ObjectJson({ frame, view, position }: { frame: Frame; view: FrameView; position: number }) {
  const version = view.version ?? frame.version;
  const object = useQuery({
    queryKey: ["frame", frame.name, "object", version, position],
    queryFn: ({ signal }) =>
      getText(`/frames/${segment(frame.name)}/objects/${position}?version=${version}`, signal),
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: keepPreviousData,
  });
  const text = object.data;
  const tokens = useMemo(() => {
    if (text === undefined) return [];
    return text.length > MARKED_LIMIT ? [{ kind: "word" as const, text }] : indentJson(text);
  }, [text]);
  if (object.isError) return <ProblemNote error={object.error} onRetry={() => object.refetch()} />;
  if (text === undefined) return <Pending />;
  const whole = tokens.map((token) => token.text).join("");
  return (
    <div className={classes.json}>
      <CopyButton value={whole}>
        {({ copied, copy }) => (
          <ActionIcon className={classes.copy} variant="default" aria-label="Copy JSON" onClick={copy}>
            {copied ? <Check size={15} /> : <Copy size={15} />}
          </ActionIcon>
        )}
      </CopyButton>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: text that scrolls is reached with the keyboard */}
      <pre tabIndex={0}>
        {tokens.map(({ kind, text: part }, index) =>
          kind === "sign" ? (
            part
          ) : (
            <bdi key={index} className={classes[kind]}>
              {part}
            </bdi>
          ),
        )}
      </pre>
    </div>
  );
}
