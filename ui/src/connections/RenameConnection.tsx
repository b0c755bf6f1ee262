/** Gives a connection another name; the data frames that came from it carry it too. */
import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { asProblem } from "../api/client";
import type { ConnectionInfo } from "../api/types";
import { FieldProblem } from "../app/ProblemNote";
import { renameConnection } from "./connectionQueries";

interface RenameConnectionProps {
  connection: ConnectionInfo;
  onClose: () => void;
}

export default function RenameConnection({ connection, onClose }: RenameConnectionProps) {
  const [name, setName] = useState(connection.name);
  const rename = useMutation({
    mutationFn: () => renameConnection(connection, name.trim()),
    onSuccess: onClose,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() === connection.name) return onClose();
    rename.mutate();
  };
  return (
    <Modal opened onClose={onClose} title={`Rename ${connection.name}`} transitionProps={{ duration: 0 }}>
      <form onSubmit={submit}>
        <Stack>
          <TextInput
            label="New name"
            value={name}
            autoComplete="off"
            onChange={(event) => setName(event.currentTarget.value)}
            onFocus={(event) => event.currentTarget.select()}
            error={rename.isError && <FieldProblem problem={asProblem(rename.error)} />}
            data-autofocus
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={rename.isPending} disabled={name.trim() === ""}>
              Rename
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
