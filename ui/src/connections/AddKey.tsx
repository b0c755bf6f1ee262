/** A button that opens the form for a key in a dialog of its own. */
import { Button, Modal } from "@mantine/core";
import { useState } from "react";
import type { ConnectionInfo } from "../api/types";
import { KeyForm } from "./KeyForm";

interface AddKeyProps {
  onAdded: (connection: ConnectionInfo) => void;
}

export function AddKey({ onAdded }: AddKeyProps) {
  const [opened, setOpened] = useState(false);
  const added = (connection: ConnectionInfo) => {
    setOpened(false);
    onAdded(connection);
  };
  return (
    <>
      <Button size="compact-xs" variant="subtle" onClick={() => setOpened(true)}>
        Add a key
      </Button>
      <Modal
        opened={opened}
        onClose={() => setOpened(false)}
        title="Connect an account"
        transitionProps={{ duration: 0 }}
      >
        <KeyForm onAdded={added} onCancel={() => setOpened(false)} />
      </Modal>
    </>
  );
}
