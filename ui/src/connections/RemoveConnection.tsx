/** Asks before a connection is removed, and says which data frames are imported with it. */
import { Alert, Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { ConnectionInfo } from "../api/types";
import { noteDone } from "../app/notices";
import { ProblemNote, sentence } from "../app/ProblemNote";
import { removeConnection, useFramesOf } from "./connectionQueries";
import { byOAuth } from "./words";

interface RemoveConnectionProps {
  connection: ConnectionInfo;
  onClose: () => void;
}

export default function RemoveConnection({ connection, onClose }: RemoveConnectionProps) {
  const frames = useFramesOf(connection);
  const [untold, setUntold] = useState<string | null>(null);
  const remove = useMutation({
    mutationFn: () => removeConnection(connection),
    onSuccess: (removed) => {
      if (removed.not_given_back) return setUntold(removed.not_given_back);
      onClose();
      noteDone(`Removed ${connection.name}`);
    },
  });
  return (
    <Modal opened onClose={onClose} title={`Remove ${connection.name}`} transitionProps={{ duration: 0 }}>
      {untold === null ? (
        <Stack gap="sm">
          {frames.length === 0 ? (
            <Text size="sm">No data frame is imported with it.</Text>
          ) : (
            <div>
              <Text size="sm">
                {frames.length === 1
                  ? "1 data frame is imported with it. It stays, and cannot be re-imported until you choose another connection for it:"
                  : `${frames.length} data frames are imported with it. They stay, and cannot be re-imported until you choose another connection for them:`}
              </Text>
              <ul aria-label="Data frames that use it">
                {frames.map((frame) => (
                  <li key={frame.name} dir="auto">
                    {frame.name}
                  </li>
                ))}
              </ul>
            </div>
          )}
          {connection.stored && (
            <Text size="sm">
              {byOAuth(connection)
                ? "Its grant is given back to Stripe, and forgotten here."
                : "Its key is deleted here. At Stripe it stays valid until you delete it there."}
            </Text>
          )}
          {remove.isError && <ProblemNote error={remove.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose} data-autofocus>
              Keep it
            </Button>
            <Button color="red" loading={remove.isPending} onClick={() => remove.mutate()}>
              Remove
            </Button>
          </Group>
        </Stack>
      ) : (
        <Stack gap="sm">
          <Alert color="yellow" variant="light" role="alert">
            <Text size="sm" fw={600}>
              Removed here, but Stripe could not be told
            </Text>
            <Text size="sm">{sentence(untold)}</Text>
            <Text size="sm">
              The account's owner can end the access in Stripe's dashboard, under installed apps and
              extensions.
            </Text>
          </Alert>
          <Group justify="flex-end">
            <Button onClick={onClose}>Close</Button>
          </Group>
        </Stack>
      )}
    </Modal>
  );
}
