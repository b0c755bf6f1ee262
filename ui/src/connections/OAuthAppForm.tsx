/** The team's own Connect platform or Stripe App: client id, secret, redirect address. The secret goes to the server once. */
import { Alert, Button, Group, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { FlaskConical } from "lucide-react";
import { type FormEvent, useState } from "react";
import { asProblem } from "../api/client";
import type { OAuthAppInfo, OAuthAppKind } from "../api/types";
import { FieldProblem, ProblemNote } from "../app/ProblemNote";
import { removeApp, setApp, setSandboxApp } from "./connectionQueries";

const redirect = "http://127.0.0.1:8765/oauth/callback";

const where: Record<OAuthAppKind, string> = {
  connect: "In Stripe's dashboard: Settings, Connect, Onboarding options, OAuth.",
  app: "In Stripe's dashboard: Developers, Created apps, your app, Settings.",
};

interface OAuthAppFormProps {
  kind: OAuthAppKind;
  /** As it is set now. */
  app: OAuthAppInfo | null;
  /** Whether a sandbox runs that has one to try. */
  sandbox: boolean;
  onStartSandbox: () => void;
  onSaved: () => void;
  onCancel: () => void;
}

export function OAuthAppForm({ kind, app, sandbox, onStartSandbox, onSaved, onCancel }: OAuthAppFormProps) {
  const [clientId, setClientId] = useState(app?.client_id ?? "");
  const [secret, setSecret] = useState("");
  const [address, setAddress] = useState(app?.redirect_uri ?? redirect);
  const save = useMutation({
    mutationFn: () => setApp(kind, clientId.trim(), secret.trim(), address.trim()),
    onSuccess: () => {
      setSecret("");
      onSaved();
    },
    // The secret was an argument of nothing that is kept.
    gcTime: 0,
  });
  const use = useMutation({ mutationFn: () => setSandboxApp(kind), onSuccess: onSaved });
  const remove = useMutation({ mutationFn: () => removeApp(kind), onSuccess: onSaved });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    event.stopPropagation();
    save.mutate();
  };
  const problem = save.isError ? asProblem(save.error) : null;
  const other = use.error ?? remove.error ?? (problem?.field === "connection" ? null : problem);
  const whole = clientId.trim() !== "" && secret.trim() !== "" && address.trim() !== "";
  return (
    <form onSubmit={submit} autoComplete="off">
      <Stack gap="md">
        <Alert variant="light" color="yellow" p="xs" icon={<FlaskConical size={16} />} role="note">
          <Group justify="space-between" gap="xs">
            <Text size="sm">Only trying it out? The sandbox has a platform and an app of its own.</Text>
            {sandbox ? (
              <Button size="xs" variant="default" loading={use.isPending} onClick={() => use.mutate()}>
                Try OAuth with the sandbox
              </Button>
            ) : (
              <Button size="xs" variant="default" onClick={onStartSandbox}>
                Start the sandbox
              </Button>
            )}
          </Group>
        </Alert>
        <Text size="sm" c="dimmed">
          {where[kind]}
        </Text>
        <TextInput
          label="Client id"
          placeholder="ca_…"
          autoComplete="off"
          spellCheck={false}
          value={clientId}
          onChange={(event) => setClientId(event.currentTarget.value)}
        />
        <PasswordInput
          label="Secret key of its owner"
          description={
            app?.key_hint
              ? `Now ${app.key_hint}. It has to be given again with every change.`
              : "The secret key (sk_) of the account that owns it: Stripe takes grants from no other."
          }
          placeholder="sk_test_…"
          autoComplete="off"
          spellCheck={false}
          value={secret}
          onChange={(event) => setSecret(event.currentTarget.value)}
          error={problem?.field === "connection" && <FieldProblem problem={problem} />}
          aria-invalid={problem?.field === "connection"}
          visibilityToggleButtonProps={{ "aria-label": "Show the secret" }}
        />
        <TextInput
          label="Redirect address"
          description="Registered with Stripe letter by letter. For live data Stripe wants https: then the code that your page shows is pasted here."
          autoComplete="off"
          spellCheck={false}
          value={address}
          onChange={(event) => setAddress(event.currentTarget.value)}
        />
        {other && <ProblemNote error={other} />}
        <Group justify="space-between" gap="xs">
          {app ? (
            <Button variant="subtle" color="red" loading={remove.isPending} onClick={() => remove.mutate()}>
              Remove these settings
            </Button>
          ) : (
            <span />
          )}
          <Group gap="xs">
            <Button variant="default" onClick={onCancel}>
              Cancel
            </Button>
            <Button type="submit" loading={save.isPending} disabled={!whole}>
              Save
            </Button>
          </Group>
        </Group>
      </Stack>
    </form>
  );
}
