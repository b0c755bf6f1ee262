/**
 * A request for access while somebody is on Stripe's page: waiting, the answer pasted by hand where it cannot come by itself,
 * and its end, good or bad. What is pasted goes to the server once.
 */
import { Button, Group, Loader, Stack, Text, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useEffect, useState } from "react";
import { ApiProblem, asProblem } from "../api/client";
import type { ConnectionInfo, GrantInfo } from "../api/types";
import { FieldProblem, ProblemNote } from "../app/ProblemNote";
import { answerGrant, cancelGrant, useGrant } from "./connectionQueries";

interface GrantProgressProps {
  begun: GrantInfo;
  onDone: (connection: ConnectionInfo) => void;
  onAgain: () => void;
  onCancel: () => void;
}

export function GrantProgress({ begun, onDone, onAgain, onCancel }: GrantProgressProps) {
  const grant = useGrant(begun).data;
  const { state, connection } = grant;
  useEffect(() => {
    if (state === "authorized" && connection) onDone(connection);
  }, [state, connection, onDone]);
  const cancel = useMutation({ mutationFn: () => cancelGrant(grant), onSuccess: onCancel });
  if (state === "failed" || state === "cancelled") {
    const error = grant.error ? new ApiProblem(0, grant.error) : given;
    return (
      <Stack gap="md">
        <ProblemNote error={error} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onCancel}>
            Close
          </Button>
          <Button onClick={onAgain} data-autofocus>
            Begin again
          </Button>
        </Group>
      </Stack>
    );
  }
  return (
    <Stack gap="md">
      <Group gap="sm" role="status" wrap="nowrap">
        <Loader size="sm" aria-hidden />
        <Text size="sm">
          {state === "waiting"
            ? "Waiting for the answer on Stripe's page, in the other tab. Ten minutes at most."
            : "Authorized. Trying what can be read…"}
        </Text>
      </Group>
      {state === "waiting" && (
        <>
          <Text size="sm">
            No tab has opened?{" "}
            <a href={grant.address} target="_blank" rel="noopener noreferrer">
              Open Stripe's page
            </a>
          </Text>
          <Paste grant={grant} />
          <Group justify="flex-end">
            <Button variant="default" loading={cancel.isPending} onClick={() => cancel.mutate()}>
              Cancel
            </Button>
          </Group>
        </>
      )}
    </Stack>
  );
}

const given = new ApiProblem(0, {
  kind: "stopped",
  message: "this request was given up",
  causes: [],
  hint: null,
  state: null,
  field: null,
  position: null,
});

function Paste({ grant }: { grant: GrantInfo }) {
  const [text, setText] = useState("");
  const answer = useMutation({
    mutationFn: () => answerGrant(grant, text.trim()),
    onSuccess: () => setText(""),
    // A code is as good as a key for some minutes.
    gcTime: 0,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    event.stopPropagation();
    answer.mutate();
  };
  return (
    <form onSubmit={submit} autoComplete="off">
      <Group gap="xs" align="flex-start" wrap="nowrap">
        <TextInput
          flex={1}
          label="Code or address"
          description={
            grant.comes_back_here
              ? "Only if the other tab could not come back here: the whole address that it ended at."
              : "After you agreed, the other tab shows a page of yours: paste its whole address, or the code (ac_…) in it."
          }
          autoComplete="off"
          spellCheck={false}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          error={answer.isError && <FieldProblem problem={asProblem(answer.error)} />}
          inputWrapperOrder={["label", "description", "input", "error"]}
        />
      </Group>
      <Group justify="flex-end" mt="xs">
        <Button
          type="submit"
          size="xs"
          variant="light"
          loading={answer.isPending}
          disabled={text.trim() === ""}
        >
          Use it
        </Button>
      </Group>
    </form>
  );
}
