/** Which cloud application the data are in. There is one. */
import { Modal, Text, UnstyledButton } from "@mantine/core";
import { openDialog } from "../app/dialogs";
import classes from "./AppsDialog.module.css";

export default function AppsDialog({ onClose }: { onClose: () => void }) {
  return (
    <Modal
      opened
      onClose={onClose}
      title="Import Cloud Apps Data"
      size={520}
      transitionProps={{ duration: 0 }}
    >
      <Text size="sm" c="dimmed" mb="md">
        Choose the application that has the data.
      </Text>
      <UnstyledButton
        className={classes.app}
        aria-label="Stripe"
        aria-describedby="app-stripe"
        onClick={() => openDialog({ kind: "import" })}
        data-autofocus
      >
        <span className={classes.mark} aria-hidden>
          S
        </span>
        <span>
          <span className={classes.name}>Stripe</span>
          <span className={classes.about} id="app-stripe">
            Charges, customers, payouts, balance history and every other list of an account
          </span>
        </span>
      </UnstyledButton>
    </Modal>
  );
}
