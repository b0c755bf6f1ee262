/** Connecting a Stripe account, in a dialog: with a key or with OAuth, and then what came of it. */
import { SegmentedControl, Stack } from "@mantine/core";
import { useState } from "react";
import type { ConnectionInfo } from "../api/types";
import { openDialog } from "../app/dialogs";
import { KeyForm } from "./KeyForm";
import { OAuthForm } from "./OAuthForm";
import { Outcome } from "./Outcome";

interface ConnectFormsProps {
  way: "key" | "oauth";
  /** The connection that gets another key or grant. */
  replaces: ConnectionInfo | null;
  onConnected?: (connection: ConnectionInfo) => void;
  onClose: () => void;
  /** Whether an import can be begun from here. */
  imports: boolean;
}

export function ConnectForms({ way, replaces, onConnected, onClose, imports }: ConnectFormsProps) {
  const [chosen, setChosen] = useState(way);
  const [done, setDone] = useState<ConnectionInfo | null>(null);
  const connected = (connection: ConnectionInfo) => {
    setDone(connection);
    onConnected?.(connection);
  };
  if (done) {
    const title =
      chosen === "oauth"
        ? `Authorized: ${done.name}`
        : replaces
          ? `${done.name} has another key`
          : `${done.name} is connected`;
    const begin = () => openDialog({ kind: "import", connection: done.id });
    return (
      <Outcome connection={done} title={title} onDone={onClose} onImport={imports ? begin : undefined} />
    );
  }
  return (
    <Stack gap="md">
      {replaces === null && (
        <SegmentedControl
          aria-label="How to connect"
          value={chosen}
          onChange={(next) => setChosen(next as typeof chosen)}
          data={[
            { value: "key", label: "With a key" },
            { value: "oauth", label: "With OAuth" },
          ]}
        />
      )}
      {chosen === "key" ? (
        <KeyForm replaces={replaces} onDone={connected} onCancel={onClose} />
      ) : (
        <OAuthForm replaces={replaces} onDone={connected} onCancel={onClose} />
      )}
    </Stack>
  );
}
