/**
 * A new connection by a key, or another key for one: a name, what it may read, Stripe's page, the pasted key.
 * The key goes to the server once and is nowhere on the page after that.
 */
import { Alert, Button, Group, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useMutation } from "@tanstack/react-query";
import { Lock } from "lucide-react";
import { type FormEvent, useState } from "react";
import { asProblem } from "../api/client";
import type { ConnectionInfo } from "../api/types";
import { FieldProblem, ProblemNote } from "../app/ProblemNote";
import { addKey, replaceKey } from "./connectionQueries";
import { KeyPageLinks } from "./KeyPageLinks";
import { TypeChoice, useUsualTypes } from "./TypeChoice";
import { WriteWarning } from "./WriteWarning";

interface KeyFormProps {
  /** The connection that gets another key. */
  replaces: ConnectionInfo | null;
  onDone: (connection: ConnectionInfo) => void;
  onCancel: () => void;
}

export function KeyForm({ replaces, onDone, onCancel }: KeyFormProps) {
  const [name, setName] = useState(replaces?.name ?? "");
  const [key, setKey] = useState("");
  const usual = useUsualTypes();
  const before = replaces?.access.map((type) => type.data_type) ?? [];
  const [ticked, setTicked] = useState<string[] | null>(before.length > 0 ? before : null);
  const chosen = ticked ?? usual ?? [];
  const [called] = useDebouncedValue(name.trim(), 300);
  const add = useMutation({
    mutationFn: () =>
      replaces ? replaceKey(replaces, key.trim(), chosen) : addKey(name.trim(), key.trim(), chosen),
    onSuccess: (connection) => {
      setKey("");
      onDone(connection);
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
  const problem = add.isError ? asProblem(add.error) : null;
  const mode = replaces === null || replaces.mode === "sandbox" ? null : replaces.mode;
  return (
    <form onSubmit={submit} autoComplete="off">
      <Stack gap="md">
        {replaces === null && (
          <TextInput
            label="Name"
            description="What you want to call the account."
            placeholder="My shop"
            autoComplete="off"
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            error={problem?.field === "name" && <FieldProblem problem={problem} />}
            data-autofocus
          />
        )}
        <TypeChoice chosen={chosen} onChange={setTicked} />
        <KeyPageLinks name={called} dataTypes={chosen} modes={mode === null ? undefined : [mode]} />
        <PasswordInput
          label="Secret or restricted key"
          description={
            replaces
              ? "A key of the same account. Data frames go on with it."
              : "Begins with rk_ or sk_. A restricted key that may only read is best."
          }
          placeholder="rk_live_…"
          autoComplete="off"
          spellCheck={false}
          value={key}
          onChange={(event) => setKey(event.currentTarget.value)}
          error={problem?.field === "connection" && <FieldProblem problem={problem} />}
          aria-invalid={problem?.field === "connection"}
          visibilityToggleButtonProps={{ "aria-label": "Show what is typed" }}
          data-autofocus={replaces ? true : undefined}
        />
        {key.trim().startsWith("sk_") && <WriteWarning />}
        <Alert variant="light" color="gray" icon={<Lock size={16} />} p="xs" role="note">
          <Text size="sm">
            The key is tried with one small request for each data type. Then it is kept in the keychain of
            this machine, or, where there is none, in an encrypted file; this page never shows it again.
          </Text>
        </Alert>
        {problem && problem.field !== "name" && problem.field !== "connection" && (
          <ProblemNote error={problem} />
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
          <Button type="submit" loading={add.isPending} disabled={name.trim() === "" || key.trim() === ""}>
            {replaces ? "Replace" : "Add"}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
