/** A name and a key, for a new connection. The key goes to the server once and is nowhere on the page after that. */
import { Alert, Button, Group, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { Lock } from "lucide-react";
import { type FormEvent, useState } from "react";
import { post } from "../api/client";
import { keys, queryClient } from "../api/queries";
import type { ConnectionInfo } from "../api/types";
import { ProblemNote } from "../app/ProblemNote";

interface KeyFormProps {
  onAdded: (connection: ConnectionInfo) => void;
  onCancel?: () => void;
}

export function KeyForm({ onAdded, onCancel }: KeyFormProps) {
  const [name, setName] = useState("");
  const [key, setKey] = useState("");
  const add = useMutation({
    mutationFn: () => post<ConnectionInfo>("/connections", { name: name.trim(), key: key.trim() }),
    onSuccess: async (connection) => {
      setKey("");
      setName("");
      await queryClient.invalidateQueries({ queryKey: keys.connections });
      onAdded(connection);
    },
    // The key was an argument of nothing that is kept.
    gcTime: 0,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    // The dialog around this has a form of its own.
    event.stopPropagation();
    add.mutate();
  };
  return (
    <form onSubmit={submit} autoComplete="off">
      <Stack gap="sm">
        <TextInput
          label="Name"
          description="What you want to call the account."
          placeholder="My shop"
          autoComplete="off"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          data-autofocus
        />
        <PasswordInput
          label="Secret or restricted key"
          description="Begins with rk_ or sk_. A restricted key that may only read is best."
          placeholder="rk_live_…"
          autoComplete="off"
          spellCheck={false}
          value={key}
          onChange={(event) => setKey(event.currentTarget.value)}
          visibilityToggleButtonProps={{ "aria-label": "Show what is typed" }}
        />
        <Alert variant="light" color="gray" icon={<Lock size={16} />} p="xs">
          The key is tried with one request, then kept in this program's memory until it ends. It is not
          written to a file, and this page never shows it again.
        </Alert>
        {add.isError && <ProblemNote error={add.error} />}
        <Group justify="flex-end" gap="xs">
          {onCancel && (
            <Button variant="default" onClick={onCancel}>
              Cancel
            </Button>
          )}
          <Button type="submit" loading={add.isPending} disabled={name.trim() === "" || key.trim() === ""}>
            Add
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
