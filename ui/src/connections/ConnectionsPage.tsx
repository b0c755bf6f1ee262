/** The accounts that can be imported from: adding, removing, and the sandbox. Keys are never shown. */
import { Button, Group, Paper, Text, Title } from "@mantine/core";
import { FlaskConical, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { del, segment } from "../api/client";
import { keys, queryClient, useConnections } from "../api/queries";
import type { ConnectionInfo } from "../api/types";
import { openDialog } from "../app/dialogs";
import { noteDone, noteProblem } from "../app/notices";
import page from "../app/Page.module.css";
import { PageHead } from "../app/PageHead";
import { ProblemNote } from "../app/ProblemNote";
import { Tag, type Tone } from "../app/Tag";
import { aboutConnection } from "../import/form";
import classes from "./ConnectionsPage.module.css";
import { KeyForm } from "./KeyForm";
import { useSandbox } from "./sandbox";

export default function ConnectionsPage() {
  const connections = useConnections();
  const sandbox = useSandbox(() => noteDone("The sandbox runs"));
  const known = connections.data ?? [];
  const hasSandbox = known.some((connection) => connection.kind === "sandbox");
  return (
    <div className={page.page}>
      <PageHead title="Connections">
        The accounts that data can be brought from. A key stays in this program's memory until it ends, unless
        it was stored, and never comes back to this page.
      </PageHead>
      {connections.isError && <ProblemNote error={connections.error} onRetry={() => connections.refetch()} />}
      {connections.isSuccess && known.length === 0 && <Text c="dimmed">There is none yet.</Text>}
      {known.length > 0 && (
        <ul className={classes.list}>
          {known.map((connection) => (
            <Entry key={connection.id} connection={connection} />
          ))}
        </ul>
      )}
      <div className={classes.ways}>
        <Paper withBorder p="md" component="section" aria-labelledby="add-key">
          <Title order={2} size="h4" mb="sm" id="add-key">
            Connect an account with a key
          </Title>
          <KeyForm onAdded={(connection) => noteDone(`${connection.name} can be imported from`)} />
        </Paper>
        {!hasSandbox && connections.isSuccess && (
          <Paper withBorder p="md" component="section" aria-labelledby="start-sandbox">
            <Title order={2} size="h4" mb="sm" id="start-sandbox">
              Try it with the sandbox
            </Title>
            <Text size="sm" mb="md">
              A believable business of made-up data on this machine: charges in several currencies, refunds,
              disputes, payouts. It needs no key and no network.
            </Text>
            <Button
              variant="light"
              leftSection={<FlaskConical size={16} />}
              loading={sandbox.isPending}
              onClick={() => sandbox.mutate()}
            >
              Start the sandbox
            </Button>
          </Paper>
        )}
      </div>
    </div>
  );
}

const modes: Record<ConnectionInfo["mode"], { label: string; tone: Tone }> = {
  sandbox: { label: "Sandbox", tone: "warn" },
  test: { label: "Test data", tone: "plain" },
  live: { label: "Live data", tone: "good" },
};

function Entry({ connection }: { connection: ConnectionInfo }) {
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const remove = async () => {
    setBusy(true);
    try {
      await del(`/connections/${segment(connection.id)}`);
      await queryClient.invalidateQueries({ queryKey: keys.connections });
    } catch (error) {
      noteProblem(error);
      setBusy(false);
      setAsking(false);
    }
  };
  const mode = modes[connection.mode];
  return (
    <li className={classes.entry}>
      <div className={classes.text}>
        <Group gap="xs">
          <Text fw={600} dir="auto">
            {connection.name}
          </Text>
          <Tag tone={mode.tone}>{mode.label}</Tag>
        </Group>
        <Text size="sm" c="dimmed">
          {aboutConnection(connection)}
          {connection.kind === "key" &&
            (connection.stored ? "; stored" : "; in memory until the program ends")}
        </Text>
      </div>
      <Group gap="xs">
        {asking ? (
          <>
            <Text size="sm">Its data frames stay. Remove it?</Text>
            <Button size="xs" color="red" loading={busy} onClick={remove} autoFocus>
              Remove
            </Button>
            <Button size="xs" variant="default" onClick={() => setAsking(false)}>
              Keep it
            </Button>
          </>
        ) : (
          <>
            <Button
              size="xs"
              variant="light"
              leftSection={<Plus size={14} />}
              onClick={() => openDialog({ kind: "import", connection: connection.id })}
            >
              Import from it
            </Button>
            {connection.kind !== "environment" && (
              <Button
                size="xs"
                variant="subtle"
                color="gray"
                leftSection={<Trash2 size={14} />}
                aria-label={`Remove ${connection.name}`}
                onClick={() => setAsking(true)}
              >
                Remove
              </Button>
            )}
          </>
        )}
      </Group>
    </li>
  );
}
