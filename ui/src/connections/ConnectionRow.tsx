/** One connection on its page: what it reaches, by what, where the key is, what it can read, and what can be done with it. */
import { ActionIcon, Button, Group, Menu, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { Ellipsis, KeyRound, Pencil, Plus, RotateCw, Trash2 } from "lucide-react";
import type { ConnectionInfo } from "../api/types";
import { openDialog } from "../app/dialogs";
import { useNow } from "../app/now";
import { ProblemNote } from "../app/ProblemNote";
import { Tag } from "../app/Tag";
import { useTimeZone } from "../app/timeZone";
import { agoText } from "../format/dates";
import { countOf } from "../format/numbers";
import { AccessList } from "./AccessList";
import classes from "./ConnectionsPage.module.css";
import { tryAgain, useFramesOf } from "./connectionQueries";
import { byOAuth, keptIn, kinds, modes, readableText } from "./words";

export function ConnectionRow({ connection }: { connection: ConnectionInfo }) {
  const again = useMutation({ mutationFn: () => tryAgain(connection) });
  const mode = modes[connection.mode];
  return (
    <li className={classes.entry} aria-label={connection.name}>
      <div className={classes.text}>
        <Group gap="xs">
          <Text fw={600} dir="auto" className={classes.name}>
            {connection.name}
          </Text>
          <Tag tone={mode.tone}>{mode.label}</Tag>
          {connection.may_write && <Tag tone="warn">Can write</Tag>}
        </Group>
        <Facts connection={connection} />
        <Tried connection={connection} />
        {again.isError && (
          <div className={classes.problem}>
            <ProblemNote error={again.error} />
          </div>
        )}
      </div>
      <Group gap="xs" className={classes.actions}>
        <Button
          size="xs"
          variant="light"
          leftSection={<Plus size={14} />}
          onClick={() => openDialog({ kind: "import", connection: connection.id })}
        >
          Import from it
        </Button>
        {connection.stored && (
          <Button
            size="xs"
            variant="default"
            leftSection={<RotateCw size={14} />}
            loading={again.isPending}
            aria-label={`Test again, ${connection.name}`}
            onClick={() => again.mutate()}
          >
            Test again
          </Button>
        )}
        {connection.kind !== "environment" && <Actions connection={connection} />}
      </Group>
    </li>
  );
}

function Facts({ connection }: { connection: ConnectionInfo }) {
  const used = useFramesOf(connection).length;
  const account = [connection.account_name, connection.account].filter(Boolean).join(", ");
  const facts = [
    account,
    connection.key_hint && `key ${connection.key_hint}`,
    connection.kind === "key" ? null : kinds[connection.kind],
    connection.kind !== "sandbox" && connection.mode === "sandbox" && `made-up data of ${connection.server}`,
    connection.stored && connection.kept_in && `kept in ${keptIn(connection.kept_in)}`,
    used > 0 && `${countOf(used, "data frame")}`,
  ].filter(Boolean);
  return (
    <Text size="sm" c="dimmed" className={classes.line} dir="auto">
      {facts.join(" · ")}
    </Text>
  );
}

function Tried({ connection }: { connection: ConnectionInfo }) {
  const now = useNow();
  const zone = useTimeZone();
  if (connection.tried_at === null) {
    if (!connection.stored) return null;
    return (
      <Text size="sm" className={classes.line}>
        Not tried yet
      </Text>
    );
  }
  const when = agoText(connection.tried_at, now, zone);
  if (connection.access.length === 0) {
    return (
      <Text size="sm" className={classes.line}>
        Tried {when}
      </Text>
    );
  }
  return (
    <details className={classes.tried}>
      <summary>
        {readableText(connection.access)}, tried {when}
      </summary>
      <AccessList access={connection.access} label={`What ${connection.name} can read`} />
    </details>
  );
}

function Actions({ connection }: { connection: ConnectionInfo }) {
  return (
    <Menu position="bottom-end" width={190}>
      <Menu.Target>
        <ActionIcon variant="default" size={30} aria-label={`Actions for ${connection.name}`}>
          <Ellipsis size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {connection.stored && (
          <>
            <Menu.Item
              leftSection={<Pencil size={14} />}
              onClick={() => openDialog({ kind: "rename-connection", connection })}
            >
              Rename…
            </Menu.Item>
            <Menu.Item
              leftSection={<KeyRound size={14} />}
              onClick={() =>
                openDialog({
                  kind: "connect",
                  way: byOAuth(connection) ? "oauth" : "key",
                  replaces: connection,
                })
              }
            >
              {byOAuth(connection) ? "Connect again…" : "Replace key…"}
            </Menu.Item>
            <Menu.Divider />
          </>
        )}
        <Menu.Item
          style={{ color: "var(--bad)" }}
          leftSection={<Trash2 size={14} />}
          onClick={() => openDialog({ kind: "remove-connection", connection })}
        >
          Remove…
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
