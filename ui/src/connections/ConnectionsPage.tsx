/** The accounts that can be imported from: added, tried, renamed, given another key, removed; and the sandbox. Keys are never shown. */
import { Button, Menu, Paper, Text, Title } from "@mantine/core";
import { FlaskConical, KeyRound, Plus } from "lucide-react";
import { useConnections } from "../api/queries";
import type { ConnectionInfo } from "../api/types";
import { openDialog } from "../app/dialogs";
import { noteDone } from "../app/notices";
import page from "../app/Page.module.css";
import { PageHead } from "../app/PageHead";
import { ProblemNote, sentence } from "../app/ProblemNote";
import { ConnectionRow } from "./ConnectionRow";
import classes from "./ConnectionsPage.module.css";
import { useSandbox } from "./sandbox";

export default function ConnectionsPage() {
  const connections = useConnections();
  const known = connections.data ?? [];
  const hasSandbox = known.some((connection) => connection.kind === "sandbox");
  return (
    <div className={page.page}>
      <PageHead title="Connections" actions={<Add />}>
        The accounts that data can be brought from. Keys are kept in your keychain or in an encrypted file,
        and never come back to this page.
      </PageHead>
      {connections.isError && <ProblemNote error={connections.error} onRetry={() => connections.refetch()} />}
      {connections.isSuccess && known.length === 0 && <Text c="dimmed">There is none yet.</Text>}
      {known.length > 0 && (
        <ul className={classes.list} aria-label="Connections">
          {known.map((connection) => (
            <ConnectionRow key={connection.id} connection={connection} />
          ))}
        </ul>
      )}
      <Places connections={known} />
      <div className={classes.ways}>
        {known.length === 0 && connections.isSuccess && <OwnAccount />}
        {!hasSandbox && connections.isSuccess && <StartSandbox />}
      </div>
    </div>
  );
}

/** Where the keys of the list are, and what each place protects from: said once, however many are there. */
function Places({ connections }: { connections: ConnectionInfo[] }) {
  const places = new Map<string, string>();
  for (const { kept_in, protection } of connections)
    if (kept_in && protection) places.set(kept_in, protection);
  if (places.size === 0) return null;
  return (
    <section aria-labelledby="places">
      <Text size="sm" fw={600} id="places">
        Where keys are kept
      </Text>
      {[...places].map(([place, protection]) => (
        <Text key={place} size="sm" c="dimmed" className={classes.line}>
          {sentence(protection)}.
        </Text>
      ))}
    </section>
  );
}

function Add() {
  return (
    <Menu position="bottom-end" width={280}>
      <Menu.Target>
        <Button leftSection={<Plus size={16} />}>Add connection</Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<KeyRound size={15} />} onClick={() => openDialog({ kind: "connect" })}>
          Stripe
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function OwnAccount() {
  return (
    <Paper withBorder p="md" component="section" aria-labelledby="own-account">
      <Title order={2} size="h4" mb="sm" id="own-account">
        Use your own account
      </Title>
      <Text size="sm" mb="md">
        With a restricted key that may only read: Stripe's page opens with the permissions filled in, and you
        paste the key here.
      </Text>
      <Button
        variant="light"
        leftSection={<KeyRound size={16} />}
        onClick={() => openDialog({ kind: "connect" })}
      >
        Connect with a key
      </Button>
    </Paper>
  );
}

function StartSandbox() {
  const sandbox = useSandbox(() => noteDone("The sandbox runs"));
  return (
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
  );
}
