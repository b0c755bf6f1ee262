/** What can be done after an import that ended early: go on or try again, or ask for something else. */
import { Button, Group, Text } from "@mantine/core";
import { Play, RotateCw, SlidersHorizontal } from "lucide-react";
import { useState } from "react";
import { useConnections, useFrames } from "../api/queries";
import type { Run } from "../api/types";
import { openDialog } from "../app/dialogs";
import { askedFor } from "../import/askedRequests";
import { continueRun } from "./actions";

export function RunWays({ run }: { run: Run }) {
  const [busy, setBusy] = useState(false);
  const frames = useFrames();
  const connections = useConnections();
  const frame = frames.data?.find((each) => each.name === run.frame);
  const connection = connections.data?.find(
    (each) => each.id === run.connection || each.name === run.connection,
  );
  const again = async () => {
    setBusy(true);
    // The server begins anew by itself where nothing is left to go on with.
    await continueRun(run);
    setBusy(false);
  };
  const change = () =>
    openDialog({ kind: "import", frame, filled: askedFor(run, frame, connection?.id ?? null) });
  return (
    <Group gap="sm" mt="sm">
      <Button
        size="xs"
        leftSection={run.can_continue ? <Play size={13} /> : <RotateCw size={13} />}
        loading={busy}
        onClick={again}
      >
        {run.can_continue ? "Go on" : "Try again"}
      </Button>
      <Button size="xs" variant="default" leftSection={<SlidersHorizontal size={13} />} onClick={change}>
        Change the request
      </Button>
      <Text size="sm" c="dimmed">
        {run.can_continue
          ? "What has been read is kept and not asked for again."
          : "The same request is asked from its beginning."}
      </Text>
    </Group>
  );
}
