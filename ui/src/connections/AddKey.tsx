/** A button of the import dialog that connects another account, in a dialog of its own. */
import { Button, Modal } from "@mantine/core";
import { useState } from "react";
import type { ConnectionInfo } from "../api/types";
import { ConnectForms } from "./ConnectForms";

interface AddKeyProps {
  onAdded: (connection: ConnectionInfo) => void;
}

export function AddKey({ onAdded }: AddKeyProps) {
  const [opened, setOpened] = useState(false);
  const close = () => setOpened(false);
  return (
    <>
      <Button size="compact-xs" variant="subtle" onClick={() => setOpened(true)}>
        Add a key
      </Button>
      <Modal
        opened={opened}
        onClose={close}
        title="Connect a Stripe account"
        size={600}
        transitionProps={{ duration: 0 }}
        closeOnClickOutside={false}
      >
        <ConnectForms way="key" replaces={null} onConnected={onAdded} onClose={close} imports={false} />
      </Modal>
    </>
  );
}
