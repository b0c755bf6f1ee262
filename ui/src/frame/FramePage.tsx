/**
 * A data frame's page: its name and what is known of it, its import if one is under way, and the tabs.
 * Each tab is a file of its own, loaded when it is first opened.
 */
import { ActionIcon, Button, Menu, Tabs } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Ellipsis, RotateCw } from "lucide-react";
import { lazy, Suspense } from "react";
import { ApiProblem, get, segment } from "../api/client";
import { useLiveRuns } from "../api/events";
import { keys, useRuns } from "../api/queries";
import type { Frame, Run } from "../api/types";
import { useNow } from "../app/now";
import page from "../app/Page.module.css";
import { usePageTitle } from "../app/PageHead";
import { ProblemNote } from "../app/ProblemNote";
import { framePath, Link, navigate } from "../app/router";
import { Tag } from "../app/Tag";
import { useTimeZone } from "../app/timeZone";
import { agoText, minuteText } from "../format/dates";
import { countOf } from "../format/numbers";
import { RunProgress } from "../runs/RunProgress";
import { reimport } from "./actions";
import { FrameMenu } from "./FrameMenu";
import classes from "./FramePage.module.css";

const tabs = {
  summary: { label: "Summary", Body: lazy(() => import("./Summary")) },
  table: { label: "Table", Body: lazy(() => import("./Table")) },
  chart: { label: "Chart", Body: lazy(() => import("../chart/ChartTab")) },
  sql: { label: "SQL", Body: lazy(() => import("../sql/SqlTab")) },
  history: { label: "History", Body: lazy(() => import("../history/HistoryTab")) },
} as const;

export default function FramePage({ name, tab }: { name: string; tab: string }) {
  usePageTitle(name);
  const frame = useQuery({
    queryKey: keys.frame(name),
    queryFn: ({ signal }) => get<Frame>(`/frames/${segment(name)}`, signal),
  });
  const live = useLiveRuns().filter((run) => run.frame === name);
  const running = live.find((run) => run.state === "running");
  const missing = frame.error instanceof ApiProblem && frame.error.status === 404;
  if (frame.isError && !(missing && running))
    return <Missing name={name} error={frame.error} missing={missing} />;
  const data = frame.data;
  if (!data) {
    return (
      <div className={page.page}>
        <h1 className={classes.name}>{name}</h1>
        {running && <RunProgress run={running} />}
      </div>
    );
  }
  // A frame whose first import is not done has nothing to show in its tabs.
  const filled = data.kind !== "import" || data.imported_at !== null;
  return (
    <div className={classes.frame}>
      <Head frame={data} />
      <Progress frame={data} live={live} />
      {filled ? <TabsOf frame={data} tab={tab} /> : null}
    </div>
  );
}

/** There is no such frame, or its first import ended early and can be gone on with. */
function Missing({ name, error, missing }: { name: string; error: unknown; missing: boolean }) {
  const runs = useRuns(name, 1);
  if (runs.isPending) return null;
  const last = runs.data?.[0];
  const early = missing && last !== undefined && (last.state === "failed" || last.state === "stopped");
  return (
    <div className={page.page}>
      <h1 className={classes.name}>{name}</h1>
      {early ? <RunProgress run={last} /> : <ProblemNote error={error} />}
      {missing && <Link to="/">All data frames</Link>}
    </div>
  );
}

function Head({ frame }: { frame: Frame }) {
  const now = useNow();
  const zone = useTimeZone();
  return (
    <header className={classes.head}>
      <div className={classes.title}>
        <div className={classes.line}>
          <h1 className={classes.name} dir="auto">
            {frame.name}
          </h1>
          {frame.connection && <Tag tone={frame.sandbox ? "warn" : "plain"}>{frame.connection}</Tag>}
          {frame.sandbox && frame.connection !== "Sandbox" && <Tag tone="warn">Sandbox</Tag>}
        </div>
        <p className={classes.facts} title={frame.sentence ?? undefined}>
          {[
            frame.data_type_label ?? (frame.kind === "view" ? "View" : "Query"),
            countOf(frame.rows, "row"),
          ].join(" · ")}
          {frame.imported_at !== null && (
            <span title={minuteText(frame.imported_at, zone)}>
              {" "}
              · imported {agoText(frame.imported_at, now, zone)}
            </span>
          )}
          {frame.state === "stale" && <span className={classes.stale}> · stale</span>}
        </p>
        {frame.missing_accounts.length > 0 && <MissingAccounts frame={frame} />}
      </div>
      <div className={classes.actions}>
        {frame.request && (
          <Button
            size="xs"
            variant="default"
            leftSection={<RotateCw size={14} />}
            disabled={frame.state === "importing"}
            onClick={() => reimport(frame)}
          >
            Re-import
          </Button>
        )}
        <Menu position="bottom-end" width={190} transitionProps={{ duration: 0 }}>
          <Menu.Target>
            <ActionIcon variant="default" size={30} aria-label="More actions">
              <Ellipsis size={16} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <FrameMenu frame={frame} />
          </Menu.Dropdown>
        </Menu>
      </div>
    </header>
  );
}

/** Accounts that were chosen and could not be read: nobody is to take the frame for whole. */
function MissingAccounts({ frame }: { frame: Frame }) {
  const missing = frame.missing_accounts.map(({ account, reason }) => `${account} (${reason})`);
  const shown = missing.slice(0, 3).join(", ");
  const more = missing.length > 3 ? ` and ${missing.length - 3} more` : "";
  return (
    <p className={classes.stale} role="note" title={missing.join("\n")}>
      {missing.length} of {countOf(frame.accounts ?? 0, "account")} not in this frame: {shown}
      {more}
    </p>
  );
}

/** The import under way, or the last one when it ended early. */
function Progress({ frame, live }: { frame: Frame; live: Run[] }) {
  const early = frame.state === "failed";
  const recent = useRuns(frame.name, 1);
  const run = live[0] ?? (early ? recent.data?.[0] : undefined);
  // A failure of long ago may have no run any more.
  if (!run && early && recent.isSuccess && frame.last_error !== null) {
    return (
      <div className={classes.progress}>
        <ProblemNote
          error={new Error(frame.last_error)}
          onRetry={frame.request ? () => reimport(frame) : undefined}
        />
      </div>
    );
  }
  if (!run || run.state === "done") return null;
  return (
    <div className={classes.progress}>
      <RunProgress run={run} />
    </div>
  );
}

function TabsOf({ frame, tab }: { frame: Frame; tab: string }) {
  const shown = tab in tabs ? (tab as keyof typeof tabs) : "summary";
  const Body = tabs[shown].Body;
  return (
    <Tabs
      value={shown}
      onChange={(next) => next && navigate(framePath(frame.name, next) + window.location.search)}
      className={classes.tabs}
      keepMounted={false}
    >
      <Tabs.List className={classes.list}>
        {Object.entries(tabs).map(([key, { label }]) => (
          <Tabs.Tab key={key} value={key}>
            {label}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value={shown} className={classes.body}>
        <Suspense fallback={null}>
          <Body key={`${shown}`} frame={frame} />
        </Suspense>
      </Tabs.Panel>
    </Tabs>
  );
}
