/**
 * A data frame's page: its name and what is known of it, and the tabs.
 * Each tab is a file of its own, loaded when it is first opened.
 */
import { Tabs } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { get, segment } from "../api/client";
import { keys } from "../api/queries";
import type { Frame } from "../api/types";
import { ProblemNote } from "../app/ProblemNote";
import { framePath, navigate } from "../app/router";

const tabs = {
  summary: { label: "Summary", Body: lazy(() => import("./Summary")) },
  table: { label: "Table", Body: lazy(() => import("./Table")) },
  chart: { label: "Chart", Body: lazy(() => import("../chart/ChartTab")) },
  sql: { label: "SQL", Body: lazy(() => import("../sql/SqlTab")) },
  history: { label: "History", Body: lazy(() => import("../history/HistoryTab")) },
} as const;

export default function FramePage({ name, tab }: { name: string; tab: string }) {
  const frame = useQuery({
    queryKey: keys.frame(name),
    queryFn: ({ signal }) => get<Frame>(`/frames/${segment(name)}`, signal),
  });
  if (frame.isError) return <ProblemNote error={frame.error} onRetry={() => frame.refetch()} />;
  if (!frame.data) return null;
  const shown = tab in tabs ? (tab as keyof typeof tabs) : "summary";
  const Body = tabs[shown].Body;
  return (
    <>
      <h1>{name}</h1>
      <Tabs value={shown} onChange={(next) => next && navigate(framePath(name, next))}>
        <Tabs.List>
          {Object.entries(tabs).map(([key, { label }]) => (
            <Tabs.Tab key={key} value={key}>
              {label}
            </Tabs.Tab>
          ))}
        </Tabs.List>
      </Tabs>
      <Suspense fallback={null}>
        <Body frame={frame.data} />
      </Suspense>
    </>
  );
}
