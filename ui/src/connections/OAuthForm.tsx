/**
 * Connecting by OAuth: who needs it, the team's own platform or app, a name, and then Stripe's page in another tab.
 * Read next: OAuthAppForm.tsx for the settings, GrantProgress.tsx for what happens while somebody is on Stripe's page.
 */
import { Button, Group, SegmentedControl, Stack, Text, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { ExternalLink } from "lucide-react";
import { type FormEvent, useState } from "react";
import { asProblem } from "../api/client";
import type { ConnectionInfo, GrantInfo, OAuthAppInfo, OAuthAppKind } from "../api/types";
import { FieldProblem, ProblemNote } from "../app/ProblemNote";
import { Tag } from "../app/Tag";
import { beginGrant, useOAuthApps } from "./connectionQueries";
import { GrantProgress } from "./GrantProgress";
import { OAuthAppForm } from "./OAuthAppForm";
import { useSandbox } from "./sandbox";
import { modes } from "./words";

interface OAuthFormProps {
  /** The connection that gets another grant. */
  replaces: ConnectionInfo | null;
  onDone: (connection: ConnectionInfo) => void;
  onCancel: () => void;
}

export function OAuthForm({ replaces, onDone, onCancel }: OAuthFormProps) {
  const apps = useOAuthApps();
  const [kind, setKind] = useState<OAuthAppKind>(replaces?.kind === "app" ? "app" : "connect");
  const [editing, setEditing] = useState(false);
  const sandbox = useSandbox(() => apps.refetch());
  if (apps.isError) return <ProblemNote error={apps.error} onRetry={() => apps.refetch()} />;
  if (!apps.data) return null;
  const app = apps.data.apps.find((each) => each.kind === kind);
  return (
    <Stack gap="md">
      <Text size="sm">
        OAuth is for teams that own a Connect platform or a Stripe App and let other accounts authorize it.{" "}
        <strong>For your own account use a key:</strong> it is simpler, and may be limited to reading. Connect
        grants may read and write; read-only ones have been closed to new platforms since 2022.
      </Text>
      {replaces === null && (
        <SegmentedControl
          aria-label="Kind of OAuth"
          size="xs"
          value={kind}
          onChange={(next) => {
            setKind(next as OAuthAppKind);
            setEditing(false);
          }}
          data={[
            { value: "connect", label: "Connect platform" },
            { value: "app", label: "Stripe App" },
          ]}
        />
      )}
      {app && !editing ? (
        <Asking
          key={kind}
          app={app}
          replaces={replaces}
          onDone={onDone}
          onCancel={onCancel}
          onEdit={() => setEditing(true)}
        />
      ) : (
        <OAuthAppForm
          key={kind}
          kind={kind}
          app={app ?? null}
          sandbox={apps.data.sandbox}
          onStartSandbox={() => sandbox.mutate()}
          onSaved={() => setEditing(false)}
          onCancel={app ? () => setEditing(false) : onCancel}
        />
      )}
    </Stack>
  );
}

interface AskingProps extends OAuthFormProps {
  app: OAuthAppInfo;
  onEdit: () => void;
}

function Asking({ app, replaces, onDone, onCancel, onEdit }: AskingProps) {
  const [name, setName] = useState(replaces?.name ?? "");
  const [grant, setGrant] = useState<GrantInfo | null>(null);
  const begin = useMutation({
    mutationFn: async (tab: Window | null) => {
      try {
        const begun = await beginGrant(app.kind, name.trim(), replaces?.id ?? null);
        send(tab, begun.address);
        return begun;
      } catch (error) {
        tab?.close();
        throw error;
      }
    },
    onSuccess: setGrant,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    event.stopPropagation();
    // Opened in the click itself, or the browser takes it for an advertisement.
    begin.mutate(window.open("about:blank", "_blank"));
  };
  const problem = begin.isError ? asProblem(begin.error) : null;
  if (grant) {
    return (
      <GrantProgress
        key={grant.id}
        begun={grant}
        onDone={onDone}
        onAgain={() => setGrant(null)}
        onCancel={onCancel}
      />
    );
  }
  const mode = modes[app.mode];
  return (
    <form onSubmit={submit} autoComplete="off">
      <Stack gap="md">
        <Group gap="xs">
          <Text size="sm" style={{ overflowWrap: "anywhere" }}>
            {app.label} <code>{app.client_id}</code>
          </Text>
          <Tag tone={mode.tone}>{mode.label}</Tag>
          <Button size="compact-xs" variant="subtle" onClick={onEdit}>
            Change settings
          </Button>
        </Group>
        {replaces === null && (
          <TextInput
            label="Name"
            description="What you want to call the account that will be connected."
            placeholder="My seller"
            autoComplete="off"
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            error={problem?.field === "name" && <FieldProblem problem={problem} />}
            data-autofocus
          />
        )}
        {problem && problem.field !== "name" && <ProblemNote error={problem} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
          <Button
            type="submit"
            loading={begin.isPending}
            disabled={name.trim() === ""}
            rightSection={<ExternalLink size={14} aria-hidden />}
          >
            Connect with Stripe
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** Stripe's page must not hold a handle on this one. */
function send(tab: Window | null, address: string) {
  if (tab === null) return;
  tab.opener = null;
  tab.location.replace(address);
}
