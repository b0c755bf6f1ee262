/** The dialog of the page Connections: adds a Stripe account, or gives a connection another key or grant. */
import { Modal } from "@mantine/core";
import type { ConnectionInfo } from "../api/types";
import { ConnectForms } from "./ConnectForms";
import { byOAuth } from "./words";

interface ConnectDialogProps {
  way: "key" | "oauth";
  replaces: ConnectionInfo | null;
  onClose: () => void;
}

export default function ConnectDialog({ way, replaces, onClose }: ConnectDialogProps) {
  const again = replaces && (byOAuth(replaces) ? "Connect again" : "Replace the key of");
  return (
    <Modal
      opened
      onClose={onClose}
      title={replaces ? `${again} ${replaces.name}` : "Connect a Stripe account"}
      size={600}
      transitionProps={{ duration: 0 }}
      // A key that was pasted is not lost to a click beside it.
      closeOnClickOutside={false}
    >
      <ConnectForms way={way} replaces={replaces} onClose={onClose} imports />
    </Modal>
  );
}
