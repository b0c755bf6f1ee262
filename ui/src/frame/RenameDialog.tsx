/** Gives a data frame another name. */
import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { asProblem } from "../api/client";
import type { Frame } from "../api/types";
import { FieldProblem } from "../app/ProblemNote";
import { rename } from "./actions";

export default function RenameDialog({ frame, onClose }: { frame: Frame; onClose: () => void }) {
  const [name, setName] = useState(frame.name);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() === frame.name) return onClose();
    setBusy(true);
    try {
      await rename(frame, name.trim());
      onClose();
    } catch (problem) {
      setError(problem);
      setBusy(false);
    }
  };

  return (
    <Modal opened onClose={onClose} title={`Rename ${frame.name}`} transitionProps={{ duration: 0 }}>
      <form onSubmit={submit}>
        <Stack>
          <TextInput
            label="New name"
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            onFocus={(event) => event.currentTarget.select()}
            error={error !== null && <FieldProblem problem={asProblem(error)} />}
            data-autofocus
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={busy} disabled={name.trim() === ""}>
              Rename
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
