/** What came of a new key or grant: the account, what can be read, and what to do about the rest. */
import { Button, Group, Stack, Text } from "@mantine/core";
import { CircleCheck } from "lucide-react";
import type { ConnectionInfo } from "../api/types";
import { Tag } from "../app/Tag";
import { AccessList } from "./AccessList";
import { KeyPageLinks } from "./KeyPageLinks";
import classes from "./Outcome.module.css";
import { WriteWarning } from "./WriteWarning";
import { byOAuth, modes, readableText } from "./words";

interface OutcomeProps {
  connection: ConnectionInfo;
  title: string;
  onDone: () => void;
  /** Where an import can follow. */
  onImport?: () => void;
}

export function Outcome({ connection, title, onDone, onImport }: OutcomeProps) {
  const mode = modes[connection.mode];
  const lacking = connection.access.some((type) => type.access === "not_permitted");
  const account = [connection.account_name, connection.account].filter(Boolean).join(", ");
  return (
    <Stack gap="md">
      <div role="status">
        <Group gap="xs" wrap="nowrap">
          <CircleCheck size={18} className={classes.good} aria-hidden />
          <Text fw={600} className={classes.title}>
            {title}
          </Text>
          <Tag tone={mode.tone}>{mode.label}</Tag>
        </Group>
        <Text size="sm" mt={4}>
          {account === "" ? "Stripe does not tell which account it is of" : account}.{" "}
          {connection.access.length > 0 && `${readableText(connection.access)}.`}
        </Text>
      </div>
      {connection.access.length > 0 && (
        <AccessList access={connection.access} label={`What ${connection.name} can read`} />
      )}
      {connection.may_write && connection.kind === "key" && <WriteWarning />}
      {!byOAuth(connection) && (lacking || connection.may_write) && connection.mode !== "sandbox" && (
        <KeyPageLinks
          name={connection.name}
          dataTypes={connection.access.map((type) => type.data_type)}
          modes={[connection.mode]}
        />
      )}
      {lacking && !byOAuth(connection) && (
        <Text size="sm">
          To read the rest, give the key those permissions at Stripe and press Test again, or replace it by
          another.
        </Text>
      )}
      <Text size="xs" c="dimmed">
        {connection.protection && `Kept: ${connection.protection}.`}
      </Text>
      <Group justify="flex-end" gap="xs">
        {onImport && (
          <Button variant="light" onClick={onImport}>
            Import from it
          </Button>
        )}
        <Button onClick={onDone} data-autofocus>
          Done
        </Button>
      </Group>
    </Stack>
  );
}
