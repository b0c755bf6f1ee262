/** What a person sees first: the library's data frames, or, with none, how to get some. */
import { Button, Paper, Table, Text, Title } from "@mantine/core";
import { CloudDownload, FlaskConical, KeyRound } from "lucide-react";
import type { ReactNode } from "react";
import { useLiveRuns } from "../api/events";
import { useConnections, useFrames, useStatus } from "../api/queries";
import type { Frame } from "../api/types";
import { openDialog } from "../app/dialogs";
import { useNow } from "../app/now";
import page from "../app/Page.module.css";
import { PageHead } from "../app/PageHead";
import { ProblemNote } from "../app/ProblemNote";
import { framePath, Link, navigate } from "../app/router";
import { Tag, type Tone } from "../app/Tag";
import { useTimeZone } from "../app/timeZone";
import { useSandbox } from "../connections/sandbox";
import { agoText } from "../format/dates";
import { countText } from "../format/numbers";
import { RunProgress } from "../runs/RunProgress";
import classes from "./Home.module.css";

export function Home() {
  const frames = useFrames();
  const runs = useLiveRuns().filter((run) => run.state === "running");
  if (frames.isError) {
    return (
      <div className={page.page}>
        <PageHead title="Library" />
        <ProblemNote error={frames.error} onRetry={() => frames.refetch()} />
      </div>
    );
  }
  if (!frames.data) return null;
  if (frames.data.length === 0 && runs.length === 0) return <Welcome />;
  return (
    <div className={page.page}>
      <PageHead title="Library">
        <Place />
      </PageHead>
      {runs.map((run) => (
        <RunProgress key={run.id} run={run} />
      ))}
      <FrameTable frames={frames.data} />
    </div>
  );
}

function Place() {
  const status = useStatus();
  return <>{status.data ? `Kept in ${status.data.library}` : "\u00a0"}</>;
}

function FrameTable({ frames }: { frames: Frame[] }) {
  const now = useNow();
  const zone = useTimeZone();
  return (
    <Table.ScrollContainer minWidth={520} scrollAreaProps={{ type: "auto" }}>
      <Table className={classes.table} verticalSpacing={8}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Name</Table.Th>
            <Table.Th>Data type</Table.Th>
            <Table.Th ta="right">Rows</Table.Th>
            <Table.Th ta="right">Columns</Table.Th>
            <Table.Th>Imported</Table.Th>
            <Table.Th>State</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {frames.map((frame) => (
            <Table.Tr key={frame.name}>
              <Table.Td className={classes.name}>
                <Link to={framePath(frame.name)} dir="auto">
                  {frame.name}
                </Link>
              </Table.Td>
              <Table.Td>{frame.data_type_label ?? (frame.kind === "view" ? "View" : "Query")}</Table.Td>
              <Table.Td ta="right">{countText(frame.rows)}</Table.Td>
              <Table.Td ta="right">{countText(frame.columns)}</Table.Td>
              <Table.Td>{frame.imported_at === null ? "" : agoText(frame.imported_at, now, zone)}</Table.Td>
              <Table.Td>
                <Tag tone={states[frame.state].tone}>{states[frame.state].label}</Tag>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

const states: Record<Frame["state"], { label: string; tone: Tone }> = {
  ready: { label: "Ready", tone: "plain" },
  importing: { label: "Importing", tone: "accent" },
  failed: { label: "Failed", tone: "bad" },
  stale: { label: "Stale", tone: "warn" },
};

function Welcome() {
  const connections = useConnections();
  const sandbox = useSandbox((connection) => openDialog({ kind: "import", connection: connection.id }));
  if (!connections.data) return null;
  const connected = connections.data.length > 0;
  return (
    <div className={classes.welcome}>
      <PageHead title="Bring your payments into data frames">
        Choose a list of an account and a date range, look at the first rows, import. Then see it as a table,
        a summary and charts, ask it questions in SQL, and take it elsewhere.
      </PageHead>
      <div className={classes.ways}>
        {connected && (
          <Way
            icon={<CloudDownload size={20} />}
            title="Choose what to bring"
            action={
              <Button onClick={() => openDialog({ kind: "import" })}>
                Begin with {connections.data[0]?.name}
              </Button>
            }
          >
            Charges, customers, payouts, balance history: any list of the account.
          </Way>
        )}
        {!connections.data.some((connection) => connection.kind === "sandbox") && (
          <Way
            icon={<FlaskConical size={20} />}
            title="See how it works"
            action={
              <Button
                variant={connected ? "light" : "filled"}
                loading={sandbox.isPending}
                onClick={() => sandbox.mutate()}
              >
                Try it with the sandbox
              </Button>
            }
          >
            A believable business of made-up data on this machine. No key, no network, nothing to break.
          </Way>
        )}
        <Way
          icon={<KeyRound size={20} />}
          title="Use your own account"
          action={
            <Button
              variant="light"
              onClick={() => {
                navigate("/connections");
                openDialog({ kind: "connect" });
              }}
            >
              Connect with a key
            </Button>
          }
        >
          With a restricted key that may only read. It is kept in your keychain or an encrypted file, never on
          this page.
        </Way>
      </div>
    </div>
  );
}

interface WayProps {
  icon: ReactNode;
  title: string;
  action: ReactNode;
  children: ReactNode;
}

function Way({ icon, title, action, children }: WayProps) {
  return (
    <Paper withBorder p="lg" className={classes.way}>
      <span className={classes.icon} aria-hidden>
        {icon}
      </span>
      <Title order={2} size="h4">
        {title}
      </Title>
      <Text size="sm" className={classes.grow}>
        {children}
      </Text>
      <div>{action}</div>
    </Paper>
  );
}
